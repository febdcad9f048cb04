//! An account of the business's at WhatsApp, asked with what WhatsApp knows the business by.

use jiff::Timestamp;
use leadflow_domain::ChannelId;
use leadflow_domain::channel::Channel;
use leadflow_gateways::whatsapp::{AccessToken, CallFailure, ErrorClass, Graph, ProviderRefusal, StopScope};
use leadflow_projections::inbox::{self, ChannelRow, ChannelStatus};

use crate::graphql::api::Request;
use crate::graphql::command::NotDone;
use crate::graphql::failure::{internal, rate_limited};
use crate::graphql::payload::UserErrorCode;
use crate::limits::{LimitKey, LimitKind};

/// The time from which on what WhatsApp is asked now is known: in whole seconds, as it tells of times itself, so that what it tells by
/// itself within the same second is no older.
pub(super) async fn asked_at(request: &Request) -> Result<Timestamp, sqlx::Error> {
    let now = request.api.now().await?;
    Ok(Timestamp::from_second(now.as_second()).unwrap_or(now))
}

/// An account that may be asked.
pub(super) struct Account<'a> {
    pub(super) graph: &'a Graph,
    pub(super) token: AccessToken,
    pub(super) waba_id: String,
    /// The field of the input that said which account.
    field: &'static str,
}

/// The number of the viewer's business with this id, if it is connected, and WhatsApp's id of its account.
pub(super) async fn channel(request: &Request, id: ChannelId) -> Result<(ChannelRow, String), NotDone> {
    let found = inbox::channels_by_id(&request.api.reads, request.viewer.context(), &[id.as_uuid()]).await;
    let found = found.map_err(|error| internal("templates", &error))?.pop();
    let channel =
        found.ok_or_else(|| NotDone::refused(UserErrorCode::NotFound, "there is no such channel", "channelId"))?;
    let Some(waba_id) = channel.waba_id.clone() else {
        return Err(NotDone::refused(UserErrorCode::WrongStatus, "the channel is no WhatsApp number", "channelId"));
    };
    match channel.status {
        ChannelStatus::Connected => Ok((channel, waba_id)),
        ChannelStatus::Disconnected => {
            Err(NotDone::refused(UserErrorCode::WrongStatus, "the channel's number was given up", "channelId"))
        }
    }
}

impl<'a> Account<'a> {
    /// The account of this channel's number.
    pub(super) async fn of_channel(request: &'a Request, id: ChannelId) -> Result<Self, NotDone> {
        let (channel, _) = channel(request, id).await?;
        Self::with(request, &[channel], "channelId").await
    }

    /// The account with this id of WhatsApp's, by whichever number of it has credentials.
    pub(super) async fn of(request: &'a Request, waba_id: &str) -> Result<Self, NotDone> {
        let found = inbox::channels_of_account(&request.api.reads, request.viewer.context(), waba_id).await;
        let found = found.map_err(|error| internal("templates", &error))?;
        Self::with(request, &found, "templateId").await
    }

    async fn with(request: &'a Request, channels: &[ChannelRow], field: &'static str) -> Result<Self, NotDone> {
        let (api, tenant) = (&request.api, request.viewer.tenant());
        for channel in channels {
            let loaded = api.log.load::<Channel>(ChannelId::from_uuid(channel.id).into()).await;
            let known = loaded.map_err(|error| internal("templates", &error))?.state;
            let (Some(credential), Some(waba_id)) = (known.credential(), channel.waba_id.clone()) else { continue };
            let token = api.whatsapp.token(tenant, credential).await;
            let Some(token) = token.map_err(|error| internal("templates", &error))? else { continue };
            // All businesses ask from one address, and the provider counts them together.
            let counted = api.doors.limits().check(LimitKind::Templates, LimitKey::Id(tenant.as_uuid())).await;
            counted.map_err(|limited| rate_limited(&limited))?;
            return Ok(Self { graph: api.whatsapp.graph(), token, waba_id, field });
        }
        let message = "no connected number of this account has what WhatsApp knows the business by: enter it first";
        Err(NotDone::refused(UserErrorCode::WrongStatus, message, field))
    }

    /// Why WhatsApp did not do what it was asked for.
    pub(super) fn failed(&self, failure: &CallFailure) -> NotDone {
        let (waba, field) = (&self.waba_id, self.field);
        let unavailable = |message: &str| {
            tracing::warn!(account = %waba, error = %failure, "templates.ask: WhatsApp could not be asked about account {waba}");
            NotDone::refused(UserErrorCode::ProviderUnavailable, message, field)
        };
        let not_now = "WhatsApp can't be asked now, so nothing was changed: try again later";
        match failure {
            CallFailure::NotSent { .. } => unavailable(not_now),
            CallFailure::Unknown { .. } => unavailable(
                "WhatsApp does not answer as it should, and may have done it: sync the templates before trying again",
            ),
            CallFailure::NeverValid { reason } => {
                let message = format!("WhatsApp can't be asked about this account: {reason}");
                NotDone::refused(UserErrorCode::Refused, &message, field)
            }
            CallFailure::Refused(refusal) => match refusal.class {
                ErrorClass::Stop { scope: StopScope::Credentials } => {
                    let message = "WhatsApp does not take the account's token, or not for this: enter another one";
                    NotDone::refused(UserErrorCode::TokenRefused, message, field)
                }
                ErrorClass::Pace { .. } => unavailable(not_now),
                // A code that nothing here knows is a no of WhatsApp's, unless it is out of order itself.
                ErrorClass::Retry { .. } if refusal.status >= 500 => unavailable(not_now),
                ErrorClass::Retry { .. } | ErrorClass::Never { .. } | ErrorClass::Stop { .. } => {
                    NotDone::refused(UserErrorCode::Refused, said_no(refusal), field)
                }
            },
        }
    }
}

/// A refusal in WhatsApp's words, as far as it has any.
fn said_no(refusal: &ProviderRefusal) -> String {
    let words = refusal.details.as_deref().or(refusal.title.as_deref()).unwrap_or("it does not say why");
    format!("WhatsApp refuses it (code {}): {words}", refusal.code)
}
