//! Why somebody was given something.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::routing::{AssignedBy as By, Candidate, Explanation, MOST_MEMBERS};

use super::types::{MemberAvailability, RoutingSource, availability};

/// An assignment by the rules, and what the events before it come to. It is made from these events when it is asked for.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct AssignmentExplanation {
    /// When it was decided.
    at: Timestamp,
    /// Who was given it, a uuid.
    member_id: ID,
    /// Why she.
    by: AssignedBy,
    /// The pool that it fell to, a uuid; it may have been removed since.
    pool_id: ID,
    /// By which source it fell to that pool: the rule.
    source: RoutingSource,
    /// Who saw to this customer last, a uuid, if anybody did.
    last_agent_id: Option<ID>,
    /// Who was in the pool, and how each stood, the one whose turn was due first before all others.
    #[graphql(complexity = "1 + MOST_MEMBERS * child_complexity")]
    candidates: Vec<AssignmentCandidate>,
    /// Whether the rules of today come to the same from the same events.
    holds: bool,
}

/// Somebody of the pool, as she stood when it was decided.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct AssignmentCandidate {
    /// Her id, a uuid.
    member_id: ID,
    /// Her weight.
    weight: i32,
    /// Whether she was there.
    availability: MemberAvailability,
    /// Until when she was not, if that was known.
    unavailable_until: Option<Timestamp>,
    /// How many conversations and leads she saw to.
    load: i64,
    /// How many she might be given; null when there was no end to it.
    capacity: Option<i32>,
    /// When her next turn was due, in rounds of the pool since it was created.
    due: f64,
}

/// What gave something to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum AssignedBy {
    /// It was her turn.
    Turn,
    /// She saw to this customer last.
    LastAgent,
}

impl From<&Candidate> for AssignmentCandidate {
    fn from(candidate: &Candidate) -> Self {
        let (availability, unavailable_until) = availability(candidate.availability);
        // Shown, never reckoned with.
        #[expect(clippy::cast_precision_loss, reason = "a turn past 2^53 millionths is some billions of rounds away")]
        let due = candidate.due.millionths() as f64 / 1_000_000.0;
        Self {
            member_id: candidate.member.into(),
            weight: candidate.weight.number().into(),
            availability,
            unavailable_until,
            load: candidate.load.into(),
            capacity: candidate.capacity.map(|capacity| capacity.number().into()),
            due,
        }
    }
}

impl From<&Explanation> for AssignmentExplanation {
    fn from(explanation: &Explanation) -> Self {
        let choice = &explanation.choice;
        Self {
            at: choice.at,
            member_id: explanation.member.into(),
            by: match explanation.by {
                By::Turn(_) => AssignedBy::Turn,
                By::LastAgent => AssignedBy::LastAgent,
            },
            pool_id: choice.pool.into(),
            source: (&choice.source).into(),
            last_agent_id: choice.request.last_agent.map(ID::from),
            candidates: choice.candidates.iter().map(AssignmentCandidate::from).collect(),
            holds: explanation.holds(),
        }
    }
}
