//! `closeSource`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::source::SourceCommand;

use super::mutate::{Asked, SourceOutcome, mutate};
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct CloseSource;

/// What `closeSource` takes.
#[derive(InputObject)]
struct CloseSourceInput {
    /// Which source.
    source_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `closeSource` answers.
#[derive(SimpleObject)]
struct CloseSourcePayload {
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

#[Object]
impl CloseSource {
    /// No more leads come from a source: its webhook takes nothing. Those that came stay.
    async fn close_source(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: CloseSourceInput,
    ) -> Option<Result<CloseSourcePayload, Error>> {
        let done = async {
            let CloseSourceInput { source_id, idempotency_key, expected_version } = input;
            let asked = Asked { source_id, idempotency_key, expected_version };
            mutate(context, asked, SourceCommand::Close).await
        };
        answer(done, |outcome| CloseSourcePayload { outcome }).await
    }
}
