//! What is measured and counted, and by which definitions. A definition is code with a version: a change is a version
//! more, beside those that are there, and a new version of the read model; then all of them answer for all of history.

use super::point::Moment;
use super::timeline::Timeline;
use crate::word::Word;

/// A duration that is measured: each time it is, is a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
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

impl Word for Metric {
    const ALL: &'static [Self] = &[
        Self::FirstResponseTime,
        Self::ReplyTime,
        Self::FirstAssignmentToResponse,
        Self::LastAssignmentToResponse,
        Self::FirstResolutionTime,
        Self::CycleResolutionTime,
        Self::TotalOpenTime,
        Self::HandlingTime,
        Self::ReopenedAfterOwnResolve,
        Self::SpeedToLead,
        Self::TimeAsNew,
        Self::TimeAsQualified,
        Self::TimeAsDisqualified,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::FirstResponseTime => "first_response_time",
            Self::ReplyTime => "reply_time",
            Self::FirstAssignmentToResponse => "first_assignment_to_response",
            Self::LastAssignmentToResponse => "last_assignment_to_response",
            Self::FirstResolutionTime => "first_resolution_time",
            Self::CycleResolutionTime => "cycle_resolution_time",
            Self::TotalOpenTime => "total_open_time",
            Self::HandlingTime => "handling_time",
            Self::ReopenedAfterOwnResolve => "reopened_after_own_resolve",
            Self::SpeedToLead => "speed_to_lead",
            Self::TimeAsNew => "time_as_new",
            Self::TimeAsQualified => "time_as_qualified",
            Self::TimeAsDisqualified => "time_as_disqualified",
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Count {
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

impl Word for Count {
    const ALL: &'static [Self] = &[
        Self::ConversationsOpened,
        Self::ConversationsReopened,
        Self::MessagesIn,
        Self::MessagesOutHuman,
        Self::MessagesOutBot,
        Self::Resolutions,
        Self::LeadsCaptured,
        Self::LeadsQualified,
        Self::LeadsDisqualified,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::ConversationsOpened => "conversations_opened",
            Self::ConversationsReopened => "conversations_reopened",
            Self::MessagesIn => "messages_in",
            Self::MessagesOutHuman => "messages_out_human",
            Self::MessagesOutBot => "messages_out_bot",
            Self::Resolutions => "resolutions",
            Self::LeadsCaptured => "leads_captured",
            Self::LeadsQualified => "leads_qualified",
            Self::LeadsDisqualified => "leads_disqualified",
        }
    }
}

/// What is counted once, however often it happens in some time: over several times it can't be added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distinct {
    /// Conversations that were resolved.
    ConversationsResolved,
    /// Contacts one of whose conversations was resolved; a group is none.
    ContactsServed,
}

/// Whatever can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// How often.
    Count(Count),
    /// How many different ones.
    Distinct(Distinct),
    /// How long.
    Duration(Metric),
}

impl Measure {
    /// As [`Metric::versions`]. What is counted has one so far.
    #[must_use]
    pub fn versions(self) -> &'static [i16] {
        match self {
            Self::Count(_) | Self::Distinct(_) => &[1],
            Self::Duration(metric) => metric.versions(),
        }
    }

    /// As [`Metric::definition`].
    #[must_use]
    pub fn definition(self, version: i16) -> Option<&'static str> {
        match self {
            Self::Duration(metric) => metric.definition(version),
            Self::Count(count) => (version == 1).then(|| count.definition()),
            Self::Distinct(distinct) => (version == 1).then(|| distinct.definition()),
        }
    }
}

impl Count {
    fn definition(self) -> &'static str {
        match self {
            Self::ConversationsOpened => {
                "Conversations that began, by when the customer first wrote, or by when they were imported."
            }
            Self::ConversationsReopened => {
                "Resolved conversations that came up again. What was set aside and comes up again is not among them."
            }
            Self::MessagesIn => "Messages of customers, by the provider's time. Notes and imported messages are none.",
            Self::MessagesOutHuman => {
                "Messages of the business that no bot wrote, by the provider's time. Notes and imported messages are none."
            }
            Self::MessagesOutBot => {
                "Messages that a bot of the provider's wrote for the business, by the provider's time."
            }
            Self::Resolutions => "Resolves. A conversation that was resolved twice counts twice.",
            Self::LeadsCaptured => "Leads, by when they were captured.",
            Self::LeadsQualified => "Leads, each time that they became qualified.",
            Self::LeadsDisqualified => "Leads, each time that they became disqualified.",
        }
    }
}

impl Distinct {
    fn definition(self) -> &'static str {
        match self {
            Self::ConversationsResolved => {
                "Conversations that were resolved, each once in the time that a number is of."
            }
            Self::ContactsServed => {
                "Contacts one of whose conversations was resolved, each once in the time that a number is of. A group is none."
            }
        }
    }
}

/// From when something is measured, as a conversation stands when it ends.
type Since = fn(&Timeline) -> Option<Moment>;

/// From when a first response is measured, by version of the definition.
pub(super) const FIRST_RESPONSE: &[(i16, Since)] = &[(1, Timeline::was_left_to_people), (2, Timeline::was_asked)];

impl Metric {
    /// The versions of its definition that are computed, the one that answers unless another is asked for first.
    #[must_use]
    pub fn versions(self) -> &'static [i16] {
        match self {
            // As in `FIRST_RESPONSE`.
            Self::FirstResponseTime => &[1, 2],
            Self::ReplyTime
            | Self::FirstAssignmentToResponse
            | Self::LastAssignmentToResponse
            | Self::FirstResolutionTime
            | Self::CycleResolutionTime
            | Self::TotalOpenTime
            | Self::HandlingTime
            | Self::ReopenedAfterOwnResolve
            | Self::SpeedToLead
            | Self::TimeAsNew
            | Self::TimeAsQualified
            | Self::TimeAsDisqualified => &[1],
        }
    }

    /// What a version of its definition says, in a sentence; `None` where there is no such version.
    #[must_use]
    pub fn definition(self, version: i16) -> Option<&'static str> {
        let said = match (self, version) {
            (Self::FirstResponseTime, 1) => {
                "The first human answer minus the later of the opening, the customer's first message and the last answer \
                 of a bot before it."
            }
            (Self::FirstResponseTime, 2) => {
                "The first human answer minus the later of the opening and the customer's first message, whether or not a \
                 bot was in between."
            }
            (Self::ReplyTime, 1) => {
                "Each later human answer minus the customer's first message since that nobody had answered. A bot's answer \
                 is none; what was resolved waits no more."
            }
            (Self::FirstAssignmentToResponse, 1) => {
                "A human answer minus the first assignment since the answer before it. What was unassigned or resolved in \
                 between is not measured."
            }
            (Self::LastAssignmentToResponse, 1) => {
                "A human answer minus the last assignment before it, if there was one since the answer before. What was \
                 unassigned or resolved in between is not measured."
            }
            (Self::FirstResolutionTime, 1) => "The first resolve minus the opening.",
            (Self::CycleResolutionTime, 1) => "Each resolve minus the opening or reopening that began its cycle.",
            (Self::TotalOpenTime, 1) => {
                "Each stretch from opening, reopening or waking until it was resolved or set aside; their sum is the number."
            }
            (Self::HandlingTime, 1) => "Each stretch in which it was open, not set aside, and assigned to the member.",
            (Self::ReopenedAfterOwnResolve, 1) => {
                "A reopening minus the resolve that it undoes, of the member to whom it was assigned when it was resolved."
            }
            (Self::SpeedToLead, 1) => {
                "The first human message after the capture, in the same conversation, minus the capture."
            }
            (Self::TimeAsNew, 1) => "Being qualified or disqualified minus the capture.",
            (Self::TimeAsQualified, 1) => "Being disqualified minus being qualified.",
            (Self::TimeAsDisqualified, 1) => "Being qualified minus being disqualified.",
            (_, _) => return None,
        };
        Some(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_says_what_it_measures() {
        for metric in Metric::ALL {
            let said = (-1..9).filter(|version| metric.definition(*version).is_some());
            assert_eq!(said.collect::<Vec<_>>(), metric.versions(), "{metric:?}");
        }
        let computed: Vec<i16> = FIRST_RESPONSE.iter().map(|(version, _)| *version).collect();
        assert_eq!(computed, Metric::FirstResponseTime.versions());
    }

    #[test]
    fn whatever_can_be_asked_for_says_what_it_is() {
        let counts = Count::ALL.iter().copied().map(Measure::Count);
        let durations = Metric::ALL.iter().copied().map(Measure::Duration);
        let distinct = [Distinct::ConversationsResolved, Distinct::ContactsServed].map(Measure::Distinct);
        for measure in counts.chain(durations).chain(distinct) {
            let said = (-1..9).filter(|version| measure.definition(*version).is_some());
            assert_eq!(said.collect::<Vec<_>>(), measure.versions(), "{measure:?}");
        }
    }

    #[test]
    fn the_document_names_each_of_them() {
        let document = include_str!("../../../docs/METRICS.md");
        let words = Metric::ALL.iter().map(|metric| metric.word()).chain(Count::ALL.iter().map(|count| count.word()));
        let missing: Vec<_> = words.filter(|word| !document.contains(&format!("`{word}`"))).collect();
        assert_eq!(missing, [""; 0]);
    }
}
