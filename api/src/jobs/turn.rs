//! When a job's time is. What its lane paces is not when it is begun but when something leaves; so a job gets ready before its time,
//! and takes another where it comes too late for the one that it had.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use leadflow_domain::TenantId;
use sqlx::{PgPool, Row};
use thiserror::Error;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::work::Pace;

/// By how much a job may miss its time. As much closer together may two come that are to follow each other.
const MISSED_BY: Duration = Duration::from_millis(10);

/// How far ahead another time may be: a tenth of the lease that whoever else may do the job goes by.
const ANOTHER_WITHIN: Duration = Duration::from_secs(3);

/// How many times a job takes. A process that comes too late for all of them has no time for it now.
const TIMES: usize = 8;

/// Readings of the database's clock that are remembered.
const READINGS: usize = 32;

/// By how much two clocks may have drifted apart between readings. Beyond that, one of them was set.
const DRIFT: SignedDuration = SignedDuration::from_millis(5);

/// Why nothing may leave now.
#[derive(Debug, Error)]
pub enum TurnLost {
    /// The database did not answer.
    #[error("its turn could not be had: {0}")]
    Database(#[from] sqlx::Error),
    /// The lane was stopped or is held, or has no time soon.
    #[error("its lane has no time for it")]
    NoOther,
    /// It came too late again and again.
    #[error("its process has no time for it")]
    TooLate,
    /// The process stops.
    #[error("its process stopped before its time came")]
    Stopped,
}

/// The database's clock beside this process's own: each time it is asked, what it says was so between question and answer.
#[derive(Debug, Default)]
pub(super) struct DatabaseClock(Mutex<VecDeque<Reading>>);

#[derive(Debug, Clone, Copy)]
struct Reading {
    asked: Instant,
    answered: Instant,
    says: Timestamp,
}

impl Reading {
    /// When that is by this process's clock, as far as this reading tells.
    fn instant(self, at: Timestamp) -> Instant {
        let then = self.asked + (self.answered - self.asked) / 2;
        match Duration::try_from(at.duration_since(self.says)) {
            Ok(after) => then + after,
            Err(_) => then.checked_sub(self.says.duration_since(at).unsigned_abs()).unwrap_or(then),
        }
    }

    /// Whether no clock was set between this reading and `earlier`.
    fn agrees(self, earlier: Self) -> bool {
        let between = |from: Instant, to: Instant| SignedDuration::try_from(to - from).unwrap_or(SignedDuration::MAX);
        let says = self.says.duration_since(earlier.says);
        says >= between(earlier.answered, self.asked) - DRIFT && says <= between(earlier.asked, self.answered) + DRIFT
    }
}

impl DatabaseClock {
    /// It said this between `asked` and `answered`.
    pub(super) fn read(&self, asked: Instant, answered: Instant, says: Timestamp) {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = Reading { asked, answered, says };
        if readings.front().is_some_and(|last| !reading.agrees(*last)) {
            readings.clear();
        }
        readings.truncate(READINGS - 1);
        readings.push_front(reading);
    }

    /// When that is by this process's clock; now, where the database was never asked.
    pub(super) fn instant(&self, at: Timestamp) -> Instant {
        let readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The quickest answer leaves the least room.
        let best = readings.iter().min_by_key(|reading| reading.answered - reading.asked);
        best.map_or_else(Instant::now, |reading| reading.instant(at))
    }
}

/// The time of a job.
#[derive(Debug, Clone)]
pub struct Turn {
    /// By the database's clock.
    pub(super) at: Timestamp,
    pub(super) pool: PgPool,
    pub(super) clock: Arc<DatabaseClock>,
    pub(super) tenant: TenantId,
    pub(super) lane: String,
    pub(super) pace: Pace,
}

impl PartialEq for Turn {
    fn eq(&self, other: &Self) -> bool {
        (self.at, &self.lane) == (other.at, &other.lane)
    }
}

impl Eq for Turn {}

impl Turn {
    /// One whose time is now.
    #[cfg(test)]
    pub(crate) fn now(pool: &PgPool, tenant: TenantId) -> Self {
        let (at, clock, lane) = (Timestamp::UNIX_EPOCH, Arc::default(), String::new());
        Self { at, pool: pool.clone(), clock, tenant, lane, pace: Pace::UNBOUNDED }
    }

    /// Waits until it is `lead` before the job's time.
    pub async fn is_near(&self, lead: Duration) {
        if let Some(near) = self.clock.instant(self.at).checked_sub(lead) {
            tokio::time::sleep_until(near).await;
        }
    }

    /// Waits until the job's time has come; for another, where it has missed that.
    ///
    /// # Errors
    /// [`TurnLost`]: nothing may leave.
    pub async fn comes(&self, stop: &CancellationToken) -> Result<(), TurnLost> {
        let mut at = self.at;
        for _ in 0..TIMES {
            let then = self.clock.instant(at);
            tokio::select! {
                () = stop.cancelled() => return Err(TurnLost::Stopped),
                () = tokio::time::sleep_until(then) => {}
            }
            let missed_by = then.elapsed();
            if missed_by <= MISSED_BY {
                return Ok(());
            }
            tracing::debug!(lane = self.lane, "jobs.turn: missed by {missed_by:?}, and another is taken");
            at = self.another().await?;
        }
        Err(TurnLost::TooLate)
    }

    /// The next that there is.
    pub(super) async fn another(&self) -> Result<Timestamp, TurnLost> {
        let mut connection = self.pool.acquire().await?;
        let asked = Instant::now();
        let row = sqlx::query("select at, moment from take_turn($1, $2, $3, $4, $5, $6)")
            .bind(&self.lane)
            .bind(self.tenant.as_uuid())
            .bind(MISSED_BY.as_secs_f64())
            .bind(ANOTHER_WITHIN.as_secs_f64())
            .bind(Pace::every(self.pace.of_lane))
            .bind(Pace::every(self.pace.of_business))
            .fetch_optional(&mut *connection)
            .await?;
        let Some(row) = row else { return Err(TurnLost::NoOther) };
        let read = |column: &str| row.try_get::<jiff_sqlx::Timestamp, _>(column).map(jiff_sqlx::Timestamp::to_jiff);
        self.clock.read(asked, Instant::now(), read("moment")?);
        Ok(read("at")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(millisecond).unwrap()
    }

    #[test]
    fn the_quickest_answer_tells_how_the_clocks_stand() {
        let (clock, now) = (DatabaseClock::default(), Instant::now());
        let after = |millis| now + Duration::from_millis(millis);
        assert!(clock.instant(at(7)) >= now, "nothing is known yet");
        clock.read(after(0), after(100), at(1_090));
        assert_eq!(clock.instant(at(1_090)), after(50));
        clock.read(after(200), after(202), at(1_201));
        clock.read(after(300), after(400), at(1_301));
        assert_eq!((clock.instant(at(1_211)), clock.instant(at(1_191))), (after(211), after(191)));
        for nth in 0..32 {
            clock.read(after(500 + nth), after(510 + nth), at(5_505));
        }
        assert_eq!(
            clock.instant(at(5_505)),
            after(536),
            "what is long ago counts no more, should a clock have been set"
        );
    }

    #[test]
    fn what_was_read_before_a_clock_was_set_counts_no_more() {
        let hours = |hours: i64| hours * 3_600_000;
        for set in [hours(8), hours(-8), 60_000, -60_000] {
            let (clock, now) = (DatabaseClock::default(), Instant::now() + Duration::from_secs(60));
            let after = |millis| now + Duration::from_millis(millis);
            clock.read(after(0), after(2), at(hours(24)));
            clock.read(after(100), after(140), at(hours(24) + 120));
            assert_eq!(clock.instant(at(hours(24) + 130)), after(131), "the quickest");
            clock.read(after(200), after(220), at(hours(24) + 210 + set));
            assert_eq!(clock.instant(at(hours(24) + 230 + set)), after(230), "set by {set}");
        }
    }
}
