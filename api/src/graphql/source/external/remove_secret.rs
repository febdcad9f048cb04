//! `removeExternalSecret`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::source::SourceCommand;

use crate::graphql::command::answer;
use crate::graphql::source::mutate::{Asked, SourceOutcome, mutate};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RemoveExternalSecret;

/// What `removeExternalSecret` takes.
#[derive(InputObject)]
struct RemoveExternalSecretInput {
    /// Which source: an external one.
    source_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `removeExternalSecret` answers.
#[derive(SimpleObject)]
struct RemoveExternalSecretPayload {
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

#[Object]
impl RemoveExternalSecret {
    /// What is posted need not be signed any longer; the token is needed all the same.
    async fn remove_external_secret(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RemoveExternalSecretInput,
    ) -> Option<Result<RemoveExternalSecretPayload, Error>> {
        let done = Box::pin(async {
            let RemoveExternalSecretInput { source_id, idempotency_key, expected_version } = input;
            let asked = Asked { source_id, idempotency_key, expected_version };
            mutate(context, asked, SourceCommand::RemoveSecret).await
        });
        answer(done, |outcome| RemoveExternalSecretPayload { outcome }).await
    }
}
