//! `setSettings`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::tenant::{Settings, TenantCommand};

use super::tell::{Asked, TenantOutcome, tell};
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetSettings;

/// What `setSettings` takes.
#[derive(InputObject)]
struct SetSettingsInput {
    /// Whether everybody who works conversations sees also those that are nobody's.
    unassigned_visible: bool,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The business's version as you have seen it, `viewer { tenant { version } }`: at any other nothing is done, and the
    /// answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `setSettings` answers.
#[derive(SimpleObject)]
struct SetSettingsPayload {
    #[graphql(flatten)]
    outcome: TenantOutcome,
}

#[Object]
impl SetSettings {
    /// Says how the business works, instead of what was said before: it counts for the next request of each of its people.
    async fn set_settings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SetSettingsInput,
    ) -> Option<Result<SetSettingsPayload, Error>> {
        let SetSettingsInput { unassigned_visible, idempotency_key, expected_version } = input;
        let command = TenantCommand::SetSettings { settings: Settings { unassigned_visible } };
        let done = tell(context, Asked { idempotency_key, expected_version }, command);
        answer(done, |outcome| SetSettingsPayload { outcome }).await
    }
}
