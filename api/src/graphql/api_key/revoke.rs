//! `revokeApiKey`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::ApiKeyId;
use leadflow_domain::api_key::ApiKeyCommand;
use leadflow_domain::role::Permission;

use super::mutate::{ApiKeyOutcome, outcome};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, command_context, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RevokeApiKey;

/// What `revokeApiKey` takes.
#[derive(InputObject)]
struct RevokeApiKeyInput {
    /// Which key.
    api_key_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The key's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `revokeApiKey` answers.
#[derive(SimpleObject)]
struct RevokeApiKeyPayload {
    #[graphql(flatten)]
    outcome: ApiKeyOutcome,
}

#[Object]
impl RevokeApiKey {
    /// Takes an API key back: it opens nothing from now on.
    async fn revoke_api_key(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RevokeApiKeyInput,
    ) -> Option<Result<RevokeApiKeyPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageApiKeys).await?;
            let id = ApiKeyId::from_uuid(read_id("apiKeyId", &input.api_key_id)?);
            let (key, version) = (input.idempotency_key.as_deref(), input.expected_version);
            let command_context = command_context(context, request, Permission::ManageApiKeys, key, version).await?;
            let answer = request.api.commands.api_keys.execute(id, ApiKeyCommand::Revoke, command_context).await;
            if answer.is_ok() {
                // At once, however far behind people are.
                request.api.doors.end_secret(id).await.map_err(|error| internal("revokeApiKey", &error))?;
            }
            Ok(outcome(request, id, answer).await?)
        };
        answer(done, |outcome| RevokeApiKeyPayload { outcome }).await
    }
}
