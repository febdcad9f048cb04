//! `setSettings`.

use async_graphql::{Context, Error, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use leadflow_domain::ChannelId;
use leadflow_domain::role::Permission;
use leadflow_domain::tenant::{Settings, Tenant, TenantCommand};
use leadflow_projections::inbox;

use super::tell::{Asked, TenantOutcome, tell};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::UserErrorCode;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetSettings;

/// What `setSettings` takes.
#[derive(InputObject)]
struct SetSettingsInput {
    /// Whether everybody who works conversations sees also those that are nobody's.
    unassigned_visible: bool,
    /// The channel by whose number leads are answered that came by no number; null is the one that was connected first, which answers
    /// also while the number of this one is given up. Left out, it stays which it is.
    answering_channel_id: MaybeUndefined<ID>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The business's version as you have seen it, `viewer { tenant { version } }`: at any other nothing is done, and the
    /// answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `setSettings` answers.
#[derive(SimpleObject)]
struct SetSettingsPayload {
    #[graphql(flatten)]
    outcome: TenantOutcome,
}

#[Object]
impl SetSettings {
    /// Says how the business works, instead of what was said before: it counts for the next request of each of its people.
    async fn set_settings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SetSettingsInput,
    ) -> Option<Result<SetSettingsPayload, Error>> {
        answer(Box::pin(set(context, input)), |outcome| SetSettingsPayload { outcome }).await
    }
}

async fn set(context: &Context<'_>, input: SetSettingsInput) -> Result<TenantOutcome, NotDone> {
    let request = Request::of(context)?;
    let SetSettingsInput { unassigned_visible, answering_channel_id, idempotency_key, expected_version } = input;
    must_be_allowed(context, request, Permission::ManageSettings).await?;
    let answering = match answering_channel_id {
        MaybeUndefined::Value(id) => Some(channel(request, &id).await?),
        MaybeUndefined::Null => None,
        MaybeUndefined::Undefined => answering(request).await?,
    };
    let command = TenantCommand::SetSettings { settings: Settings { unassigned_visible, answering } };
    tell(context, Asked { idempotency_key, expected_version }, command).await
}

/// Which it is.
async fn answering(request: &Request) -> Result<Option<ChannelId>, NotDone> {
    let tenant = request.api.log.load::<Tenant>(request.viewer.tenant().into()).await;
    Ok(tenant.map_err(|error| internal("setSettings", &error))?.state.settings().answering)
}

/// A channel of the viewer's business.
async fn channel(request: &Request, id: &ID) -> Result<ChannelId, NotDone> {
    const FIELD: &str = "answeringChannelId";
    let id = decode_as(Kind::Channel, FIELD, id)?;
    let found = inbox::channels_by_id(&request.api.reads, request.viewer.context(), &[id]).await;
    match found.map_err(|error| internal("setSettings", &error))?.pop() {
        Some(channel) if channel.phone_number_id.is_some() => Ok(ChannelId::from_uuid(id)),
        Some(_) => Err(NotDone::refused(UserErrorCode::WrongStatus, "the channel is no WhatsApp number", FIELD)),
        None => Err(NotDone::refused(UserErrorCode::NotFound, "there is no such channel", FIELD)),
    }
}
