//! However the log is cut into pages, the rows are the same, and they are the right ones; also when people were erased
//! since, whose values are not to be read any more.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::join_all;
use leadflow_domain::Event;
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::outbound_message::OutboundMessageEvent;
use leadflow_event_store::RecordedEvent;
use leadflow_projections::inbox::InboxProjector;
use leadflow_projections::{PageError, Projector};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

use crate::history::{at, contact, play, write};
use crate::rows::Inbox;
use crate::support::{Log, TENANT, context};
use crate::{expected, rows};

const STEPS: u32 = 260;

/// `LEADFLOW_TESTS_SEED` tries one more.
fn seeds() -> impl Iterator<Item = u64> {
    let more = std::env::var("LEADFLOW_TESTS_SEED").ok().map(|seed| seed.parse().unwrap());
    (1..=4).chain(more)
}

/// Folds a page as the runtime does.
pub(crate) async fn apply(
    projector: &impl Projector,
    rows: &mut PgConnection,
    page: &[RecordedEvent],
) -> Result<(), PageError> {
    let schema = projector.definition().schema();
    rows.execute(format!("set local search_path = {schema}").as_str()).await?;
    projector.apply(rows, page).await?;
    rows.execute("set local search_path to default").await?;
    Ok(())
}

/// Streams in any order among each other, each in its own.
pub(crate) fn interleaved(events: &[RecordedEvent], rng: &mut StdRng) -> Vec<RecordedEvent> {
    let mut streams: HashMap<Uuid, Vec<u32>> = HashMap::new();
    for event in events {
        streams.entry(event.stream.as_uuid()).or_default().push(rng.random());
    }
    streams.values_mut().for_each(|places| places.sort_unstable_by(|one, other| other.cmp(one)));
    let mut placed: Vec<(u32, &RecordedEvent)> =
        events.iter().map(|event| (streams.get_mut(&event.stream.as_uuid()).unwrap().pop().unwrap(), event)).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, event)| event.clone()).collect()
}

/// The same events, what was written here in the very seconds in which everything else was.
fn at_once(mut events: Vec<RecordedEvent>) -> Vec<RecordedEvent> {
    for recorded in &mut events {
        if let Event::OutboundMessage(OutboundMessageEvent::Queued { .. }) = recorded.event {
            recorded.recorded_at = at(recorded.position % 5);
        }
    }
    events
}

/// The inbox of `events`, folded by `page` from nothing, and left to nobody.
async fn folded(log: &Log, events: &[RecordedEvent], page: usize) -> Result<Inbox, PageError> {
    let mut tx = log.pool.begin().await?;
    for page in events.chunks(page) {
        apply(&InboxProjector, &mut tx, page).await?;
    }
    let inbox = rows::inbox(&mut tx).await;
    tx.rollback().await?;
    Ok(inbox)
}

/// How many messages' texts are there to be read.
fn texts(events: &[RecordedEvent]) -> usize {
    let is_there = |recorded: &&RecordedEvent| {
        let Event::Conversation(ConversationEvent::MessageReceived { message, .. }) = &recorded.event else {
            return false;
        };
        message.provider_message_id.known().is_some()
    };
    events.iter().filter(is_there).count()
}

#[tokio::test]
async fn pages_of_any_size_give_the_rows_that_the_history_says() {
    let played = join_all(seeds().map(async |seed| {
        let log = Log::new().await;
        let live = at_once(play(&log, seed, STEPS).await);
        let events = at_once(log.events().await);
        let expected = expected::inbox(&events);
        // As it comes where streams were parked.
        let shuffled = interleaved(&events, &mut StdRng::seed_from_u64(seed));
        for (events, read) in [(&live, "live"), (&events, "again"), (&shuffled, "in another order")] {
            for page in [1, 2, 7, events.len()] {
                let folded = folded(&log, events, page).await;
                let folded = folded.unwrap_or_else(|error| panic!("seed {seed}, {read}, pages of {page}: {error}"));
                assert_eq!(folded, expected, "seed {seed}, read {read}, pages of {page}");
            }
        }
        let raw = log.reader.after(0, i64::MAX).await.unwrap();
        (raw.into_iter().map(|raw| raw.event_type).collect::<BTreeSet<_>>(), texts(&live) - texts(&events))
    }))
    .await;
    let (types, forgotten): (Vec<_>, Vec<_>) = played.into_iter().unzip();
    assert!(forgotten.iter().sum::<usize>() > 20, "of what was read live, some can't be read again: {forgotten:?}");
    let seen: BTreeSet<String> = types.into_iter().flatten().collect();
    let all: BTreeSet<String> = Event::types().map(|known| known.kind.to_owned()).collect();
    assert_eq!(seen, all, "the histories show every event");
}

#[tokio::test]
async fn without_the_provider_s_ids_another_message_of_the_same_second_is_the_latest() {
    let log = Log::new().await;
    for key in ["d", "h", "b", "z", "a", "c"] {
        write(&log, 0, key, 0).await;
    }
    let mut live = log.events().await;
    log.contacts.execute(contact(TENANT, 0), ContactCommand::Erase, context(TENANT, "erase")).await.unwrap();
    let events = log.events().await;
    live.extend(events.last().cloned());
    let latest = |events| expected::inbox(events).conversations[0].last_message_id;
    assert_ne!(latest(&live[..live.len() - 1]), latest(&live), "else this shows nothing");
    for events in [&live, &events] {
        for page in [1, events.len()] {
            assert_eq!(folded(&log, events, page).await.unwrap(), expected::inbox(&live), "pages of {page}");
        }
    }
}
