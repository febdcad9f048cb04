//! A body, whole: of bounded length, within bounded time, in bounded memory. Nobody has proved yet who sends it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Refused;

/// What a body may take without asking: that of an ordinary delivery, so that long ones never keep it out. How many there
/// are of these at once, the number of connections bounds.
const FREE: usize = 64 << 10;

/// Memory is counted in pieces of this many bytes.
const PIECE: usize = 1 << 10;

/// How many bytes past the limit are still read, and thrown away: who hangs up on a sender takes the answer from under
/// its eyes.
const READ_IN_VAIN: usize = 16 << 20;

/// From the headers to the last byte. Meta's 3 MB come within it over 1 Mbit/s.
pub(crate) const TIME: Duration = Duration::from_secs(30);

/// Takes bodies in.
#[derive(Debug)]
pub struct Bodies {
    most_bytes: usize,
    time: Duration,
    /// Pieces that are free.
    memory: Arc<Semaphore>,
}

/// A body, with the memory that it takes until it is dropped.
#[derive(Debug)]
pub struct Whole {
    /// The body.
    pub bytes: Bytes,
    _held: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    /// Takes bodies of `most_bytes` that come within `time`, and as many of the long ones as fit into `memory` bytes.
    #[must_use]
    pub fn new(most_bytes: usize, time: Duration, memory: usize) -> Self {
        let pieces = (memory / PIECE).min(Semaphore::MAX_PERMITS);
        Self { most_bytes, time, memory: Arc::new(Semaphore::new(pieces)) }
    }

    /// The whole of `body`.
    ///
    /// # Errors
    /// Why it is not taken.
    pub async fn whole(&self, body: Body) -> Result<Whole, Refused> {
        tokio::time::timeout(self.time, self.read(body)).await.unwrap_or(Err(Refused::TooSlow))
    }

    async fn read(&self, body: Body) -> Result<Whole, Refused> {
        let mut kept = Ok(Kept::default());
        let mut length = 0;
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Refused::EndedEarly)?;
            length += chunk.len();
            kept = match kept {
                Ok(_) if length > self.most_bytes => Err(Refused::TooLarge),
                Ok(kept) => kept.and(&chunk, self),
                Err(_) if length > self.most_bytes + READ_IN_VAIN => break,
                refused @ Err(_) => refused,
            };
        }
        kept.map(|kept| Whole { bytes: kept.bytes.into(), _held: kept.held })
    }
}

/// What has arrived.
#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    held: Option<OwnedSemaphorePermit>,
}

impl Kept {
    /// Grows by doubling, as a `Vec` does, and never before there is memory for it. Who finds none is not made to wait:
    /// those who wait for each other would wait for ever.
    fn and(mut self, chunk: &[u8], bodies: &Bodies) -> Result<Self, Refused> {
        let length = self.bytes.len() + chunk.len();
        if length > self.bytes.capacity() {
            let capacity = length.max(2 * self.bytes.capacity()).min(bodies.most_bytes);
            let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            let owed = capacity.saturating_sub(FREE).div_ceil(PIECE).saturating_sub(held);
            if owed > 0 {
                let owed = u32::try_from(owed).map_err(|_| Refused::NoRoom)?;
                let more = Arc::clone(&bodies.memory).try_acquire_many_owned(owed).map_err(|_| Refused::NoRoom)?;
                match &mut self.held {
                    Some(held) => held.merge(more),
                    None => self.held = Some(more),
                }
            }
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{FutureExt, stream};

    use super::*;

    const MIB: usize = 1 << 20;

    /// A minute each would be too long for a test that fails.
    const SOON: Duration = Duration::from_secs(20);

    fn bodies(memory: usize) -> Bodies {
        Bodies::new(4 * MIB, SOON, memory)
    }

    /// In chunks as they come from a connection.
    fn body(length: usize) -> Body {
        let chunks = vec![b'x'; length].chunks(40_000).map(Bytes::copy_from_slice).collect::<Vec<_>>();
        Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, Infallible>)))
    }

    /// All of `length` is there, and the end never comes.
    fn endless(length: usize) -> Body {
        let begin = body(length).into_data_stream();
        Body::from_stream(begin.chain(stream::pending()))
    }

    #[tokio::test]
    async fn a_body_is_taken_as_it_came() {
        let bodies = bodies(8 * MIB);
        for length in [0, 1, FREE, FREE + 1, MIB, 4 * MIB] {
            let whole = bodies.whole(body(length)).await.unwrap();
            assert_eq!(whole.bytes.len(), length);
            assert!(whole.bytes.iter().all(|byte| *byte == b'x'));
        }
        assert_eq!(bodies.memory.available_permits(), 8 * MIB / PIECE, "all was given back");
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_too_large_and_takes_no_memory() {
        let bodies = bodies(8 * MIB);
        for length in [4 * MIB + 1, 4 * MIB + READ_IN_VAIN + MIB] {
            assert_eq!(bodies.whole(body(length)).await.unwrap_err(), Refused::TooLarge, "{length}");
        }
        // What is refused already is let go before its end has come.
        assert!(bodies.whole(endless(4 * MIB + 100_000)).now_or_never().is_none());
        assert_eq!(bodies.memory.available_permits(), 8 * MIB / PIECE);
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_too_slow() {
        let bodies = Bodies::new(4 * MIB, Duration::from_millis(20), 8 * MIB);
        for body in [endless(0), endless(1), endless(3 * MIB), endless(5 * MIB)] {
            assert_eq!(bodies.whole(body).await.unwrap_err(), Refused::TooSlow);
        }
        assert_eq!(bodies.memory.available_permits(), 8 * MIB / PIECE);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_ended_early() {
        let broken = body(1_000).into_data_stream().chain(stream::iter([Err(axum::Error::new("gone"))]));
        let refused = bodies(MIB).whole(Body::from_stream(broken)).await.unwrap_err();
        assert_eq!(refused, Refused::EndedEarly);
    }

    #[tokio::test]
    async fn slow_bodies_of_3_mb_take_no_more_memory_than_there_is() {
        let bodies = bodies(8 * MIB);
        let mut slow: Vec<_> = (0..20).map(|_| Box::pin(bodies.whole(endless(3_000_000)))).collect();
        for body in &mut slow {
            assert!(body.now_or_never().is_none(), "its end has not come");
        }
        // Each would have 4 MiB, of which 64 KiB are free: two of them fit, and the others' bytes are thrown away.
        assert_eq!(bodies.memory.available_permits(), 2 * FREE / PIECE);
        // They keep out their like, and no ordinary delivery.
        assert_eq!(bodies.whole(body(MIB)).await.unwrap_err(), Refused::NoRoom);
        assert_eq!(bodies.whole(body(1_500)).await.unwrap().bytes.len(), 1_500);
        drop(slow);
        assert_eq!(bodies.whole(body(3_000_000)).await.unwrap().bytes.len(), 3_000_000);
    }

    #[tokio::test]
    async fn memory_is_held_until_the_body_is_let_go() {
        let bodies = bodies(4 * MIB);
        let first = bodies.whole(body(3_000_000)).await.unwrap();
        assert_eq!(bodies.whole(body(3_000_000)).await.unwrap_err(), Refused::NoRoom);
        drop(first);
        assert!(bodies.whole(body(3_000_000)).await.is_ok());
    }
}
