//! `openConversationCounts`: how it stands now.

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use leadflow_domain::ChannelId;
use leadflow_projections::analytics::{Now, now};

use super::question::member;
use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};

/// The query.
#[derive(Default)]
pub(super) struct OpenConversations;

/// How many conversations are open now: neither resolved nor set aside.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct OpenConversationCounts {
    /// All of them.
    open: i64,
    /// Of them those in which the customer waits for an answer, or nobody of the business ever wrote.
    unattended: i64,
    /// Of them those that are assigned to nobody.
    unassigned: i64,
}

#[Object]
impl OpenConversations {
    /// How many conversations are open now.
    async fn open_conversation_counts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this channel, by its global id.")] channel_id: Option<ID>,
        #[graphql(desc = "Only those that are assigned to this member: a uuid.")] member_id: Option<ID>,
    ) -> Option<Result<OpenConversationCounts, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let channel = channel_id
                .map(|id| decode_as(Kind::Channel, "channelId", &id).map(ChannelId::from_uuid))
                .transpose()?;
            let assignee = member_id.map(|id| member(&id)).transpose()?;
            let Now { open, unattended, unassigned } =
                now(&request.api.reads, request.viewer.context(), channel, assignee)
                    .await
                    .map_err(|error| internal("openConversationCounts", &error))?;
            Ok(OpenConversationCounts { open, unattended, unassigned })
        };
        Some(found.await)
    }
}
