//! `deleteTemplate`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::TemplateId;
use leadflow_domain::channel::ProviderId;
use leadflow_domain::role::Permission;
use leadflow_domain::template::{Template, TemplateCommand, TemplateKey, TemplateStatus};

use super::at_whatsapp::Account;
use super::mutate::{TemplateOutcome, known, mutate, of_another_version};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, command_context, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct DeleteTemplate;

/// What `deleteTemplate` takes.
#[derive(InputObject)]
struct DeleteTemplateInput {
    /// Which template.
    template_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The template's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `deleteTemplate` answers.
#[derive(SimpleObject)]
struct DeleteTemplatePayload {
    #[graphql(flatten)]
    outcome: TemplateOutcome,
}

#[Object]
impl DeleteTemplate {
    /// Takes a template away, in its language alone: from WhatsApp if it has it, and else it was a draft. WhatsApp lets nobody make
    /// another of the same name for some time. While WhatsApp does not answer it is `PROVIDER_UNAVAILABLE`.
    async fn delete_template(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: DeleteTemplateInput,
    ) -> Option<Result<DeleteTemplatePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageTemplates).await?;
            let id = TemplateId::from_uuid(read_id("templateId", &input.template_id)?);
            let (key, version) = (input.idempotency_key.as_deref(), input.expected_version);
            let command_context = command_context(context, request, Permission::ManageTemplates, key, version).await?;
            let Some(template) = known(request, id, version).await? else {
                return of_another_version(request, id, command_context).await;
            };
            if let Some((known_as, provider_id)) = at_whatsapp(&template) {
                let account = Account::of(request, known_as.waba_id.as_str()).await?;
                let (name, id) = (known_as.name.as_str(), Some(provider_id.as_str()));
                let deleted = account.graph.delete_template(&account.token, &account.waba_id, name, id).await;
                deleted.map_err(|failure| account.failed(&failure))?;
            }
            let at = request.api.now().await.map_err(|error| internal("deleteTemplate", &error))?;
            mutate(request, id, TemplateCommand::Delete { at }, command_context).await
        };
        answer(done, |outcome| DeleteTemplatePayload { outcome }).await
    }
}

/// By what WhatsApp knows a template, if it has it.
fn at_whatsapp(template: &Template) -> Option<(&TemplateKey, &ProviderId)> {
    let is_there = template.status().is_none_or(|status| *status != TemplateStatus::Deleted);
    template.key().zip(template.provider_id()).filter(|_| is_there)
}
