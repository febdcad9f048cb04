//! `enterWhatsappCredentials`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::ChannelId;
use leadflow_domain::channel::ChannelCommand;
use leadflow_domain::role::Permission;
use leadflow_gateways::whatsapp::{AccessToken, LookupFailure, Number};
use leadflow_projections::inbox;

use super::mutate::{ChannelOutcome, Wanted, destroy_unless_it_counts, mutate_as};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, must_be_allowed, valid};
use crate::graphql::failure::{internal, rate_limited};
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::limits::{LimitKey, LimitKind};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct EnterWhatsappCredentials;

/// What `enterWhatsappCredentials` takes.
#[derive(InputObject)]
struct EnterWhatsappCredentialsInput {
    /// Which channel they are for.
    channel_id: ID,
    /// An access token of Meta's that reaches the channel's number, best one of a system user: it does not run out.
    access_token: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later. WhatsApp is asked each time.
    idempotency_key: Option<String>,
    /// The channel's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `enterWhatsappCredentials` answers.
#[derive(SimpleObject)]
struct EnterWhatsappCredentialsPayload {
    #[graphql(flatten)]
    outcome: ChannelOutcome,
    /// The number that the token reaches, as WhatsApp tells of it; null when it was refused.
    number: Option<NumberAtWhatsapp>,
}

/// A number, as WhatsApp tells of it.
#[derive(Debug, Clone, SimpleObject)]
struct NumberAtWhatsapp {
    /// As people read it.
    display_phone: Option<String>,
    /// What the business calls itself there.
    verified_name: Option<String>,
}

/// What it came to, and the number that was found.
struct Entered(ChannelOutcome, Option<Number>);

impl From<Vec<UserError>> for Entered {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self(user_errors.into(), None)
    }
}

#[Object]
impl EnterWhatsappCredentials {
    /// Says what WhatsApp knows the business by, from now on and in the place of what there was. WhatsApp is asked first: a token
    /// that it does not take is `TOKEN_REFUSED`, one that does not reach the number `NUMBER_REFUSED`, and while it does not
    /// answer `PROVIDER_UNAVAILABLE`; nothing is changed then. The token is kept sealed and shown never again.
    async fn enter_whatsapp_credentials(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: EnterWhatsappCredentialsInput,
    ) -> Option<Result<EnterWhatsappCredentialsPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageCredentials).await?;
            let EnterWhatsappCredentialsInput { channel_id, access_token, idempotency_key, expected_version } = input;
            let id = ChannelId::from_uuid(decode_as(Kind::Channel, "channelId", &channel_id)?);
            let token = valid("accessToken", AccessToken::parse(&access_token.into()))?;
            let wanted = Wanted {
                needed: Permission::ManageCredentials,
                idempotency_key: idempotency_key.as_deref(),
                expected_version,
            };
            let command_context = wanted.context(context, request).await?;
            let number = checked(request, id, &token).await?;
            let credentials = &request.api.whatsapp;
            let kept = credentials.keep(request.viewer.tenant(), id, &token).await;
            let credential = kept.map_err(|error| internal("enterWhatsappCredentials", &error))?;
            // Whether it counts when this fails nobody knows; what does not is destroyed in time.
            let command = ChannelCommand::EnterWhatsAppCredentials { credential };
            let outcome = mutate_as(request, id, command_context, command).await?;
            destroy_unless_it_counts(request, id, credential).await;
            let number = outcome.is_done().then_some(number);
            Ok::<_, NotDone>(Entered(outcome, number))
        };
        answer(done, |Entered(outcome, number)| EnterWhatsappCredentialsPayload {
            outcome,
            number: number
                .map(|Number { display_phone, verified_name }| NumberAtWhatsapp { display_phone, verified_name }),
        })
        .await
    }
}

/// The channel's number, which `token` reaches.
async fn checked(request: &Request, id: ChannelId, token: &AccessToken) -> Result<Number, NotDone> {
    let found = inbox::channels_by_id(&request.api.reads, request.viewer.context(), &[id.as_uuid()]).await;
    let mut found = found.map_err(|error| internal("enterWhatsappCredentials", &error))?;
    let Some(channel) = found.pop() else {
        return Err(NotDone::refused(UserErrorCode::NotFound, "there is no such channel", "channelId"));
    };
    let Some(phone_number_id) = channel.phone_number_id else {
        let message = "this channel is no WhatsApp number: it has its credentials by `connectSocialAccount`";
        return Err(NotDone::refused(UserErrorCode::WrongStatus, message, "channelId"));
    };
    // All businesses ask from one address, and the provider counts them together.
    let business = LimitKey::Id(request.viewer.tenant().as_uuid());
    let counted = request.api.doors.limits().check(LimitKind::Credentials, business).await;
    counted.map_err(|limited| rate_limited(&limited))?;
    let failure = match request.api.whatsapp.check(token, &phone_number_id).await {
        Ok(number) => return Ok(number),
        Err(failure) => failure,
    };
    Err(match failure {
        LookupFailure::Token { .. } => {
            let message = "WhatsApp does not take the token: it is wrong, over, or was taken back";
            NotDone::refused(UserErrorCode::TokenRefused, message, "accessToken")
        }
        LookupFailure::Number { .. } => {
            let message = "the token does not reach the channel's number: its account has no such number, or it lacks the \
                           permission whatsapp_business_management";
            NotDone::refused(UserErrorCode::NumberRefused, message, "accessToken")
        }
        LookupFailure::Unavailable { .. } | LookupFailure::Unreadable { .. } => {
            tracing::warn!(channel = %id, error = %failure, "credentials.check: WhatsApp could not be asked about channel {id}");
            let message = "WhatsApp can't be asked now, so nothing was changed: try again later";
            NotDone::refused(UserErrorCode::ProviderUnavailable, message, "accessToken")
        }
    })
}
