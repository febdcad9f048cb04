//! Somebody who reads the events and nothing else, and knows the rules by heart: a naive reading to check ours against.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use leadflow_domain::routing::{
    AssignedBy, Capacity, Leave, PoolMembers, PoolTerms, Request, Routing, RoutingEvent, Source, WorkItem,
};
use leadflow_domain::tenant::{Hours, Schedule};
use leadflow_domain::{MemberId, PoolId};

#[derive(Default)]
pub(super) struct Observer {
    pools: BTreeMap<PoolId, (PoolTerms, PoolMembers)>,
    capacities: BTreeMap<MemberId, Capacity>,
    hours: BTreeMap<MemberId, Schedule>,
    away: BTreeMap<MemberId, Option<Timestamp>>,
    leaves: BTreeSet<(MemberId, Leave)>,
    queue: Vec<Request>,
    holders: BTreeMap<WorkItem, MemberId>,
    last: Option<Timestamp>,
}

/// Whatever somebody was ever wanted for.
pub(super) fn all_work(log: &[RoutingEvent]) -> BTreeSet<WorkItem> {
    let asked = |event: &RoutingEvent| {
        if let RoutingEvent::Requested { request, .. } = event { Some(request.work) } else { None }
    };
    log.iter().filter_map(asked).collect()
}

impl Observer {
    pub(super) fn sees(&mut self, event: &RoutingEvent) {
        assert!(self.last.is_none_or(|last| last <= event.at()), "time does not run backwards: {event:?}");
        self.last = Some(event.at());
        match event {
            RoutingEvent::PoolCreated { pool, terms, members, .. } => {
                assert!(self.pools.insert(*pool, (terms.clone(), members.clone())).is_none());
            }
            RoutingEvent::PoolChanged { pool, terms, .. } => self.pools.get_mut(pool).unwrap().0 = terms.clone(),
            RoutingEvent::PoolMembersSet { pool, members, .. } => {
                self.pools.get_mut(pool).unwrap().1 = members.clone();
            }
            RoutingEvent::PoolRemoved { pool, .. } => assert!(self.pools.remove(pool).is_some()),
            RoutingEvent::CapacitySet { member, capacity, .. } => {
                self.capacities.remove(member);
                self.capacities.extend(capacity.map(|capacity| (*member, capacity)));
            }
            RoutingEvent::WorkingHoursSet { member, hours, .. } => {
                self.hours.remove(member);
                self.hours.extend(hours.clone().map(|hours| (*member, hours)));
            }
            RoutingEvent::WentAway { member, until, .. } => drop(self.away.insert(*member, *until)),
            RoutingEvent::CameBack { member, .. } => drop(self.away.remove(member)),
            RoutingEvent::LeavePlanned { member, leave, .. } => assert!(self.leaves.insert((*member, *leave))),
            RoutingEvent::LeaveCancelled { member, leave, .. } => assert!(self.leaves.remove(&(*member, *leave))),
            RoutingEvent::MemberLeft { member, .. } => self.forgets(*member),
            RoutingEvent::Requested { request, .. } => {
                let waiting = self.queue.iter().find(|waiting| waiting.work == request.work);
                assert!(waiting.is_none_or(|waiting| waiting.team != request.team), "it loses its place: {event:?}");
                self.queue.retain(|waiting| waiting.work != request.work);
                self.holders.remove(&request.work);
                if let Some(other) = request.instead_of {
                    let waited = self.queue.iter().any(|waiting| waiting.work == other);
                    assert!(waited || self.holders.contains_key(&other), "only what is known has a place: {event:?}");
                    self.queue.retain(|waiting| waiting.work != other);
                    if let Some(holder) = self.holders.remove(&other) {
                        assert!(request.last_agent.is_some(), "{holder:?} had her: {event:?}");
                    }
                }
                self.queue.push(request.clone());
            }
            RoutingEvent::Assigned { work, pool, member, by, at } => self.sees_given(*work, *pool, *member, *by, *at),
            RoutingEvent::Handed { work, member, .. } => {
                self.queue.retain(|waiting| waiting.work != *work);
                self.holders.insert(*work, *member);
            }
            RoutingEvent::Released { work, .. } => {
                self.queue.retain(|waiting| waiting.work != *work);
                self.holders.remove(work);
            }
        }
    }

    /// Whether it waits, or somebody has it.
    pub(super) fn knows(&self, work: WorkItem) -> bool {
        self.holders.contains_key(&work) || self.queue.iter().any(|waiting| waiting.work == work)
    }

    fn forgets(&mut self, member: MemberId) {
        for (_, members) in self.pools.values_mut() {
            members.remove(&member);
        }
        self.capacities.remove(&member);
        self.hours.remove(&member);
        self.away.remove(&member);
        self.leaves.retain(|(whose, _)| *whose != member);
        self.holders.retain(|_, holder| *holder != member);
    }

    fn sees_given(&mut self, work: WorkItem, pool: PoolId, member: MemberId, by: AssignedBy, at: Timestamp) {
        let place = self.queue.iter().position(|waiting| waiting.work == work);
        let place = place.unwrap_or_else(|| panic!("only what waits is given: {work:?}"));
        let request = self.queue.remove(place);
        assert_eq!(self.pool_of(&request), Some(pool), "it falls to its own pool: {request:?}");
        let before: Vec<&Request> = self.queue.iter().take(place).collect();
        assert!(
            !before.iter().any(|waiting| self.pool_of(waiting) == Some(pool)),
            "first come, first served: {before:?}"
        );
        assert!(self.is_open(pool, at), "a pool gives nothing outside its hours");
        assert!(self.could_take(pool, at).contains(&member), "{member:?} can't take it");
        let keeps = self.pools[&pool].0.keeps_last_agent;
        match request.last_agent.filter(|last| keeps && self.could_take(pool, at).contains(last)) {
            Some(last) => assert_eq!((member, by), (last, AssignedBy::LastAgent)),
            None => assert!(matches!(by, AssignedBy::Turn(_)), "nobody saw to her last"),
        }
        self.holders.insert(work, member);
    }

    /// That nothing waits which somebody could take, and nobody has more than what she was given room for.
    pub(super) fn finds_nothing_left_to_do(&self, routing: &Routing) {
        assert_eq!(routing.waiting(), self.queue.len());
        let Some(at) = self.last else { return };
        for waiting in &self.queue {
            if let Some(pool) = self.pool_of(waiting).filter(|pool| self.is_open(*pool, at)) {
                assert_eq!(self.could_take(pool, at), [], "{waiting:?} waits for nothing");
            }
        }
        for (work, holder) in &self.holders {
            assert_eq!(routing.agent(*work), Some(*holder));
        }
    }

    fn pool_of(&self, request: &Request) -> Option<PoolId> {
        let serving = |source: Source| {
            self.pools.iter().find(|(_, (terms, _))| terms.serves.contains(&source)).map(|(pool, _)| *pool)
        };
        if let Some(team) = request.team {
            return serving(Source::Team(team));
        }
        let campaign = request.campaign.clone().and_then(|campaign| serving(Source::Campaign(campaign)));
        let channel = request.channel.and_then(|channel| serving(Source::Channel(channel)));
        let place = request.lead_source.and_then(|place| serving(Source::LeadSource(place)));
        campaign.or(place).or(channel).or_else(|| serving(Source::Everything))
    }

    fn is_open(&self, pool: PoolId, at: Timestamp) -> bool {
        self.pools[&pool].0.hours.as_ref().is_none_or(|hours| shows_open(hours, at))
    }

    /// Who of a pool is there and has room.
    fn could_take(&self, pool: PoolId, at: Timestamp) -> Vec<MemberId> {
        let takes = |member: &MemberId| {
            let away = self.away.get(member).is_some_and(|until| until.is_none_or(|until| at < until));
            let mine = self.leaves.iter().filter(|(whose, _)| whose == member);
            let on_leave = mine.into_iter().any(|(_, leave)| leave.from() <= at && at < leave.until());
            let works = self.hours.get(member).is_none_or(|hours| shows_open(hours, at));
            let load = self.holders.values().filter(|holder| *holder == member).count();
            let has_room = self.capacities.get(member).is_none_or(|capacity| load < usize::from(capacity.number()));
            !away && !on_leave && works && has_room
        };
        self.pools[&pool].1.keys().filter(|member| takes(member)).copied().collect()
    }
}

/// Whether a clock in its zone shows one of its hours. None of the hours tried is near a change of clocks.
fn shows_open(schedule: &Schedule, at: Timestamp) -> bool {
    let now = schedule.zone().rules().to_datetime(at);
    let minutes = |text: &str| -> i32 {
        let (hour, minute) = text.split_once(':').unwrap();
        hour.parse::<i32>().unwrap() * 60 + minute.parse::<i32>().unwrap()
    };
    let shows = i32::from(now.hour()) * 60 + i32::from(now.minute());
    schedule.hours(now.date()).iter().map(Hours::to_string).any(|hours| {
        let (opens, closes) = hours.split_once('-').unwrap();
        minutes(opens) <= shows && shows < minutes(closes)
    })
}
