//! `explainAssignment`.

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::routing::{RoutingEvent, WorkItem, explain};
use leadflow_domain::{ConversationId, Event, LeadId, RoutingId};
use leadflow_event_store::PersonalValues;

use super::explanation::AssignmentExplanation;
use crate::graphql::api::Request;
use crate::graphql::failure::{bad_input, internal};
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
    /// Why a conversation or a lead was given to whoever was given it by the rules, the latest time: who there was and how each stood,
    /// found out anew from what happened before. Null when it never was, also of what you don't see; what people said themselves
    /// has no other reason. Of which, one of the two says.
    #[graphql(complexity = "HISTORY + child_complexity")]
    async fn explain_assignment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The conversation's id.")] conversation_id: Option<ID>,
        #[graphql(desc = "The lead's id.")] lead_id: Option<ID>,
    ) -> Option<Result<AssignmentExplanation, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (kind, id, work) = match (conversation_id, lead_id) {
                (Some(id), None) => {
                    let id = decode_as(Kind::Conversation, "conversationId", &id)?;
                    (Kind::Conversation, id, WorkItem::Conversation(ConversationId::from_uuid(id)))
                }
                (None, Some(id)) => {
                    let id = decode_as(Kind::Lead, "leadId", &id)?;
                    (Kind::Lead, id, WorkItem::Lead(LeadId::from_uuid(id)))
                }
                (None, None) | (Some(_), Some(_)) => {
                    return Err(bad_input(
                        "conversationId",
                        "either `conversationId` or `leadId`: one of them is needed",
                    ));
                }
            };
            if !sees(request, kind, id).await? {
                return Ok(None);
            }
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
