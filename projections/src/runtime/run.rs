//! One consumer's way through the log.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use leadflow_event_store::RecordedEvent;
use sqlx::PgPool;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::page::Page;
use super::parking::{self, Aside, Stream, Waiting};
use super::tail::Tail;
use super::{Advance, Checkpoint, Consumer, Follow, Lease, PageError};

/// Events of a page of what is read while it is written. Larger pages rebuild faster, smaller ones show sooner and hold their
/// transaction shorter. While the head is far each of a process's consumers may have three of them in memory, some 2 KiB an event.
pub(crate) const PAGE: i64 = 1_000;

/// Events of a page of what is being built.
pub(crate) const FAR_PAGE: i64 = 10_000;

/// Streams that may wait in a consumer. One more says that it is not the events that are wrong: it stops.
const MOST_WAITING: usize = 10_000;

/// How a consumer goes through the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// What is read while it is written.
    Live,
    /// What is being built.
    Building,
}

impl Pace {
    /// Events of a page.
    const fn page(self) -> i64 {
        match self {
            Self::Live => PAGE,
            Self::Building => FAR_PAGE,
        }
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// There was nothing to do.
    Idle,
    /// A part was dealt with and committed; the lease stands at its end.
    Moved(Lease),
    /// The same, and the log had no more then.
    CaughtUp(Lease),
    /// The part was too large for what is wrong with it; the next one is smaller.
    Smaller,
    /// Somebody else works for this consumer now.
    LeaseLost,
}

/// A consumer on its way.
#[derive(Debug)]
pub(crate) struct Run<C> {
    consumer: C,
    pool: PgPool,
    checkpoint: Checkpoint,
    follow: Follow,
    tail: Arc<Tail>,
    pace: Pace,
    /// Of the process's connections, those for followers.
    budget: Arc<Semaphore>,
    waiting: Waiting,
    limit: i64,
    ahead: VecDeque<Ahead>,
}

/// A commit does not wait for the disk: what a crash takes of it, it takes with the checkpoint, and it is done again. And
/// what a process that froze holds locked is free again before long.
const BEGIN: &str = "begin; set local synchronous_commit = off; set local idle_in_transaction_session_timeout = '10s'";

/// Pages that are read while one is written: reading one takes less than writing one.
const AHEAD: usize = 2;

/// A page to come, read while another is written.
#[derive(Debug)]
struct Ahead {
    after: i64,
    until: i64,
    limit: i64,
    reading: JoinHandle<Result<Page, PageError>>,
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl<C: Consumer> Run<C> {
    pub(crate) fn new(
        consumer: C,
        pool: PgPool,
        follow: Follow,
        tail: Arc<Tail>,
        process: Uuid,
        pace: Pace,
        budget: Arc<Semaphore>,
    ) -> Self {
        Self {
            checkpoint: Checkpoint::new(pool.clone(), consumer.consumer(), process),
            consumer,
            pool,
            follow,
            tail,
            pace,
            budget,
            waiting: Waiting::default(),
            limit: pace.page(),
            ahead: VecDeque::new(),
        }
    }

    pub(crate) fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    pub(super) fn waiting(&mut self) -> &mut Waiting {
        &mut self.waiting
    }

    pub(super) fn follow(&mut self) -> &mut Follow {
        &mut self.follow
    }

    /// Learns what waits. To be called once the lease is held.
    pub(crate) async fn take_up(&mut self) -> Result<(), PageError> {
        self.ahead.clear();
        self.waiting = Waiting::find(&self.pool, self.checkpoint.consumer()).await?;
        Ok(())
    }

    /// Lets go of what is not needed while another works for it.
    pub(super) fn put_down(&mut self) {
        self.ahead.clear();
        self.waiting = Waiting::default();
    }

    /// Learns which streams somebody asked to try again.
    pub(super) async fn find_asked(&mut self) -> Result<(), sqlx::Error> {
        self.waiting.find_asked(&self.pool, self.checkpoint.consumer()).await
    }

    /// Deals with the next part: a page of the log up to `until`.
    ///
    /// # Errors
    /// What no event is to blame for.
    pub(crate) async fn step(&mut self, lease: Lease, until: i64, even_if_empty: bool) -> Result<Step, PageError> {
        match caught(self.page(lease, until, even_if_empty)).await {
            Ok(step) => {
                if step == Step::LeaseLost {
                    // It may have taken longer than the lease.
                    self.shrink();
                }
                Ok(step)
            }
            Err(error) if error.is_passing() || error.is_of_the_consumer() => {
                // It may have taken longer than the database lets anything take.
                self.shrink();
                Err(error)
            }
            // One of its events is to blame. Smaller pages lead up to it, so that all before it are dealt with.
            Err(_) if self.limit > 1 => {
                self.shrink();
                Ok(Step::Smaller)
            }
            Err(error) => self.set_aside(lease, &error).await,
        }
    }

    fn shrink(&mut self) {
        self.limit = (self.limit / 2).max(1);
    }

    async fn page(&mut self, lease: Lease, until: i64, even_if_empty: bool) -> Result<Step, PageError> {
        let limit = self.limit;
        let page = self.read(lease.position, until, limit).await?;
        if page.is_empty() && !even_if_empty {
            return Ok(Step::Idle);
        }
        let (to, is_full) = (page.to, page.len >= limit);
        let next_limit = self.grown();
        if is_full {
            self.read_ahead(to, until, next_limit);
        }
        let sorted = page.sorted(&self.waiting);
        self.may_wait(sorted.aside.iter().filter(|event| event.is_first()).count(), || {
            sorted.aside.iter().map(Aside::reason).next_back().unwrap_or_default().to_owned()
        })?;
        if !sorted.events.is_empty() {
            caught(self.consumer.act(&sorted.events)).await?;
        }
        let applied = count(&sorted.events) - sorted.both;
        let advance = Advance { to, applied, caught_up: !is_full && until == i64::MAX };
        let moved = self.commit(lease, advance, &sorted.events, &sorted.aside, &[]).await?;
        let Step::Moved(lease) = moved else { return Ok(moved) };
        for event in sorted.aside {
            self.waiting.add(event.stream);
        }
        self.limit = next_limit;
        Ok(if is_full { moved } else { Step::CaughtUp(lease) })
    }

    /// The next page's limit: pages grow back after a hard place.
    fn grown(&self) -> i64 {
        (self.limit * 2).min(self.pace.page())
    }

    /// Whether so many more streams may wait.
    fn may_wait(&self, more: usize, latest: impl FnOnce() -> String) -> Result<(), PageError> {
        let streams = self.waiting.len() + more;
        if more > 0 && streams > MOST_WAITING {
            return Err(PageError::TooMany { streams, latest: latest() });
        }
        Ok(())
    }

    async fn read(&mut self, after: i64, until: i64, limit: i64) -> Result<Page, PageError> {
        if let Some(mut ahead) = self.ahead.pop_front() {
            if (ahead.after, ahead.until, ahead.limit) == (after, until, limit) {
                return (&mut ahead.reading).await.unwrap_or(Err(PageError::Panicked));
            }
            self.ahead.clear();
        }
        Page::read(&self.tail, self.consumer.personal_values(), after, until, limit).await
    }

    /// Positions are dense, so where a page begins is known before the one before it is read.
    fn read_ahead(&mut self, to: i64, until: i64, limit: i64) {
        while self.ahead.len() < AHEAD {
            let after = self.ahead.back().map_or(to, |ahead| ahead.after.saturating_add(ahead.limit));
            if after >= until {
                return;
            }
            self.ahead.push_back(self.reading(after, until, limit));
        }
    }

    fn reading(&self, after: i64, until: i64, limit: i64) -> Ahead {
        let (tail, personal) = (Arc::clone(&self.tail), self.consumer.personal_values());
        let reading = tokio::spawn(async move { Page::read(&tail, personal, after, until, limit).await });
        Ahead { after, until, limit, reading }
    }

    /// Writes what there is to write and moves the checkpoint, all in one transaction.
    async fn commit(
        &self,
        lease: Lease,
        advance: Advance,
        events: &[RecordedEvent],
        aside: &[Aside],
        released: &[i64],
    ) -> Result<Step, PageError> {
        // Never closed.
        let _permit = self.budget.acquire().await;
        // To have no connection is no event's fault.
        let mut tx = self.pool.begin_with(BEGIN).await.map_err(|error| PageError::unreached(&error))?;
        if !events.is_empty() {
            caught(self.consumer.write(&mut tx, events)).await?;
        }
        parking::park(&mut tx, self.checkpoint.consumer(), aside).await?;
        if !released.is_empty() {
            parking::release(&mut tx, self.checkpoint.consumer(), released).await?;
        }
        if !self.checkpoint.advance(&mut tx, lease, advance).await? {
            return Ok(Step::LeaseLost);
        }
        if let Err(error) = tx.commit().await {
            // It may have succeeded all the same: whoever asks for the lease learns where it stands.
            tracing::warn!(consumer = self.checkpoint.consumer(), error = %error, "log.page: no word of its commit");
            return Ok(Step::LeaseLost);
        }
        Ok(Step::Moved(Lease { position: advance.to, ..lease }))
    }

    /// Sets the next event aside.
    async fn set_aside(&mut self, lease: Lease, error: &PageError) -> Result<Step, PageError> {
        let raw = self.follow.reader.after(lease.position, 1).await?;
        let Some(raw) = raw.first() else { return Ok(Step::Idle) };
        self.may_wait(1, || error.to_string())?;
        let aside = Aside::because(raw, error);
        let advance = Advance { to: raw.position, applied: 0, caught_up: false };
        let moved = self.commit(lease, advance, &[], std::slice::from_ref(&aside), &[]).await?;
        if let Step::Moved(_) = moved {
            tracing::error!(
                consumer = self.checkpoint.consumer(),
                position = raw.position,
                stream = %raw.stream,
                error = %error,
                "log.park: event {} can't be dealt with; its stream waits behind it",
                raw.position
            );
            self.waiting.add(aside.stream);
            self.limit = self.grown();
        }
        Ok(moved)
    }

    /// Tries a stream that waits, from its oldest event on.
    ///
    /// # Errors
    /// What no event is to blame for.
    pub(super) async fn drain(&mut self, lease: Lease, stream: Stream) -> Result<Step, PageError> {
        let mut limit = PAGE;
        loop {
            let consumer = self.checkpoint.consumer();
            let positions = parking::first_of(&self.pool, consumer, &stream, limit).await?;
            let Some(first) = positions.first().copied() else {
                self.waiting.remove(&stream);
                return Ok(Step::Moved(lease));
            };
            let page = Page::at(&self.follow.reader, self.consumer.personal_values(), &positions);
            let page = match caught(page).await {
                Ok(page) => page,
                Err(error) if error.is_passing() || error.is_of_the_consumer() => return Err(error),
                Err(_) if positions.len() > 1 => {
                    limit = count(&positions) / 2;
                    continue;
                }
                Err(error) => {
                    parking::tried(&self.pool, consumer, first, &error.to_string()).await?;
                    return Ok(Step::Moved(lease));
                }
            };
            let (events, unreadable) = page.readable_part();
            let until = unreadable.as_ref().map_or(i64::MAX, |event| event.position);
            // Also those that the log has no more: damage, and for `events verify` to tell.
            let done: Vec<i64> = positions.into_iter().filter(|position| *position < until).collect();
            if let (true, Some(event)) = (done.is_empty(), &unreadable) {
                parking::tried(&self.pool, consumer, first, event.reason()).await?;
                return Ok(Step::Moved(lease));
            }
            let applied = count(&done);
            let dealt_with = async {
                caught(self.consumer.act(&events)).await?;
                let advance = Advance { to: lease.position, applied, caught_up: false };
                self.commit(lease, advance, &events, &[], &done).await
            };
            match dealt_with.await {
                Ok(Step::Moved(lease)) => {
                    // What is left of it comes after what else there is to do.
                    self.waiting.due_again(stream);
                    return Ok(Step::Moved(lease));
                }
                Ok(step) => return Ok(step),
                Err(error) if error.is_passing() || error.is_of_the_consumer() => return Err(error),
                Err(_) if applied > 1 => limit = applied / 2,
                Err(error) => {
                    parking::tried(&self.pool, consumer, first, &error.to_string()).await?;
                    return Ok(Step::Moved(lease));
                }
            }
        }
    }
}

fn count<T>(of: &[T]) -> i64 {
    i64::try_from(of.len()).unwrap_or(i64::MAX)
}

/// A panic in a consumer is its error, not the process's end.
async fn caught<T>(work: impl Future<Output = Result<T, PageError>>) -> Result<T, PageError> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or(Err(PageError::Panicked))
}
