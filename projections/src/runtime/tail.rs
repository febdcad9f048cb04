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
