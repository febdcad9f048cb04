//! `node(id)`: anything that has a global id.

use async_graphql::{Context, Error, ID, Interface, Object};
use leadflow_domain::{ContactId, GroupId};
use leadflow_projections::inbox;

use super::api::Request;
use super::contact::{Channel, Contact};
use super::conversation::{self, Conversation, Message, Note};
use super::failure::internal;
use super::global_id::{Kind, decode};
use super::group::Group;
use super::lead::{self, Lead};
use super::usage::{self, UsageLine, line_of};

/// Anything that has a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID", desc = "Global id."))]
pub(super) enum Node {
    /// A thread.
    Conversation(Conversation),
    /// A message.
    Message(Message),
    /// What somebody put down.
    Note(Note),
    /// A customer.
    Contact(Contact),
    /// A place messages come from.
    Channel(Channel),
    /// A contact's interest.
    Lead(Lead),
    /// Several people in one place.
    Group(Group),
    /// What was used on one day.
    UsageLine(UsageLine),
}

/// The query.
#[derive(Default)]
pub(super) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Anything by its global id; null when there is nothing with this id.
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global id.")] id: ID,
    ) -> Option<Result<Node, Error>> {
        find(context, &id).await.transpose()
    }
}

async fn find(context: &Context<'_>, id: &ID) -> Result<Option<Node>, Error> {
    let request = Request::of(context)?;
    let (reads, viewer) = (&request.api.reads, request.viewer.context());
    let failed = |error: sqlx::Error| internal("node", &error);
    if let Some(line) = line_of(id) {
        return Ok(usage::by_keys(context, &[&line], &context.look_ahead()).await?.pop().map(Node::UsageLine));
    }
    let (kind, uuid) = decode(id)?;
    let selected = context.look_ahead();
    Ok(match kind {
        Kind::Conversation => conversation::by_ids(context, &[uuid], &selected).await?.pop().map(Node::Conversation),
        Kind::Message => {
            inbox::messages(reads, viewer, &[uuid]).await.map_err(failed)?.pop().map(|row| Node::Message(row.into()))
        }
        Kind::Note => {
            inbox::notes(reads, viewer, &[uuid]).await.map_err(failed)?.pop().map(|row| Node::Note(row.into()))
        }
        Kind::Contact => inbox::contacts_by_id(reads, viewer, &[ContactId::from_uuid(uuid)])
            .await
            .map_err(failed)?
            .pop()
            .map(|row| Node::Contact(row.into())),
        Kind::Channel => {
            inbox::channel(reads, viewer, uuid).await.map_err(failed)?.map(|row| Node::Channel(row.into()))
        }
        Kind::Group => inbox::groups_by_id(reads, viewer, &[GroupId::from_uuid(uuid)])
            .await
            .map_err(failed)?
            .pop()
            .map(|row| Node::Group(row.into())),
        Kind::Lead => lead::by_id(context, uuid, &selected).await?.map(Node::Lead),
    })
}
