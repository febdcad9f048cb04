//! How pools and people stand at a moment, for whoever looks.

use jiff::Timestamp;

use super::choose::candidates;
use super::{Availability, Candidate, Capacity, Leave, PoolTerms, Routing};
use crate::tenant::Schedule;
use crate::{MemberId, PoolId};

/// A pool at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolStanding<'a> {
    /// Its id.
    pub id: PoolId,
    /// What it is.
    pub terms: &'a PoolTerms,
    /// Who is in it and how each stands, the one whose turn is due first before all others.
    pub members: Vec<Candidate>,
}

/// A member at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberStanding<'a> {
    /// Whether she is there.
    pub availability: Availability,
    /// How many work items she sees to, as far as routing counts them.
    pub load: u32,
    /// How many she may be given, if there is an end to it.
    pub capacity: Option<Capacity>,
    /// When she works; always, without.
    pub hours: Option<&'a Schedule>,
    /// Her leaves that are not over, the first first.
    pub leaves: Vec<Leave>,
}

impl Routing {
    /// Each pool, as it stands at `at`.
    pub fn pools(&self, at: Timestamp) -> impl Iterator<Item = PoolStanding<'_>> {
        self.staff.pools.iter().map(move |(id, pool)| PoolStanding {
            id: *id,
            terms: &pool.terms,
            members: candidates(&self.staff, pool, at),
        })
    }

    /// Whether a pool has her, or anything was said of her.
    #[must_use]
    pub fn is_known(&self, member: MemberId) -> bool {
        self.staff.is_known(member)
    }

    /// A member, as she stands at `at`.
    #[must_use]
    pub fn member(&self, member: MemberId, at: Timestamp) -> MemberStanding<'_> {
        let person = self.staff.person(member);
        MemberStanding {
            availability: person.attendance.availability(at),
            load: person.load,
            capacity: person.capacity,
            hours: person.attendance.hours.as_ref(),
            leaves: person.attendance.leaves.iter().copied().filter(|leave| at < leave.until()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::RoutingEvent;
    use crate::routing::state::samples::{ADA, BEA, POOL, assigned, at, leave, pool, requested, state};

    #[test]
    fn a_pool_and_its_members_are_shown_as_they_stand() {
        let planned = |from, until| RoutingEvent::LeavePlanned { member: ADA, leave: leave(from, until), at: at(1) };
        let told = [
            pool(&[(ADA, 1), (BEA, 1)]),
            planned(10, 20),
            planned(30, 40),
            requested(1, 2),
            assigned(1, ADA, 500_000, 2),
        ];
        let routing = state(&told);
        let pools: Vec<PoolStanding<'_>> = routing.pools(at(15)).collect();
        let [PoolStanding { id, terms, members }] = &pools[..] else { panic!("{pools:?}") };
        assert_eq!((*id, terms.name.as_str()), (POOL, "Sales"));
        let stood: Vec<_> = members.iter().map(|one| (one.member, one.availability, one.load)).collect();
        let away = Availability::OnLeave { until: at(20) };
        assert_eq!(stood, [(BEA, Availability::Available, 0), (ADA, away, 1)], "Bea is next");
        let ada = routing.member(ADA, at(20));
        assert_eq!((ada.availability, ada.load, ada.capacity, ada.hours), (Availability::Available, 1, None, None));
        assert_eq!(ada.leaves, [leave(30, 40)], "the other one is over");
    }
}
