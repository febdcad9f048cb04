//! `changeExternalMapping`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::source::SourceCommand;

use super::input::{ExternalMappingInput, mapping};
use crate::graphql::api::Request;
use crate::graphql::command::{Form, answer, must_be_allowed};
use crate::graphql::source::mutate::{Asked, SourceOutcome, mutate};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ChangeExternalMapping;

/// What `changeExternalMapping` takes.
#[derive(InputObject)]
struct ChangeExternalMappingInput {
    /// Which source: an external one.
    source_id: ID,
    /// Which fields of what is posted mean what from now on; all of them are said anew.
    mapping: ExternalMappingInput,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `changeExternalMapping` answers.
#[derive(SimpleObject)]
struct ChangeExternalMappingPayload {
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

#[Object]
impl ChangeExternalMapping {
    /// Has other fields of what is posted mean something. What waits because it could not be read so far is read anew; what became a lead stays
    /// as it is. `tryExternalMapping` shows before what it would come to.
    async fn change_external_mapping(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ChangeExternalMappingInput,
    ) -> Option<Result<ChangeExternalMappingPayload, Error>> {
        let done = Box::pin(async {
            let ChangeExternalMappingInput { source_id, mapping: said, idempotency_key, expected_version } = input;
            let asked = Asked { source_id, idempotency_key, expected_version };
            must_be_allowed(context, Request::of(context)?, Permission::ManageChannels).await?;
            let mut form = Form::default();
            let said = mapping(&mut form, said);
            let mapping = form.all(said)?;
            mutate(context, asked, SourceCommand::ChangeMapping(Box::new(mapping))).await
        });
        answer(done, |outcome| ChangeExternalMappingPayload { outcome }).await
    }
}
