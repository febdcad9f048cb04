//! Reports: how much there was of what the business does, how long it took, and the events behind each number.

mod counts;
mod durations;
mod events;
mod now;
mod question;
mod resolutions;
mod words;

use async_graphql::MergedObject;

/// Queries about what the business does.
#[derive(MergedObject, Default)]
pub(super) struct AnalyticsQueries(
    counts::CountReports,
    durations::DurationReports,
    resolutions::ResolutionReports,
    now::OpenConversations,
    events::ReportEvents,
);
