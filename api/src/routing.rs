//! What waits for somebody is looked at as time passes: whoever was away until a time, on leave or off hours takes it.
//!
//! Of which businesses something may wait stands in `waiting_work`. Whether somebody can take it by now the stream says; several
//! processes ask at once, by the stream's version, so that all ask for the same.

use std::collections::BTreeMap;
use std::time::Duration;

use leadflow_domain::routing::{Routing, RoutingCommand, RoutingOrder, RoutingRefusal};
use leadflow_domain::{CommandId, RoutingId, TenantId};
use leadflow_event_store::{Actor, CommandContext, ExecuteError, Executor, LogReader, ReadError};
use sqlx::{PgConnection, PgPool};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often it is looked at: hours and leaves are told by the minute.
const LOOK: Duration = Duration::from_secs(2);

/// How soon it is looked at again when something could not be done.
const LATER: Duration = Duration::from_secs(10);

/// Puts down that something may wait at these businesses, since which event.
pub(crate) async fn note_waiting(
    rows: &mut PgConnection,
    waiting: &BTreeMap<TenantId, i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into waiting_work (tenant_id, position) select * from unnest($1::uuid[], $2::bigint[]) \
         on conflict (tenant_id) do update set position = greatest(waiting_work.position, excluded.position)",
    )
    .bind(waiting.keys().map(|tenant| tenant.as_uuid()).collect::<Vec<_>>())
    .bind(waiting.values().copied().collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}

/// Gives out what waits. Several may run.
pub struct AssignWaiting {
    pool: PgPool,
    log: LogReader,
    routing: Executor<Routing>,
    stop: CancellationToken,
}

/// Why a business was not looked at.
#[derive(Debug, thiserror::Error)]
enum NotLooked {
    #[error("the database can't be asked: {0}")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Unread(#[from] ReadError),
    #[error(transparent)]
    Undecided(#[from] ExecuteError<RoutingRefusal>),
}

impl AssignWaiting {
    /// Looks through `pool` and `log`, and decides through `routing`, until `stop`.
    #[must_use]
    pub fn new(pool: PgPool, log: LogReader, routing: Executor<Routing>, stop: CancellationToken) -> Self {
        Self { pool, log, routing, stop }
    }

    /// Runs until the process stops.
    pub async fn run(self) {
        loop {
            let pause = match self.round().await {
                Ok(()) => LOOK,
                Err(error) => {
                    tracing::warn!(error = %error, "routing.assign_waiting: could not be finished, and is tried again");
                    LATER
                }
            };
            if tokio::time::timeout(pause, self.stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }

    /// Looks at each business of which something may wait. One that can't be looked at holds up no other.
    async fn round(&self) -> Result<(), NotLooked> {
        let waiting: Vec<Uuid> =
            sqlx::query_scalar("select tenant_id from waiting_work order by tenant_id").fetch_all(&self.pool).await?;
        let mut failure = Ok(());
        for tenant in waiting {
            if self.stop.is_cancelled() {
                break;
            }
            if let Err(error) = self.look(TenantId::from_uuid(tenant)).await {
                failure = Err(error);
            }
        }
        failure
    }

    async fn look(&self, tenant: TenantId) -> Result<(), NotLooked> {
        let known = self.log.load::<Routing>(RoutingId::of(tenant).into()).await?;
        if known.state.waiting() == 0 {
            // What was asked for since stands further on.
            sqlx::query("delete from waiting_work where tenant_id = $1 and position <= $2")
                .bind(tenant.as_uuid())
                .bind(known.position)
                .execute(&self.pool)
                .await?;
            return Ok(());
        }
        let now = self.log.now().await?;
        if known.state.could_assign(now) {
            let id = CommandId::derive(tenant, "routing.assign_waiting", &[&known.version.to_string()]);
            let context = CommandContext::new(tenant, id, Actor::Reactor("assign_waiting"), id.to_string());
            let command = RoutingCommand { what: RoutingOrder::AssignWaiting, now };
            self.routing.execute(RoutingId::of(tenant), command, context).await?;
        }
        Ok(())
    }
}
