//! `node(id)` and `nodes(ids)`: anything that has a global id.

use std::collections::HashMap;

use async_graphql::{Context, Error, ID, Interface, Object};
use leadflow_domain::{ContactId, GroupId};
use leadflow_projections::inbox;
use leadflow_projections::usage::LineKey;
use uuid::Uuid;

use super::api::Request;
use super::channel::Channel;
use super::contact::Contact;
use super::conversation::{self, Conversation, Message, Note};
use super::failure::{bad_input, internal};
use super::global_id::{Kind, decode, encode};
use super::group::Group;
use super::lead::{self, Lead};
use super::tenant::{self, Tenant};
use super::usage::{self, UsageLine, line_of};

/// Anything that has a global id.
#[derive(Clone, Interface)]
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
    /// A business.
    Tenant(Tenant),
    /// What was used on one day.
    UsageLine(UsageLine),
}

/// Things that one query may ask for.
const MOST: usize = 100;

/// The queries.
#[derive(Default)]
pub(super) struct NodeQueries;

#[Object]
impl NodeQueries {
    /// Anything by its global id; null when there is nothing with this id.
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global id.")] id: ID,
    ) -> Option<Result<Node, Error>> {
        let found = async { Ok(find(context, "id", &[id]).await?.pop().flatten()) };
        found.await.transpose()
    }

    /// Anything by its global id, in the order of `ids`; null in the place of an id with which there is nothing.
    #[graphql(complexity = "1 + ids.len().min(MOST) * child_complexity")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.")] ids: Vec<ID>,
    ) -> Option<Result<Vec<Option<Node>>, Error>> {
        let found = async {
            if ids.len() > MOST {
                return Err(bad_input("ids", &format!("`ids` must be at most {MOST}")));
            }
            find(context, "ids", &ids).await
        };
        Some(found.await)
    }
}

/// What is there with each of `ids`, which are in `argument`: one statement for each kind of them.
async fn find(context: &Context<'_>, argument: &str, ids: &[ID]) -> Result<Vec<Option<Node>>, Error> {
    Request::of(context)?;
    let mut found = HashMap::new();
    let lines: Vec<LineKey> = ids.iter().filter_map(line_of).collect();
    if !lines.is_empty() {
        let keys: Vec<&LineKey> = lines.iter().collect();
        let lines = usage::by_keys(context, &keys, &context.look_ahead()).await?;
        found.extend(lines.into_iter().map(|line| (line.id.clone(), Node::UsageLine(line))));
    }
    let others =
        ids.iter().filter(|id| line_of(id).is_none()).map(|id| decode(argument, id)).collect::<Result<Vec<_>, _>>()?;
    for kind in Kind::ALL {
        let of_kind: Vec<Uuid> = others.iter().filter(|(of, _)| *of == kind).map(|(_, id)| *id).collect();
        if !of_kind.is_empty() {
            found.extend(of(context, kind, &of_kind).await?.into_iter().map(|(id, node)| (encode(kind, id), node)));
        }
    }
    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
}

/// Those of `ids` that there are, which are all of one kind.
async fn of(context: &Context<'_>, kind: Kind, ids: &[Uuid]) -> Result<Vec<(Uuid, Node)>, Error> {
    let request = Request::of(context)?;
    let (reads, viewer) = (&request.api.reads, request.viewer.context());
    let failed = |error: sqlx::Error| internal("node", &error);
    let selected = context.look_ahead();
    Ok(match kind {
        Kind::Conversation => {
            let found = conversation::by_ids(context, ids, &selected).await?;
            found.into_iter().map(|found| (found.uuid(), Node::Conversation(found))).collect()
        }
        Kind::Message => {
            let rows = inbox::messages(reads, viewer, ids).await.map_err(failed)?;
            rows.into_iter().map(|row| (row.id, Node::Message(row.into()))).collect()
        }
        Kind::Note => {
            let rows = inbox::notes(reads, viewer, ids).await.map_err(failed)?;
            rows.into_iter().map(|row| (row.id, Node::Note(row.into()))).collect()
        }
        Kind::Contact => {
            let ids: Vec<ContactId> = ids.iter().copied().map(ContactId::from_uuid).collect();
            let rows = inbox::contacts_by_id(reads, viewer, &ids).await.map_err(failed)?;
            rows.into_iter().map(|row| (row.id, Node::Contact(row.into()))).collect()
        }
        Kind::Channel => {
            let rows = inbox::channels_by_id(reads, viewer, ids).await.map_err(failed)?;
            rows.into_iter().map(|row| (row.id, Node::Channel(row.into()))).collect()
        }
        Kind::Lead => {
            let found = lead::by_ids(context, ids, &selected).await?;
            found.into_iter().map(|found| (found.uuid(), Node::Lead(found))).collect()
        }
        Kind::Group => {
            let ids: Vec<GroupId> = ids.iter().copied().map(GroupId::from_uuid).collect();
            let rows = inbox::groups_by_id(reads, viewer, &ids).await.map_err(failed)?;
            rows.into_iter().map(|row| (row.id, Node::Group(row.into()))).collect()
        }
        Kind::Tenant => {
            // A viewer has one.
            let viewers = request.viewer.tenant().as_uuid();
            let found = if ids.contains(&viewers) { tenant::of_viewer(context).await? } else { None };
            found.into_iter().map(|found| (viewers, Node::Tenant(found))).collect()
        }
    })
}
