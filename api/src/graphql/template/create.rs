//! `createTemplate`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::channel::ProviderId;
use leadflow_domain::role::Permission;
use leadflow_domain::template::{self, TemplateCommand, TemplateKey, TemplateLanguage, TemplateName};
use leadflow_domain::{ChannelId, TemplateId};

use super::at_whatsapp::channel;
use super::input::{Said, TemplateButtonInput, TemplateHeaderInput};
use super::mutate::{TemplateOutcome, mutate};
use super::types::TemplateCategory;
use crate::graphql::api::Request;
use crate::graphql::command::{Form, answer, command_context, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct CreateTemplate;

/// What `createTemplate` takes.
#[derive(InputObject)]
struct CreateTemplateInput {
    /// A channel of the WhatsApp account that it is for: all numbers of an account have the same templates.
    channel_id: ID,
    /// What messages name it by: small letters, digits and underscores.
    name: String,
    /// Its language, such as `it` or `en_US`.
    language: String,
    /// What it is for: `MARKETING` or `UTILITY`.
    category: TemplateCategory,
    /// What stands above its text.
    header: Option<TemplateHeaderInput>,
    /// Its text, 1 to 1024 characters, with gaps `{{1}}`, `{{2}}` and so on, or `{{name}}`; none at its beginning or end.
    body: String,
    /// An example of what stands in each gap of its text, in their order.
    body_examples: Option<Vec<String>>,
    /// What stands beneath its text, 1 to 60 characters.
    footer: Option<String>,
    /// Its buttons, ten at the most.
    buttons: Option<Vec<TemplateButtonInput>>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `createTemplate` answers.
#[derive(SimpleObject)]
struct CreateTemplatePayload {
    #[graphql(flatten)]
    outcome: TemplateOutcome,
}

#[Object]
impl CreateTemplate {
    /// Writes a template: a draft, of which WhatsApp knows nothing until it is handed in (`submitTemplate`). There is one of a name
    /// and language in an account.
    async fn create_template(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is to be; and the request's key, where wanted.")] input: CreateTemplateInput,
    ) -> Option<Result<CreateTemplatePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageTemplates).await?;
            let channel_id = ChannelId::from_uuid(decode_as(Kind::Channel, "channelId", &input.channel_id)?);
            let mut form = Form::default();
            let name = form.read("name", TemplateName::parse(&input.name));
            let language = form.read("language", TemplateLanguage::parse(&input.language));
            let (name, language) = form.all(name.zip(language))?;
            let said = Said {
                header: input.header,
                body: input.body,
                body_examples: input.body_examples,
                footer: input.footer,
                buttons: input.buttons,
            };
            let components = said.components()?;
            let category = match input.category {
                TemplateCategory::Marketing => template::TemplateCategory::Marketing,
                TemplateCategory::Utility => template::TemplateCategory::Utility,
                TemplateCategory::Authentication => template::TemplateCategory::Authentication,
                TemplateCategory::Other => template::TemplateCategory::Other("OTHER".to_owned()),
            };
            let (_, waba_id) = channel(request, channel_id).await?;
            let waba_id = ProviderId::parse(&waba_id).map_err(|error| internal("createTemplate", &error))?;
            let key = TemplateKey { waba_id, name, language };
            let (permission, asked) = (Permission::ManageTemplates, input.idempotency_key.as_deref());
            let command_context = command_context(context, request, permission, asked, None).await?;
            let id = TemplateId::of(request.viewer.tenant(), &key);
            mutate(request, id, TemplateCommand::Draft { key, category, components }, command_context).await
        };
        answer(done, |outcome| CreateTemplatePayload { outcome }).await
    }
}
