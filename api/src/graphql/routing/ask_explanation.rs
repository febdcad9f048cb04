//! `explainAssignment`.

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::routing::{RoutingEvent, WorkItem, explain};
use leadflow_domain::{ConversationId, Event, RoutingId};
use leadflow_event_store::PersonalValues;

use super::explanation::AssignmentExplanation;
use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::seen::sees;

/// Events that are read at once.
const PAGE: i64 = 5_000;

/// What reading the whole of a routing's events is reckoned as, in fields.
pub(super) const HISTORY: usize = 500;

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct ExplanationQueries;

#[Object]
impl ExplanationQueries {
    /// Why a conversation was given to whoever was given it by the rules, the latest time: who there was and how each stood, found
    /// out anew from what happened before. Null when it never was, also of a conversation that you don't see; what people said
    /// themselves has no other reason.
    #[graphql(complexity = "HISTORY + child_complexity")]
    async fn explain_assignment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The conversation's id.")] conversation_id: ID,
    ) -> Option<Result<AssignmentExplanation, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let id = decode_as(Kind::Conversation, "conversationId", &conversation_id)?;
            if !sees(request, Kind::Conversation, id).await? {
                return Ok(None);
            }
            let work = WorkItem::Conversation(ConversationId::from_uuid(id));
            Ok(explain(history(request).await?, work).last().map(AssignmentExplanation::from))
        };
        found.await.transpose()
    }
}

/// All that happened to the routing of whoever asks.
pub(super) async fn history(request: &Request) -> Result<Vec<RoutingEvent>, Error> {
    let (log, stream) = (&request.api.log, RoutingId::of(request.viewer.tenant()).into());
    let mut history = Vec::new();
    let mut version = 0;
    loop {
        let page = log.stream("routing", stream, version, PAGE).await.map_err(|error| internal("routing", &error))?;
        let Some(last) = page.last() else { return Ok(history) };
        version = last.version;
        let events = log.read(page, PersonalValues::Sealed).await.map_err(|error| internal("routing", &error))?;
        let of_routing = |event| if let Event::Routing(event) = event { Some(event) } else { None };
        history.extend(events.into_iter().filter_map(|recorded| of_routing(recorded.event)));
    }
}
