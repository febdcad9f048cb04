//! Letters that wait to be sent.
//!
//! Whoever sends a letter moves the time from which on it is due, in one statement, and holds no connection meanwhile. A
//! process that ends before it has said what came of it leaves the letter to the next one, once that time has come.

use std::time::Duration;

use jiff::Timestamp;
use leadflow_event_store::{Keys, SealedLetter};
use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use super::letter::Letter;

/// How often sending a letter is begun before it is given up; with the pauses between, some eleven hours.
pub(super) const ATTEMPTS: i32 = 20;

/// The pause after the first attempt; it doubles with each. What is waited is a quarter more or less, so that letters that
/// failed together are not tried again together.
const FIRST_PAUSE: Duration = Duration::from_secs(10);

/// The longest pause, whoever asks for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// For how many days it is known that there was a letter.
const KEPT_DAYS: i32 = 30;

/// A letter that is this process's to send, for as long as it asked for.
pub(super) struct Claimed {
    pub(super) id: Uuid,
    pub(super) sealed: Vec<u8>,
    /// Which attempt this is. It names the claim, too.
    pub(super) attempt: i32,
    pub(super) created_at: Timestamp,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    /// To be tried again, after this time at the least.
    Failed {
        reason: String,
        after: Option<Duration>,
    },
    GivenUp {
        reason: String,
    },
}

/// Enqueues a letter in the caller's transaction: it is sent if that commits, and not before.
///
/// # Errors
/// The database's.
pub async fn send(tx: &mut PgConnection, keys: &Keys, letter: &Letter) -> Result<(), sqlx::Error> {
    let plain = serde_json::to_vec(letter).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let SealedLetter { id, sealed } = keys.seal_letter(&plain);
    sqlx::query("insert into letters (id, kind, sealed) values ($1, $2, $3)")
        .bind(id)
        .bind(letter.what.name())
        .bind(sealed)
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes up to `most` letters that are due, for `time`: until then nobody else does.
pub(super) async fn claim(pool: &PgPool, most: i64, time: Duration) -> Result<Vec<Claimed>, sqlx::Error> {
    let rows = sqlx::query(
        "with due as materialized ( \
             select id from letters where sealed is not null and due_at <= clock_timestamp() \
             order by due_at limit $1 for update skip locked) \
         update letters l set attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => $2), \
                              last_error = null \
         from due where l.id = due.id returning l.id, l.sealed, l.attempts, l.created_at",
    )
    .bind(most)
    .bind(time.as_secs_f64())
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Claimed {
                id: row.try_get("id")?,
                sealed: row.try_get("sealed")?,
                attempt: row.try_get("attempts")?,
                created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
            })
        })
        .collect()
}

/// Notes what came of an attempt, unless another has begun since. What the letter says and to whom ends with it.
pub(super) async fn note(pool: &PgPool, claimed: &Claimed, outcome: &Outcome) -> Result<(), sqlx::Error> {
    let (state, reason, pause) = match outcome {
        Outcome::Sent => ("sent", None, Duration::ZERO),
        Outcome::GivenUp { reason } => ("given_up", Some(reason), Duration::ZERO),
        Outcome::Failed { reason, after } => {
            ("waiting", Some(reason), after.unwrap_or_default().max(pause_after(claimed.attempt)).min(LONGEST_PAUSE))
        }
    };
    sqlx::query(
        "update letters set sealed = case when $3 = 'waiting' then sealed end, \
                            sent_at = case when $3 = 'sent' then clock_timestamp() end, \
                            given_up_at = case when $3 = 'given_up' then clock_timestamp() end, \
                            last_error = $4, \
                            due_at = clock_timestamp() + make_interval(secs => $5) * (0.75 + random() / 2) \
         where id = $1 and attempts = $2 and sealed is not null",
    )
    .bind(claimed.id)
    .bind(claimed.attempt)
    .bind(state)
    .bind(reason)
    .bind(pause.as_secs_f64())
    .execute(pool)
    .await?;
    Ok(())
}

/// Twice as long as after the attempt before.
fn pause_after(attempt: i32) -> Duration {
    let doubled = u32::try_from(attempt - 1).unwrap_or(0);
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(doubled)).min(LONGEST_PAUSE)
}

/// Forgets letters whose end is long ago.
pub(super) async fn forget(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from letters where sealed is null \
           and coalesce(sent_at, given_up_at) < clock_timestamp() - make_interval(days => $1)",
    )
    .bind(KEPT_DAYS)
    .execute(pool)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour_and_end_after_half_a_day() {
        let pauses: Vec<u64> = (1..ATTEMPTS).map(|attempt| pause_after(attempt).as_secs()).collect();
        assert_eq!(pauses[..11], [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
        assert_eq!(pauses.iter().sum::<u64>() / 3_600, 11);
    }
}
