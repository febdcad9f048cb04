//! For every number of a report the events behind it.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::analytics::{FactRow, PointRow, count_facts, count_points, facts, points};

use super::durations::definition;
use super::question::{ReportFilterInput, failed, span};
use super::words::{CountMetric, DurationMetric};
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::lead::LeadSource;

/// The queries.
#[derive(Default)]
pub(super) struct ReportEvents;

/// Something that was counted.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct CountedEvent {
    /// The global id of the conversation in which it happened.
    conversation_id: ID,
    /// When: the time at which it counts.
    at: Timestamp,
    /// The member to whom it is credited; null where that is nobody.
    member_id: Option<ID>,
    /// Where the conversation's lead came from; null where none had been captured.
    source: Option<LeadSource>,
    /// The id of the event that tells of it, in the log.
    event: ID,
}

/// A duration that was measured.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct MeasuredDuration {
    /// The global id of the conversation in which it was.
    conversation_id: ID,
    /// The member to whom it is credited; null where that is nobody.
    member_id: Option<ID>,
    /// Where the conversation's lead came from; null where none had been captured.
    source: Option<LeadSource>,
    /// When it began.
    began_at: Timestamp,
    /// When it ended: the time at which it counts.
    ended_at: Timestamp,
    /// How long it was by the clock, in whole seconds.
    seconds: i64,
    /// How many of these seconds the business was open; null unless it had a schedule all the while.
    business_seconds: Option<i64>,
    /// The id of the event that it began with, in the log.
    began_with: ID,
    /// The id of the event that it ended with, in the log.
    ended_with: ID,
}

/// What was counted in some time.
#[derive(InputObject)]
pub(super) struct CountedEventsInput {
    /// What is counted.
    metric: CountMetric,
    /// From when on, as a report's bucket says.
    from: Timestamp,
    /// Until before when, at most 32 days later: a longer time's events are listed in parts.
    until: Timestamp,
    /// What it is narrowed to.
    filter: Option<ReportFilterInput>,
}

/// What was measured where it ended in some time.
#[derive(InputObject)]
pub(super) struct MeasuredDurationsInput {
    /// What is measured.
    metric: DurationMetric,
    /// By which version of its definition; by the first of its report's `versions` when not given.
    version: Option<i32>,
    /// From when on, as a report's bucket says.
    from: Timestamp,
    /// Until before when, at most 32 days later: a longer time's durations are listed in parts.
    until: Timestamp,
    /// What it is narrowed to.
    filter: Option<ReportFilterInput>,
}

#[Object]
impl ReportEvents {
    /// The events that a count counts, latest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn count_report_events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which of them.")] of: CountedEventsInput,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Result<Connection<CountedEvent>, Error> {
        let request = Request::of(context)?;
        let (reads, viewer) = (&request.api.reads, request.viewer.context());
        let (span, filter) = (span(of.from, of.until)?, of.filter.unwrap_or_default().read()?);
        let count = of.metric.into();
        let scope = List::CountedEvents.narrowed(&(of.metric, &span, &filter));
        let page = Window { first, after, last, before }.page(scope)?;
        let rows = points(reads, viewer, &span, count, &filter, page)
            .await
            .map_err(|error| internal("countReportEvents", &error))?;
        let total = if context.look_ahead().field("totalCount").exists() {
            let total = count_points(reads, viewer, &span, count, &filter).await;
            Some(total.map_err(|error| internal("countReportEvents.totalCount", &error))?)
        } else {
            None
        };
        let rows = rows.into_iter().map(|row| (PointRow::keyset(&row), CountedEvent::from(row)));
        Ok(connection(scope, page, rows, total))
    }

    /// The durations that a report's figures are of, those that ended last first, each with the events that it began and ended
    /// with.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn duration_report_events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which of them.")] of: MeasuredDurationsInput,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Result<Connection<MeasuredDuration>, Error> {
        let request = Request::of(context)?;
        let (reads, viewer) = (&request.api.reads, request.viewer.context());
        let (span, filter) = (span(of.from, of.until)?, of.filter.unwrap_or_default().read()?);
        let known = definition(of.metric.into(), of.version)?;
        let measured = (known.metric, known.version);
        let scope = List::MeasuredDurations.narrowed(&(measured, &span, &filter));
        let page = Window { first, after, last, before }.page(scope)?;
        let rows = facts(reads, viewer, &span, measured, &filter, page)
            .await
            .map_err(|error| failed("durationReportEvents", &error))?;
        let total = if context.look_ahead().field("totalCount").exists() {
            let total = count_facts(reads, viewer, &span, measured, &filter).await;
            Some(total.map_err(|error| failed("durationReportEvents.totalCount", &error))?)
        } else {
            None
        };
        let rows = rows.into_iter().map(|row| (FactRow::keyset(&row), MeasuredDuration::from(row)));
        Ok(connection(scope, page, rows, total))
    }
}

impl From<PointRow> for CountedEvent {
    fn from(row: PointRow) -> Self {
        Self {
            conversation_id: encode(Kind::Conversation, row.conversation),
            at: row.at,
            member_id: row.member.map(ID::from),
            source: row.source.map(LeadSource::from),
            event: row.event.into(),
        }
    }
}

impl From<FactRow> for MeasuredDuration {
    fn from(row: FactRow) -> Self {
        Self {
            conversation_id: encode(Kind::Conversation, row.conversation),
            member_id: row.member.map(ID::from),
            source: row.source.map(LeadSource::from),
            began_at: row.began_at,
            ended_at: row.ended_at,
            seconds: row.seconds,
            business_seconds: row.business_seconds,
            began_with: row.began_with.into(),
            ended_with: row.ended_with.into(),
        }
    }
}
