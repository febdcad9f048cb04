//! Reports: how much there was of what the business does, how long it took, and the events behind each number.

mod answers;
mod cell;
mod events;
mod figures;
mod question;
mod report;
mod words;

use async_graphql::MergedObject;

/// Queries about what the business does.
#[derive(MergedObject, Default)]
pub(super) struct AnalyticsQueries(report::Reports, events::ReportEvents);
