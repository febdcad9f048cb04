//! Working for a consumer while its lease holds.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::checkpoint::LEASE;
use super::run::{Run, Step};
use super::sharing::{Assigned, SIGN_OF_LIFE};
use super::{Claim, Consumer, Lease, PageError, Reached};

/// How long a consumer waits before it tries a page again that failed for a passing reason.
const PAUSE: Duration = Duration::from_millis(500);

/// The longest wait of a consumer that can't work at all.
const LONG_PAUSE: Duration = Duration::from_secs(8);

/// Least time from one page's beginning to the next one's while the log has no more: what comes in quick succession is
/// dealt with together, at less cost.
const BETWEEN_PAGES: Duration = Duration::from_millis(10);

/// A consumer in a process that shares it with others.
#[derive(Debug)]
pub(super) struct Held<C> {
    pub(super) run: Run<C>,
    pub(super) alone: bool,
    pub(super) assigned: Assigned,
    /// Whether it waits; `None` for what never does.
    pub(super) paused: Option<watch::Receiver<bool>>,
    pub(super) told: watch::Sender<Reached>,
}

/// Why a process does not work for a consumer any more.
enum End {
    /// The process stops.
    Stop,
    /// The lease was lost: to another process, or because the read model was swapped.
    Lost,
    /// Another process should have it, or nobody while it is paused.
    GivenUp,
}

impl<C: Consumer> Held<C> {
    /// Works for it whenever the lease can be had, until the process stops.
    pub(super) async fn run(mut self) {
        let stop = self.run.follow().stop.clone();
        if stop.run_until_cancelled(self.assigned.known()).await.is_none() {
            return;
        }
        loop {
            match self.claim().await {
                Ok(Some(lease)) => {
                    tracing::info!(
                        consumer = self.run.checkpoint().consumer(),
                        position = lease.position,
                        epoch = lease.epoch,
                        "log.lease: works for it from here on"
                    );
                    let taken = Instant::now();
                    let end = self.hold(lease).await;
                    self.run.put_down();
                    match end {
                        End::Stop => return,
                        // After a swap it is nobody's, and can be had at once. What is lost as soon as it is had is not
                        // asked for without a pause.
                        End::Lost if taken.elapsed() > PAUSE => continue,
                        End::Lost | End::GivenUp => {}
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(
                    consumer = self.run.checkpoint().consumer(),
                    error = %error,
                    "log.lease: can't ask for the lease now"
                ),
            }
            if !self.run.follow().pause(SIGN_OF_LIFE).await {
                return;
            }
        }
    }

    fn is_paused(&self) -> bool {
        self.paused.as_ref().is_some_and(|paused| *paused.borrow())
    }

    async fn claim(&mut self) -> Result<Option<Lease>, PageError> {
        if self.is_paused() || !self.assigned.has(self.run.checkpoint().consumer()) {
            return Ok(None);
        }
        let claim = if self.alone { Claim::ByForce } else { Claim::IfFree };
        let lease = self.run.checkpoint().lease(claim).await?;
        if lease.is_some() {
            // It was a dead one's. Whoever takes it from here lives.
            self.alone = false;
            self.run.take_up().await?;
        }
        Ok(lease)
    }

    fn tell(&mut self, lease: Lease) {
        let has_parked = !self.run.waiting().is_empty();
        self.told.send_replace(Reached { position: lease.position, has_parked });
    }

    async fn hold(&mut self, mut lease: Lease) -> End {
        self.tell(lease);
        let (mut renewed, mut looked) = (Instant::now(), Instant::now());
        // A first advance, even of nothing, marks a read model of an empty log as live.
        let mut first = true;
        let mut pause = PAUSE;
        // What waits is tried between pages, so that neither holds up the other.
        let mut was_drained = false;
        loop {
            if self.run.follow().stop.is_cancelled() {
                // Should this not be said, the lease runs out.
                let _ = self.run.checkpoint().release().await;
                return End::Stop;
            }
            let is_paused = self.is_paused();
            if is_paused || !self.assigned.has(self.run.checkpoint().consumer()) {
                let why = if is_paused { "it is paused" } else { "another process should have it" };
                tracing::info!(consumer = self.run.checkpoint().consumer(), "log.lease: {why}");
                // Should this not be said, the lease runs out.
                let _ = self.run.checkpoint().release().await;
                return End::GivenUp;
            }
            if renewed.elapsed() > LEASE / 3 {
                match self.run.checkpoint().renew(lease).await {
                    Ok(true) => renewed = Instant::now(),
                    Ok(false) => return End::Lost,
                    Err(_) => {
                        if !self.run.follow().pause(PAUSE).await {
                            return End::Stop;
                        }
                        continue;
                    }
                }
            }
            if looked.elapsed() > SIGN_OF_LIFE {
                looked = Instant::now();
                if let Err(error) = self.run.find_asked().await {
                    tracing::debug!(error = %error, "log.park: can't look for what is to be tried again now");
                }
            }
            let due = if was_drained { None } else { self.run.waiting().next_due() };
            was_drained = due.is_some();
            let begun = Instant::now();
            let step = match due {
                Some(stream) => {
                    let drained = self.run.drain(lease, stream.clone()).await;
                    if drained.is_err() {
                        // Nothing of it was tried to its end, wherever it failed.
                        self.run.waiting().due_again(stream);
                    }
                    drained
                }
                None => self.run.step(lease, i64::MAX, first).await,
            };
            if let Ok(Step::Moved(next) | Step::CaughtUp(next)) = step {
                lease = next;
                if !was_drained {
                    // What is tried in vain moves no checkpoint, and renews nothing.
                    (renewed, first) = (Instant::now(), false);
                }
                pause = PAUSE;
                self.tell(lease);
            }
            match step {
                Ok(Step::Moved(_) | Step::Smaller) => {}
                Ok(Step::LeaseLost) => {
                    tracing::warn!(consumer = self.run.checkpoint().consumer(), "log.lease: lost");
                    return End::Lost;
                }
                Ok(Step::Idle | Step::CaughtUp(_)) => {
                    let earliest = begun + BETWEEN_PAGES;
                    if !self.run.waiting().is_due() && !self.run.follow().something_new(earliest).await {
                        let _ = self.run.checkpoint().release().await;
                        return End::Stop;
                    }
                }
                Err(error) if error.is_passing() => {
                    tracing::warn!(
                        consumer = self.run.checkpoint().consumer(),
                        error = %error,
                        "log.page: can't be dealt with now"
                    );
                    if !self.run.follow().pause(PAUSE).await {
                        return End::Stop;
                    }
                }
                Err(error) => {
                    tracing::error!(
                        consumer = self.run.checkpoint().consumer(),
                        position = lease.position,
                        error = %error,
                        "log.page: the consumer can't work; it tries again"
                    );
                    // Once it can, it says so, also where there is nothing new.
                    first = true;
                    if matches!(self.run.checkpoint().fail(lease, &error.to_string()).await, Ok(false)) {
                        return End::Lost;
                    }
                    if !self.run.follow().pause(pause).await {
                        let _ = self.run.checkpoint().release().await;
                        return End::Stop;
                    }
                    pause = (pause * 2).min(LONG_PAUSE);
                }
            }
        }
    }
}
