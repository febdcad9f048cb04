//! `connectWhatsappNumber`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::ChannelId;
use leadflow_domain::channel::{AppKey, ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::role::Permission;

use super::mutate::{ChannelOutcome, Wanted, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone, answer, must_be_allowed};
use crate::graphql::payload::{UserError, UserErrorCode};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ConnectWhatsappNumber;

/// What `connectWhatsappNumber` takes.
#[derive(InputObject)]
struct ConnectWhatsappNumberInput {
    /// Meta's id of the number, 1 to 64 characters.
    phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account that owns it, 1 to 64 characters.
    waba_id: String,
    /// The number as people read it, 1 to 32 characters.
    display_phone: String,
    /// The key of the installation's Meta app that brings its webhooks; without it, the default app.
    app: Option<String>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The channel's `version` as you have seen it, 0 when there was none: at any other nothing is done, and the answer is
    /// CONFLICT.
    expected_version: Option<i64>,
}

/// What `connectWhatsappNumber` answers.
#[derive(SimpleObject)]
struct ConnectWhatsappNumberPayload {
    #[graphql(flatten)]
    outcome: ChannelOutcome,
}

#[Object]
impl ConnectWhatsappNumber {
    /// Connects a WhatsApp number: messages to it arrive here from now on, and those that arrived before it was. Connected
    /// again with other details, it has those. A number that another business has is TAKEN.
    async fn connect_whatsapp_number(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ConnectWhatsappNumberInput,
    ) -> Option<Result<ConnectWhatsappNumberPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageChannels).await?;
            let number = number(&input)?;
            if let Some(app) = number.app.as_ref().filter(|app| !request.api.meta_apps.contains(*app)) {
                let message = format!("the installation has no Meta app `{app}`");
                let refused = UserError::new(UserErrorCode::NotFound, message, Some("app"));
                return Ok(vec![refused].into());
            }
            let id = ChannelId::whatsapp(request.viewer.tenant(), number.phone_number_id.as_str());
            let command = ChannelCommand::ConnectWhatsAppNumber(number);
            let wanted = Wanted {
                needed: Permission::ManageChannels,
                idempotency_key: input.idempotency_key.as_deref(),
                expected_version: input.expected_version,
            };
            mutate(context, id, wanted, command).await
        };
        answer(done, |outcome| ConnectWhatsappNumberPayload { outcome }).await
    }
}

fn number(input: &ConnectWhatsappNumberInput) -> Result<WhatsAppNumber, NotDone> {
    let mut form = Form::default();
    let phone_number_id = form.read("phoneNumberId", ProviderId::parse(&input.phone_number_id));
    let waba_id = form.read("wabaId", ProviderId::parse(&input.waba_id));
    let display_phone = form.read("displayPhone", DisplayPhone::parse(&input.display_phone));
    let app = form.read("app", input.app.as_deref().map(AppKey::parse).transpose());
    let said = phone_number_id.zip(waba_id).zip(display_phone).zip(app);
    form.all(said.map(|(((phone_number_id, waba_id), display_phone), app)| WhatsAppNumber {
        phone_number_id,
        waba_id,
        display_phone,
        app,
    }))
}
