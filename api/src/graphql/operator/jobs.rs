//! `jobs` and `job`: outside work that waits, runs, failed or is done.

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use jiff::Timestamp;
use uuid::Uuid;

use crate::graphql::api::{OperatorRequest, Shared};
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::log_id::LogId;
use crate::graphql::numbered::{self, Numbers};
use crate::graphql::plain_id::read_id;
use crate::graphql::position::Position;
use crate::jobs::{self, JobFilter, JobRange, JobRow, JobState};

/// The query.
#[derive(Default)]
pub(super) struct JobQueries;

/// Outside work, such as a message that is to be sent. It holds nothing of what anybody wrote.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Job {
    /// Its id, a uuid, as `job` and `leadflow jobs show` take it.
    id: ID,
    /// What is to be done, such as `send_message`.
    kind: String,
    /// Whose it is.
    tenant_id: LogId,
    /// Where it stands.
    status: JobStatus,
    /// The stream of the log that it is about.
    subject: LogId,
    /// The event that it follows from.
    position: Position,
    /// From when on it is done.
    due_at: Timestamp,
    /// How often it was begun.
    attempts: i32,
    /// Why it was not done when it was last begun; null where nothing kept it from being done.
    error: Option<String>,
    /// Since when all of its number waits until somebody sees to it; null where nothing is stopped.
    stopped_at: Option<Timestamp>,
    /// Why that is.
    stopped_because: Option<String>,
    /// When it was enqueued.
    created_at: Timestamp,
    /// When it came to an end; null while it has none.
    ended_at: Option<Timestamp>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "JobState")]
pub(super) enum JobStatus {
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

#[Object]
impl JobQueries {
    /// For operators: outside work by its id; null where there is none, or it ended too long ago.
    async fn job(&self, context: &Context<'_>, #[graphql(desc = "Which.")] id: ID) -> Option<Result<Job, Error>> {
        let found = async {
            let OperatorRequest { api, .. } = OperatorRequest::of(context)?;
            found(api, read_id("id", &id)?).await
        };
        found.await.transpose()
    }

    /// For operators: outside work of the last days, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn jobs(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those that stand so.")] status: Option<JobStatus>,
        #[graphql(desc = "Only those of this kind.")] kind: Option<String>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<Job>, Error>> {
        let filter = JobFilter { state: status.map(JobState::from), kind, tenant: None };
        Some(page(context, &filter, Window { first, after, last, before }).await)
    }
}

/// The job with this id, as it stands.
pub(super) async fn found(api: &Shared, id: Uuid) -> Result<Option<Job>, Error> {
    let found = jobs::job(&api.pool, id).await;
    Ok(found.map_err(|error| internal("jobs", &error))?.map(Job::from))
}

async fn page(context: &Context<'_>, filter: &JobFilter, window: Window) -> Result<Connection<Job>, Error> {
    let OperatorRequest { api, .. } = OperatorRequest::of(context)?;
    let failed = |error: sqlx::Error| internal("jobs", &error);
    let scope = List::Jobs.narrowed(filter);
    let page = window.page(scope)?;
    let Numbers { within: numbers, from_smallest: from_oldest, limit } = Numbers::of(&page);
    let range = JobRange { numbers, from_oldest, limit };
    let found = jobs::jobs(&api.pool, filter, &range).await.map_err(failed)?;
    let total = match context.look_ahead().field("totalCount").exists() {
        true => Some(jobs::count(&api.pool, filter).await.map_err(failed)?),
        false => None,
    };
    let rows = found.into_iter().map(|job| (numbered::keyset(job.number), Job::from(job)));
    Ok(connection(scope, page, rows, total))
}

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        let (stopped_at, stopped_because) = row.stopped.unzip();
        Self {
            id: row.id.to_string().into(),
            kind: row.kind,
            tenant_id: row.tenant.as_uuid().into(),
            status: row.state.into(),
            subject: row.subject.as_uuid().into(),
            position: Position(row.position),
            due_at: row.due_at,
            attempts: row.attempts,
            error: row.last_error,
            stopped_at,
            stopped_because,
            created_at: row.created_at,
            ended_at: row.ended_at,
        }
    }
}
