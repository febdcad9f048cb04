//! `removeBusinessHours`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::tenant::TenantCommand;

use super::mutate::{HoursOutcome, mutate};
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RemoveBusinessHours;

/// What `removeBusinessHours` takes.
#[derive(InputObject)]
struct RemoveBusinessHoursInput {
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The business's version as you have seen it, `viewer { tenant { version } }`: at any other nothing is done, and the
    /// answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `removeBusinessHours` answers.
#[derive(SimpleObject)]
struct RemoveBusinessHoursPayload {
    #[graphql(flatten)]
    outcome: HoursOutcome,
}

#[Object]
impl RemoveBusinessHours {
    /// Says that the business has no hours any more, from now on: what lies before is measured by the hours of its time.
    async fn remove_business_hours(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RemoveBusinessHoursInput,
    ) -> Option<Result<RemoveBusinessHoursPayload, Error>> {
        let done = async {
            mutate(context, input.idempotency_key.as_deref(), input.expected_version, TenantCommand::RemoveSchedule)
                .await
        };
        answer(done, |outcome| RemoveBusinessHoursPayload { outcome }).await
    }
}
