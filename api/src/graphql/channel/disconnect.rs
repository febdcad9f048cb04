//! `disconnectChannel`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::ChannelId;
use leadflow_domain::channel::ChannelCommand;
use leadflow_domain::role::Permission;

use super::mutate::{ChannelOutcome, Wanted, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::answer;
use crate::graphql::global_id::{Kind, decode_as};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct DisconnectChannel;

/// What `disconnectChannel` takes.
#[derive(InputObject)]
struct DisconnectChannelInput {
    /// Which channel is given up.
    channel_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The channel's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `disconnectChannel` answers.
#[derive(SimpleObject)]
struct DisconnectChannelPayload {
    #[graphql(flatten)]
    outcome: ChannelOutcome,
}

#[Object]
impl DisconnectChannel {
    /// Gives a number, or an account, up: messages to it arrive here no more, and it is free to be connected elsewhere. Its conversations
    /// stay; what the provider knew the business by is destroyed.
    async fn disconnect_channel(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: DisconnectChannelInput,
    ) -> Option<Result<DisconnectChannelPayload, Error>> {
        let done = async {
            Request::of(context)?;
            let DisconnectChannelInput { channel_id, idempotency_key, expected_version } = input;
            let id = ChannelId::from_uuid(decode_as(Kind::Channel, "channelId", &channel_id)?);
            let wanted = Wanted {
                needed: Permission::ManageChannels,
                idempotency_key: idempotency_key.as_deref(),
                expected_version,
            };
            mutate(context, id, wanted, ChannelCommand::Disconnect).await
        };
        answer(done, |outcome| DisconnectChannelPayload { outcome }).await
    }
}
