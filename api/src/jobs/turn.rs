//! When a job's time is. What its lane paces is not when it is begun but when something leaves; so a job gets ready before its time,
//! and takes another where it comes too late for the one that it had.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use leadflow_domain::TenantId;
use sqlx::{PgPool, Row};
use tokio::time::Instant;

use super::work::Pace;

/// By how much a job may miss its time. As much closer together may two come that are to follow each other.
const MISSED_BY: Duration = Duration::from_millis(10);

/// Readings of the database's clock that are remembered.
const READINGS: usize = 32;

/// The database's clock beside this process's own: each time it is asked, what it says was so between question and answer.
#[derive(Debug, Default)]
pub(super) struct DatabaseClock(Mutex<VecDeque<Reading>>);

#[derive(Debug, Clone, Copy)]
struct Reading {
    asked: Instant,
    answered: Instant,
    says: Timestamp,
}

impl DatabaseClock {
    /// It said this between `asked` and `answered`.
    pub(super) fn read(&self, asked: Instant, answered: Instant, says: Timestamp) {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        readings.truncate(READINGS - 1);
        readings.push_front(Reading { asked, answered, says });
    }

    /// When that is by this process's clock; now, where the database was never asked.
    pub(super) fn instant(&self, at: Timestamp) -> Instant {
        let readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The quickest answer leaves the least room.
        let best = readings.iter().min_by_key(|reading| reading.answered - reading.asked);
        let Some(Reading { asked, answered, says }) = best.copied() else { return Instant::now() };
        let then = asked + (answered - asked) / 2;
        match Duration::try_from(at.duration_since(says)) {
            Ok(after) => then + after,
            Err(_) => then.checked_sub(says.duration_since(at).unsigned_abs()).unwrap_or(then),
        }
    }
}

/// The time of a job.
#[derive(Debug, Clone)]
pub struct Turn {
    pub(super) at: Instant,
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
    /// Waits until it is `lead` before the job's time.
    pub async fn is_near(&self, lead: Duration) {
        if let Some(near) = self.at.checked_sub(lead) {
            tokio::time::sleep_until(near).await;
        }
    }

    /// Waits until the job's time has come; for another, where it has missed that.
    ///
    /// # Errors
    /// The database's, when there is no other to be had.
    pub async fn comes(&self) -> Result<(), sqlx::Error> {
        let mut at = self.at;
        loop {
            tokio::time::sleep_until(at).await;
            let missed_by = at.elapsed();
            if missed_by <= MISSED_BY {
                return Ok(());
            }
            tracing::debug!(lane = self.lane, "jobs.turn: missed by {missed_by:?}, and another is taken");
            at = self.another().await?;
        }
    }

    /// The next that there is.
    pub(super) async fn another(&self) -> Result<Instant, sqlx::Error> {
        let row = sqlx::query("select take_turn($1, $2, $3, $4, $5) as at")
            .bind(&self.lane)
            .bind(self.tenant.as_uuid())
            .bind(MISSED_BY.as_secs_f64())
            .bind(Pace::every(self.pace.of_lane))
            .bind(Pace::every(self.pace.of_business))
            .fetch_one(&self.pool)
            .await?;
        let at: jiff_sqlx::Timestamp = row.try_get("at")?;
        Ok(self.clock.instant(at.to_jiff()))
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
}
