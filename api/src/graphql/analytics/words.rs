//! What reports are about, as the API says it.

use async_graphql::Enum;

/// What is counted. docs/METRICS.md says when and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::analytics::Count")]
pub(super) enum CountMetric {
    /// Conversations that began.
    ConversationsOpened,
    /// Resolved conversations that came up again.
    ConversationsReopened,
    /// Messages of customers.
    MessagesIn,
    /// Messages that people of the business wrote.
    MessagesOutHuman,
    /// Messages that a bot of the provider's wrote for the business.
    MessagesOutBot,
    /// Resolves: a conversation may be resolved several times.
    Resolutions,
    /// Leads, by when they were captured.
    LeadsCaptured,
    /// Leads that became qualified.
    LeadsQualified,
    /// Leads that became disqualified.
    LeadsDisqualified,
}

/// What is measured, in seconds. docs/METRICS.md says when and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::analytics::Metric")]
pub(super) enum DurationMetric {
    /// Until somebody of the business first answered the customer, once in a conversation.
    FirstResponseTime,
    /// Until each later answer, from the first message of the customer's that nobody had answered.
    ReplyTime,
    /// From the first assignment since the last answer until the next one.
    FirstAssignmentToResponse,
    /// From the last assignment before an answer until that.
    LastAssignmentToResponse,
    /// From the opening until it was first resolved.
    FirstResolutionTime,
    /// From the opening or a reopening until the resolve that ends the cycle.
    CycleResolutionTime,
    /// Each stretch in which it was open, and not set aside.
    TotalOpenTime,
    /// Each stretch in which it was open and assigned to the member.
    HandlingTime,
    /// From a resolve until the matter came up again, of the member who had it when it was resolved.
    ReopenedAfterOwnResolve,
    /// From the capture of the lead until somebody of the business first wrote to her.
    SpeedToLead,
    /// How long a lead was new.
    TimeAsNew,
    /// How long a lead was qualified.
    TimeAsQualified,
    /// How long a lead was disqualified.
    TimeAsDisqualified,
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
    /// All days at once: one number, where those of shorter times can't be added up, as medians.
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
