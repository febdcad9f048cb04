//! Reading much of the log: while a page is dealt with, the next ones are read, opened and decoded on other threads.

use futures_util::stream::{self, Stream, StreamExt};
use tokio::task::JoinSet;

use crate::{LogReader, PersonalValues, ReadError, RecordedEvent};

/// A part of the log, and how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The event before the first.
    pub after: i64,
    /// The last one. It is in the log already.
    pub to: i64,
    /// Events of a page.
    pub page: i64,
    /// Pages that are read while another is dealt with, each on a connection and a thread of its own. So many are in
    /// memory beside that one.
    pub ahead: usize,
    /// Whether personal values are opened.
    pub personal: PersonalValues,
}

impl Stretch {
    /// The event before each page's first, and how many events it has. Positions are dense, so no page needs to know
    /// how the one before it ended.
    fn pages(self) -> impl Iterator<Item = (i64, i64)> + Send {
        let page = self.page.max(1);
        (0..)
            .map(move |nth| self.after.saturating_add(page.saturating_mul(nth)))
            .take_while(move |after| *after < self.to)
            .map(move |after| (after, page.min(self.to - after)))
    }
}

impl LogReader {
    /// The pages of `stretch`, in order. Each is read with people's keys as they stand then: whoever is erased meanwhile
    /// may still be opened in pages before the event that erases her.
    ///
    /// Dropped, it reads no further.
    pub fn pages(&self, stretch: Stretch) -> impl Stream<Item = Result<Vec<RecordedEvent>, ReadError>> + Send + use<> {
        let reader = self.clone();
        stream::iter(stretch.pages())
            .map(move |(after, limit)| {
                let reader = reader.clone();
                // Of one task, which ends with its set. It begins at once, and not when it is asked for.
                let mut reading = JoinSet::new();
                reading.spawn(async move { reader.read(reader.after(after, limit).await?, stretch.personal).await });
                page(reading)
            })
            .buffered(stretch.ahead + 1)
    }
}

async fn page(mut reading: JoinSet<Result<Vec<RecordedEvent>, ReadError>>) -> Result<Vec<RecordedEvent>, ReadError> {
    // Nothing but the end of the runtime stops it.
    let stopped = || ReadError::Database(sqlx::Error::WorkerCrashed);
    match reading.join_next().await.ok_or_else(stopped)? {
        Ok(page) => page,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(stopped()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(after: i64, to: i64, page: i64) -> Vec<(i64, i64)> {
        Stretch { after, to, page, ahead: 1, personal: PersonalValues::Sealed }.pages().collect()
    }

    #[test]
    fn pages_cover_the_stretch_and_nothing_else() {
        assert_eq!(pages(0, 25, 10), [(0, 10), (10, 10), (20, 5)]);
        assert_eq!(pages(7, 9, 10), [(7, 2)]);
        assert_eq!(pages(7, 17, 10), [(7, 10)]);
        assert_eq!(pages(7, 7, 10), []);
        assert_eq!(pages(9, 7, 10), []);
        assert_eq!(pages(0, 2, 0), [(0, 1), (1, 1)], "a page has at least one event");
    }
}
