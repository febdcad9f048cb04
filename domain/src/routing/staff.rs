//! Pools and people: whatever a choice depends on beside the request and the time.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::attendance::Attendance;
use super::pool::Pool;
use super::rotation::Rotation;
use super::{AssignedBy, Capacity, PoolMembers, PoolTerms, Request, Source};
use crate::{MemberId, PoolId};

/// All pools of a business, and its people as far as anything is known of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Staff {
    pub(super) pools: BTreeMap<PoolId, Pool>,
    /// Pools that were removed.
    removed: BTreeSet<PoolId>,
    people: BTreeMap<MemberId, Person>,
}

/// A member, as routing knows her.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) attendance: Attendance,
    /// Without, there is no end to what she is given.
    pub(super) capacity: Option<Capacity>,
    /// How many work items she sees to.
    pub(super) load: u32,
}

/// Of whom nothing was said: she is there, without a capacity, and has nothing on her hands.
static NOBODY_SPECIAL: Person =
    Person { attendance: Attendance { away: None, leaves: BTreeSet::new(), hours: None }, capacity: None, load: 0 };

impl Staff {
    pub(super) fn person(&self, member: MemberId) -> &Person {
        self.people.get(&member).unwrap_or(&NOBODY_SPECIAL)
    }

    /// Changes what is known of her; of whom nothing is left to know, nothing is kept.
    pub(super) fn change(&mut self, member: MemberId, change: impl FnOnce(&mut Person)) {
        let mut person = self.people.remove(&member).unwrap_or_default();
        change(&mut person);
        if person != NOBODY_SPECIAL {
            self.people.insert(member, person);
        }
    }

    /// Which pool a request falls to by today's terms, and by which source it does.
    pub(super) fn pool_for(&self, request: &Request) -> Option<(PoolId, Source)> {
        request.sources().find_map(|source| {
            let serving = self.pools.iter().find(|(_, pool)| pool.terms.serves.contains(&source));
            serving.map(|(id, _)| (*id, source))
        })
    }

    /// Whether anything is known of her, or a pool has her.
    pub(super) fn is_known(&self, member: MemberId) -> bool {
        self.people.contains_key(&member) || self.is_in_a_pool(member)
    }

    pub(super) fn is_in_a_pool(&self, member: MemberId) -> bool {
        self.pools.values().any(|pool| pool.rotation.contains(member))
    }

    pub(super) fn create(&mut self, id: PoolId, terms: PoolTerms, members: PoolMembers) {
        let mut pool = Pool { terms, rotation: Rotation::default() };
        pool.rotation.set(members);
        self.pools.insert(id, pool);
    }

    pub(super) fn remove(&mut self, id: PoolId) {
        self.pools.remove(&id);
        self.removed.insert(id);
    }

    /// Whether there was such a pool and is none any more.
    pub(super) fn was_removed(&self, id: PoolId) -> bool {
        self.removed.contains(&id)
    }

    /// That she was given something by a pool.
    pub(super) fn assigned(&mut self, pool: PoolId, member: MemberId, by: AssignedBy) {
        if let (AssignedBy::Turn(turn), Some(pool)) = (by, self.pools.get_mut(&pool)) {
            pool.rotation.take(member, turn);
        }
        self.loaded(member);
    }

    pub(super) fn loaded(&mut self, member: MemberId) {
        self.change(member, |person| person.load += 1);
    }

    pub(super) fn unloaded(&mut self, member: MemberId) {
        self.change(member, |person| person.load = person.load.saturating_sub(1));
    }

    /// That she is not of the business any more.
    pub(super) fn left(&mut self, member: MemberId) {
        self.people.remove(&member);
        for pool in self.pools.values_mut() {
            pool.rotation.remove(member);
        }
    }
}
