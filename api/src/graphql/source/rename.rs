//! `renameSource`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::source::{SourceCommand, SourceName};

use super::mutate::{Asked, SourceOutcome, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed, valid};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RenameSource;

/// What `renameSource` takes.
#[derive(InputObject)]
struct RenameSourceInput {
    /// Which source, of any kind.
    source_id: ID,
    /// What the business calls it from now on, 1 to 100 characters.
    name: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `renameSource` answers.
#[derive(SimpleObject)]
struct RenameSourcePayload {
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

#[Object]
impl RenameSource {
    /// Calls a source otherwise. Nothing else of it changes.
    async fn rename_source(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RenameSourceInput,
    ) -> Option<Result<RenameSourcePayload, Error>> {
        let done = async {
            let RenameSourceInput { source_id, name, idempotency_key, expected_version } = input;
            must_be_allowed(context, Request::of(context)?, Permission::ManageChannels).await?;
            let name = valid("name", SourceName::parse(&name))?;
            let asked = Asked { source_id, idempotency_key, expected_version };
            mutate(context, asked, SourceCommand::Rename { name }).await
        };
        answer(done, |outcome| RenameSourcePayload { outcome }).await
    }
}
