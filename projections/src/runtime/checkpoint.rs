//! Checkpoints: how far a consumer of the log has come, and which process works for it.
//!
//! The lease lives on the database's clock. Its epoch fences a holder that was paused: whoever took over raised the
//! epoch, and the old holder's next move matches no row.

use std::time::Duration;

use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

/// How long a lease lasts without a sign of life.
pub(crate) const LEASE: Duration = Duration::from_secs(5);

/// Holds the lease of what is about to be dropped: nobody gets it any more.
pub(crate) const NOBODY: Uuid = Uuid::nil();

/// Names a consumer's row.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    pool: PgPool,
    consumer: String,
    holder: Uuid,
}

/// Where a consumer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointState {
    /// It has not caught up since it was made.
    Building,
    /// It has caught up, and only follows since.
    Live,
    /// It can't work at all, and tries again.
    Stopped,
}

impl CheckpointState {
    /// The state as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Live => "live",
            Self::Stopped => "stopped",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, sqlx::Error> {
        match text {
            "building" => Ok(Self::Building),
            "live" => Ok(Self::Live),
            "stopped" => Ok(Self::Stopped),
            other => Err(sqlx::Error::Decode(format!("`{other}` is no state of a checkpoint").into())),
        }
    }
}

/// How a process asks for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// When nobody has it, or its holder gives no sign of life.
    IfFree,
    /// As one who knows that the holder is gone. The epoch fences it should it not be.
    ByForce,
}

/// The right to work for a consumer, from `position` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Up to here each event was dealt with or is parked.
    pub position: i64,
    /// Number of this holder in the row's history.
    pub epoch: i64,
}

/// Where a page leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advance {
    /// Last event of the page.
    pub to: i64,
    /// How many were dealt with, from the page or from what was parked.
    pub applied: i64,
    /// Whether the page reached the head.
    pub caught_up: bool,
}

impl Checkpoint {
    /// The row of `consumer`, on behalf of the process `holder`.
    #[must_use]
    pub fn new(pool: PgPool, consumer: String, holder: Uuid) -> Self {
        Self { pool, consumer, holder }
    }

    /// Makes the row of a consumer that has none yet.
    ///
    /// # Errors
    /// The database's.
    pub async fn register(
        connection: &mut PgConnection,
        consumer: &str,
        position: i64,
        state: CheckpointState,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "insert into checkpoints (consumer, position, applied, state) values ($1, $2, $2, $3) on conflict do nothing",
        )
        .bind(consumer)
        .bind(position)
        .bind(state.as_str())
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Takes the lease; `None` while it is another process's, or the consumer is not there.
    ///
    /// # Errors
    /// The database's.
    pub async fn lease(&self, claim: Claim) -> Result<Option<Lease>, sqlx::Error> {
        let row = sqlx::query(
            "update checkpoints set \
                 epoch = epoch + case when holder is distinct from $2 then 1 else 0 end, \
                 holder = $2, lease_until = clock_timestamp() + $3 \
             where consumer = $1 and holder is distinct from $5 \
               and (holder is null or holder = $2 or $4 or coalesce(lease_until, '-infinity') < clock_timestamp()) \
             returning position, epoch",
        )
        .bind(&self.consumer)
        .bind(self.holder)
        .bind(LEASE)
        .bind(claim == Claim::ByForce)
        .bind(NOBODY)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Ok(Lease { position: row.try_get("position")?, epoch: row.try_get("epoch")? })).transpose()
    }

    /// Keeps the lease. False when it was lost, be it because another row has the consumer's name now.
    ///
    /// # Errors
    /// The database's.
    pub async fn renew(&self, lease: Lease) -> Result<bool, sqlx::Error> {
        let kept = sqlx::query(
            "update checkpoints set lease_until = clock_timestamp() + $5 \
             where consumer = $1 and position = $2 and epoch = $3 and holder = $4",
        )
        .bind(&self.consumer)
        .bind(lease.position)
        .bind(lease.epoch)
        .bind(self.holder)
        .bind(LEASE)
        .execute(&self.pool)
        .await?;
        Ok(kept.rows_affected() == 1)
    }

    /// Gives the lease up, so that the next process need not wait.
    ///
    /// # Errors
    /// The database's.
    pub async fn release(&self) -> Result<(), sqlx::Error> {
        sqlx::query("update checkpoints set holder = null, lease_until = null where consumer = $1 and holder = $2")
            .bind(&self.consumer)
            .bind(self.holder)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Moves on, within the transaction that dealt with the page. False when the lease was lost: then the
    /// transaction must not be committed.
    ///
    /// # Errors
    /// The database's.
    pub async fn advance(
        &self,
        connection: &mut PgConnection,
        lease: Lease,
        advance: Advance,
    ) -> Result<bool, sqlx::Error> {
        let moved = sqlx::query(
            "update checkpoints set position = $4, applied = applied + $8, error = null, \
                 lease_until = clock_timestamp() + $5, \
                 state = case when $6 or state = 'live' then 'live' else 'building' end \
             where consumer = $1 and position = $2 and epoch = $3 and holder = $7",
        )
        .bind(&self.consumer)
        .bind(lease.position)
        .bind(lease.epoch)
        .bind(advance.to)
        .bind(LEASE)
        .bind(advance.caught_up)
        .bind(self.holder)
        .bind(advance.applied)
        .execute(connection)
        .await?;
        Ok(moved.rows_affected() == 1)
    }

    /// Records why it can't work at all, and keeps the lease to try again. False when the lease was lost.
    ///
    /// # Errors
    /// The database's.
    pub async fn fail(&self, lease: Lease, error: &str) -> Result<bool, sqlx::Error> {
        let told = sqlx::query(
            "update checkpoints set state = 'stopped', error = $3, lease_until = clock_timestamp() + $4 \
             where consumer = $1 and epoch = $2 and holder = $5",
        )
        .bind(&self.consumer)
        .bind(lease.epoch)
        .bind(error)
        .bind(LEASE)
        .bind(self.holder)
        .execute(&self.pool)
        .await?;
        Ok(told.rows_affected() == 1)
    }

    /// The consumer's name.
    #[must_use]
    pub fn consumer(&self) -> &str {
        &self.consumer
    }
}
