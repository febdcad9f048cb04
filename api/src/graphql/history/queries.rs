//! `history`: who did what with one thing, when, and why. It reads the thing's own events from the log.

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::channel::Channel;
use leadflow_domain::contact::Contact;
use leadflow_domain::conversation::Conversation;
use leadflow_domain::group::Group;
use leadflow_domain::lead::Lead;
use leadflow_domain::outbound_message::OutboundMessage;
use leadflow_domain::tenant::Tenant;
use leadflow_domain::{Decide, StreamId};
use leadflow_event_store::{HistoryRange, RecordedActor};
use leadflow_projections::inbox;
use uuid::Uuid;

use super::actors::ActorNames;
use super::types::HistoryEvent;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::{bad_input, internal};
use crate::graphql::global_id::{Kind, decode};
use crate::graphql::numbered::{self, Numbers};
use crate::graphql::seen::sees;

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct HistoryQueries;

#[Object]
impl HistoryQueries {
    /// What happened to one thing, newest first: a conversation, a contact, a lead, a channel, a group, the business, or a message
    /// of the business. Null when there is nothing with this id, and for a message of a customer: her conversation's history
    /// tells of it. It may be a moment ahead of what else is shown.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<HistoryEvent>, Error>> {
        find(context, &id, &Window { first, after, last, before }).await.transpose()
    }
}

async fn find(context: &Context<'_>, id: &ID, window: &Window) -> Result<Option<Connection<HistoryEvent>>, Error> {
    let request = Request::of(context)?;
    let (kind, uuid) = decode("id", id)?;
    if !sees(request, kind, uuid).await? {
        return Ok(None);
    }
    match kind {
        Kind::Conversation => of::<Conversation>(context, uuid, window).await,
        Kind::Contact => of::<Contact>(context, uuid, window).await,
        Kind::Lead => of::<Lead>(context, uuid, window).await,
        Kind::Channel => of::<Channel>(context, uuid, window).await,
        Kind::Group => of::<Group>(context, uuid, window).await,
        Kind::Tenant => of::<Tenant>(context, uuid, window).await,
        Kind::Message => {
            let found = inbox::outbound_message(&request.api.reads, request.viewer.context(), uuid).await;
            match found.map_err(|error| internal("history", &error))? {
                Some(message) => of::<OutboundMessage>(context, message, window).await,
                None => Ok(None),
            }
        }
        Kind::Note => Err(bad_input("id", "a Note has no history of its own: its conversation's tells of it")),
    }
}

/// The history of one stream, if it is the viewer's.
async fn of<A: Decide>(
    context: &Context<'_>,
    id: Uuid,
    window: &Window,
) -> Result<Option<Connection<HistoryEvent>>, Error> {
    let request = Request::of(context)?;
    let (log, tenant, stream) = (&request.api.log, request.viewer.tenant(), StreamId::from_uuid(id));
    let scope = List::History.narrowed(&(A::TYPE, id));
    let page = window.page(scope)?;
    let total = log.version::<A>(tenant, stream).await.map_err(|error| internal("history", &error))?;
    if total == 0 {
        return Ok(None);
    }
    let Numbers { within: versions, from_smallest: from_oldest, limit } = Numbers::of(&page);
    let events = log
        .history::<A>(tenant, stream, HistoryRange { versions, from_oldest, limit })
        .await
        .map_err(|error| internal("history", &error))?;
    let actors: Vec<RecordedActor> = events.iter().filter_map(|event| event.actor.clone()).collect();
    let names = ActorNames::of(context, &context.look_ahead().field("edges").field("node"), &actors).await?;
    let rows = events.into_iter().map(|event| (numbered::keyset(event.version), HistoryEvent::of(event, &names)));
    Ok(Some(connection(scope, page, rows, Some(total))))
}
