//! Analytics: the rows are those of a naive fold, however the log is cut and whichever streams come first.

#![expect(clippy::wildcard_enum_match_arm, reason = "each value asks for the few events that it hangs on")]

mod by_hand;
mod naive;
mod rows;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::Event;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::outbound_message::{OutboundMessageEvent, Via};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::PageError;
use leadflow_projections::analytics::AnalyticsProjector;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use self::rows::Rows;
use crate::fold::{apply, interleaved};
use crate::history::play;
use crate::support::Log;

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
