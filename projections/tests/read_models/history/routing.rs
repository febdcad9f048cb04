//! How a business shares out its work: each thing that can be told of it, once.

use leadflow_domain::routing::{
    Capacity, Leave, PoolMembers, PoolName, PoolTerms, Request, RoutingCommand, RoutingOrder, Source, Weight, WorkItem,
};
use leadflow_domain::tenant::{Schedule, Weekday};
use leadflow_domain::{ConversationId, MemberId, PoolId, RoutingId, TenantId, Zone};
use uuid::Uuid;

use super::{Play, at, channel, contact, member, team};
use crate::support::context;

fn terms(name: &str, serves: Source) -> PoolTerms {
    PoolTerms { name: PoolName::parse(name).unwrap(), serves: [serves].into(), keeps_last_agent: true, hours: None }
}

fn request(tenant: TenantId, who: u128, last_agent: Option<MemberId>) -> Request {
    let channel = channel(tenant, 0);
    let work = WorkItem::Conversation(ConversationId::between(contact(tenant, who), channel));
    Request { channel: Some(channel), last_agent, ..Request::of(work) }
}

/// What is told of the routing of a business, in its order.
fn told(tenant: TenantId) -> Vec<RoutingOrder> {
    let [sales, returns] = [1, 2].map(|nth| PoolId::from_uuid(Uuid::from_u128(nth)));
    let [one, other] = [1, 2].map(|nth| member(tenant, nth));
    let members: PoolMembers = [(one, Weight::try_from(2).unwrap()), (other, Weight::ONE)].into();
    let week = [(Weekday::Monday, vec!["09:00-17:00".parse().unwrap()])];
    let hours = Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, []).unwrap();
    let leave = Leave::new(at(86_400), at(172_800)).unwrap();
    let ask = |who, last| RoutingOrder::Ask { request: request(tenant, who, last) };
    let of_team = terms("Returns", Source::Team(team(tenant, 1)));
    vec![
        RoutingOrder::CreatePool { pool: sales, terms: terms("Sales", Source::Everything), members: members.clone() },
        RoutingOrder::CreatePool { pool: returns, terms: of_team, members: PoolMembers::new() },
        RoutingOrder::ChangePool { pool: sales, terms: terms("Sellers", Source::Everything) },
        RoutingOrder::SetPoolMembers { pool: returns, members },
        RoutingOrder::RemovePool { pool: returns },
        RoutingOrder::SetCapacity { member: one, capacity: Capacity::try_from(1).ok() },
        ask(0, None),
        ask(1, Some(other)),
        RoutingOrder::SetWorkingHours { member: one, hours: Some(hours) },
        RoutingOrder::GoAway { member: other, until: None },
        ask(2, None),
        RoutingOrder::ComeBack { member: other },
        RoutingOrder::PlanLeave { member: other, leave },
        RoutingOrder::CancelLeave { member: other, leave },
        RoutingOrder::Hand { work: request(tenant, 0, None).work, member: other },
        RoutingOrder::Release { work: request(tenant, 1, None).work },
        RoutingOrder::LeaveBusiness { member: one },
    ]
}

impl Play<'_> {
    pub(super) async fn routing(&mut self, tenant: TenantId) {
        for (what, second) in told(tenant).into_iter().zip(0..) {
            let key = self.key_of_people();
            let command = RoutingCommand { what, now: at(second) };
            self.log.routing.execute(RoutingId::of(tenant), command, context(tenant, &key)).await.unwrap();
        }
    }
}
