//! The machine: a conversation's points in their order, one by one, to what is measured and counted.
//!
//! All of it is a pure function of the points in their order. [`Timeline`] is how a conversation stands after the last of
//! them, and all that the next one needs.
//!
//! Somebody of the business who answers elsewhere than here is not named: her answers are credited to the member to whom the
//! conversation is assigned then. Set aside is not resolved: a customer waits on, and her cycle goes on, but the
//! conversation is not open and nobody handles it.

use leadflow_domain::lead::LeadSource;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::definitions::{Count, FIRST_RESPONSE, Metric};
use super::point::{Happening, Moment, Point};

/// How a conversation stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Timeline {
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened: Option<Moment>,
    /// When its cycle began, unless it is resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    cycle: Option<Moment>,
    /// Since when it is open, unless it is resolved or set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<Moment>,
    /// When it was last resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<Moment>,
    /// To whom it was assigned then.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_by: Option<Uuid>,
    /// To whom it is assigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<Uuid>,
    /// Since when it is open and assigned to her.
    #[serde(skip_serializing_if = "Option::is_none")]
    handled: Option<Moment>,
    /// Its first and last assignment that nobody has answered after.
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned: Option<(Moment, Moment)>,
    /// The customer's first message.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<Moment>,
    /// The last message of a bot before anybody answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    bot: Option<Moment>,
    /// Whether somebody of the business has answered her.
    #[serde(skip_serializing_if = "is_false")]
    answered: bool,
    /// The customer's first message that nobody has answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Moment>,
    /// Where the lead came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<LeadSource>,
    /// When it was captured, until somebody writes to her.
    #[serde(skip_serializing_if = "Option::is_none")]
    captured: Option<Moment>,
    /// Where the lead stands, and since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<(Stage, Moment)>,
}

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    New,
    Qualified,
    Disqualified,
}

/// A duration that was measured.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Fact {
    pub(super) metric: Metric,
    pub(super) version: i16,
    pub(super) began: Moment,
    pub(super) ended: Moment,
    /// To whom it is credited.
    pub(super) member: Option<Uuid>,
    pub(super) source: Option<LeadSource>,
}

/// To whom and what a point is credited, and what it counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Credited {
    pub(super) member: Option<Uuid>,
    pub(super) source: Option<LeadSource>,
    pub(super) counts_as: Option<Count>,
}

impl Timeline {
    /// Goes on to `point`, which stands behind all before it. What it brings to an end is added to `facts`.
    pub(super) fn step(&mut self, point: &Point, facts: &mut Vec<Fact>) -> Credited {
        let now = point.moment;
        let counts_as = match point.what {
            Happening::Captured(source) => self.capture(now, source),
            Happening::Qualified => self.stand(Stage::Qualified, now, facts),
            Happening::Disqualified => self.stand(Stage::Disqualified, now, facts),
            Happening::Opened => self.begin(now),
            Happening::Reopened => self.reopen(now, facts),
            Happening::Woken => self.wake(now),
            Happening::Snoozed => {
                self.rest(now, facts);
                None
            }
            Happening::Resolved => self.resolve(now, facts),
            Happening::Assigned(member) => self.assign(member, now, facts),
            Happening::Unassigned => self.unassign(now, facts),
            Happening::CustomerWrote => {
                self.asked.get_or_insert(now);
                self.waiting.get_or_insert(now);
                Some(Count::MessagesIn)
            }
            Happening::BotWrote => {
                if !self.answered {
                    self.bot = Some(now);
                }
                Some(Count::MessagesOutBot)
            }
            Happening::HumanWrote => self.answer(now, facts),
        };
        Credited { member: self.assignee, source: self.source, counts_as }
    }

    /// When it began, or the customer first wrote where the business had begun it.
    pub(super) fn was_asked(&self) -> Option<Moment> {
        latest([self.asked, self.opened])
    }

    /// [`Self::was_asked`], or when a bot last answered.
    pub(super) fn was_left_to_people(&self) -> Option<Moment> {
        latest([self.asked, self.opened, self.bot])
    }

    fn begin(&mut self, now: Moment) -> Option<Count> {
        self.opened = Some(now);
        self.cycle = Some(now);
        self.wake(now);
        Some(Count::ConversationsOpened)
    }

    /// What was set aside comes up again too; that is no new cycle.
    fn reopen(&mut self, now: Moment, facts: &mut Vec<Fact>) -> Option<Count> {
        self.wake(now);
        if self.cycle.is_some() {
            return None;
        }
        self.cycle = Some(now);
        if let (Some(resolved), Some(member)) = (self.resolved, self.resolved_by) {
            facts.push(Fact { member: Some(member), ..self.fact(Metric::ReopenedAfterOwnResolve, resolved, now) });
        }
        Some(Count::ConversationsReopened)
    }

    fn wake(&mut self, now: Moment) -> Option<Count> {
        if self.open.is_none() {
            self.open = Some(now);
            self.handled = self.assignee.map(|_| now);
        }
        None
    }

    /// It is not open any more.
    fn rest(&mut self, now: Moment, facts: &mut Vec<Fact>) {
        if let Some(open) = self.open.take() {
            facts.push(self.fact(Metric::TotalOpenTime, open, now));
        }
        self.put_down(now, facts);
    }

    fn resolve(&mut self, now: Moment, facts: &mut Vec<Fact>) -> Option<Count> {
        self.rest(now, facts);
        if self.resolved.is_none()
            && let Some(opened) = self.opened
        {
            facts.push(self.fact(Metric::FirstResolutionTime, opened, now));
        }
        if let Some(cycle) = self.cycle.take() {
            facts.push(self.fact(Metric::CycleResolutionTime, cycle, now));
        }
        self.resolved = Some(now);
        self.resolved_by = self.assignee;
        self.waiting = None;
        self.assigned = None;
        Some(Count::Resolutions)
    }

    fn assign(&mut self, member: Uuid, now: Moment, facts: &mut Vec<Fact>) -> Option<Count> {
        self.put_down(now, facts);
        self.assignee = Some(member);
        self.handled = self.open.map(|_| now);
        let (first, _) = self.assigned.unwrap_or((now, now));
        self.assigned = Some((first, now));
        None
    }

    fn unassign(&mut self, now: Moment, facts: &mut Vec<Fact>) -> Option<Count> {
        self.put_down(now, facts);
        self.assignee = None;
        self.assigned = None;
        None
    }

    /// Whoever handled it does so no more.
    fn put_down(&mut self, now: Moment, facts: &mut Vec<Fact>) {
        if let Some(handled) = self.handled.take() {
            facts.push(self.fact(Metric::HandlingTime, handled, now));
        }
    }

    fn answer(&mut self, now: Moment, facts: &mut Vec<Fact>) -> Option<Count> {
        if self.answered {
            if let Some(waiting) = self.waiting {
                facts.push(self.fact(Metric::ReplyTime, waiting, now));
            }
        } else if self.asked.is_some() {
            for (version, since) in FIRST_RESPONSE {
                if let Some(began) = since(self) {
                    facts.push(Fact { version: *version, ..self.fact(Metric::FirstResponseTime, began, now) });
                }
            }
            self.answered = true;
            self.bot = None;
        }
        self.waiting = None;
        if let Some((first, last)) = self.assigned.take() {
            facts.push(self.fact(Metric::FirstAssignmentToResponse, first, now));
            facts.push(self.fact(Metric::LastAssignmentToResponse, last, now));
        }
        if let Some(captured) = self.captured.take() {
            facts.push(self.fact(Metric::SpeedToLead, captured, now));
        }
        Some(Count::MessagesOutHuman)
    }

    fn capture(&mut self, now: Moment, source: LeadSource) -> Option<Count> {
        self.source = Some(source);
        self.captured = Some(now);
        self.stage = Some((Stage::New, now));
        Some(Count::LeadsCaptured)
    }

    /// The lead goes to another stage.
    fn stand(&mut self, stage: Stage, now: Moment, facts: &mut Vec<Fact>) -> Option<Count> {
        match self.stage {
            Some((known, _)) if known == stage => return None,
            Some((left, since)) => facts.push(self.fact(left.time(), since, now)),
            None => {}
        }
        self.stage = Some((stage, now));
        stage.entered()
    }

    fn fact(&self, metric: Metric, began: Moment, ended: Moment) -> Fact {
        Fact { metric, version: 1, began, ended, member: self.assignee, source: self.source }
    }
}

impl Stage {
    fn time(self) -> Metric {
        match self {
            Self::New => Metric::TimeAsNew,
            Self::Qualified => Metric::TimeAsQualified,
            Self::Disqualified => Metric::TimeAsDisqualified,
        }
    }

    fn entered(self) -> Option<Count> {
        match self {
            Self::New => None,
            Self::Qualified => Some(Count::LeadsQualified),
            Self::Disqualified => Some(Count::LeadsDisqualified),
        }
    }
}

/// The latest of some moments; of one time the last of them in the list.
fn latest<const N: usize>(moments: [Option<Moment>; N]) -> Option<Moment> {
    moments.into_iter().flatten().max_by_key(|moment| moment.at)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(answered: &bool) -> bool {
    !answered
}

#[cfg(test)]
mod tests;
