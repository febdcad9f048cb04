//! Analytics: the rows are those of a naive fold, however the log is cut and whichever streams come first.

#![expect(clippy::wildcard_enum_match_arm, reason = "each value asks for the few events that it hangs on")]

mod by_hand;
pub(crate) mod naive;
pub(crate) mod rows;

use std::cmp::Reverse;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::Event;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::outbound_message::{OutboundMessageEvent, Via};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::PageError;
use leadflow_projections::analytics::{
    AnalyticsProjector, Behind, Count, EventRow, Filter, Measure, behind, count_behind,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use self::rows::Rows;
use crate::fold::{apply, interleaved};
use crate::history::play;
use crate::queries::walk;
use crate::support::{Log, OTHER_TENANT, TENANT, proven};

/// Analytics of `events`, folded by `page` from nothing, and left to nobody.
async fn folded(log: &Log, events: &[RecordedEvent], page: usize) -> Result<Rows, PageError> {
    let mut tx = log.pool.begin().await?;
    for page in events.chunks(page) {
        apply(&AnalyticsProjector, &mut tx, page).await?;
    }
    let rows = rows::rows(&mut tx).await;
    tx.rollback().await?;
    Ok(rows)
}

/// The same history as it is told over days: each commit takes `a_step`, and what the provider tells of is somewhat older, or
/// much. Some of what the business wrote is a bot's.
fn told_in_time(mut events: Vec<RecordedEvent>, a_step: SignedDuration, rng: &mut StdRng) -> Vec<RecordedEvent> {
    let (mut told, mut committed) = (crate::history::at(0), Timestamp::MIN);
    for event in &mut events {
        if event.recorded_at != committed {
            committed = event.recorded_at;
            told += a_step;
        }
        event.recorded_at = told;
        let lag = [0, 0, -2, 1, 30, 4_000, 40_000][rng.random_range(0..7)];
        let at = Timestamp::from_second(told.as_second() - lag).unwrap();
        match &mut event.event {
            Event::Conversation(ConversationEvent::MessageReceived { message, .. }) => message.sent_at = at,
            Event::Conversation(ConversationEvent::Called { call, .. }) => call.occasion.sent_at = at,
            Event::Conversation(ConversationEvent::Reacted { reaction, .. }) => reaction.occasion.sent_at = at,
            Event::Lead(LeadEvent::Captured(capture) | LeadEvent::CaptureCorrected(capture)) => {
                capture.captured_at = at;
            }
            Event::OutboundMessage(OutboundMessageEvent::Echoed { message, .. }) => {
                message.occasion.sent_at = at;
                if rng.random_bool(0.3) {
                    message.via = Via::Bot;
                }
            }
            _ => {}
        }
    }
    events
}

#[tokio::test]
async fn the_rows_are_those_of_a_naive_fold() {
    join_all((1..=3).map(async |seed| {
        let log = Log::new().await;
        play(&log, seed, 500).await;
        let played = log.events().await;
        let mut rng = StdRng::seed_from_u64(seed);
        for a_step in [SignedDuration::from_secs(1), SignedDuration::from_mins(20)] {
            let events = told_in_time(played.clone(), a_step, &mut rng);
            let expected = naive::rows(&events);
            assert!(expected.facts.len() > 50, "seed {seed}: {} facts show little", expected.facts.len());
            let shuffled = interleaved(&events, &mut rng);
            for (events, order) in [(&events, "as told"), (&shuffled, "in another order")] {
                for page in [1, 7, events.len()] {
                    let folded = folded(&log, events, page).await.unwrap();
                    let difference = folded.difference(&expected);
                    assert_eq!(difference, None, "seed {seed}, steps of {a_step}, {order}, pages of {page}");
                }
            }
        }
    }))
    .await;
}

#[tokio::test]
async fn behind_each_count_are_its_points_however_they_lie_in_their_quarters_of_an_hour() {
    let log = Log::new().await;
    play(&log, 1, 400).await;
    let events = told_in_time(log.events().await, SignedDuration::from_secs(5), &mut StdRng::seed_from_u64(1));
    let mut tx = log.pool.begin().await.unwrap();
    apply(&AnalyticsProjector, &mut tx, &events).await.unwrap();
    tx.commit().await.unwrap();
    let points = naive::rows(&events).points;
    let day = SignedDuration::from_hours(24);
    let span = crate::history::at(0) - day * 2..crate::history::at(0) + day * 2;
    let (mut listed, mut most) = (0, 0);
    for tenant in [TENANT, OTHER_TENANT] {
        for (count, word) in [
            (Count::MessagesIn, "messages_in"),
            (Count::MessagesOutHuman, "messages_out_human"),
            (Count::LeadsCaptured, "leads_captured"),
            (Count::Resolutions, "resolutions"),
        ] {
            let of_it =
                |point: &&rows::Point| point.tenant_id == tenant.as_uuid() && point.counts_as.as_deref() == Some(word);
            let mut expected: Vec<_> = points.iter().filter(of_it).map(|point| (point.at, point.event_id)).collect();
            expected.sort_unstable_by_key(|place| Reverse(*place));
            let of =
                Behind { measure: Measure::Count(count), version: 1, span: span.clone(), filter: Filter::default() };
            let page = async |page| behind(&log.reads, proven(tenant), &of, page).await.unwrap();
            for size in [1, 4, 100] {
                let walked = walk(size, EventRow::keyset, &page).await;
                let walked: Vec<_> = walked.iter().map(|row| (row.at.as_microsecond(), row.event)).collect();
                assert_eq!(walked, expected, "{word} by {size}");
            }
            let number = count_behind(&log.reads, proven(tenant), &of).await.unwrap();
            assert_eq!(usize::try_from(number).unwrap(), expected.len(), "{word}");
            listed += expected.len();
            let quarter = |(at, _): &(i64, Uuid)| at.div_euclid(900_000_000);
            most = most
                .max(expected.chunk_by(|one, other| quarter(one) == quarter(other)).map(<[_]>::len).max().unwrap_or(0));
        }
    }
    assert!(listed > 50 && most > 4, "{listed} events, {most} of a quarter: that shows little");
}
