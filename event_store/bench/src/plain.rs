//! The limit: one writer that inserts the same rows, group after group, and checks nothing. No lock, no command ids
//! looked up, no versions, no triggers.

use std::sync::Arc;

use leadflow_event_store::{GroupCommit, database};
use sqlx::{Executor, PgPool};
use uuid::Uuid;

use crate::BenchError;
use crate::bed::Database;
use crate::closed_loop::{Client, Pace, Seen, closed_loop};
use crate::message::{TENANT, Workload};
use crate::sample::Sample;

/// As many commands as ours puts into one commit.
const MOST_IN_A_GROUP: usize = 256;

/// One command's place in its stream.
#[derive(Debug)]
struct Insert {
    stream: Uuid,
    /// How many events the stream has.
    version: i64,
}

type Queue = GroupCommit<Insert, Result<(), String>>;

pub(crate) async fn measure(
    database: &Database,
    sample: &Sample,
    workload: Workload,
    clients: u32,
    pace: Pace,
) -> Result<Seen, BenchError> {
    let pool = database::owner_pool(database.options.clone());
    // Columns, nulls and the three indexes of ours; neither its checks nor its trigger.
    pool.execute("create table plain (like events including indexes)").await?;
    let queue = start(pool.clone(), Arc::new(sample.clone()), workload);
    let clients = (0..clients)
        .map(|number| Inserter { queue: queue.clone(), workload, stream: scattered(number.into()), version: 0 })
        .collect();
    let seen = closed_loop(clients, pace).await?;
    let rows: i64 = sqlx::query_scalar("select count(*) from plain").fetch_one(&pool).await?;
    pool.close().await;
    let expected = seen.commands * sample.rows(workload).len() as u64;
    if u64::try_from(rows) != Ok(expected) {
        return Err(BenchError::Void(format!("plain group commit stored {rows} rows of {expected}")));
    }
    Ok(seen)
}

fn start(pool: PgPool, sample: Arc<Sample>, workload: Workload) -> Queue {
    let mut head = 0;
    GroupCommit::spawn(MOST_IN_A_GROUP, move |group: Vec<Insert>| {
        let (pool, sample) = (pool.clone(), Arc::clone(&sample));
        let before = head;
        head += i64::try_from(group.len() * sample.rows(workload).len()).unwrap_or(i64::MAX);
        async move {
            let inserted = insert(&pool, &sample, workload, before, &group).await.map_err(|error| error.to_string());
            group.iter().map(|_| inserted.clone()).collect()
        }
    })
}

#[derive(Default)]
struct Columns<'a> {
    position: Vec<i64>,
    tenant: Vec<Uuid>,
    aggregate_type: Vec<&'a str>,
    stream: Vec<String>,
    sequence: Vec<i64>,
    event_type: Vec<&'a str>,
    event_version: Vec<&'a str>,
    payload: Vec<&'a str>,
    metadata: Vec<&'a str>,
    event: Vec<Uuid>,
    command: Vec<Option<Uuid>>,
}

impl<'a> Columns<'a> {
    fn of(sample: &'a Sample, workload: Workload, before: i64, group: &[Insert]) -> Self {
        let mut columns = Self::default();
        let mut position = before;
        for insert in group {
            let stream = insert.stream.to_string();
            for (nth, row) in (1..).zip(sample.rows(workload)) {
                position += 1;
                let event = scattered(position.cast_unsigned());
                columns.position.push(position);
                columns.tenant.push(TENANT.as_uuid());
                columns.aggregate_type.push("conversation");
                columns.stream.push(stream.clone());
                columns.sequence.push(insert.version + nth);
                columns.event_type.push(&row.event_type);
                columns.event_version.push(&row.event_version);
                columns.payload.push(&row.payload);
                columns.metadata.push(&row.metadata);
                columns.event.push(event);
                columns.command.push((nth == 1).then_some(event));
            }
        }
        columns
    }
}

async fn insert(
    pool: &PgPool,
    sample: &Sample,
    workload: Workload,
    before: i64,
    group: &[Insert],
) -> Result<(), sqlx::Error> {
    let columns = Columns::of(sample, workload, before, group);
    sqlx::query(
        "insert into plain (position, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version, \
                            payload, metadata, event_id, command_id, recorded_at) \
         select position, tenant, kind, stream, sequence, type, version, payload::jsonb, metadata::jsonb, event, \
                command, now() \
         from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
              as e (position, tenant, kind, stream, sequence, type, version, payload, metadata, event, command)",
    )
    .bind(columns.position)
    .bind(columns.tenant)
    .bind(columns.aggregate_type)
    .bind(columns.stream)
    .bind(columns.sequence)
    .bind(columns.event_type)
    .bind(columns.event_version)
    .bind(columns.payload)
    .bind(columns.metadata)
    .bind(columns.event)
    .bind(columns.command)
    .execute(pool)
    .await?;
    Ok(())
}

/// Ids as scattered over an index as ours are.
fn scattered(number: u64) -> Uuid {
    // splitmix64, whose author gives these constants.
    let mixed = |salt: u64| {
        let z = number.wrapping_mul(2).wrapping_add(salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    Uuid::from_u64_pair(mixed(0), mixed(1))
}

struct Inserter {
    queue: Queue,
    workload: Workload,
    stream: Uuid,
    version: i64,
}

impl Client for Inserter {
    async fn command(&mut self) -> Result<(), BenchError> {
        let (stream, version) = match self.workload {
            Workload::Growing => (self.stream, self.version),
            Workload::Opening => (Uuid::new_v5(&self.stream, &self.version.to_be_bytes()), 0),
        };
        self.version += 1;
        let failed = |reason| BenchError::Command { contender: "plain group commit", reason };
        match self.queue.submit(Insert { stream, version }).await {
            Ok(inserted) => inserted.map_err(failed),
            Err(closed) => Err(failed(closed.to_string())),
        }
    }
}
