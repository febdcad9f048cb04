use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::choose::{self, Choice};
use super::staff::Staff;
use super::{
    PoolMembers, Request, RoutingCommand, RoutingEvent, RoutingOrder, RoutingRefusal, WorkItem, ask, assign_waiting,
    change_pool, come_back, create_pool, go_away, hand, leave_business, pairs, pass_on, plan_leave, release,
    remove_pool, set_capacity, set_pool_members, set_working_hours,
};
use crate::{DataSubject, Decide, MemberId, PoolId, ReservationChange, StreamId, TeamId, aggregate};

/// What decisions of a business's routing need to know. What was settled is forgotten.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Routing {
    pub(super) staff: Staff,
    /// What somebody is wanted for, the first that came first.
    pub(super) waiting: VecDeque<Request>,
    /// What somebody sees to, and who.
    #[serde(with = "pairs")]
    pub(super) held: BTreeMap<WorkItem, Held>,
    /// When something happened last.
    last: Option<Timestamp>,
}

/// Who sees to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) member: MemberId,
    /// The team that was asked, if she was given it as one of its pool's.
    team: Option<TeamId>,
}

aggregate::aggregate!(Routing, "routing", RoutingCommand, RoutingEvent, RoutingRefusal);

impl Routing {
    /// Who sees to `work`; `None` while it waits, and when routing knows nothing of it.
    #[must_use]
    pub fn agent(&self, work: WorkItem) -> Option<MemberId> {
        self.held.get(&work).map(|held| held.member)
    }

    /// Which team is asked for `work` that waits, or was when it was given to whoever sees to it.
    #[must_use]
    pub fn team(&self, work: WorkItem) -> Option<TeamId> {
        match self.held.get(&work) {
            Some(held) => held.team,
            None => self.request(work)?.team,
        }
    }

    /// What waits of `work`.
    pub(super) fn request(&self, work: WorkItem) -> Option<&Request> {
        self.waiting.iter().find(|request| request.work == work)
    }

    /// How many work items wait for somebody.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether there is a pool, or something that one gave out or is to.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        !(self.staff.pools.is_empty() && self.waiting.is_empty() && self.held.is_empty())
    }

    /// Whether some pool has her.
    #[must_use]
    pub fn is_in_a_pool(&self, member: MemberId) -> bool {
        self.staff.is_in_a_pool(member)
    }

    /// Whether somebody could take something of what waits at `at`.
    #[must_use]
    pub fn could_assign(&self, at: Timestamp) -> bool {
        !self.assignments(at).is_empty()
    }

    /// To whom what waits goes if it is decided at `at` and before all else, and why. `None` when it does not wait, or no
    /// pool serves it.
    #[must_use]
    pub fn choice(&self, work: WorkItem, at: Timestamp) -> Option<Choice> {
        choose::choose(&self.staff, self.request(work)?, at)
    }

    /// Whether `work` waits, or somebody sees to it.
    #[must_use]
    pub fn knows(&self, work: WorkItem) -> bool {
        self.held.contains_key(&work) || self.request(work).is_some()
    }

    /// Of what waits, all that can be given to somebody at `at`.
    pub(super) fn assignments(&self, at: Timestamp) -> Vec<RoutingEvent> {
        assign_waiting::assignments(self.staff.clone(), self.waiting.iter(), at)
    }

    /// The same, once `told` is so.
    fn assignments_after(&self, told: &RoutingEvent) -> Vec<RoutingEvent> {
        let mut staff = self.staff.clone();
        self.tell(&mut staff, told);
        let asked = if let RoutingEvent::Requested { request, .. } = told { Some(request) } else { None };
        let gone = if let RoutingEvent::Handed { work, .. } | RoutingEvent::Released { work, .. } = told {
            [Some(*work), None]
        } else {
            [asked.map(|request| request.work), asked.and_then(|request| request.instead_of)]
        };
        let still = self.waiting.iter().filter(|request| !gone.contains(&Some(request.work)));
        assign_waiting::assignments(staff, still.chain(asked), told.at())
    }

    /// What `event` means for pools and people.
    fn tell(&self, staff: &mut Staff, event: &RoutingEvent) {
        match event {
            RoutingEvent::PoolCreated { pool, terms, members, .. } => {
                staff.create(*pool, terms.clone(), members.clone());
            }
            RoutingEvent::PoolChanged { pool, terms, .. } => {
                staff.pools.entry(*pool).and_modify(|pool| pool.terms = terms.clone());
            }
            RoutingEvent::PoolMembersSet { pool, members, .. } => {
                staff.pools.entry(*pool).and_modify(|pool| pool.rotation.set(members.clone()));
            }
            RoutingEvent::PoolRemoved { pool, .. } => staff.remove(*pool),
            RoutingEvent::CapacitySet { member, capacity, .. } => {
                staff.change(*member, |person| person.capacity = *capacity);
            }
            RoutingEvent::WorkingHoursSet { member, hours, .. } => {
                staff.change(*member, |person| person.attendance.hours.clone_from(hours));
            }
            RoutingEvent::WentAway { member, until, .. } => {
                staff.change(*member, |person| person.attendance.go_away(*until));
            }
            RoutingEvent::CameBack { member, .. } => staff.change(*member, |person| person.attendance.come_back()),
            RoutingEvent::LeavePlanned { member, leave, at } => {
                staff.change(*member, |person| person.attendance.plan(*leave, *at));
            }
            RoutingEvent::LeaveCancelled { member, leave, .. } => {
                staff.change(*member, |person| person.attendance.cancel(*leave));
            }
            RoutingEvent::MemberLeft { member, .. } => staff.left(*member),
            RoutingEvent::Requested { request, .. } => {
                for work in [request.work].into_iter().chain(request.instead_of) {
                    self.take_from_holder(staff, work);
                }
            }
            RoutingEvent::Assigned { work, pool, member, by, .. } => {
                self.take_from_holder(staff, *work);
                staff.assigned(*pool, *member, *by);
            }
            RoutingEvent::Handed { work, member, .. } => {
                self.take_from_holder(staff, *work);
                staff.loaded(*member);
            }
            RoutingEvent::Released { work, .. } => self.take_from_holder(staff, *work),
        }
    }

    fn take_from_holder(&self, staff: &mut Staff, work: WorkItem) {
        if let Some(holder) = self.agent(work) {
            staff.unloaded(holder);
        }
    }

    pub(super) fn evolve(&mut self, event: RoutingEvent) {
        let mut staff = std::mem::take(&mut self.staff);
        self.tell(&mut staff, &event);
        self.staff = staff;
        self.last = Some(event.at());
        match event {
            RoutingEvent::Requested { request, .. } => {
                self.forget(request.work);
                if let Some(work) = request.instead_of {
                    self.forget(work);
                }
                self.waiting.push_back(request);
            }
            RoutingEvent::Assigned { work, member, .. } => {
                let team = self.request(work).and_then(|request| request.team);
                self.forget(work);
                self.held.insert(work, Held { member, team });
            }
            RoutingEvent::Handed { work, member, .. } => {
                self.forget(work);
                self.held.insert(work, Held { member, team: None });
            }
            RoutingEvent::Released { work, .. } => self.forget(work),
            RoutingEvent::MemberLeft { member, .. } => self.held.retain(|_, held| held.member != member),
            RoutingEvent::PoolCreated { .. }
            | RoutingEvent::PoolChanged { .. }
            | RoutingEvent::PoolMembersSet { .. }
            | RoutingEvent::PoolRemoved { .. }
            | RoutingEvent::CapacitySet { .. }
            | RoutingEvent::WorkingHoursSet { .. }
            | RoutingEvent::WentAway { .. }
            | RoutingEvent::CameBack { .. }
            | RoutingEvent::LeavePlanned { .. }
            | RoutingEvent::LeaveCancelled { .. } => {}
        }
    }

    fn forget(&mut self, work: WorkItem) {
        if self.held.remove(&work).is_none() {
            self.waiting.retain(|request| request.work != work);
        }
    }

    /// Members of `pool` who are here have these weights from now on.
    pub(super) fn reweigh(&mut self, pool: PoolId, weights: &PoolMembers) {
        if let Some(pool) = self.staff.pools.get_mut(&pool) {
            pool.rotation.reweigh(weights);
        }
    }
}

impl Decide for Routing {
    const STATE_VERSION: u32 = 2;

    fn decide(&self, RoutingCommand { what, now }: RoutingCommand) -> Result<Vec<RoutingEvent>, RoutingRefusal> {
        // Clocks of several processes differ; in a stream time does not run backwards.
        let at = self.last.map_or(now, |last| last.max(now));
        let told = match what {
            RoutingOrder::CreatePool { pool, terms, members } => create_pool::decide(self, pool, terms, members, at),
            RoutingOrder::ChangePool { pool, terms } => change_pool::decide(self, pool, terms, at),
            RoutingOrder::SetPoolMembers { pool, members } => set_pool_members::decide(self, pool, members, at),
            RoutingOrder::RemovePool { pool } => remove_pool::decide(self, pool, at),
            RoutingOrder::SetCapacity { member, capacity } => Ok(set_capacity::decide(self, member, capacity, at)),
            RoutingOrder::SetWorkingHours { member, hours } => Ok(set_working_hours::decide(self, member, hours, at)),
            RoutingOrder::GoAway { member, until } => go_away::decide(self, member, until, at),
            RoutingOrder::ComeBack { member } => Ok(come_back::decide(self, member, at)),
            RoutingOrder::PlanLeave { member, leave } => plan_leave::decide(self, member, leave, at),
            RoutingOrder::CancelLeave { member, leave } => Ok(plan_leave::cancel(self, member, leave, at)),
            RoutingOrder::LeaveBusiness { member } => Ok(leave_business::decide(self, member, at)),
            RoutingOrder::Ask { request } => ask::decide(self, request, at),
            RoutingOrder::PassOn { request } => pass_on::decide(self, request, at),
            RoutingOrder::Hand { work, member } => Ok(hand::decide(self, work, member, at)),
            RoutingOrder::Release { work } => Ok(release::decide(self, work, at)),
            RoutingOrder::AssignWaiting => Ok(None),
        }?;
        Ok(match told {
            Some(told) => {
                let follows = self.assignments_after(&told);
                std::iter::once(told).chain(follows).collect()
            }
            None => self.assignments(at),
        })
    }

    fn reservations(_stream: StreamId, event: &RoutingEvent) -> Vec<ReservationChange> {
        match event {
            RoutingEvent::PoolCreated { .. }
            | RoutingEvent::PoolChanged { .. }
            | RoutingEvent::PoolMembersSet { .. }
            | RoutingEvent::PoolRemoved { .. }
            | RoutingEvent::CapacitySet { .. }
            | RoutingEvent::WorkingHoursSet { .. }
            | RoutingEvent::WentAway { .. }
            | RoutingEvent::CameBack { .. }
            | RoutingEvent::LeavePlanned { .. }
            | RoutingEvent::LeaveCancelled { .. }
            | RoutingEvent::MemberLeft { .. }
            | RoutingEvent::Requested { .. }
            | RoutingEvent::Assigned { .. }
            | RoutingEvent::Handed { .. }
            | RoutingEvent::Released { .. } => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &RoutingEvent) -> DataSubject {
        match event {
            RoutingEvent::PoolCreated { .. }
            | RoutingEvent::PoolChanged { .. }
            | RoutingEvent::PoolMembersSet { .. }
            | RoutingEvent::PoolRemoved { .. }
            | RoutingEvent::CapacitySet { .. }
            | RoutingEvent::WorkingHoursSet { .. }
            | RoutingEvent::WentAway { .. }
            | RoutingEvent::CameBack { .. }
            | RoutingEvent::LeavePlanned { .. }
            | RoutingEvent::LeaveCancelled { .. }
            | RoutingEvent::MemberLeft { .. }
            | RoutingEvent::Requested { .. }
            | RoutingEvent::Assigned { .. }
            | RoutingEvent::Handed { .. }
            | RoutingEvent::Released { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use std::collections::BTreeSet;

    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::Routing;
    use crate::routing::{
        AssignedBy, Leave, PoolMembers, PoolName, PoolTerms, Request, RoutingCommand, RoutingEvent, RoutingOrder,
        RoutingRefusal, Source, Turn, Weight, WorkItem,
    };
    use crate::{ChannelId, ConversationId, MemberId, PoolId, TeamId};

    pub(in crate::routing) const POOL: PoolId = PoolId::from_uuid(Uuid::from_u128(100));
    pub(in crate::routing) const OTHER_POOL: PoolId = PoolId::from_uuid(Uuid::from_u128(101));
    pub(in crate::routing) const ADA: MemberId = MemberId::from_uuid(Uuid::from_u128(1));
    pub(in crate::routing) const BEA: MemberId = MemberId::from_uuid(Uuid::from_u128(2));
    pub(in crate::routing) const CARL: MemberId = MemberId::from_uuid(Uuid::from_u128(3));
    pub(in crate::routing) const SHOP: ChannelId = ChannelId::from_uuid(Uuid::from_u128(200));
    pub(in crate::routing) const TEAM: TeamId = TeamId::from_uuid(Uuid::from_u128(201));

    /// A moment in seconds after a Monday's noon in Rome.
    pub(in crate::routing) fn at(second: i64) -> Timestamp {
        "2026-03-30T10:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_secs(second)
    }

    pub(in crate::routing) fn work(nth: u128) -> WorkItem {
        WorkItem::Conversation(ConversationId::from_uuid(Uuid::from_u128(1000 + nth)))
    }

    pub(in crate::routing) fn request(nth: u128) -> Request {
        Request { channel: Some(SHOP), ..Request::of(work(nth)) }
    }

    pub(in crate::routing) fn terms(name: &str, serves: impl IntoIterator<Item = Source>) -> PoolTerms {
        let serves: BTreeSet<Source> = serves.into_iter().collect();
        PoolTerms { name: PoolName::parse(name).unwrap(), serves, keeps_last_agent: true, hours: None }
    }

    pub(in crate::routing) fn members(weights: &[(MemberId, u8)]) -> PoolMembers {
        weights.iter().map(|(member, weight)| (*member, Weight::try_from(*weight).unwrap())).collect()
    }

    /// `Sales`, for everything, of these members; at the beginning.
    pub(in crate::routing) fn pool(weights: &[(MemberId, u8)]) -> RoutingEvent {
        let terms = terms("Sales", [Source::Everything]);
        RoutingEvent::PoolCreated { pool: POOL, terms, members: members(weights), at: at(0) }
    }

    pub(in crate::routing) fn requested(nth: u128, second: i64) -> RoutingEvent {
        RoutingEvent::Requested { request: request(nth), at: at(second) }
    }

    pub(in crate::routing) fn assigned(nth: u128, member: MemberId, turn: u64, second: i64) -> RoutingEvent {
        let by = AssignedBy::Turn(serde_json::from_value::<Turn>(turn.into()).unwrap());
        RoutingEvent::Assigned { work: work(nth), pool: POOL, member, by, at: at(second) }
    }

    pub(in crate::routing) fn away(member: MemberId, second: i64) -> RoutingEvent {
        RoutingEvent::WentAway { member, until: None, at: at(second) }
    }

    pub(in crate::routing) fn leave(from: i64, until: i64) -> Leave {
        Leave::new(at(from), at(until)).unwrap()
    }

    pub(in crate::routing) fn order(what: RoutingOrder, second: i64) -> RoutingCommand {
        RoutingCommand { what, now: at(second) }
    }

    pub(in crate::routing) fn state(events: &[RoutingEvent]) -> Routing {
        let mut routing = Routing::default();
        for event in events {
            routing.apply(event.clone());
        }
        routing
    }

    /// What comes of an order at a second, after some events.
    pub(in crate::routing) fn comes_to(
        given: Vec<RoutingEvent>,
        what: RoutingOrder,
        second: i64,
        expected: Vec<RoutingEvent>,
    ) {
        TestFramework::<Routing>::with(()).given(given).when(order(what, second)).then_expect_events(expected);
    }

    /// That an order at a second is refused, after some events.
    pub(in crate::routing) fn is_refused(
        given: Vec<RoutingEvent>,
        what: RoutingOrder,
        second: i64,
        expected: RoutingRefusal,
    ) {
        TestFramework::<Routing>::with(()).given(given).when(order(what, second)).then_expect_error(expected);
    }
}
