//! What forms did not take: counted for whose form it is, and nothing of it kept.
//!
//! In memory, and every two seconds added to a row for each form and reason: a stranger must not be able to make the database write
//! for each thing that she sends, or to fill it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use leadflow_domain::{SourceId, TenantId};
use sqlx::{PgPool, Row};
use tokio_util::sync::CancellationToken;

use super::door::Point;

/// How often what was counted is put down.
const ROUND: Duration = Duration::from_secs(2);

/// Why something that was sent to a form was not taken, or not at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Too much came from one network.
    TooOften,
    /// Too much came for the form in all.
    TooMany,
    /// The form is closed.
    Closed,
    /// It is not what a form sends.
    NoForm,
    /// It is longer than any form.
    TooLarge,
    /// Its stamp was not given out for this form.
    Forged,
    /// The form was handed out too long ago.
    Expired,
    /// The form was handed out a moment ago.
    TooSoon,
    /// The form asks otherwise since it was handed out.
    Outdated,
    /// A field was filled in that people don't see.
    Trap,
    /// Something is missing, or can't be so.
    Invalid,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::TooOften,
        Self::TooMany,
        Self::Closed,
        Self::NoForm,
        Self::TooLarge,
        Self::Forged,
        Self::Expired,
        Self::TooSoon,
        Self::Outdated,
        Self::Trap,
        Self::Invalid,
    ];

    /// As it is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::TooOften => "too_often",
            Self::TooMany => "too_many",
            Self::Closed => "closed",
            Self::NoForm => "no_form",
            Self::TooLarge => "too_large",
            Self::Forged => "forged",
            Self::Expired => "expired",
            Self::TooSoon => "too_soon",
            Self::Outdated => "outdated",
            Self::Trap => "trap",
            Self::Invalid => "invalid",
        }
    }
}

/// How often a form did not take something for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Why.
    pub reason: Reason,
    /// How often.
    pub times: i64,
    /// When that was put down last.
    pub last_at: Timestamp,
}

/// What a process has yet to put down. There are as many entries as there are forms and reasons.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<Uncounted>);

type Uncounted = BTreeMap<(SourceId, TenantId, Reason), i64>;

impl Refusals {
    fn lock(&self) -> MutexGuard<'_, Uncounted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one.
    pub(super) fn count(&self, point: &Point, reason: Reason) {
        *self.lock().entry((point.source, point.tenant, reason)).or_default() += 1;
    }

    /// Puts down what is counted, now and then until `stop`, and once more then.
    pub async fn keep(self: Arc<Self>, pool: PgPool, stop: CancellationToken) {
        loop {
            let stops = tokio::time::timeout(ROUND, stop.cancelled()).await.is_ok();
            if let Err(error) = self.put_down(&pool).await {
                // It is there still, and goes with the next round.
                tracing::warn!(error = %error, "walk_in.count: could not be put down");
            }
            if stops {
                return;
            }
        }
    }

    /// Puts down what is counted.
    pub(super) async fn put_down(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let counted = std::mem::take(&mut *self.lock());
        if counted.is_empty() {
            return Ok(());
        }
        // In one order, so that two processes don't wait for each other.
        let sql = "insert into walk_in_refusals (source_id, reason, tenant_id, times, last_at) \
                   select source, reason, tenant, times, clock_timestamp() \
                   from unnest($1, $2, $3, $4) as t (source, reason, tenant, times) order by source, reason \
                   on conflict (source_id, reason) do update \
                   set times = walk_in_refusals.times + excluded.times, last_at = excluded.last_at";
        let written = sqlx::query(sql)
            .bind(counted.keys().map(|(source, ..)| source.as_uuid()).collect::<Vec<_>>())
            .bind(counted.keys().map(|(.., reason)| reason.word()).collect::<Vec<_>>())
            .bind(counted.keys().map(|(_, tenant, _)| tenant.as_uuid()).collect::<Vec<_>>())
            .bind(counted.values().copied().collect::<Vec<_>>())
            .execute(pool)
            .await;
        if let Err(error) = written {
            let mut again = self.lock();
            for (what, times) in counted {
                *again.entry(what).or_default() += times;
            }
            return Err(error);
        }
        Ok(())
    }
}

/// What a tenant's form did not take, by why; reasons that never were are absent.
///
/// # Errors
/// The database's.
pub async fn counted(pool: &PgPool, tenant: TenantId, source: SourceId) -> Result<Vec<Counted>, sqlx::Error> {
    let sql =
        "select reason, times, last_at from walk_in_refusals where tenant_id = $1 and source_id = $2 order by reason";
    let rows = sqlx::query(sql).bind(tenant.as_uuid()).bind(source.as_uuid()).fetch_all(pool).await?;
    let read = |row: &sqlx::postgres::PgRow| {
        let word: &str = row.try_get("reason")?;
        // A newer program may have others.
        let Some(reason) = Reason::ALL.into_iter().find(|reason| reason.word() == word) else { return Ok(None) };
        let last_at = row.try_get::<jiff_sqlx::Timestamp, _>("last_at")?.to_jiff();
        Ok(Some(Counted { reason, times: row.try_get("times")?, last_at }))
    };
    rows.iter().filter_map(|row| read(row).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<_> = Reason::ALL.map(Reason::word).into();
        assert_eq!(words.len(), Reason::ALL.len());
    }
}
