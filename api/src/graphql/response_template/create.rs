//! `createResponseTemplate`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::ResponseTemplateId;
use leadflow_domain::response_template::ResponseTemplateCommand;
use leadflow_domain::role::Permission;

use super::input::response;
use super::mutate::{ResponseTemplateOutcome, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, command_context, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct CreateResponseTemplate;

/// What `createResponseTemplate` takes.
#[derive(InputObject)]
struct CreateResponseTemplateInput {
    /// What it is called, 1 to 100 characters; no other is called so, in capitals or not.
    title: String,
    /// What it answers, in a word such as `greeting`: 1 to 50 small letters, digits and underscores.
    intent: Option<String>,
    /// What it says, 1 to 4096 characters. `{{contact.name}}`, `{{member.name}}` and `{{business.name}}` are filled in; what stands
    /// in the place of what is not known follows after a bar: `{{contact.name|there}}`.
    body: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `createResponseTemplate` answers.
#[derive(SimpleObject)]
struct CreateResponseTemplatePayload {
    #[graphql(flatten)]
    outcome: ResponseTemplateOutcome,
}

#[Object]
impl CreateResponseTemplate {
    /// Makes an answer ready for everybody of the business.
    async fn create_response_template(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is to be; and the request's key, where wanted.")] input: CreateResponseTemplateInput,
    ) -> Option<Result<CreateResponseTemplatePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageTemplates).await?;
            let response = response(&input.title, input.intent.as_deref(), &input.body)?;
            let (permission, key) = (Permission::ManageTemplates, input.idempotency_key.as_deref());
            let command_context = command_context(context, request, permission, key, None).await?;
            // The same request is about the same answer.
            let id = ResponseTemplateId::created_by(command_context.id);
            mutate(request, id, ResponseTemplateCommand::Create(response), command_context).await
        };
        answer(done, |outcome| CreateResponseTemplatePayload { outcome }).await
    }
}
