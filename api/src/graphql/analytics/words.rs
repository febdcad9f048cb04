//! What reports are about, as the API says it.

use async_graphql::Enum;
use leadflow_projections::analytics::{Count, Distinct, Measure, Metric as Duration};

/// What can be asked for. docs/METRICS.md says when each counts, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub(super) enum Metric {
    /// Conversations that began. A COUNT.
    ConversationsOpened,
    /// Resolved conversations that came up again. A COUNT.
    ConversationsReopened,
    /// Messages of customers. A COUNT.
    MessagesIn,
    /// Messages that people of the business wrote. A COUNT.
    MessagesOutHuman,
    /// Messages that a bot of the provider's wrote for the business. A COUNT.
    MessagesOutBot,
    /// Resolves: a conversation may be resolved several times. A COUNT.
    Resolutions,
    /// Leads, by when they were captured. A COUNT.
    LeadsCaptured,
    /// Leads that became qualified. A COUNT.
    LeadsQualified,
    /// Leads that became disqualified. A COUNT.
    LeadsDisqualified,
    /// Conversations that were resolved, each once. A DISTINCT.
    ConversationsResolved,
    /// Contacts one of whose conversations was resolved, each once; a group is none. A DISTINCT.
    ContactsServed,
    /// Until somebody of the business first answered the customer, once in a conversation. A DURATION.
    FirstResponseTime,
    /// Until each later answer, from the first message of the customer's that nobody had answered. A DURATION.
    ReplyTime,
    /// From the first assignment since the last answer until the next one. A DURATION.
    FirstAssignmentToResponse,
    /// From the last assignment before an answer until that. A DURATION.
    LastAssignmentToResponse,
    /// From the opening until it was first resolved. A DURATION.
    FirstResolutionTime,
    /// From the opening or a reopening until the resolve that ends the cycle. A DURATION.
    CycleResolutionTime,
    /// Each stretch in which it was open, and not set aside. A DURATION.
    TotalOpenTime,
    /// Each stretch in which it was open and assigned to the member. A DURATION.
    HandlingTime,
    /// From a resolve until the matter came up again, of the member who had it when it was resolved. A DURATION.
    ReopenedAfterOwnResolve,
    /// From the capture of the lead until somebody of the business first wrote to her. A DURATION.
    SpeedToLead,
    /// How long a lead was new. A DURATION.
    TimeAsNew,
    /// How long a lead was qualified. A DURATION.
    TimeAsQualified,
    /// How long a lead was disqualified. A DURATION.
    TimeAsDisqualified,
}

impl Metric {
    pub(super) fn measure(self) -> Measure {
        match self {
            Self::ConversationsOpened => Measure::Count(Count::ConversationsOpened),
            Self::ConversationsReopened => Measure::Count(Count::ConversationsReopened),
            Self::MessagesIn => Measure::Count(Count::MessagesIn),
            Self::MessagesOutHuman => Measure::Count(Count::MessagesOutHuman),
            Self::MessagesOutBot => Measure::Count(Count::MessagesOutBot),
            Self::Resolutions => Measure::Count(Count::Resolutions),
            Self::LeadsCaptured => Measure::Count(Count::LeadsCaptured),
            Self::LeadsQualified => Measure::Count(Count::LeadsQualified),
            Self::LeadsDisqualified => Measure::Count(Count::LeadsDisqualified),
            Self::ConversationsResolved => Measure::Distinct(Distinct::ConversationsResolved),
            Self::ContactsServed => Measure::Distinct(Distinct::ContactsServed),
            Self::FirstResponseTime => Measure::Duration(Duration::FirstResponseTime),
            Self::ReplyTime => Measure::Duration(Duration::ReplyTime),
            Self::FirstAssignmentToResponse => Measure::Duration(Duration::FirstAssignmentToResponse),
            Self::LastAssignmentToResponse => Measure::Duration(Duration::LastAssignmentToResponse),
            Self::FirstResolutionTime => Measure::Duration(Duration::FirstResolutionTime),
            Self::CycleResolutionTime => Measure::Duration(Duration::CycleResolutionTime),
            Self::TotalOpenTime => Measure::Duration(Duration::TotalOpenTime),
            Self::HandlingTime => Measure::Duration(Duration::HandlingTime),
            Self::ReopenedAfterOwnResolve => Measure::Duration(Duration::ReopenedAfterOwnResolve),
            Self::SpeedToLead => Measure::Duration(Duration::SpeedToLead),
            Self::TimeAsNew => Measure::Duration(Duration::TimeAsNew),
            Self::TimeAsQualified => Measure::Duration(Duration::TimeAsQualified),
            Self::TimeAsDisqualified => Measure::Duration(Duration::TimeAsDisqualified),
        }
    }

    pub(super) fn kind(self) -> MetricKind {
        match self.measure() {
            Measure::Count(_) => MetricKind::Count,
            Measure::Distinct(_) => MetricKind::Distinct,
            Measure::Duration(_) => MetricKind::Duration,
        }
    }
}

/// What sort of number a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum MetricKind {
    /// How often something happened: several times' numbers add up.
    Count,
    /// How many different ones, each once in the time that a number is of: several times' numbers don't add up.
    Distinct,
    /// How long something took: counted where it ended. Several times' medians and percentiles don't add up.
    Duration,
}

/// What `value` is told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum MetricUnit {
    /// So many.
    Number,
    /// Seconds.
    Seconds,
}

impl From<MetricKind> for MetricUnit {
    fn from(kind: MetricKind) -> Self {
        match kind {
            MetricKind::Count | MetricKind::Distinct => Self::Number,
            MetricKind::Duration => Self::Seconds,
        }
    }
}

/// What the days of a report are cut into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::analytics::Interval")]
pub(super) enum ReportInterval {
    /// Quarters of an hour, at most 1,500 of them: 15 days.
    QuarterHour,
    /// Hours as clocks show them, at most 1,500 of them: 62 days. One that clocks show twice is two.
    Hour,
    /// Days, of 23 to 25 hours where clocks change.
    Day,
    /// Weeks from Monday on. The first and the last may be cut by the report's days.
    Week,
    /// Months. The first and the last may be cut by the report's days.
    Month,
    /// All days at once.
    Whole,
}

/// What a report can be split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum ReportDimension {
    /// The channel of the conversation.
    Channel,
    /// The member to whom it is credited: who had the conversation then, unless the metric says otherwise.
    Member,
    /// Where the conversation's lead came from, as far as it had been captured then.
    Source,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use async_graphql::resolver_utils::EnumType;

    use super::*;

    #[test]
    fn each_metric_is_a_number_of_its_own() {
        let measures: HashSet<Measure> = Metric::items().iter().map(|item| item.value.measure()).collect();
        assert_eq!(measures.len(), Metric::items().len());
    }
}
