//! `removeResponseTemplate`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::ResponseTemplateId;
use leadflow_domain::response_template::ResponseTemplateCommand;
use leadflow_domain::role::Permission;

use super::mutate::{ResponseTemplateOutcome, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, command_context, must_be_allowed};
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RemoveResponseTemplate;

/// What `removeResponseTemplate` takes.
#[derive(InputObject)]
struct RemoveResponseTemplateInput {
    /// Which response template.
    response_template_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The response template's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `removeResponseTemplate` answers.
#[derive(SimpleObject)]
struct RemoveResponseTemplatePayload {
    #[graphql(flatten)]
    outcome: ResponseTemplateOutcome,
}

#[Object]
impl RemoveResponseTemplate {
    /// An answer is not kept any more, and its title is free.
    async fn remove_response_template(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RemoveResponseTemplateInput,
    ) -> Option<Result<RemoveResponseTemplatePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageTemplates).await?;
            let id = ResponseTemplateId::from_uuid(read_id("responseTemplateId", &input.response_template_id)?);
            let (key, version) = (input.idempotency_key.as_deref(), input.expected_version);
            let command_context = command_context(context, request, Permission::ManageTemplates, key, version).await?;
            mutate(request, id, ResponseTemplateCommand::Remove, command_context).await
        };
        answer(done, |outcome| RemoveResponseTemplatePayload { outcome }).await
    }
}
