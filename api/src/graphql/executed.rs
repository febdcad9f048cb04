//! What the schema comes to without its edge: what is asked of many things at once, and by whom.

use std::collections::BTreeSet;

use async_graphql::Value;
use serde_json::json;
use uuid::Uuid;

use super::bed::{Bed, TENANT};
use super::global_id::{Kind, encode};
use crate::auth::Bearer;

#[tokio::test]
async fn many_things_by_their_ids_are_a_statement_for_each_kind() {
    let bed = Bed::new().await;
    let ids = |kinds: &[Kind]| {
        let of_kind = |kind: &Kind| (1..=12).map(|nth| encode(*kind, Uuid::from_u128(nth)).0).collect::<Vec<_>>();
        kinds.iter().flat_map(of_kind).collect::<Vec<_>>()
    };
    for (kinds, statements) in [(&Kind::ALL[..1], 1), (&Kind::ALL[..7], 7), (&Kind::ALL[7..], 0)] {
        let ids = ids(kinds);
        let told = bed.answer(&format!("{{ nodes(ids: {}) {{ id }} }}", json!(ids)), statements).await;
        let nulls = vec![serde_json::Value::Null; ids.len()];
        assert_eq!(told, json!({"nodes": nulls}), "there is nothing yet");
    }
    assert_eq!(bed.answer("{ nodes(ids: []) { id } }", 0).await, json!({"nodes": []}));
    let many = [ids(&Kind::ALL[..7]), ids(&Kind::ALL[..2])].concat();
    for odd in [json!(many), json!(["junk"])] {
        let (told, _) = bed.ask(Bearer::Owner(TENANT), &format!("{{ nodes(ids: {odd}) {{ id }} }}")).await;
        assert_eq!(told.errors[0].extensions.as_ref().unwrap().get("code"), Some(&Value::from("BAD_USER_INPUT")));
    }
}

#[tokio::test]
async fn whoever_asks_for_what_is_not_hers_is_told_so_at_that_field() {
    let bed = Bed::new().await;
    for (bearer, document, beside) in [
        (
            Bearer::Operator,
            "{ businessHours { timeZone } viewer { role } }",
            json!({"businessHours": null, "viewer": {"role": "OPERATOR"}}),
        ),
        (
            Bearer::Owner(TENANT),
            "{ parked { totalCount } viewer { role } }",
            json!({"parked": null, "viewer": {"role": "OWNER"}}),
        ),
        (
            Bearer::Operator,
            "{ leadCounts { new } viewer { role } }",
            json!({"leadCounts": null, "viewer": {"role": "OPERATOR"}}),
        ),
    ] {
        let (told, _) = bed.ask(bearer, document).await;
        let codes: Vec<_> = told.errors.iter().map(|error| error.extensions.as_ref().unwrap().get("code")).collect();
        assert_eq!(codes, [Some(&Value::from("FORBIDDEN"))], "{document}");
        assert_eq!(told.data.into_json().unwrap(), beside, "{document}");
    }
}

#[tokio::test]
async fn what_was_done_is_told_also_when_what_was_to_be_done_next_fails() {
    let bed = Bed::new().await;
    let connect = |id: &str, key: &str| {
        let input = format!("phoneNumberId: \"{id}\", wabaId: \"1\", displayPhone: \"+1\", idempotencyKey: \"{key}\"");
        format!("connectWhatsappNumber(input: {{ {input} }}) {{ userErrors {{ code }} position }}")
    };
    let document = format!("mutation {{ a: {} b: {} c: {} }}", connect("7", "x"), connect("8", ""), connect("9", "y"));
    let (told, _) = bed.ask(Bearer::Owner(TENANT), &document).await;
    let failed: Vec<_> = told.errors.iter().map(|error| json!(error.path)).collect();
    assert_eq!(failed, [json!(["b"])]);
    let data = told.data.into_json().unwrap();
    assert!(data["b"].is_null(), "{data}");
    for done in ["a", "c"] {
        assert!(data[done]["position"].is_i64() && data[done]["userErrors"] == json!([]), "{data}");
    }
}

#[tokio::test]
async fn what_a_form_says_that_cannot_be_so_is_told_of_all_its_fields() {
    let bed = Bed::new().await;
    let conversation = encode(Kind::Conversation, Uuid::from_u128(7)).0;
    let lead = encode(Kind::Lead, Uuid::from_u128(7)).0;
    let long = "x".repeat(51);
    for (mutation, fields) in [
        (format!("addConversationNote(input: {{ conversationId: {conversation:?}, text: \"\" }})"), &["text"][..]),
        (format!("labelConversation(input: {{ conversationId: {conversation:?}, label: {long:?} }})"), &["label"]),
        (format!("unlabelConversation(input: {{ conversationId: {conversation:?}, label: \" \" }})"), &["label"]),
        (format!("qualifyLead(input: {{ leadId: {lead:?}, reason: \"\", score: 200 }})"), &["reason", "score"]),
        (
            "connectWhatsappNumber(input: { phoneNumberId: \"\", wabaId: \"1\", displayPhone: \"\", app: \"?\" })"
                .to_owned(),
            &["phoneNumberId", "displayPhone", "app"],
        ),
        (
            "setBusinessHours(input: { timeZone: \"Mars\", week: [{ weekday: MONDAY, hours: [\"9\"] }] })".to_owned(),
            &["timeZone", "week.hours"],
        ),
    ] {
        let answer =
            bed.answer(&format!("mutation {{ it: {mutation} {{ userErrors {{ code message field }} }} }}"), 0).await;
        let told: Vec<_> = answer["it"]["userErrors"].as_array().unwrap().iter().collect();
        let named: Vec<_> = told.iter().map(|wrong| wrong["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields, "{mutation}: {answer}");
        assert!(told.iter().all(|wrong| wrong["code"] == "INVALID"), "{answer}");
    }
    // What no form lets anybody write is a program's mistake.
    for (mutation, field) in [
        (format!("assignConversationToTeam(input: {{ conversationId: {conversation:?}, teamId: \"us\" }})"), "teamId"),
        (format!("resolveConversation(input: {{ conversationId: {lead:?} }})"), "conversationId"),
        (
            format!("resolveConversation(input: {{ conversationId: {conversation:?}, idempotencyKey: \"\" }})"),
            "idempotencyKey",
        ),
        (format!("assignConversation(input: {{ conversationId: {conversation:?}, memberId: \"me\" }})"), "memberId"),
    ] {
        let document = format!("mutation {{ it: {mutation} {{ position }} other: {mutation} {{ position }} }}");
        let (told, _) = bed.ask(Bearer::Owner(TENANT), &document).await;
        assert_eq!(told.errors.len(), 2, "{mutation}: each fails alone");
        for error in &told.errors {
            let told = error.extensions.as_ref().unwrap();
            assert_eq!(told.get("code"), Some(&Value::from("BAD_USER_INPUT")), "{mutation}");
            assert_eq!(told.get("field"), Some(&Value::from(field)), "{mutation}");
        }
    }
}

#[tokio::test]
async fn a_question_that_is_wrong_names_the_argument_that_is() {
    let bed = Bed::new().await;
    let analytics = |days: &str, zone: &str| {
        format!(
            "analytics(range: {{ {days} }}, timeZone: \"{zone}\", interval: QUARTER_HOUR, metrics: [MESSAGES_IN]) {{ metric }}"
        )
    };
    let (day, backwards) = ("from: \"2026-11-01\", to: \"2026-11-01\"", "from: \"2026-11-02\", to: \"2026-11-01\"");
    for (question, field) in [
        (analytics(day, "Mars"), "timeZone"),
        (analytics(backwards, "UTC"), "range"),
        ("conversation(id: \"x\") { id }".to_owned(), "id"),
        ("nodes(ids: [\"x\"]) { id }".to_owned(), "ids"),
        ("leads(first: 101) { totalCount }".to_owned(), "first"),
        ("leads(filter: { id: { eq: null } }) { totalCount }".to_owned(), "filter"),
    ] {
        let (told, _) = bed.ask(Bearer::Owner(TENANT), &format!("{{ {question} viewer {{ role }} }}")).await;
        let error = told.errors[0].extensions.as_ref().unwrap();
        assert_eq!(error.get("code"), Some(&Value::from("BAD_USER_INPUT")), "{question}");
        assert_eq!(error.get("field"), Some(&Value::from(field)), "{question}");
        assert_eq!(told.data.into_json().unwrap()["viewer"], json!({"role": "OWNER"}), "{question}");
    }
}

/// One conversation of each of three customers, with a message and a note.
pub(super) const THREE: &str = "\
set search_path = inbox_v17;
insert into channels (channel_id, tenant_id, display_phone, phone_number_id, waba_id, status, connected_at, version)
values ('00000000-0000-0000-0000-0000000000c0', '00000000-0000-0000-0000-000000000001', '+1', '1', '1', 'connected', now(), 1);
insert into contacts (contact_id, tenant_id, introduced_at, display_name)
select md5('contact' || n)::uuid, '00000000-0000-0000-0000-000000000001', now(), 'Customer ' || n from generate_series(1, 3) n;
insert into messages (message_id, told_by, mark, tenant_id, conversation_id, contact_id, provider_message_id, direction, kind, body,
                      sent_at, telling, is_by_member)
select md5('message' || n)::uuid, md5('message' || n)::uuid, md5(n::text)::uuid,
       '00000000-0000-0000-0000-000000000001', md5('conversation' || n)::uuid, md5('contact' || n)::uuid,
       n::text, 'inbound', 'text', 'Hello ' || n, timestamptz '2026-11-01' + n * interval '1s', 2, false from generate_series(1, 3) n;
insert into notes (note_id, tenant_id, conversation_id, contact_id, body, noted_at)
select md5('note' || n)::uuid, '00000000-0000-0000-0000-000000000001', md5('conversation' || n)::uuid, md5('contact' || n)::uuid, 'A note', now()
from generate_series(1, 3) n;
insert into conversations (conversation_id, tenant_id, contact_id, channel_id, status, last_message_at, last_message_id, last_mark,
                           last_direction, last_kind, last_body)
select conversation_id, tenant_id, contact_id, '00000000-0000-0000-0000-0000000000c0', 'open', sent_at, message_id, mark, direction, kind, body
from messages;
insert into conflicts (contact_id, holder_id, kind, tenant_id)
select md5('contact' || n)::uuid, md5('contact' || 1 + n % 3)::uuid, 'email', '00000000-0000-0000-0000-000000000001'
from generate_series(1, 3) n;
insert into contacts (contact_id, tenant_id, introduced_at, display_name)
select md5('merged' || n)::uuid, '00000000-0000-0000-0000-000000000001', now(), 'Merged ' || n from generate_series(1, 3) n;
insert into persons (contact_id, tenant_id, merged_into, person_id, display_name)
select md5(who)::uuid, '00000000-0000-0000-0000-000000000001', case when who <> 'contact1' then md5('contact1')::uuid end, md5('contact1')::uuid,
       'Customer 1'
from unnest(array['contact1', 'merged1', 'merged2', 'merged3']) who;
update conversations set is_merged = true where contact_id = md5('contact1')::uuid;";

#[tokio::test]
async fn an_inbox_is_a_statement_for_each_of_its_lists_however_many_rows_they_have() {
    let bed = Bed::new().await;
    bed.execute(THREE).await;
    let inbox = bed.answer(include_str!("../../../docs/examples/inbox.graphql"), 2).await;
    let edges = inbox["conversations"]["edges"].as_array().unwrap();
    let texts: Vec<_> = edges.iter().map(|edge| &edge["node"]["messages"]["edges"][0]["node"]["text"]).collect();
    assert_eq!(texts, ["Hello 3", "Hello 2", "Hello 1"]);
    let page = "edges { node { id } }";
    for (document, statements) in [
        (format!("{{ conversations {{ {page} }} }}"), 1),
        (format!("{{ conversations {{ totalCount {page} }} }}"), 2),
        (format!("{{ conversations {{ edges {{ node {{ messages {{ {page} }} notes {{ {page} }} }} }} }} }}"), 3),
        // Fragments ask for the same page each by itself, and aliases for others.
        (
            format!(
                "{{ conversations {{ edges {{ node {{ ...A ...B c: messages {{ {page} }} }} }} }} }} fragment A on Conversation {{ messages {{ {page} }} }} fragment B on Conversation {{ messages {{ edges {{ node {{ text }} }} }} }}"
            ),
            2,
        ),
        (
            format!(
                "{{ conversations {{ edges {{ node {{ messages(first: 1) {{ {page} }} b: messages(last: 1) {{ {page} }} }} }} }} }}"
            ),
            3,
        ),
        (format!("{{ contacts {{ totalCount {page} }} }}"), 2),
        (format!("{{ channels {{ {page} }} }}"), 1),
        ("{ conversationCounts { open } }".to_owned(), 1),
    ] {
        bed.answer(&document, statements).await;
    }
    // Whoever is to see to several is read once, and for nobody nothing is.
    let assignees = "{ conversations { edges { node { assignee { name team { name } } } } } }";
    bed.answer(assignees, 1).await;
    bed.execute(
        "insert into people_v2.members (member_id, tenant_id, state, role, name, joined_at, version)
         select md5(name)::uuid, '00000000-0000-0000-0000-000000000001', 'ACTIVE', 'AGENT', name, now(), 1
         from unnest(array['Bo', 'Cy']) name;
         update inbox_v17.conversations set assignee_id = md5(name)::uuid
         from (values ('1', 'Cy'), ('2', 'Bo'), ('3', 'Nobody knows')) has (n, name)
         where conversation_id = md5('conversation' || n)::uuid",
    )
    .await;
    let told = bed.answer(assignees, 2).await;
    let rows = told["conversations"]["edges"].as_array().unwrap();
    let named: Vec<_> = rows.iter().map(|edge| &edge["node"]["assignee"]["name"]).collect();
    assert_eq!(named, [&json!(null), &json!("Bo"), &json!("Cy")]);
    // So are teams that are asked to see to some.
    let teams = "{ conversations { edges { node { team { name } } } } }";
    bed.answer(teams, 1).await;
    bed.execute(
        "insert into people_v2.teams (team_id, tenant_id, name, formed_at, version)
         values (md5('Service')::uuid, '00000000-0000-0000-0000-000000000001', 'Service', now(), 1);
         update inbox_v17.conversations set assignee_id = null, team_id = md5(name)::uuid
         from (values ('1', 'Service'), ('2', 'Disbanded')) asked (n, name)
         where conversation_id = md5('conversation' || n)::uuid",
    )
    .await;
    let told = bed.answer(teams, 2).await;
    let rows = told["conversations"]["edges"].as_array().unwrap();
    let named: Vec<_> = rows.iter().map(|edge| &edge["node"]["team"]).collect();
    assert_eq!(named, [&json!(null), &json!(null), &json!({ "name": "Service" })]);
    // The same conversation at several places, each with its messages.
    let id = &edges[0]["node"]["id"];
    let messages = format!("... on Conversation {{ messages {{ {page} }} }}");
    bed.answer(&format!("{{ nodes(ids: {}) {{ {messages} }} }}", json!([id, id, id])), 2).await;
}

#[tokio::test]
async fn what_the_examples_ask_is_so_many_statements() {
    let bed = Bed::new().await;
    bed.execute(THREE).await;
    bed.execute(
        "insert into leads_v7.leads (lead_id, tenant_id, contact_id, captured_in, source, captured_at, version)
         select md5('lead' || n)::uuid, '00000000-0000-0000-0000-000000000001', md5('contact' || n)::uuid, md5('conversation' || n)::uuid,
                'whatsapp', timestamptz '2026-11-01' + n * interval '1s', 1
         from generate_series(1, 3) n",
    )
    .await;
    let uuid: Uuid = sqlx::query_scalar("select md5('conversation2')::uuid").fetch_one(&bed.api().pool).await.unwrap();
    let conversation = json!({ "id": encode(Kind::Conversation, uuid).0 });
    let days = json!({ "from": "2026-11-01", "to": "2026-11-07" });
    let asked = [
        ("inbox", include_str!("../../../docs/examples/inbox.graphql"), json!({}), 2),
        ("conversation", include_str!("../../../docs/examples/conversation.graphql"), conversation.clone(), 3),
        ("leads", include_str!("../../../docs/examples/leads.graphql"), json!({}), 5),
        ("node", include_str!("../../../docs/examples/node.graphql"), conversation.clone(), 1),
        (
            "report",
            include_str!("../../../docs/examples/report.graphql"),
            json!({ "range": days, "timeZone": "UTC" }),
            2,
        ),
        ("usage", include_str!("../../../docs/examples/usage.graphql"), json!({ "range": days }), 1),
        // The conversation is not in the log.
        ("history", include_str!("../../../docs/examples/history.graphql"), conversation, 0),
    ];
    for (_, document, variables, statements) in &asked {
        let query =
            async_graphql::Request::new(*document).variables(async_graphql::Variables::from_json(variables.clone()));
        let (answer, took) = bed.handed_over(query).await;
        assert_eq!((&answer.errors[..], took), (&[][..], *statements), "{document}");
    }
    let examples: serde_json::Value = serde_json::from_str(include_str!("../../../docs/examples/index.json")).unwrap();
    let names = examples.as_array().unwrap().iter().map(|example| example["file"].as_str().unwrap());
    // Mutations, and what reads no read models.
    let others = ["send", "resolve", "operator"];
    let here: BTreeSet<String> =
        asked.iter().map(|(name, ..)| *name).chain(others).map(|name| format!("{name}.graphql")).collect();
    assert_eq!(names.map(str::to_owned).collect::<BTreeSet<_>>(), here);
    // However many leads there are.
    let of_leads = "contact { displayName } conversation { status } timeline { edges { node { at } } } \
                    notes { edges { node { text } } } submissions { edges { node { submittedAt } } }";
    bed.answer(&format!("{{ leads {{ edges {{ node {{ {of_leads} }} }} }} }}"), 6).await;
}
