//! `submitTemplate`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::TemplateId;
use leadflow_domain::channel::ProviderId;
use leadflow_domain::role::Permission;
use leadflow_domain::template::{Template, TemplateCommand, TemplateStatus};
use leadflow_gateways::whatsapp::{CreatedTemplate, NewTemplate};

use super::at_whatsapp::{Account, asked_at};
use super::mutate::{TemplateOutcome, known, mutate, of_another_version};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, command_context, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::payload::UserError;
use crate::graphql::plain_id::read_id;
use crate::message_templates::{category, category_word, components_of, status};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SubmitTemplate;

/// What `submitTemplate` takes.
#[derive(InputObject)]
struct SubmitTemplateInput {
    /// Which template.
    template_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The template's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `submitTemplate` answers.
#[derive(SimpleObject)]
struct SubmitTemplatePayload {
    #[graphql(flatten)]
    outcome: TemplateOutcome,
}

#[Object]
impl SubmitTemplate {
    /// Hands a draft in to WhatsApp, to be looked over; what comes of that shows in its `status`. What was handed in before stays as
    /// it is. While WhatsApp does not answer it is `PROVIDER_UNAVAILABLE`.
    async fn submit_template(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SubmitTemplateInput,
    ) -> Option<Result<SubmitTemplatePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageTemplates).await?;
            let id = TemplateId::from_uuid(read_id("templateId", &input.template_id)?);
            let (key, version) = (input.idempotency_key.as_deref(), input.expected_version);
            let command_context = command_context(context, request, Permission::ManageTemplates, key, version).await?;
            let Some(template) = known(request, id, version).await? else {
                return of_another_version(request, id, command_context).await;
            };
            let command = match taken_in_before(&template) {
                Some(command) => command,
                None => submitted(request, &template).await?,
            };
            mutate(request, id, command, command_context).await
        };
        answer(done, |outcome| SubmitTemplatePayload { outcome }).await
    }
}

/// What is recorded of a template that WhatsApp has already: nothing new.
fn taken_in_before(template: &Template) -> Option<TemplateCommand> {
    let status = template.status().filter(|status| **status != TemplateStatus::Deleted)?.clone();
    let (provider_id, category) = (template.provider_id()?.clone(), template.category()?.clone());
    Some(TemplateCommand::RecordSubmission { provider_id, status, category, at: jiff::Timestamp::UNIX_EPOCH })
}

/// Hands a draft in.
async fn submitted(request: &Request, template: &Template) -> Result<TemplateCommand, NotDone> {
    let draft = template.submission().map_err(|refusal| NotDone::Invalid(vec![UserError::refused(&refusal)]))?;
    let (key, wanted, components) = draft;
    let new = NewTemplate {
        name: key.name.as_str().to_owned(),
        language: key.language.as_str().to_owned(),
        category: category_word(wanted).to_owned(),
        components: components_of(components),
    };
    let account = Account::of(request, key.waba_id.as_str()).await?;
    let at = asked_at(request).await.map_err(|error| internal("submitTemplate", &error))?;
    let created = account.graph.create_template(&account.token, &account.waba_id, &new).await;
    let CreatedTemplate { id, status: word, category: found } = created.map_err(|failure| account.failed(&failure))?;
    let provider_id = ProviderId::parse(&id).map_err(|error| internal("submitTemplate", &error))?;
    Ok(TemplateCommand::RecordSubmission { provider_id, status: status(&word, None), category: category(&found), at })
}
