//! `analyticsEvents`: for every value of a report the events behind it.
//!
//! A query of its own, and not a field of each value: who pages through what is behind one value asks for that alone, and a
//! report doesn't read the events of all its values.

use std::collections::HashMap;

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::Keyset;
use leadflow_projections::analytics::{BadQuestion, EventRow, Measured, behind, count_behind};
use uuid::Uuid;

use super::cell::Cell;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::conversation::{self, Conversation};
use crate::graphql::failure::{bad_input, internal};
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::lead::LeadSource;
use crate::graphql::log_id::LogId;

/// The query.
#[derive(Default)]
pub(super) struct ReportEvents;

/// An event that a value of a report rests on.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct AnalyticsEvent {
    /// When: the time at which it counts. A duration counts where it ended.
    at: Timestamp,
    /// The global id of the conversation in which it happened.
    conversation_id: ID,
    /// That conversation; null while the inbox has not come that far.
    conversation: Option<Conversation>,
    /// The member to whom it is credited; null where that is nobody.
    member_id: Option<ID>,
    /// Where the conversation's lead came from; null where none had been captured.
    source: Option<LeadSource>,
    /// The id of the event that tells of it, in the log: of a duration, the event that it ended with.
    event: LogId,
    /// The duration that ended with it; null where something is counted and not measured.
    duration: Option<MeasuredDuration>,
}

/// A duration that was measured.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct MeasuredDuration {
    /// When it began.
    began_at: Timestamp,
    /// The id of the event that it began with, in the log.
    began_with: LogId,
    /// How long it was by the clock, in whole seconds.
    seconds: i64,
    /// How many of these seconds the business was open; null unless it had a schedule all the while.
    business_seconds: Option<i64>,
}

#[Object]
impl ReportEvents {
    /// The events behind a value of a report, latest first: of a COUNT as many as it counts, of a DURATION one for each duration,
    /// of a DISTINCT each resolve, also of what was resolved before.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn analytics_events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which value: the `cell` of its figures.")] of: ID,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<AnalyticsEvent>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let cell = Cell::read(&of)?;
            let scope = List::AnalyticsEvents.narrowed(&of);
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = behind(reads, viewer, &cell.behind(), page).await.map_err(|error| failed(&error))?;
            let selected = context.look_ahead();
            let total = if selected.field("totalCount").exists() {
                Some(count_behind(reads, viewer, &cell.behind()).await.map_err(|error| failed(&error))?)
            } else {
                None
            };
            let mut conversations: HashMap<Uuid, Conversation> = HashMap::new();
            let conversation = selected.field("edges").field("node").field("conversation");
            if conversation.exists() && !rows.is_empty() {
                let mut ids: Vec<Uuid> = rows.iter().map(|row| row.conversation).collect();
                ids.sort_unstable();
                ids.dedup();
                let found = conversation::by_ids(context, &ids, &conversation).await?;
                conversations.extend(found.into_iter().map(|conversation| (conversation.uuid(), conversation)));
            }
            let rows = rows.into_iter().map(|row| {
                let conversation = conversations.get(&row.conversation).cloned();
                (EventRow::keyset(&row), AnalyticsEvent::new(row, conversation))
            });
            let rows: Vec<(Keyset, AnalyticsEvent)> = rows.collect();
            Ok(connection(scope, page, rows, total))
        };
        Some(found.await)
    }
}

fn failed(error: &BadQuestion) -> Error {
    match error {
        BadQuestion::NoSuchDefinition { .. } => bad_input("of", &error.to_string()),
        BadQuestion::Database(cause) => internal("analyticsEvents", cause),
    }
}

impl AnalyticsEvent {
    fn new(row: EventRow, conversation: Option<Conversation>) -> Self {
        Self {
            at: row.at,
            conversation_id: encode(Kind::Conversation, row.conversation),
            conversation,
            member_id: row.member.map(ID::from),
            source: row.source.map(LeadSource::from),
            event: row.event.into(),
            duration: row.measured.map(MeasuredDuration::from),
        }
    }
}

impl From<Measured> for MeasuredDuration {
    fn from(measured: Measured) -> Self {
        Self {
            began_at: measured.began_at,
            began_with: measured.began_with.into(),
            seconds: measured.seconds,
            business_seconds: measured.business_seconds,
        }
    }
}
