//! What is asked about routing: what is shown of it, what may be said, and by whom.

use jiff::Timestamp;
use leadflow_domain::role::{Permission, Permissions};
use leadflow_domain::routing::{Request, RoutingCommand, RoutingOrder, WorkItem};
use leadflow_domain::{CommandId, ConversationId, MemberId, RoutingId};
use leadflow_event_store::{Actor, CommandContext};
use leadflow_projections::Sight;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::graphql::bed::{Bed, TENANT};
use crate::graphql::global_id::{Kind, encode};

const ADA: &str = "00000000-0000-0000-0000-000000000001";
const BEA: &str = "00000000-0000-0000-0000-000000000002";

/// Two work here, one was put out, and one works elsewhere.
const MEMBERS: &str = "\
insert into people_v2.members (member_id, tenant_id, state, role, name, joined_at, version)
select ('00000000-0000-0000-0000-00000000000' || n)::uuid, ('00000000-0000-0000-0000-00000000000' || of)::uuid,
       state, 'AGENT', 'One', now(), 1
from (values ('1', '1', 'ACTIVE'), ('2', '1', 'ACTIVE'), ('3', '1', 'DEACTIVATED'), ('4', '2', 'ACTIVE'))
     as a (n, of, state)";

const EVERYBODY: &str = "members: [{ memberId: \"00000000-0000-0000-0000-000000000001\", weight: 2 }, \
                         { memberId: \"00000000-0000-0000-0000-000000000002\", weight: 1 }]";

async fn bed() -> Bed {
    let bed = Bed::new().await;
    bed.execute(MEMBERS).await;
    bed
}

fn member(id: &str) -> MemberId {
    id.parse().unwrap()
}

/// What a document comes to for Ada, who may do so much.
async fn ask(bed: &Bed, may: Permissions, document: &str) -> Value {
    let answer = bed.ask_permitted(member(ADA), may, document).await;
    assert_eq!(answer.errors, [], "{document}");
    answer.data.into_json().unwrap()["done"].take()
}

/// Has whoever may do everything do something to a pool, and says what it came to.
async fn manage(bed: &Bed, mutation: &str, said: &str) -> Value {
    let pool = "pool { id name keepsLastAgent serves { kind id } hours { timeZone } members { memberId weight } }";
    let document =
        format!("mutation {{ done: {mutation}(input: {{ {said} }}) {{ {pool} userErrors {{ code field }} }} }}");
    ask(bed, Permissions::ALL, &document).await
}

async fn sales(bed: &Bed) -> String {
    let said = format!("terms: {{ name: \"Sales\", serves: [{{ kind: EVERYTHING }}] }}, {EVERYBODY}");
    let done = manage(bed, "createRoutingPool", &said).await;
    assert_eq!(done["userErrors"], json!([]));
    done["pool"]["id"].as_str().unwrap().to_owned()
}

fn conversation(nth: u128) -> Uuid {
    Uuid::from_u128(500 + nth)
}

/// Asks for somebody for so many conversations, one a second.
async fn route(bed: &Bed, count: u128) {
    for nth in 0..count {
        let work = WorkItem::Conversation(ConversationId::from_uuid(conversation(nth)));
        let request = Request::of(work);
        let id = CommandId::derive(TENANT, "test", &[&nth.to_string()]);
        let context = CommandContext::new(TENANT, id, Actor::CommandLine, "test");
        let now = "2999-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
        let command = RoutingCommand { what: RoutingOrder::Ask { request }, now };
        bed.api().commands.routing.execute(RoutingId::of(TENANT), command, context).await.unwrap();
    }
}

#[tokio::test]
async fn a_pool_is_created_changed_and_removed_and_shown_as_it_is() {
    let bed = bed().await;
    let id = sales(&bed).await;
    let members = json!([{ "memberId": ADA, "weight": 2 }, { "memberId": BEA, "weight": 1 }]);
    let shown = json!({
        "id": id, "name": "Sales", "keepsLastAgent": true, "serves": [{ "kind": "EVERYTHING", "id": null }],
        "hours": null, "members": members,
    });
    let one = format!(
        "{{ done: routingPool(id: \"{id}\") {{ id name keepsLastAgent serves {{ kind id }} hours {{ timeZone }} \
                       members {{ memberId weight }} }} }}"
    );
    assert_eq!(ask(&bed, Permissions::NONE, &one).await, shown);
    let all = "{ done: routing { waiting pools { id name serves { kind id } memberCount freeCount } } }";
    let serves = json!([{ "kind": "EVERYTHING", "id": null }]);
    let summary = json!({ "id": id, "name": "Sales", "serves": serves, "memberCount": 2, "freeCount": 2 });
    assert_eq!(ask(&bed, Permissions::NONE, all).await, json!({ "waiting": 0, "pools": [summary] }));
    let channel = encode(Kind::Channel, Uuid::from_u128(7)).0;
    let said = format!(
        "poolId: \"{id}\", terms: {{ name: \"Shop\", keepsLastAgent: false, serves: [{{ kind: CHANNEL, id: \"{channel}\" }}, \
         {{ kind: CAMPAIGN, id: \"spring\" }}, {{ kind: TEAM, id: \"{BEA}\" }}], \
         hours: {{ timeZone: \"Europe/Rome\", week: [{{ weekday: MONDAY, hours: [\"09:00-13:00\"] }}] }} }}"
    );
    let changed = manage(&bed, "changeRoutingPool", &said).await;
    let serves = json!([
        { "kind": "TEAM", "id": BEA }, { "kind": "CAMPAIGN", "id": "spring" }, { "kind": "CHANNEL", "id": channel },
    ]);
    let expected = json!({
        "id": id, "name": "Shop", "keepsLastAgent": false, "serves": serves, "hours": { "timeZone": "Europe/Rome" },
        "members": members,
    });
    assert_eq!(changed, json!({ "pool": expected, "userErrors": [] }));
    let set = format!("poolId: \"{id}\", members: [{{ memberId: \"{BEA}\", weight: 7 }}]");
    let set = manage(&bed, "setRoutingPoolMembers", &set).await;
    assert_eq!(set["pool"]["members"], json!([{ "memberId": BEA, "weight": 7 }]));
    let removed = manage(&bed, "removeRoutingPool", &format!("poolId: \"{id}\"")).await;
    assert_eq!(removed, json!({ "pool": null, "userErrors": [] }));
    assert_eq!(ask(&bed, Permissions::NONE, &one).await, Value::Null);
    assert_eq!(ask(&bed, Permissions::NONE, all).await, json!({ "waiting": 0, "pools": [] }));
}

#[tokio::test]
async fn what_can_t_be_so_is_told_by_its_field() {
    let bed = bed().await;
    let id = sales(&bed).await;
    let terms = |terms: &str| format!("terms: {{ {terms} }}, members: []");
    let members = |members: &str| format!("poolId: \"{id}\", members: [{members}]");
    let one = |id: &str, weight: i32| format!("{{ memberId: \"{id}\", weight: {weight} }}");
    let [out, elsewhere] = ["3", "4"].map(|nth| format!("00000000-0000-0000-0000-00000000000{nth}"));
    for (mutation, said, code, field) in [
        ("createRoutingPool", terms("name: \"\", serves: []"), "INVALID", "terms.name"),
        ("createRoutingPool", terms("name: \"SALES\", serves: []"), "REFUSED", "name"),
        ("createRoutingPool", terms("name: \"Shop\", serves: [{ kind: EVERYTHING }]"), "REFUSED", "serves"),
        (
            "createRoutingPool",
            terms("name: \"Shop\", serves: [{ kind: EVERYTHING, id: \"1\" }]"),
            "INVALID",
            "terms.serves",
        ),
        (
            "createRoutingPool",
            terms("name: \"Shop\", serves: [{ kind: CAMPAIGN, id: \" \" }]"),
            "INVALID",
            "terms.serves",
        ),
        (
            "createRoutingPool",
            terms("name: \"Shop\", serves: [], hours: { timeZone: \"Mars\", week: [] }"),
            "INVALID",
            "terms.hours.timeZone",
        ),
        (
            "createRoutingPool",
            terms("name: \"Shop\", serves: [], hours: { timeZone: \"UTC\", week: [] }"),
            "INVALID",
            "terms.hours.week",
        ),
        ("setRoutingPoolMembers", members(&one(ADA, 0)), "INVALID", "members.weight"),
        ("setRoutingPoolMembers", members(&one(ADA, 101)), "INVALID", "members.weight"),
        ("setRoutingPoolMembers", members(&[one(ADA, 1), one(ADA, 1)].join(" ")), "INVALID", "members.memberId"),
        ("setRoutingPoolMembers", members(&one(&out, 1)), "NOT_FOUND", "members.memberId"),
        ("setRoutingPoolMembers", members(&one(&elsewhere, 1)), "NOT_FOUND", "members.memberId"),
        ("setRoutingPoolMembers", format!("poolId: \"{BEA}\", members: []"), "NOT_FOUND", "poolId"),
    ] {
        let done = manage(&bed, mutation, &said).await;
        assert_eq!(done, json!({ "pool": null, "userErrors": [{ "code": code, "field": field }] }), "{said}");
    }
    let capacity = |number: i32| {
        format!(
            "mutation {{ done: setMemberCapacity(input: {{ memberId: \"{ADA}\", capacity: {number} }}) {{ userErrors {{ code field }} }} }}"
        )
    };
    for number in [-1, 0, 1001, 70_000] {
        let done = ask(&bed, Permissions::ALL, &capacity(number)).await;
        assert_eq!(done, json!({ "userErrors": [{ "code": "INVALID", "field": "capacity" }] }), "{number}");
    }
}

#[tokio::test]
async fn a_member_says_herself_when_she_is_not_there_and_of_others_who_may() {
    let bed = bed().await;
    sales(&bed).await;
    let said = |mutation: &str, of: &str, more: &str| {
        format!(
            "mutation {{ done: {mutation}(input: {{ memberId: \"{of}\" {more} }}) {{ userErrors {{ code field }} \
             member {{ memberId availability unavailableUntil load capacity leaves {{ from until }} workingHours {{ timeZone }} }} }} }}"
        )
    };
    let shown = |availability: &str, until: Value| {
        let member = json!({
            "memberId": ADA, "availability": availability, "unavailableUntil": until, "load": 0, "capacity": null,
            "leaves": [], "workingHours": null,
        });
        json!({ "userErrors": [], "member": member })
    };
    let until = "2999-01-01T00:00:00Z";
    let may = Permissions::NONE;
    let away = ask(&bed, may, &said("setMemberAway", ADA, &format!("until: \"{until}\""))).await;
    assert_eq!(away, shown("AWAY", json!(until)));
    assert_eq!(ask(&bed, may, &said("setMemberBack", ADA, "")).await, shown("AVAILABLE", Value::Null));
    let times = "from: \"2000-01-01T00:00:00Z\", until: \"2999-01-01T00:00:00Z\"";
    let planned = ask(&bed, may, &said("planMemberLeave", ADA, times)).await;
    assert_eq!(planned["member"]["availability"], "ON_LEAVE");
    assert_eq!(planned["member"]["leaves"], json!([{ "from": "2000-01-01T00:00:00Z", "until": until }]));
    let known = ask(&bed, may, &format!("{{ done: routingMember(id: \"{ADA}\") {{ availability }} }}")).await;
    assert_eq!(known, json!({ "availability": "ON_LEAVE" }));
    assert_eq!(ask(&bed, may, &said("cancelMemberLeave", ADA, times)).await, shown("AVAILABLE", Value::Null));
    for (mutation, more) in
        [("setMemberAway", ""), ("setMemberBack", ""), ("planMemberLeave", times), ("cancelMemberLeave", times)]
    {
        let refused = ask(&bed, may, &said(mutation, BEA, more)).await;
        assert_eq!(refused["userErrors"][0]["code"], "FORBIDDEN", "{mutation}");
        let allowed = Permissions::of(&[Permission::AssignConversations]);
        let done = ask(&bed, allowed, &said(mutation, BEA, more)).await;
        assert_eq!(done["userErrors"], json!([]), "{mutation}");
    }
    let over = ask(&bed, may, &said("setMemberAway", ADA, "until: \"2000-01-01T00:00:00Z\"")).await;
    assert_eq!(over["userErrors"], json!([{ "code": "NOT_IN_THE_FUTURE", "field": "until" }]));
    let turned = "from: \"2999-01-02T00:00:00Z\", until: \"2999-01-01T00:00:00Z\"";
    let turned = ask(&bed, may, &said("planMemberLeave", ADA, turned)).await;
    assert_eq!(turned["userErrors"], json!([{ "code": "INVALID", "field": "until" }]));
    let stranger = format!("{{ done: routingMember(id: \"{}\") {{ load }} }}", Uuid::from_u128(9));
    assert_eq!(ask(&bed, may, &stranger).await, Value::Null);
}

#[tokio::test]
async fn an_assignment_is_explained_to_whoever_sees_the_conversation() {
    let bed = bed().await;
    let pool = sales(&bed).await;
    route(&bed, 2).await;
    let id = encode(Kind::Conversation, conversation(1)).0;
    let document = format!(
        "{{ done: explainAssignment(conversationId: \"{id}\") {{ memberId by poolId holds lastAgentId source {{ kind }} \
         candidates {{ memberId weight availability load capacity due }} }} }}"
    );
    let candidate = |member: &str, weight: i32, load: i32, due: f64| {
        json!({
            "memberId": member, "weight": weight, "availability": "AVAILABLE", "load": load, "capacity": null, "due": due,
        })
    };
    let explained = json!({
        "memberId": BEA, "by": "TURN", "poolId": pool, "holds": true, "lastAgentId": null,
        "source": { "kind": "EVERYTHING" },
        "candidates": [candidate(BEA, 1, 0, 0.5), candidate(ADA, 2, 1, 0.75)],
    });
    assert_eq!(ask(&bed, Permissions::ALL, &document).await, explained);
    let unseen = bed.ask_seeing(Sight::Nothing, &document).await;
    assert_eq!(unseen.data.into_json().unwrap(), json!({ "done": null }));
    let never = encode(Kind::Conversation, conversation(99)).0;
    let never = format!("{{ done: explainAssignment(conversationId: \"{never}\") {{ by }} }}");
    assert_eq!(ask(&bed, Permissions::ALL, &never).await, Value::Null);
}

#[tokio::test]
async fn a_backtest_is_shown_to_whoever_says_how_the_business_works() {
    let bed = bed().await;
    let pool = sales(&bed).await;
    route(&bed, 30).await;
    let tried = |weights: &str| {
        format!(
            "{{ done: routingBacktest(input: {{ from: \"2000-01-01T00:00:00Z\", until: \"2999-12-31T00:00:00Z\" {weights} }}) \
             {{ requests changed shares {{ memberId actual simulated }} }} }}"
        )
    };
    let share = |member: &str, actual: i32, simulated: i32| json!({ "memberId": member, "actual": actual, "simulated": simulated });
    let was = json!({ "requests": 30, "changed": 0, "shares": [share(ADA, 20, 20), share(BEA, 10, 10)] });
    assert_eq!(ask(&bed, Permissions::ALL, &tried("")).await, was);
    let weights = format!("poolId: \"{pool}\", weights: [{{ memberId: \"{ADA}\", weight: 1 }}]");
    let other = ask(&bed, Permissions::ALL, &tried(&weights)).await;
    assert_eq!(other["shares"], json!([share(ADA, 20, 15), share(BEA, 10, 15)]));
    let may = Permissions::of(&[Permission::AssignConversations]);
    let refused = bed.ask_permitted(member(ADA), may, &tried("")).await;
    assert_eq!(refused.data.into_json().unwrap(), json!({ "done": null }));
    assert_eq!(refused.errors.len(), 1);
}
