//! `changeResponseTemplate`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::ResponseTemplateId;
use leadflow_domain::response_template::ResponseTemplateCommand;
use leadflow_domain::role::Permission;

use super::input::response;
use super::mutate::{ResponseTemplateOutcome, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, command_context, must_be_allowed};
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ChangeResponseTemplate;

/// What `changeResponseTemplate` takes.
#[derive(InputObject)]
struct ChangeResponseTemplateInput {
    /// Which response template.
    response_template_id: ID,
    /// What it is called, 1 to 100 characters; no other is called so, in capitals or not.
    title: String,
    /// What it answers, in a word such as `greeting`; without it nothing is said of that any more.
    intent: Option<String>,
    /// What it says, 1 to 4096 characters, with variables as `createResponseTemplate` takes them.
    body: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The response template's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `changeResponseTemplate` answers.
#[derive(SimpleObject)]
struct ChangeResponseTemplatePayload {
    #[graphql(flatten)]
    outcome: ResponseTemplateOutcome,
}

#[Object]
impl ChangeResponseTemplate {
    /// An answer is called something else, is for something else, or says something else.
    async fn change_response_template(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ChangeResponseTemplateInput,
    ) -> Option<Result<ChangeResponseTemplatePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageTemplates).await?;
            let id = ResponseTemplateId::from_uuid(read_id("responseTemplateId", &input.response_template_id)?);
            let response = response(&input.title, input.intent.as_deref(), &input.body)?;
            let (key, version) = (input.idempotency_key.as_deref(), input.expected_version);
            let command_context = command_context(context, request, Permission::ManageTemplates, key, version).await?;
            mutate(request, id, ResponseTemplateCommand::Change(response), command_context).await
        };
        answer(done, |outcome| ChangeResponseTemplatePayload { outcome }).await
    }
}
