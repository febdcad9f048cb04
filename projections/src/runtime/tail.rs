//! The end of the log, read and decoded once for all followers of a process: near the head they all want the same events.

use std::collections::VecDeque;
use std::sync::Arc;

use leadflow_event_store::{LogReader, PersonalValues, RawEvent, ReadError, RecordedEvent, UnreadableEvent};
use tokio::sync::{Mutex, Semaphore, watch};

use super::run::PAGE;

/// Events that are kept. Whoever is further behind reads the log alone.
const KEPT: usize = 8_192;

/// Bytes of payloads that are kept.
const KEPT_BYTES: usize = 16 << 20;

/// The end of the log as far as this process has read it.
#[derive(Debug)]
pub(crate) struct Tail {
    reader: LogReader,
    /// How far somebody is known to have appended.
    head: watch::Receiver<i64>,
    /// Of the process's connections, those for followers.
    budget: Arc<Semaphore>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// One for each position, the last of them at `to`.
    events: VecDeque<Arc<Recent>>,
    to: i64,
    bytes: usize,
    /// Whether the log ended at `to` when it was last read.
    ended: bool,
}

/// An event near the head. What it says of people is sealed.
#[derive(Debug)]
struct Recent {
    raw: RawEvent,
    /// `None` when it can't be read.
    sealed: Option<RecordedEvent>,
}

/// An event's position, and the event.
pub(super) type Read = (i64, Result<RecordedEvent, UnreadableEvent>);

impl Tail {
    pub(crate) fn new(reader: LogReader, head: watch::Receiver<i64>, budget: Arc<Semaphore>) -> Self {
        Self { reader, head, budget, kept: Mutex::default() }
    }

    pub(super) fn reader(&self) -> &LogReader {
        &self.reader
    }

    /// Up to `limit` events after `after`, in order: fewer than that when the log ends with them.
    pub(super) async fn read(&self, personal: PersonalValues, after: i64, limit: i64) -> Result<Vec<Read>, ReadError> {
        let Some(events) = self.recent(after, limit).await? else {
            let raw = self.after(after, limit).await?;
            return read_each(&self.reader, raw, personal).await;
        };
        let to_open: Vec<_> = events.iter().filter(|event| event.is_opened(personal)).collect();
        let mut opened = Vec::new();
        if !to_open.is_empty() {
            let raw = to_open.iter().map(|event| event.raw.clone()).collect();
            opened = self.reader.read_each(raw, personal).await?;
        }
        let mut opened = opened.into_iter();
        let read = |event: &Arc<Recent>| {
            let opened = if event.is_opened(personal) { opened.next() } else { None };
            (event.raw.position, opened.unwrap_or_else(|| event.read_sealed()))
        };
        Ok(events.iter().map(read).collect())
    }

    async fn after(&self, position: i64, limit: i64) -> Result<Vec<RawEvent>, sqlx::Error> {
        // Never closed. Whoever has one commits or reads, and waits for nothing that is held here.
        let _permit = self.budget.acquire().await;
        self.reader.after(position, limit).await
    }

    /// Those events as they are kept, read from the log where they are not. `None` for one who is far from the others.
    async fn recent(&self, after: i64, limit: i64) -> Result<Option<Vec<Arc<Recent>>>, ReadError> {
        if limit > PAGE {
            return Ok(None);
        }
        let mut kept = self.kept.lock().await;
        if after < kept.from() {
            return Ok(None);
        }
        // Two who read ahead may come in the wrong order.
        if after > kept.to + 2 * PAGE {
            *kept = Kept { to: after, ..Kept::default() };
        }
        let wanted = after.saturating_add(limit);
        let is_known_end = kept.ended && after < kept.to && kept.to >= *self.head.borrow();
        if wanted > kept.to && !is_known_end {
            let missing = wanted - kept.to;
            let raw = self.after(kept.to, missing).await?;
            let sealed = self.reader.read_each(raw.clone(), PersonalValues::Sealed).await?;
            kept.ended = i64::try_from(raw.len()).is_ok_and(|len| len < missing);
            raw.into_iter().zip(sealed).for_each(|(raw, sealed)| kept.add(Recent { raw, sealed: sealed.ok() }));
        }
        let events = kept.between(after, wanted);
        kept.trim();
        Ok(Some(events))
    }
}

/// As [`LogReader::read_each`], with positions.
pub(super) async fn read_each(
    reader: &LogReader,
    raw: Vec<RawEvent>,
    personal: PersonalValues,
) -> Result<Vec<Read>, ReadError> {
    let positions: Vec<_> = raw.iter().map(|raw| raw.position).collect();
    Ok(positions.into_iter().zip(reader.read_each(raw, personal).await?).collect())
}

impl Kept {
    /// The position before the first.
    fn from(&self) -> i64 {
        self.events.front().map_or(self.to, |first| first.raw.position - 1)
    }

    fn add(&mut self, event: Recent) {
        self.to = event.raw.position;
        self.bytes += event.raw.payload.len();
        self.events.push_back(Arc::new(event));
    }

    fn between(&self, after: i64, to: i64) -> Vec<Arc<Recent>> {
        let place = |position| self.events.partition_point(|event| event.raw.position <= position);
        self.events.range(place(after)..place(to)).cloned().collect()
    }

    fn trim(&mut self) {
        while self.events.len() > KEPT || self.bytes > KEPT_BYTES {
            let Some(oldest) = self.events.pop_front() else { return };
            self.bytes -= oldest.raw.payload.len();
        }
    }
}

impl Recent {
    fn is_opened(&self, personal: PersonalValues) -> bool {
        personal.opens(&self.raw.event_type)
    }

    fn read_sealed(&self) -> Result<RecordedEvent, UnreadableEvent> {
        self.sealed.clone().map_or_else(|| self.raw.clone().read(), Ok)
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::contact::{Contact, ContactCommand, ContactEvent};
    use leadflow_domain::{CommandId, ContactId, E164, Event, IdentifierHash, TenantId};
    use leadflow_event_store::{Actor, CommandContext, EventStore, Executor, testing};
    use sqlx::PgPool;
    use uuid::Uuid;

    use super::*;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

    /// Appends `count` events, each of another contact.
    async fn append(store: &EventStore, from: u128, count: u128) {
        let contacts = Executor::<Contact>::new(store);
        for number in from..from + count {
            let command = ContactCommand::IntroduceByPhone {
                phone: E164::parse(&format!("+39333{number:07}")).unwrap(),
                phone_hash: IdentifierHash::from_hex(format!("{number:x}")),
            };
            let id = CommandId::derive(TENANT, "test", &[&number.to_string()]);
            let context = CommandContext::new(TENANT, id, Actor::CommandLine, "test");
            contacts.execute(ContactId::from_uuid(Uuid::from_u128(number)), command, context).await.unwrap();
        }
    }

    fn tail(pool: &PgPool, head: watch::Receiver<i64>) -> Tail {
        Tail::new(testing::event_store(pool).reader().clone(), head, Arc::new(Semaphore::new(1)))
    }

    async fn positions(tail: &Tail, after: i64, limit: i64) -> Vec<i64> {
        let read = tail.read(PersonalValues::Sealed, after, limit).await.unwrap();
        read.into_iter()
            .map(|(position, event)| {
                assert_eq!(event.unwrap().position, position);
                position
            })
            .collect()
    }

    #[tokio::test]
    async fn whoever_asks_gets_what_the_log_has() {
        let pool = testing::pool().await;
        let store = testing::event_store(&pool);
        append(&store, 0, 30).await;
        let (appended, head) = watch::channel(30);
        let tail = tail(&pool, head);
        assert_eq!(positions(&tail, 0, 10).await, Vec::from_iter(1..=10));
        assert_eq!(positions(&tail, 4, 3).await, [5, 6, 7], "of what is kept");
        assert_eq!(positions(&tail, 8, 10).await, Vec::from_iter(9..=18), "some of it is kept");
        assert_eq!(positions(&tail, 25, 10).await, Vec::from_iter(26..=30), "before whoever is behind");
        assert_eq!(positions(&tail, 20, 10).await, Vec::from_iter(21..=30));
        assert_eq!(positions(&tail, 30, 10).await, [0; 0]);

        append(&store, 30, 5).await;
        assert_eq!(positions(&tail, 29, 10).await, [30], "nobody has told of more");
        assert_eq!(
            positions(&tail, 30, 10).await,
            Vec::from_iter(31..=35),
            "who has read all that is kept looks for more"
        );
        append(&store, 35, 1).await;
        appended.send_replace(36);
        assert_eq!(positions(&tail, 33, 10).await, [34, 35, 36], "somebody has told");
    }

    #[tokio::test]
    async fn who_is_far_from_the_others_reads_alone() {
        let pool = testing::pool().await;
        append(&testing::event_store(&pool), 0, 30).await;
        let tail = tail(&pool, watch::channel(30).1);
        assert_eq!(positions(&tail, 25, 10).await, Vec::from_iter(26..=30));
        tail.kept.lock().await.events.drain(..28);
        assert_eq!(positions(&tail, 3, 5).await, Vec::from_iter(4..=8));
        assert_eq!(positions(&tail, 27, PAGE + 1).await, [28, 29, 30]);
        assert_eq!(tail.kept.lock().await.events.len(), 2, "neither was kept");
        assert_eq!(positions(&tail, 3 * PAGE, 5).await, [0; 0]);
        assert_eq!(tail.kept.lock().await.to, 3 * PAGE, "the others will come there");
    }

    #[tokio::test]
    async fn personal_values_are_opened_for_those_who_want_them_alone() {
        let pool = testing::pool().await;
        append(&testing::event_store(&pool), 0, 2).await;
        let tail = tail(&pool, watch::channel(2).1);
        for (personal, are_opened) in [
            (PersonalValues::Sealed, false),
            (PersonalValues::Opened, true),
            (PersonalValues::OpenedOf(&["contact.introduced_by_phone"]), true),
            (PersonalValues::OpenedOf(&["contact.named"]), false),
        ] {
            let read = tail.read(personal, 0, 10).await.unwrap();
            assert_eq!(read.len(), 2);
            for (_, event) in read {
                let Event::Contact(ContactEvent::IntroducedByPhone { phone, .. }) = event.unwrap().event else {
                    unreachable!("nothing else was appended")
                };
                assert_eq!(phone.known().is_some(), are_opened, "{personal:?}");
            }
        }
    }
}
