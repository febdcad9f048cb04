//! A work item is passed on: somebody else is wanted for it. Whoever has it has room again, and it waits behind all that waits; where
//! no pool serves what is asked for, it is let go. What waits for the same team already keeps its place. It takes the place of nothing else.

use jiff::Timestamp;

use super::{Request, Routing, RoutingEvent, RoutingRefusal};

pub(super) fn decide(
    routing: &Routing,
    request: Request,
    at: Timestamp,
) -> Result<Option<RoutingEvent>, RoutingRefusal> {
    let request = Request { instead_of: None, ..request };
    let work = request.work;
    if routing.request(work).is_some_and(|waits| waits.team == request.team) {
        return Ok(None);
    }
    match routing.staff.pool_for(&request) {
        Some(_) => Ok(Some(RoutingEvent::Requested { request, at })),
        None if routing.knows(work) => Ok(Some(RoutingEvent::Released { work, at })),
        None => Err(RoutingRefusal::NotServed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TeamId;
    use crate::routing::state::samples::{
        ADA, BEA, CARL, OTHER_POOL, TEAM, assigned, at, away, comes_to, is_refused, members, pool, request, requested,
        state, terms, work,
    };
    use crate::routing::{AssignedBy, Capacity, RoutingOrder, Source, Turn};

    /// Asked for by the team.
    fn team_s(nth: u128) -> Request {
        Request { team: Some(TEAM), ..request(nth) }
    }

    fn pass_on(request: Request) -> RoutingOrder {
        RoutingOrder::PassOn { request }
    }

    fn asked(nth: u128, second: i64) -> RoutingEvent {
        RoutingEvent::Requested { request: team_s(nth), at: at(second) }
    }

    /// The team's, of Bea and Carl.
    fn service() -> RoutingEvent {
        RoutingEvent::PoolCreated {
            pool: OTHER_POOL,
            terms: terms("Service", [Source::Team(TEAM)]),
            members: members(&[(BEA, 1), (CARL, 1)]),
            at: at(0),
        }
    }

    fn given(nth: u128, member: crate::MemberId, turn: u64, second: i64) -> RoutingEvent {
        let by = AssignedBy::Turn(serde_json::from_value::<Turn>(turn.into()).unwrap());
        RoutingEvent::Assigned { work: work(nth), pool: OTHER_POOL, member, by, at: at(second) }
    }

    #[test]
    fn it_is_taken_from_who_had_it_who_has_room_again() {
        let one = RoutingEvent::CapacitySet { member: ADA, capacity: Capacity::try_from(1).ok(), at: at(0) };
        let full = [requested(1, 1), assigned(1, ADA, 500_000, 1), requested(2, 2)];
        comes_to(
            [vec![pool(&[(ADA, 1)]), service(), one], full.to_vec()].concat(),
            pass_on(team_s(1)),
            3,
            // Who waited before it comes first.
            vec![asked(1, 3), assigned(2, ADA, 1_500_000, 3), given(1, BEA, 500_000, 3)],
        );
    }

    #[test]
    fn by_turns_and_behind_what_waits() {
        let history = || vec![pool(&[(ADA, 1)]), service(), asked(1, 1), given(1, BEA, 500_000, 1)];
        comes_to(history(), pass_on(team_s(2)), 2, vec![asked(2, 2), given(2, CARL, 500_000, 2)]);
        let nobody = [away(BEA, 2), away(CARL, 2), asked(2, 3), requested(3, 4), assigned(3, ADA, 500_000, 4)];
        let waits = [history(), nobody.to_vec()].concat();
        comes_to(waits.clone(), pass_on(team_s(3)), 5, vec![asked(3, 5)]);
        let back = RoutingEvent::CameBack { member: CARL, at: at(6) };
        comes_to(
            [waits, vec![asked(3, 5)]].concat(),
            RoutingOrder::ComeBack { member: CARL },
            6,
            vec![back, given(2, CARL, 500_000, 6), given(3, CARL, 1_500_000, 6)],
        );
    }

    #[test]
    fn what_waits_for_the_team_keeps_its_place_and_what_waits_for_others_does_not() {
        let waits = || vec![pool(&[]), service(), away(BEA, 0), away(CARL, 0), requested(1, 1), asked(2, 2)];
        comes_to(waits(), pass_on(team_s(2)), 3, vec![]);
        comes_to(waits(), pass_on(team_s(1)), 3, vec![asked(1, 3)]);
        let after = state(&[waits(), vec![asked(1, 3)]].concat());
        assert_eq!((after.waiting(), after.team(work(1))), (2, Some(TEAM)));
    }

    #[test]
    fn what_one_of_the_team_gives_back_is_the_next_one_s() {
        let hers = vec![service(), asked(1, 1), given(1, BEA, 500_000, 1)];
        let before = state(&hers);
        assert_eq!((before.agent(work(1)), before.team(work(1))), (Some(BEA), Some(TEAM)));
        comes_to(hers.clone(), pass_on(team_s(1)), 2, vec![asked(1, 2), given(1, CARL, 500_000, 2)]);
        // What people said she sees to, she was not given for the team.
        let handed = RoutingEvent::Handed { work: work(1), member: CARL, at: at(2) };
        assert_eq!(state(&[hers, vec![handed]].concat()).team(work(1)), None);
    }

    #[test]
    fn where_no_pool_serves_the_team_it_is_let_go() {
        let others = TeamId::from_uuid(uuid::Uuid::from_u128(9));
        let theirs = Request { team: Some(others), ..request(1) };
        let held = vec![pool(&[(ADA, 1)]), service(), requested(1, 1), assigned(1, ADA, 500_000, 1)];
        let released = RoutingEvent::Released { work: work(1), at: at(2) };
        comes_to(held.clone(), pass_on(theirs.clone()), 2, vec![released.clone()]);
        is_refused([held, vec![released]].concat(), pass_on(theirs), 3, RoutingRefusal::NotServed);
    }
}
