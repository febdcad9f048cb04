//! Checkpoints: how far a consumer of the log has come, and which process works for it.
//!
//! The lease lives on the database's clock. Its epoch fences a holder that was paused: whoever took over raised the
//! epoch, and the old holder's next move matches no row.

use std::time::Duration;

use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

/// How long a lease lasts without a sign of life.
pub(crate) const LEASE: Duration = Duration::from_secs(5);

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
    /// It has not caught up since it was made, or since it stopped.
    Building,
    /// It has caught up, and only follows since.
    Live,
    /// An event could not be dealt with.
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

/// The right to work for a consumer, from `position` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Last event that was dealt with.
    pub position: i64,
    /// Number of this holder in the row's history.
    pub epoch: i64,
}

/// Where a page leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advance {
    /// Last event of the page.
    pub to: i64,
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
        sqlx::query("insert into checkpoints (consumer, position, state) values ($1, $2, $3) on conflict do nothing")
            .bind(consumer)
            .bind(position)
            .bind(state.as_str())
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Takes the lease, or renews it; `None` while another process holds it. `by_force` takes it from a holder that
    /// is known to be gone: the epoch fences it should it not be.
    ///
    /// # Errors
    /// The database's.
    pub async fn lease(&self, by_force: bool) -> Result<Option<Lease>, sqlx::Error> {
        let row = sqlx::query(
            "update checkpoints set \
                 epoch = epoch + case when holder is distinct from $2 then 1 else 0 end, \
                 holder = $2, lease_until = clock_timestamp() + $3 \
             where consumer = $1 \
               and (holder is null or holder = $2 or lease_until < clock_timestamp() or $4) \
             returning position, epoch",
        )
        .bind(&self.consumer)
        .bind(self.holder)
        .bind(LEASE)
        .bind(by_force)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Ok(Lease { position: row.try_get("position")?, epoch: row.try_get("epoch")? })).transpose()
    }

    /// Gives the lease up, so that the next process need not wait.
    ///
    /// # Errors
    /// The database's.
    pub async fn release(&self) -> Result<(), sqlx::Error> {
        sqlx::query("update checkpoints set holder = null where consumer = $1 and holder = $2")
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
            "update checkpoints set position = $4, error = null, lease_until = clock_timestamp() + $5, \
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
        .execute(connection)
        .await?;
        Ok(moved.rows_affected() == 1)
    }

    /// Records why it can't go on. Nothing is skipped: the next holder meets the same event.
    ///
    /// # Errors
    /// The database's.
    pub async fn stop(&self, lease: Lease, error: &str) -> Result<(), sqlx::Error> {
        sqlx::query(
            "update checkpoints set state = 'stopped', error = $3, holder = null where consumer = $1 and epoch = $2",
        )
        .bind(&self.consumer)
        .bind(lease.epoch)
        .bind(error)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The consumer's name.
    #[must_use]
    pub fn consumer(&self) -> &str {
        &self.consumer
    }
}
