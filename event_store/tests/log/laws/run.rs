//! Carries a plan out, and looks at what is left.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join_all;
use leadflow_domain::{CommandId, EventId};
use leadflow_event_store::{LogReader, RawEvent, database};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, PgPool};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::answer::{Answer, Told};
use super::plan::{Plan, Step};
use crate::support::Log;

/// How often a caller asks again before it gives up.
const PATIENCE: usize = 40;

/// All there is to see from outside.
pub(crate) struct Observed {
    /// The log, its personal values opened.
    pub(crate) log: Vec<RawEvent>,
    /// Which command begins at which position.
    pub(crate) commands: BTreeMap<i64, CommandId>,
    /// What a reader saw that followed the log by its checkpoint.
    pub(crate) seen: Vec<(i64, EventId)>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) reservations: Vec<(Uuid, String, String, String)>,
    pub(crate) receipts: Vec<StoredReceipt>,
}

#[derive(Debug, sqlx::FromRow)]
pub(crate) struct StoredReceipt {
    pub(crate) command_id: Uuid,
    pub(crate) request_hash: Vec<u8>,
    pub(crate) outcome: String,
    pub(crate) holder: Option<String>,
    pub(crate) position: i64,
    pub(crate) version: i64,
}

/// A reader that goes on until it is told that nothing more comes.
pub(crate) struct Follower {
    reader: LogReader,
    written: AtomicBool,
    seen: Mutex<Vec<(i64, EventId)>>,
}

impl Follower {
    pub(crate) fn new(reader: &LogReader) -> Arc<Self> {
        Arc::new(Self { reader: reader.clone(), written: AtomicBool::new(false), seen: Mutex::default() })
    }

    pub(crate) async fn checkpoint(&self) -> i64 {
        self.seen.lock().await.last().map_or(0, |(position, _)| *position)
    }

    pub(crate) fn stop_at_the_end(&self) {
        self.written.store(true, Ordering::SeqCst);
    }

    pub(crate) async fn follow(&self) {
        loop {
            let last_round = self.written.load(Ordering::SeqCst);
            // Its connection may be cut as well: it asks again.
            if let Ok(page) = self.reader.after(self.checkpoint().await, 7).await {
                self.seen.lock().await.extend(page.iter().map(|event| (event.position, event.id)));
                if last_round && page.is_empty() {
                    return;
                }
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Carries out `plan` by `processes`; what everybody was told in the end.
pub(crate) async fn carry_out(plan: &Plan, processes: &[Log], owner: &PgConnectOptions) -> Vec<Answer> {
    let cutter = Mutex::new(owner.clone().application_name("cutter").connect().await.unwrap());
    let answered = AtomicUsize::new(0);
    let (answered, cutter) = (&answered, &cutter);
    let answers = join_all(plan.callers.iter().map(|steps| async move {
        let mut answers = Vec::new();
        for step in steps {
            let process = &processes[step.process];
            if step.goes_away {
                drop(step.submit(process));
            } else {
                answers.push(Answer { to: step.clone(), told: settle(step, process).await });
            }
            let count = answered.fetch_add(1, Ordering::SeqCst);
            for (_, which) in plan.cuts.iter().filter(|(after, _)| *after == count) {
                cut(&mut *cutter.lock().await, *which).await;
            }
        }
        answers
    }))
    .await;
    let mut answers: Vec<Answer> = answers.into_iter().flatten().collect();
    // Nobody is cut off any more. Whoever went away asks again, and elsewhere.
    for step in plan.callers.iter().flatten().filter(|step| step.goes_away) {
        let elsewhere = &processes[(step.process + 1) % processes.len()];
        answers.push(Answer { to: step.clone(), told: settle(step, elsewhere).await });
    }
    answers
}

async fn settle(step: &Step, process: &Log) -> Told {
    let mut told = Told::Unsettled("it was never asked".to_owned());
    for _ in 0..PATIENCE {
        told = step.submit(process).await;
        if !matches!(told, Told::Unsettled(_)) {
            break;
        }
    }
    told
}

async fn cut(owner: &mut PgConnection, which: i64) {
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and application_name = 'leadflow' \
         order by state = 'active' and query like '%append_events%' desc, pid \
         offset $1 % (select greatest(count(*), 1) from pg_stat_activity \
                      where datname = current_database() and application_name = 'leadflow') limit 1",
    )
    .bind(which)
    .execute(owner)
    .await
    .unwrap();
}

/// What is there once nothing moves any more.
pub(crate) async fn observe(options: &PgConnectOptions, seen: &Follower, answers: Vec<Answer>) -> Observed {
    let owner: PgPool = database::owner_pool(options.clone());
    let reader = Log::over(owner.clone()).reader;
    let raw = reader.after(i64::MIN, i64::MAX).await.unwrap();
    let commands: Vec<(i64, Uuid)> =
        sqlx::query_as("select position, command_id from events where command_id is not null")
            .fetch_all(&owner)
            .await
            .unwrap();
    let reservations = sqlx::query_as("select scope, kind, value, owner_id from reservations order by 1, 2, 3")
        .fetch_all(&owner)
        .await
        .unwrap();
    let receipts = sqlx::query_as(
        "select command_id, request_hash, outcome, case outcome when 'reserved' then detail #>> '{}' end as holder, \
         position, version from receipts",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    Observed {
        log: reader.open(raw).await.unwrap(),
        commands: commands.into_iter().map(|(position, id)| (position, CommandId::from_uuid(id))).collect(),
        seen: seen.seen.lock().await.clone(),
        answers,
        reservations,
        receipts,
    }
}
