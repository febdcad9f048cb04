//! `retryJob` and `cancelJob`: what operators do about outside work.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use sqlx::PgPool;
use uuid::Uuid;

use super::jobs::{Job, found};
use crate::graphql::api::OperatorRequest;
use crate::graphql::failure::internal;
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;
use crate::jobs;

/// The mutations.
#[derive(Default)]
pub(in crate::graphql) struct MutateJob;

/// What `retryJob` takes.
#[derive(InputObject)]
struct RetryJobInput {
    /// Which, by its id.
    job_id: ID,
}

/// What `cancelJob` takes.
#[derive(InputObject)]
struct CancelJobInput {
    /// Which, by its id.
    job_id: ID,
}

/// What comes of it.
#[derive(SimpleObject)]
struct JobOutcome {
    /// The job as it stands now; null where there is none.
    job: Option<Job>,
    /// Why nothing was done; empty when it was.
    user_errors: Vec<UserError>,
}

/// What `retryJob` answers.
#[derive(SimpleObject)]
struct RetryJobPayload {
    #[graphql(flatten)]
    outcome: JobOutcome,
}

/// What `cancelJob` answers.
#[derive(SimpleObject)]
struct CancelJobPayload {
    #[graphql(flatten)]
    outcome: JobOutcome,
}

#[Object]
impl MutateJob {
    /// For operators: does outside work now that waits for a time, and once more what failed or was cancelled, when its turn comes.
    /// What a message's sending came to is in the log: one that left, or may have, is not sent again by this.
    async fn retry_job(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which job.")] input: RetryJobInput,
    ) -> Option<Result<RetryJobPayload, Error>> {
        let done = mutate(context, &input.job_id, "is running or done", jobs::retry).await;
        Some(done.map(|outcome| RetryJobPayload { outcome }))
    }

    /// For operators: has outside work that waits not be done any more. A message whose sending is cancelled so stays QUEUED until its
    /// job is retried: `cancelMessage` is what the business says.
    async fn cancel_job(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which job.")] input: CancelJobInput,
    ) -> Option<Result<CancelJobPayload, Error>> {
        let done = mutate(context, &input.job_id, "does not wait", jobs::cancel).await;
        Some(done.map(|outcome| CancelJobPayload { outcome }))
    }
}

/// Does something about a job, which says whether there was anything to do; where there was not, it stands `otherwise`.
async fn mutate(
    context: &Context<'_>,
    id: &ID,
    otherwise: &str,
    what: impl AsyncFnOnce(&PgPool, Uuid) -> Result<bool, sqlx::Error>,
) -> Result<JobOutcome, Error> {
    let OperatorRequest { api, .. } = OperatorRequest::of(context)?;
    let id = read_id("jobId", id)?;
    let was_done = what(&api.jobs, id).await.map_err(|error| internal("jobs", &error))?;
    let job = found(api, id).await?;
    let refused = |code, message| vec![UserError::new(code, message, Some("jobId"))];
    let user_errors = match &job {
        Some(_) if was_done => {
            tracing::info!(job = %id, asked = context.field().name(), "jobs.mutate: an operator saw to job {id}");
            vec![]
        }
        Some(_) => refused(UserErrorCode::WrongStatus, format!("the job {otherwise}")),
        None => refused(UserErrorCode::NotFound, "there is no such job".to_owned()),
    };
    Ok(JobOutcome { job, user_errors })
}
