//! `retryJob` and `cancelJob`: what operators do about outside work.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use sqlx::PgPool;
use uuid::Uuid;

use super::jobs::{Job, found};
use crate::graphql::api::OperatorRequest;
use crate::graphql::failure::internal;
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;
use crate::{jobs, lead_imports};

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
        let done = mutate(context, &input.job_id, async |pool, id| {
            if lead_imports::has_ended(pool, id).await? {
                return Ok(Some("is of a file whose import has ended, and whose text is gone: bring the file again"));
            }
            Ok((!jobs::retry(pool, id).await?).then_some("is running or done"))
        });
        let done = done.await;
        Some(done.map(|outcome| RetryJobPayload { outcome }))
    }

    /// For operators: has outside work that waits not be done any more. A message whose sending is cancelled so stays QUEUED until its
    /// job is retried: `cancelMessage` is what the business says.
    async fn cancel_job(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which job.")] input: CancelJobInput,
    ) -> Option<Result<CancelJobPayload, Error>> {
        let done = mutate(context, &input.job_id, async |pool, id| {
            Ok((!jobs::cancel(pool, id).await?).then_some("does not wait"))
        });
        let done = done.await;
        Some(done.map(|outcome| CancelJobPayload { outcome }))
    }
}

/// Does something about a job, which says how that stands if there was nothing to do.
async fn mutate(
    context: &Context<'_>,
    id: &ID,
    what: impl AsyncFnOnce(&PgPool, Uuid) -> Result<Option<&'static str>, sqlx::Error>,
) -> Result<JobOutcome, Error> {
    let OperatorRequest { api, .. } = OperatorRequest::of(context)?;
    let id = read_id("jobId", id)?;
    let otherwise = what(&api.jobs, id).await.map_err(|error| internal("jobs", &error))?;
    let job = found(api, id).await?;
    let refused = |code, message| vec![UserError::new(code, message, Some("jobId"))];
    let user_errors = match &job {
        Some(_) => match otherwise {
            Some(otherwise) => refused(UserErrorCode::WrongStatus, format!("the job {otherwise}")),
            None => {
                tracing::info!(job = %id, asked = context.field().name(), "jobs.mutate: an operator saw to job {id}");
                vec![]
            }
        },
        None => refused(UserErrorCode::NotFound, "there is no such job".to_owned()),
    };
    Ok(JobOutcome { job, user_errors })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::Bytes;
    use futures_util::stream;
    use leadflow_event_store::Actor;
    use uuid::Uuid;

    use crate::auth::Bearer;
    use crate::graphql::bed::{Bed, TENANT};
    use crate::lead_imports::{Brought, take_in};

    #[tokio::test]
    async fn a_file_whose_import_has_ended_is_not_read_again() {
        let bed = Bed::new().await;
        let api = bed.api();
        let brought = Brought {
            tenant: TENANT,
            actor: Actor::CommandLine,
            name: None,
            is_dry_run: false,
            columns: vec![],
            delimiter: None,
            encoding: None,
            country: None,
        };
        let file = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"name,phone\nAda,+393331234567\n"))]);
        let taken = take_in(&api.lead_imports, &brought, file, |_| {}).await.unwrap();
        let job: Uuid = sqlx::query_scalar("select job_id from jobs").fetch_one(&api.pool).await.unwrap();
        let retry = format!(
            "mutation {{ retryJob(input: {{ jobId: \"{job}\" }}) {{ job {{ status }} userErrors {{ code message }} }} }}"
        );
        let asked = async || bed.ask(Bearer::Operator, &retry).await.0.data.into_json().unwrap()["retryJob"].clone();
        let done = asked().await;
        assert!(done["job"]["status"] == "WAITING" && done["userErrors"] == serde_json::json!([]), "{done}");
        api.lead_imports.cancel(TENANT, taken.import).await.unwrap();
        let refused = asked().await;
        assert_eq!(refused["job"]["status"], "CANCELLED");
        assert_eq!(refused["userErrors"][0]["code"], "WRONG_STATUS");
        let message = refused["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains("bring the file again"), "{message}");
    }
}
