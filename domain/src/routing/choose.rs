//! Whom a pool gives a request to, and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::pool::Pool;
use super::rotation::Rotation;
use super::staff::Staff;
use super::{Availability, Capacity, Request, Source, Turn, Weight};
use crate::{MemberId, PoolId};

/// A decision, with all that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Who was to see to what.
    pub request: Request,
    /// When that was decided.
    pub at: Timestamp,
    /// The pool that it fell to.
    pub pool: PoolId,
    /// By which of the request's sources it did: the rule.
    pub source: Source,
    /// Whether the pool was open.
    pub is_open: bool,
    /// Who is in the pool, the one whose turn was due first before all others.
    pub candidates: Vec<Candidate>,
    /// Who got it, and by what; nobody, while it waits.
    pub chosen: Option<(MemberId, AssignedBy)>,
}

/// Somebody of the pool, as she stood when it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// She.
    pub member: MemberId,
    /// Her weight.
    pub weight: Weight,
    /// Whether she was there.
    pub availability: Availability,
    /// How many work items she saw to.
    pub load: u32,
    /// How many she may be given, if there is an end to it.
    pub capacity: Option<Capacity>,
    /// When her next turn was due.
    pub due: Turn,
}

/// What gave a work item to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignedBy {
    /// It was her turn, this one.
    Turn(Turn),
    /// She saw to this customer last. That takes no turn of hers.
    LastAgent,
}

impl Candidate {
    /// Whether she could take something: she was there and had room.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.availability == Availability::Available && self.has_room()
    }

    /// Whether she had fewer work items than she may be given.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.capacity.is_none_or(|capacity| self.load < u32::from(capacity.number()))
    }
}

/// To whom `request` goes at `at`; `None` when no pool serves it.
pub(super) fn choose(staff: &Staff, request: &Request, at: Timestamp) -> Option<Choice> {
    let (id, source) = staff.pool_for(request)?;
    let pool = staff.pools.get(&id)?;
    let is_open = pool.terms.hours.as_ref().is_none_or(|hours| hours.is_open(at));
    let candidates = candidates(staff, pool, at);
    let free = || candidates.iter().filter(|one| is_open && one.is_free());
    let last = request.last_agent.filter(|_| pool.terms.keeps_last_agent);
    let chosen = match last.and_then(|last| free().find(|one| one.member == last)) {
        Some(last) => Some((last.member, AssignedBy::LastAgent)),
        None => free().next().map(|first| (first.member, AssignedBy::Turn(first.due))),
    };
    Some(Choice { request: request.clone(), at, pool: id, source, is_open, candidates, chosen })
}

/// Who is in a pool and how each stands at `at`, the one whose turn is due first before all others.
pub(super) fn candidates(staff: &Staff, pool: &Pool, at: Timestamp) -> Vec<Candidate> {
    let candidate = |(member, weight, due)| {
        let person = staff.person(member);
        let availability = person.attendance.availability(at);
        Candidate { member, weight, availability, load: person.load, capacity: person.capacity, due }
    };
    let mut candidates: Vec<Candidate> = pool.rotation.members().map(candidate).collect();
    candidates.sort_by_key(|one| Rotation::order(one.member, one.weight, one.due));
    candidates
}
