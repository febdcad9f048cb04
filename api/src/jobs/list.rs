//! What waits, what is done, and what came of it: for operators.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use leadflow_domain::{StreamId, TenantId};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Postgres, QueryBuilder, Row};
use uuid::Uuid;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It waits for its time, or its turn.
    Waiting,
    /// A process does it.
    Running,
    /// It is done.
    Done,
    /// It can't be done.
    Failed,
    /// It need not be done any more.
    Cancelled,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A job, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its id.
    pub id: Uuid,
    /// Its place among all: it counts up.
    pub number: i64,
    /// For whom.
    pub tenant: TenantId,
    /// What is to be done.
    pub kind: String,
    /// Its queue.
    pub queue: String,
    /// What paces it.
    pub lane: String,
    /// The stream that it is about.
    pub subject: StreamId,
    /// The event that it follows from.
    pub position: i64,
    /// Where it stands.
    pub state: JobState,
    /// Whether it is its queue's turn.
    pub is_head: bool,
    /// From when on it is done.
    pub due_at: Timestamp,
    /// How often it was begun.
    pub attempts: i32,
    /// Why it was not done when it was last begun.
    pub last_error: Option<String>,
    /// Since when its lane is stopped, and why.
    pub stopped: Option<(Timestamp, String)>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it came to an end.
    pub ended_at: Option<Timestamp>,
}

/// Which jobs are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Of this state.
    pub state: Option<JobState>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this business.
    pub tenant: Option<TenantId>,
}

/// Some of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRange {
    /// Those of these numbers.
    pub numbers: RangeInclusive<i64>,
    /// The oldest of them, instead of the newest.
    pub from_oldest: bool,
    /// How many at most.
    pub limit: i64,
}

/// How many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    /// Of which kind.
    pub kind: String,
    /// That wait for a time or their turn.
    pub waiting: i64,
    /// That wait in a lane that is stopped.
    pub stopped: i64,
    /// That are being done.
    pub running: i64,
    /// That failed within the last 7 days.
    pub failed: i64,
    /// How long the oldest of those has waited whose time and turn have come, in seconds.
    pub oldest_s: f64,
}

const COLUMNS: &str = "j.job_id, j.number, j.tenant_id, j.kind, j.queue, j.lane, j.subject, j.position, j.state, j.is_head, j.due_at, \
                       j.attempts, j.last_error, j.created_at, j.ended_at, l.stopped_at, l.reason";

/// Some jobs, the newest first.
///
/// # Errors
/// The database's.
pub async fn jobs(pool: &PgPool, filter: &JobFilter, range: &JobRange) -> Result<Vec<JobRow>, sqlx::Error> {
    let mut sql =
        QueryBuilder::new(format!("select {COLUMNS} from jobs j left join job_lanes l using (lane) where true"));
    filter.push(&mut sql);
    sql.push(" and j.number between ").push_bind(range.numbers.start()).push(" and ").push_bind(range.numbers.end());
    sql.push(if range.from_oldest { " order by j.number limit " } else { " order by j.number desc limit " });
    sql.push_bind(range.limit);
    let mut jobs = sql.build().fetch_all(pool).await?.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    if range.from_oldest {
        jobs.reverse();
    }
    Ok(jobs)
}

/// How many there are of these.
///
/// # Errors
/// The database's.
pub async fn count(pool: &PgPool, filter: &JobFilter) -> Result<i64, sqlx::Error> {
    let mut sql = QueryBuilder::new("select count(*) from jobs j where true");
    filter.push(&mut sql);
    sql.build_query_scalar().fetch_one(pool).await
}

impl JobFilter {
    fn push<'a>(&'a self, sql: &mut QueryBuilder<'a, Postgres>) {
        if let Some(state) = self.state {
            sql.push(" and j.state = ").push_bind(state.as_str());
        }
        if let Some(kind) = &self.kind {
            sql.push(" and j.kind = ").push_bind(kind);
        }
        if let Some(tenant) = self.tenant {
            sql.push(" and j.tenant_id = ").push_bind(tenant.as_uuid());
        }
    }
}

/// One job, if there is.
///
/// # Errors
/// The database's.
pub async fn job(pool: &PgPool, id: Uuid) -> Result<Option<JobRow>, sqlx::Error> {
    let sql = format!("select {COLUMNS} from jobs j left join job_lanes l using (lane) where j.job_id = $1");
    sqlx::query(&sql).bind(id).fetch_optional(pool).await?.as_ref().map(row).transpose()
}

/// Does a job at once that waits for its time, and once more one that failed or was cancelled. Whether there was anything to do.
///
/// # Errors
/// The database's.
pub async fn retry(pool: &PgPool, id: Uuid) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let queue: Option<String> =
        sqlx::query_scalar("select queue from jobs where job_id = $1").bind(id).fetch_optional(&mut *tx).await?;
    let Some(queue) = queue else { return Ok(false) };
    sqlx::query("select take_queues(array[$1])").bind(&queue).execute(&mut *tx).await?;
    let done = sqlx::query(
        "update jobs j set state = 'waiting', ended_at = null, due_at = clock_timestamp(), \
                is_head = j.is_head or not exists (select from jobs o where o.queue = j.queue and o.ended_at is null) \
         where j.job_id = $1 and j.state in ('waiting', 'failed', 'cancelled')",
    )
    .bind(id)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected() > 0)
}

/// Does a job no more that waits. Whether there was one.
///
/// # Errors
/// The database's.
pub async fn cancel(pool: &PgPool, id: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select end_job($1, null, 'cancelled', 'an operator cancelled it')")
        .bind(id)
        .fetch_one(pool)
        .await
}

/// How many there are, by kind.
///
/// # Errors
/// The database's.
pub async fn counts(pool: &PgPool) -> Result<Vec<Counts>, sqlx::Error> {
    let rows = sqlx::query(
        "select j.kind, count(*) filter (where j.state = 'waiting' and l.stopped_at is null) as waiting, \
                count(*) filter (where j.state = 'waiting' and l.stopped_at is not null) as stopped, \
                count(*) filter (where j.state = 'running') as running, \
                count(*) filter (where j.state = 'failed') as failed, \
                coalesce(extract(epoch from clock_timestamp() - min(j.due_at) filter ( \
                    where j.state = 'waiting' and j.is_head and l.stopped_at is null \
                      and j.due_at <= clock_timestamp())), 0)::float8 as oldest \
         from ( \
             select kind, lane, state, is_head, due_at from jobs where ended_at is null \
             union all \
             select kind, lane, state, is_head, due_at from jobs where state = 'failed') j \
         left join job_lanes l using (lane) group by j.kind order by j.kind",
    )
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Counts {
                kind: row.try_get("kind")?,
                waiting: row.try_get("waiting")?,
                stopped: row.try_get("stopped")?,
                running: row.try_get("running")?,
                failed: row.try_get("failed")?,
                oldest_s: row.try_get("oldest")?,
            })
        })
        .collect()
}

fn row(row: &PgRow) -> Result<JobRow, sqlx::Error> {
    let at = |column: &str| row.try_get::<jiff_sqlx::Timestamp, _>(column).map(jiff_sqlx::Timestamp::to_jiff);
    let maybe = |column: &str| {
        Ok::<_, sqlx::Error>(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
    };
    let state: String = row.try_get("state")?;
    Ok(JobRow {
        id: row.try_get("job_id")?,
        number: row.try_get("number")?,
        tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
        kind: row.try_get("kind")?,
        queue: row.try_get("queue")?,
        lane: row.try_get("lane")?,
        subject: StreamId::from_uuid(row.try_get("subject")?),
        position: row.try_get("position")?,
        state: JobState::parse(&state)
            .ok_or_else(|| sqlx::Error::Decode(format!("`{state}` is no state of a job").into()))?,
        is_head: row.try_get("is_head")?,
        due_at: at("due_at")?,
        attempts: row.try_get("attempts")?,
        last_error: row.try_get("last_error")?,
        stopped: match maybe("stopped_at")? {
            Some(at) => Some((at, row.try_get::<Option<String>, _>("reason")?.unwrap_or_default())),
            None => None,
        },
        created_at: at("created_at")?,
        ended_at: maybe("ended_at")?,
    })
}
