//! A page of the log: read, sorted into what can be dealt with and what is set aside.

use std::collections::HashSet;

use leadflow_domain::Event;
use leadflow_domain::contact::ContactEvent;
use leadflow_event_store::{LogReader, PersonalValues, ReadError, RecordedEvent};

use super::PageError;
use super::parking::{Aside, Stream, Waiting};
use super::tail::{Read, Tail, read_each};

/// Events as they were read.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// What can be read, in order.
    events: Vec<RecordedEvent>,
    /// What can't.
    unreadable: Vec<Aside>,
    /// Last of them.
    pub(super) to: i64,
    /// How many they are.
    pub(super) len: i64,
}

/// Events as they are dealt with.
#[derive(Debug)]
pub(super) struct Sorted {
    /// To be dealt with, in order.
    pub(super) events: Vec<RecordedEvent>,
    /// To be set aside, in order.
    pub(super) aside: Vec<Aside>,
    /// How many are both: erasures.
    pub(super) both: i64,
}

impl Page {
    /// Up to `limit` events after `after`, and none after `until`.
    pub(super) async fn read(
        tail: &Tail,
        personal: PersonalValues,
        after: i64,
        until: i64,
        limit: i64,
    ) -> Result<Self, PageError> {
        let read = tail.read(personal, after, limit.min(until.saturating_sub(after))).await?;
        Self::of(tail.reader(), read, after).await
    }

    /// The events at `positions`.
    pub(super) async fn at(reader: &LogReader, personal: PersonalValues, positions: &[i64]) -> Result<Self, PageError> {
        let raw = reader.at(positions).await?;
        Self::of(reader, read_each(reader, raw, personal).await?, 0).await
    }

    async fn of(reader: &LogReader, read: Vec<Read>, after: i64) -> Result<Self, PageError> {
        let (len, to) = (read.len(), read.last().map_or(after, |(position, _)| *position));
        let mut page = Self { events: Vec::with_capacity(len), unreadable: Vec::new(), to, len: len_of(len) };
        let mut failed = Vec::new();
        for (position, event) in read {
            match event {
                Ok(event) => page.events.push(event),
                Err(error) => failed.push((position, PageError::from(ReadError::from(error)))),
            }
        }
        if !failed.is_empty() {
            // Rare enough to ask for them once more, instead of keeping a copy of all.
            let asked: Vec<i64> = failed.iter().map(|(position, _)| *position).collect();
            let raw = reader.at(&asked).await?;
            page.unreadable = raw.iter().zip(&failed).map(|(raw, (_, error))| Aside::because(raw, error)).collect();
        }
        Ok(page)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Sets aside what can't be read and what is behind it, and whatever is of a stream that waits already.
    ///
    /// Whoever was erased is forgotten at once. What of hers waits reads as erased by then, and comes after it: so her
    /// erasure is dealt with once more in its place.
    pub(super) fn sorted(self, waiting: &Waiting) -> Sorted {
        if self.unreadable.is_empty() && waiting.is_empty() {
            return Sorted { events: self.events, aside: Vec::new(), both: 0 };
        }
        let (mut events, mut aside, mut both) = (Vec::new(), Vec::new(), 0);
        let mut unreadable = self.unreadable.into_iter().peekable();
        let mut begun: HashSet<Stream> = HashSet::new();
        let mut put_unreadable_before = |position: i64, aside: &mut Vec<Aside>, begun: &mut HashSet<Stream>| {
            while let Some(event) = unreadable.next_if(|event| event.position < position) {
                let is_behind = waiting.has(&event.stream) || !begun.insert(event.stream.clone());
                aside.push(if is_behind { event.without_reason() } else { event });
            }
        };
        for event in self.events {
            put_unreadable_before(event.position, &mut aside, &mut begun);
            let stream = Stream::of(&event);
            let waits = waiting.has(&stream) || begun.contains(&stream);
            if waits {
                aside.push(Aside::behind(&event));
            }
            let is_erasure = matches!(event.event, Event::Contact(ContactEvent::Erased { .. }));
            both += i64::from(waits && is_erasure);
            if !waits || is_erasure {
                events.push(event);
            }
        }
        put_unreadable_before(i64::MAX, &mut aside, &mut begun);
        Sorted { events, aside, both }
    }

    /// What can be dealt with before the first that can't be read, and that one.
    pub(super) fn readable_part(self) -> (Vec<RecordedEvent>, Option<Aside>) {
        let first = self.unreadable.into_iter().next();
        let until = first.as_ref().map_or(i64::MAX, |event| event.position);
        (self.events.into_iter().take_while(|event| event.position < until).collect(), first)
    }
}

fn len_of(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}
