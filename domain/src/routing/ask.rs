//! Somebody is wanted for a work item. It waits behind all that waits, and is given to whoever can take it, at once if
//! somebody can.
//!
//! Where it takes the place of another one, as a customer's conversation does of her lead, that is one decision: she who had the
//! other one has room for this, and had this customer last.

use jiff::Timestamp;

use super::{Request, Routing, RoutingEvent, RoutingRefusal};

pub(super) fn decide(
    routing: &Routing,
    mut request: Request,
    at: Timestamp,
) -> Result<Option<RoutingEvent>, RoutingRefusal> {
    request.instead_of = request.instead_of.filter(|work| routing.knows(*work));
    if routing.knows(request.work) {
        return Ok(request.instead_of.map(|work| RoutingEvent::Released { work, at }));
    }
    request.last_agent = request.last_agent.or_else(|| routing.agent(request.instead_of?));
    match routing.staff.pool_for(&request) {
        Some(_) => Ok(Some(RoutingEvent::Requested { request, at })),
        None => Err(RoutingRefusal::NotServed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::state::samples::{
        ADA, BEA, CARL, OTHER_POOL, POOL, SHOP, TEAM, assigned, at, away, comes_to, is_refused, members, pool, request,
        requested, state, terms, work,
    };
    use crate::routing::{AssignedBy, CampaignKey, Capacity, PoolTerms, RoutingOrder, Source, Turn, WorkItem};
    use crate::{ChannelId, LeadId, MemberId, PoolId, SourceId};
    use uuid::Uuid;

    const FORM: SourceId = SourceId::from_uuid(Uuid::from_u128(77));

    fn ask(request: Request) -> RoutingOrder {
        RoutingOrder::Ask { request }
    }

    fn by_turn(pool: PoolId, member: MemberId, second: i64) -> RoutingEvent {
        let turn: Turn = serde_json::from_value(500_000.into()).unwrap();
        RoutingEvent::Assigned { work: work(1), pool, member, by: AssignedBy::Turn(turn), at: at(second) }
    }

    fn by_last_agent(member: MemberId, second: i64) -> RoutingEvent {
        RoutingEvent::Assigned { work: work(1), pool: POOL, member, by: AssignedBy::LastAgent, at: at(second) }
    }

    #[test]
    fn whoever_s_turn_it_is_gets_it() {
        comes_to(
            vec![pool(&[(ADA, 1), (BEA, 3)])],
            ask(request(1)),
            1,
            vec![requested(1, 1), assigned(1, BEA, 166_666, 1)],
        );
    }

    #[test]
    fn what_nobody_can_take_waits() {
        comes_to(vec![pool(&[])], ask(request(1)), 1, vec![requested(1, 1)]);
        comes_to(vec![pool(&[(ADA, 1)]), away(ADA, 0)], ask(request(1)), 1, vec![requested(1, 1)]);
    }

    #[test]
    fn asking_again_changes_nothing() {
        let given = vec![pool(&[(ADA, 1)]), requested(1, 1), assigned(1, ADA, 500_000, 1)];
        comes_to(given, ask(request(1)), 2, vec![]);
        comes_to(vec![pool(&[]), requested(1, 1)], ask(request(1)), 2, vec![]);
    }

    #[test]
    fn what_was_settled_can_come_up_again() {
        let given = vec![
            pool(&[(ADA, 1)]),
            requested(1, 1),
            assigned(1, ADA, 500_000, 1),
            RoutingEvent::Released { work: work(1), at: at(2) },
        ];
        comes_to(given, ask(request(1)), 3, vec![requested(1, 3), assigned(1, ADA, 1_500_000, 3)]);
    }

    #[test]
    fn what_no_pool_serves_is_not_routed() {
        is_refused(vec![], ask(request(1)), 1, RoutingRefusal::NotServed);
        let created = RoutingEvent::PoolCreated {
            pool: POOL,
            terms: terms("Returns", [Source::Team(TEAM)]),
            members: members(&[(ADA, 1)]),
            at: at(0),
        };
        is_refused(vec![created], ask(request(1)), 1, RoutingRefusal::NotServed);
    }

    #[test]
    fn the_most_particular_pool_gets_it() {
        let spring = CampaignKey::parse("spring").unwrap();
        let channel = |nth| ChannelId::from_uuid(Uuid::from_u128(nth));
        let id = |nth: u128| PoolId::from_uuid(Uuid::from_u128(nth));
        let created = |nth: u128, source: Source, member| RoutingEvent::PoolCreated {
            pool: id(nth),
            terms: terms(&format!("Pool {nth}"), [source]),
            members: members(&[(member, 1)]),
            at: at(0),
        };
        // Whose ids are in another order than what they serve.
        let given = || {
            vec![
                created(1, Source::Everything, ADA),
                created(2, Source::Channel(SHOP), BEA),
                created(3, Source::Campaign(spring.clone()), CARL),
                created(4, Source::Team(TEAM), ADA),
                created(5, Source::LeadSource(FORM), BEA),
            ]
        };
        let of = |team, campaign: Option<&CampaignKey>, nth| Request {
            team,
            campaign: campaign.cloned(),
            channel: Some(channel(nth)),
            ..request(1)
        };
        let shop = SHOP.as_uuid().as_u128();
        for (asked, pool, member) in [
            (of(Some(TEAM), Some(&spring), shop), 4, ADA),
            (Request { lead_source: Some(FORM), ..of(Some(TEAM), None, shop) }, 4, ADA),
            (of(None, Some(&spring), shop), 3, CARL),
            (of(None, None, shop), 2, BEA),
            (of(None, CampaignKey::parse("autumn").ok().as_ref(), 9), 1, ADA),
            (Request { channel: None, ..request(1) }, 1, ADA),
            (Request { lead_source: Some(FORM), ..of(None, None, shop) }, 5, BEA),
            (Request { lead_source: Some(FORM), ..of(None, Some(&spring), shop) }, 3, CARL),
        ] {
            let was_asked = RoutingEvent::Requested { request: asked.clone(), at: at(1) };
            comes_to(given(), ask(asked), 1, vec![was_asked, by_turn(id(pool), member, 1)]);
        }
    }

    #[test]
    fn what_a_team_is_asked_for_falls_to_nobody_else() {
        let team_s = Request { team: Some(TEAM), ..request(1) };
        is_refused(vec![pool(&[(ADA, 1)])], ask(team_s.clone()), 1, RoutingRefusal::NotServed);
        // Nor where the team's pool is no more, or has nobody who could.
        let created = RoutingEvent::PoolCreated {
            pool: OTHER_POOL,
            terms: terms("Returns", [Source::Team(TEAM)]),
            members: members(&[(BEA, 1)]),
            at: at(0),
        };
        let was_asked = RoutingEvent::Requested { request: team_s.clone(), at: at(1) };
        let waits = vec![pool(&[(ADA, 1)]), created, away(BEA, 0), was_asked.clone()];
        comes_to(waits[..3].to_vec(), ask(team_s), 1, vec![was_asked]);
        let remove = RoutingOrder::RemovePool { pool: OTHER_POOL };
        comes_to(waits, remove, 2, vec![RoutingEvent::PoolRemoved { pool: OTHER_POOL, at: at(2) }]);
    }

    #[test]
    fn a_customer_comes_back_to_who_saw_to_her_last() {
        let back = || Request { last_agent: Some(BEA), ..request(1) };
        let was_asked = || RoutingEvent::Requested { request: back(), at: at(1) };
        let given = || vec![pool(&[(ADA, 9), (BEA, 1)])];
        comes_to(given(), ask(back()), 1, vec![was_asked(), by_last_agent(BEA, 1)]);
        let ada_s = assigned(1, ADA, 55_555, 1);
        // Who is not there, has no room, or is not of the pool is passed over.
        let full = RoutingEvent::CapacitySet { member: BEA, capacity: Capacity::try_from(1).ok(), at: at(0) };
        let handed = RoutingEvent::Handed { work: work(2), member: BEA, at: at(0) };
        for before in [vec![away(BEA, 0)], vec![full, handed], vec![pool(&[(ADA, 9)])]] {
            comes_to([given(), before].concat(), ask(back()), 1, vec![was_asked(), ada_s.clone()]);
        }
        // A pool may do without.
        let without = PoolTerms { keeps_last_agent: false, ..terms("Sales", [Source::Everything]) };
        let changed = RoutingEvent::PoolChanged { pool: POOL, terms: without, at: at(0) };
        comes_to([given(), vec![changed]].concat(), ask(back()), 1, vec![was_asked(), ada_s]);
    }

    #[test]
    fn what_takes_the_place_of_another_comes_to_who_had_that_also_where_she_has_no_more_room() {
        let lead = WorkItem::Lead(LeadId::from_uuid(Uuid::from_u128(7)));
        let one = RoutingEvent::CapacitySet { member: BEA, capacity: Capacity::try_from(1).ok(), at: at(0) };
        let handed = || RoutingEvent::Handed { work: lead, member: BEA, at: at(0) };
        let given = || vec![pool(&[(ADA, 9), (BEA, 1)]), one.clone()];
        let instead = || Request { instead_of: Some(lead), ..request(1) };
        let asked = |request| RoutingEvent::Requested { request, at: at(1) };
        let was_hers = Request { last_agent: Some(BEA), ..instead() };
        let comes = vec![asked(was_hers.clone()), by_last_agent(BEA, 1)];
        let hers = [given(), vec![handed()]].concat();
        comes_to(hers.clone(), ask(instead()), 1, comes.clone());
        let after = state(&[hers.clone(), comes].concat());
        assert_eq!((after.agent(lead), after.knows(lead), after.staff.person(BEA).load), (None, false, 1));
        // Who saw to the customer herself goes before.
        let ada_s = Request { last_agent: Some(ADA), ..instead() };
        let by_ada =
            RoutingEvent::Assigned { work: work(1), pool: POOL, member: ADA, by: AssignedBy::LastAgent, at: at(1) };
        comes_to(hers, ask(ada_s.clone()), 1, vec![asked(ada_s), by_ada]);
        // What waits waits no more, and what is not known is no matter.
        let waits = RoutingEvent::Requested { request: Request::of(lead), at: at(0) };
        let nobody_s = vec![pool(&[]), waits];
        comes_to(nobody_s.clone(), ask(instead()), 1, vec![asked(instead())]);
        assert_eq!(state(&[nobody_s, vec![asked(instead())]].concat()).waiting(), 1);
        comes_to(vec![pool(&[])], ask(instead()), 1, vec![asked(request(1))]);
    }

    #[test]
    fn what_is_seen_to_already_makes_the_other_one_end() {
        let lead = WorkItem::Lead(LeadId::from_uuid(Uuid::from_u128(7)));
        let instead = Request { instead_of: Some(lead), ..request(1) };
        let handed = RoutingEvent::Handed { work: lead, member: BEA, at: at(0) };
        let given = vec![pool(&[(ADA, 1)]), handed, requested(1, 1), assigned(1, ADA, 500_000, 1)];
        comes_to(given, ask(instead.clone()), 2, vec![RoutingEvent::Released { work: lead, at: at(2) }]);
        // What no pool serves takes no place.
        let created = RoutingEvent::PoolCreated {
            pool: POOL,
            terms: terms("Returns", [Source::Team(TEAM)]),
            members: members(&[(BEA, 1)]),
            at: at(0),
        };
        let handed = RoutingEvent::Handed { work: lead, member: BEA, at: at(0) };
        is_refused(vec![created, handed], ask(instead), 1, RoutingRefusal::NotServed);
    }

    #[test]
    fn coming_back_takes_no_turn() {
        let back = Request { last_agent: Some(ADA), ..request(1) };
        let was_asked = RoutingEvent::Requested { request: back, at: at(1) };
        let given = vec![pool(&[(ADA, 1), (BEA, 1)]), was_asked, by_last_agent(ADA, 1)];
        comes_to(given, ask(request(2)), 2, vec![requested(2, 2), assigned(2, ADA, 500_000, 2)]);
    }

    #[test]
    fn whoever_is_in_two_pools_has_one_capacity() {
        let other = RoutingEvent::PoolCreated {
            pool: OTHER_POOL,
            terms: terms("Shop", [Source::Team(TEAM)]),
            members: members(&[(ADA, 1)]),
            at: at(0),
        };
        let one = RoutingEvent::CapacitySet { member: ADA, capacity: Capacity::try_from(1).ok(), at: at(0) };
        let given = vec![pool(&[(ADA, 1)]), other, one, requested(2, 1), assigned(2, ADA, 500_000, 1)];
        let team_s = Request { team: Some(TEAM), ..request(1) };
        let was_asked = RoutingEvent::Requested { request: team_s.clone(), at: at(2) };
        comes_to(given, ask(team_s), 2, vec![was_asked]);
    }
}
