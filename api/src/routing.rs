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
use tokio::sync::watch;
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
    /// Whether all that acts by itself is to wait.
    paused: watch::Receiver<bool>,
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
    /// Looks through `pool` and `log`, and decides through `routing`, until `stop`; not while `paused`.
    #[must_use]
    pub fn new(
        pool: PgPool,
        log: LogReader,
        routing: Executor<Routing>,
        paused: watch::Receiver<bool>,
        stop: CancellationToken,
    ) -> Self {
        Self { pool, log, routing, paused, stop }
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
        if *self.paused.borrow() {
            return Ok(());
        }
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

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use leadflow_domain::routing::{PoolName, PoolTerms, Request, Source, Weight, WorkItem};
    use leadflow_domain::{LeadId, MemberId, PoolId};
    use leadflow_event_store::{database, testing as log_testing};
    use leadflow_projections::testing;

    use super::*;
    use crate::commands::Commands;

    const AT_WORK: bool = false;
    const PAUSED: bool = true;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
    const MEMBER: MemberId = MemberId::from_uuid(Uuid::from_u128(2));

    struct Bed {
        pool: PgPool,
        log: LogReader,
        routing: Executor<Routing>,
    }

    impl Bed {
        /// A pool of one, who is away until a time that has not come.
        async fn new() -> Self {
            let pool = database::app_pool(testing::database().await.connect_options(), 8).await.unwrap();
            let store = log_testing::event_store(&pool);
            let bed = Self { log: store.reader().clone(), routing: Commands::new(&store).routing, pool };
            let name = PoolName::parse("Sales").unwrap();
            let terms = PoolTerms { name, serves: [Source::Everything].into(), keeps_last_agent: true, hours: None };
            let (id, members) = (PoolId::from_uuid(Uuid::from_u128(3)), [(MEMBER, Weight::ONE)].into());
            bed.tell("pool", RoutingOrder::CreatePool { pool: id, terms, members }).await;
            bed
        }

        /// An hour ago, as far as the stream is concerned: until when somebody was away has come since.
        async fn tell(&self, key: &str, what: RoutingOrder) {
            let now = self.log.now().await.unwrap() - Duration::from_secs(3600);
            let id = CommandId::derive(TENANT, "test", &[key]);
            let context = CommandContext::new(TENANT, id, Actor::CommandLine, "test");
            self.routing.execute(RoutingId::of(TENANT), RoutingCommand { what, now }, context).await.unwrap();
        }

        async fn goes_away(&self, minutes: u64) {
            let until = self.log.now().await.unwrap() - Duration::from_secs(3600) + Duration::from_secs(60 * minutes);
            self.tell(&format!("away {minutes}"), RoutingOrder::GoAway { member: MEMBER, until: Some(until) }).await;
        }

        async fn asks(&self, nth: u128) {
            let work = WorkItem::Lead(LeadId::from_uuid(Uuid::from_u128(nth)));
            let request = Request::of(work);
            self.tell(&format!("ask {nth}"), RoutingOrder::Ask { request }).await;
            let position = self.log.head().await.unwrap();
            let mut rows = self.pool.acquire().await.unwrap();
            note_waiting(&mut rows, &[(TENANT, position)].into()).await.unwrap();
        }

        async fn looked_at_by(&self, count: usize, paused: bool) {
            let (_pause, told) = watch::channel(paused);
            let stop = CancellationToken::new();
            let worker = || {
                let (log, routing) = (self.log.clone(), self.routing.clone());
                AssignWaiting::new(self.pool.clone(), log, routing, told.clone(), stop.clone())
            };
            let workers: Vec<AssignWaiting> = (0..count).map(|_| worker()).collect();
            for round in join_all(workers.iter().map(AssignWaiting::round)).await {
                round.unwrap();
            }
        }

        async fn assigned(&self) -> i64 {
            let assigned = "select count(*) from events where event_type = 'routing.assigned'";
            sqlx::query_scalar(assigned).fetch_one(&self.pool).await.unwrap()
        }

        async fn noted(&self) -> i64 {
            sqlx::query_scalar("select count(*) from waiting_work").fetch_one(&self.pool).await.unwrap()
        }
    }

    #[tokio::test]
    async fn whoever_is_back_by_now_takes_what_waits_once_however_many_look() {
        let bed = Bed::new().await;
        bed.goes_away(30).await;
        for nth in 1..=3 {
            bed.asks(nth).await;
        }
        bed.looked_at_by(4, PAUSED).await;
        assert_eq!((bed.assigned().await, bed.noted().await), (0, 1));
        bed.looked_at_by(4, AT_WORK).await;
        assert_eq!(bed.assigned().await, 3);
        bed.looked_at_by(4, AT_WORK).await;
        assert_eq!((bed.assigned().await, bed.noted().await), (3, 0), "nothing waits there any more");
    }

    #[tokio::test]
    async fn what_nobody_can_take_yet_waits_on() {
        let bed = Bed::new().await;
        bed.goes_away(90).await;
        bed.asks(1).await;
        let head = bed.log.head().await.unwrap();
        bed.looked_at_by(2, AT_WORK).await;
        assert_eq!((bed.log.head().await.unwrap(), bed.noted().await), (head, 1));
    }

    #[tokio::test]
    async fn what_was_asked_for_since_keeps_its_note() {
        let bed = Bed::new().await;
        let mut rows = bed.pool.acquire().await.unwrap();
        let later = bed.log.head().await.unwrap() + 1;
        note_waiting(&mut rows, &[(TENANT, later)].into()).await.unwrap();
        note_waiting(&mut rows, &[(TENANT, 1)].into()).await.unwrap();
        bed.looked_at_by(1, AT_WORK).await;
        assert_eq!(bed.noted().await, 1);
    }
}
