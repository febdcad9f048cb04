//! Commands of a business's routing: few pools and people, so that histories come back to the same ones.

use jiff::{SignedDuration, Timestamp};
use leadflow_domain::routing::{
    CampaignKey, Capacity, Leave, PoolMembers, PoolName, PoolTerms, Request, RoutingCommand, RoutingOrder, Source,
    Weight, WorkItem,
};
use leadflow_domain::tenant::{Schedule, Weekday};
use leadflow_domain::{ChannelId, ConversationId, LeadId, MemberId, PoolId, SourceId, TeamId, Zone};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;
use uuid::Uuid;

use crate::strategies::uuid;

/// A Friday's morning in Rome.
const BEGIN: i64 = 1_763_712_000;

/// A history of some days, in which clocks may be a little behind each other.
pub(super) fn commands() -> impl Strategy<Value = Vec<RoutingCommand>> {
    let created = (pool_id(), terms(), members(2)).prop_map(|(pool, terms, members)| {
        let serves = [Source::Everything].into();
        RoutingOrder::CreatePool { pool, terms: PoolTerms { serves, ..terms }, members }
    });
    let steps = vec((prop_oneof![orders(), asks()], prop_oneof![9 => 0..7200_i64, 1 => -60..0_i64]), 20..60);
    (created, steps).prop_map(|(created, steps)| {
        let mut now = Timestamp::from_second(BEGIN).unwrap();
        let rest = steps.into_iter().map(|(what, later)| {
            now += SignedDuration::from_secs(later);
            RoutingCommand { what, now }
        });
        let created = RoutingCommand { what: created, now: Timestamp::from_second(BEGIN).unwrap() };
        std::iter::once(created).chain(rest).collect()
    })
}

/// Anything that can be asked.
pub(super) fn orders() -> impl Strategy<Value = RoutingOrder> {
    let pools = prop_oneof![
        3 => (pool_id(), terms(), members(0)).prop_map(|(pool, terms, members)| RoutingOrder::CreatePool {
            pool,
            terms,
            members
        }),
        2 => (pool_id(), terms()).prop_map(|(pool, terms)| RoutingOrder::ChangePool { pool, terms }),
        2 => (pool_id(), members(0)).prop_map(|(pool, members)| RoutingOrder::SetPoolMembers { pool, members }),
        1 => pool_id().prop_map(|pool| RoutingOrder::RemovePool { pool }),
    ];
    let people = prop_oneof![
        2 => (member(), of(capacity())).prop_map(|(member, capacity)| RoutingOrder::SetCapacity { member, capacity }),
        1 => (member(), of(hours())).prop_map(|(member, hours)| RoutingOrder::SetWorkingHours { member, hours }),
        2 => (member(), of(moment())).prop_map(|(member, until)| RoutingOrder::GoAway { member, until }),
        2 => member().prop_map(|member| RoutingOrder::ComeBack { member }),
        2 => (member(), leave()).prop_map(|(member, leave)| RoutingOrder::PlanLeave { member, leave }),
        3 => (member(), leave()).prop_map(|(member, leave)| RoutingOrder::CancelLeave { member, leave }),
        1 => member().prop_map(|member| RoutingOrder::LeaveBusiness { member }),
    ];
    prop_oneof![3 => pools, 5 => people, 6 => asks(), 2 => Just(RoutingOrder::AssignWaiting)]
}

/// What comes in, and what becomes of it.
fn asks() -> impl Strategy<Value = RoutingOrder> {
    prop_oneof![
        4 => request().prop_map(|request| RoutingOrder::Ask { request }),
        2 => request().prop_map(|request| RoutingOrder::PassOn { request }),
        2 => work().prop_map(|work| RoutingOrder::Release { work }),
        1 => (work(), member()).prop_map(|(work, member)| RoutingOrder::Hand { work, member }),
    ]
}

fn pool_id() -> impl Strategy<Value = PoolId> {
    uuid().prop_map(PoolId::from_uuid)
}

fn member() -> impl Strategy<Value = MemberId> {
    uuid().prop_map(MemberId::from_uuid)
}

fn members(least: usize) -> impl Strategy<Value = PoolMembers> {
    btree_map(member(), (1..=5_u8).prop_map(|weight| Weight::try_from(weight).unwrap()), least..4)
}

fn campaign() -> impl Strategy<Value = CampaignKey> {
    select(vec!["spring", "autumn"]).prop_map(|key| CampaignKey::parse(key).unwrap())
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![
        uuid().prop_map(|id| Source::Team(TeamId::from_uuid(id))),
        campaign().prop_map(Source::Campaign),
        uuid().prop_map(|id| Source::LeadSource(SourceId::from_uuid(id))),
        uuid().prop_map(|id| Source::Channel(ChannelId::from_uuid(id))),
        Just(Source::Everything),
    ]
}

fn terms() -> impl Strategy<Value = PoolTerms> {
    let name = select(vec!["Sales", "SALES", "Shop", "Returns"]).prop_map(|name| PoolName::parse(name).unwrap());
    let terms = (name, btree_set(source(), 0..3), proptest::bool::ANY, prop_oneof![3 => Just(None), 1 => of(hours())]);
    terms.prop_map(|(name, serves, keeps_last_agent, hours)| PoolTerms { name, serves, keeps_last_agent, hours })
}

fn hours() -> impl Strategy<Value = Schedule> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    select(vec!["00:00-12:00", "08:00-18:00", "13:00-24:00"]).prop_map(|open| {
        let week = [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];
        let week = week.map(|day| (day, vec![open.parse().unwrap()]));
        Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, []).unwrap()
    })
}

fn capacity() -> impl Strategy<Value = Capacity> {
    (1..=3_u16).prop_map(|capacity| Capacity::try_from(capacity).unwrap())
}

/// In the days of a history.
fn moment() -> impl Strategy<Value = Timestamp> {
    (1..100_i64).prop_map(|hour| Timestamp::from_second(BEGIN + hour * 3600).unwrap())
}

fn leave() -> impl Strategy<Value = Leave> {
    (select(vec![1, 5, 20]), select(vec![2, 30])).prop_map(|(from, hours)| {
        let hour = |hour: i64| Timestamp::from_second(BEGIN + hour * 3600).unwrap();
        Leave::new(hour(from), hour(from + hours)).unwrap()
    })
}

fn work() -> impl Strategy<Value = WorkItem> {
    (1..=6_u128, proptest::bool::weighted(0.2)).prop_map(|(nth, is_lead)| match is_lead {
        true => WorkItem::Lead(LeadId::from_uuid(Uuid::from_u128(nth))),
        false => WorkItem::Conversation(ConversationId::from_uuid(Uuid::from_u128(nth))),
    })
}

fn request() -> impl Strategy<Value = Request> {
    let rare = 0.2;
    let team = proptest::option::weighted(rare, uuid().prop_map(TeamId::from_uuid));
    let campaign = proptest::option::weighted(rare, campaign());
    let place = proptest::option::weighted(rare, uuid().prop_map(SourceId::from_uuid));
    let channel = of(uuid().prop_map(ChannelId::from_uuid));
    let last_agent = proptest::option::weighted(rare, member());
    let other = proptest::option::weighted(rare, work());
    (work(), team, campaign, place, channel, last_agent, other).prop_map(
        |(work, team, campaign, lead_source, channel, last_agent, other)| Request {
            work,
            team,
            campaign,
            lead_source,
            channel,
            last_agent,
            instead_of: other.filter(|other| *other != work),
        },
    )
}
