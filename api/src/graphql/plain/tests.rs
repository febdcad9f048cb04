//! What is written at once is, byte by byte, what the library would have made of it.

mod documents;

use std::collections::BTreeSet;

use async_graphql::{Request, Response, Value};
use serde_json::json;

use self::documents::Documents;
use super::ByTheLibrary;
use crate::graphql::bed::Bed;
use crate::graphql::edge::reading::{has_pieces, sent};
use crate::graphql::executed::THREE;

/// Random documents.
const DOCUMENTS: usize = 150;

/// Of the three conversations one is with a group, one with somebody who stands for others, and each has messages of all sorts.
const ALL_SORTS: &str = r#"
set search_path = inbox_v17;
insert into messages (message_id, told_by, mark, tenant_id, conversation_id, contact_id, outbound_message_id, provider_message_id, direction,
                      kind, body, content, replies_to, about, sent_at, telling, is_by_member, is_acted)
select md5('more' || n || '.' || k)::uuid, md5('more' || n || '.' || k)::uuid, md5('mark' || n || '.' || k)::uuid,
       '00000000-0000-0000-0000-000000000001', md5('conversation' || n)::uuid, md5('contact' || n)::uuid,
       case when k % 2 = 0 then md5('sent' || n || '.' || k)::uuid end,
       case k % 7 when 0 then '' when 1 then ':' || n || '.' || k else 'wamid.' || n || '.' || k end,
       case k % 2 when 0 then 'outbound' else 'inbound' end,
       (array['text', 'image', 'location', 'template', 'button_reply', 'edit', 'call_ended'])[1 + k % 7],
       (array[null, 'Plain', E'Quoted "so"\\ and\nfurther\t\u0001 on', 'Ünïcode 💥 </script>', ''])[1 + k % 5],
       (array[null, '{"file": {"id": "7", "sizes": [1, 2.5, -3e10, null, true]}, "caption": "\u0007"}', '{}'])[1 + k % 3]::jsonb,
       case when k > 3 then md5('mark' || n || '.' || k - 3)::uuid end,
       case when k % 7 = 5 then md5('mark' || n || '.' || k - 1)::uuid end,
       timestamptz '2026-10-01' + n * interval '1 day' + k * interval '3601.000017 seconds', k % 3, k % 2 = 0, k % 7 in (4, 3)
from generate_series(1, 3) n, generate_series(1, 24) k;
insert into message_statuses (outbound_message_id, tenant_id, status, sent_at, delivered_at, read_at, failed_at, failure_code, failure_title, pricing)
select md5('sent' || n || '.' || k)::uuid, '00000000-0000-0000-0000-000000000001', (array['sent', 'failed', 'delivered', 'read'])[1 + k % 4],
       timestamptz '2026-10-02' + k * interval '1.5 seconds', case when k % 3 = 0 then timestamptz '2026-10-03' end, null,
       case when k % 4 = 1 or k = 6 then timestamptz '2026-10-04' end, case when k % 4 = 1 then '131056' else '' end, 'Why "not"',
       (array[null, '{"billable": true, "rates": [{"a": 0.1}]}', 'no JSON'])[1 + k % 3]
from generate_series(1, 3) n, generate_series(2, 24, 4) k;
insert into sendings (outbound_message_id, tenant_id, contact_id, message_id, status, attempts, round, queued_at, attempted_at, cause, error_code, error_title)
select md5('sent' || n || '.' || k)::uuid, '00000000-0000-0000-0000-000000000001', md5('contact' || n)::uuid, md5('more' || n || '.' || k)::uuid,
       (array['queued', 'failed', 'unknown'])[1 + k % 3], k, 0, timestamptz '2026-10-05', null, case when k % 3 = 2 then 'no_answer' end,
       case when k % 3 = 1 then '131026' end, 'Never'
from generate_series(1, 3) n, generate_series(4, 24, 4) k;
insert into groups (group_id, tenant_id, subject, subject_at)
values (md5('group')::uuid, '00000000-0000-0000-0000-000000000001', E'Us "two"\u2028', now());
update conversations set contact_id = null, group_id = md5('group')::uuid where conversation_id = md5('conversation2')::uuid;
update contacts set phone = '+391', email = 'a"b@example.com', marketing = 'stopped', marketing_at = timestamptz '2026-10-01 00:00:00.5', listed_name = 'Listed'
where contact_id = md5('contact3')::uuid;
update conversations set labels = array['a', 'b "c"'], snoozed_until = timestamptz '2027-01-01 00:00:00.000001', status = 'snoozed', priority = 'urgent',
                         unread_count = 7, waiting_since = timestamptz '2026-10-01', assignee_id = md5('Bo')::uuid
where conversation_id = md5('conversation1')::uuid;
update contacts set version = 7 where contact_id = md5('contact3')::uuid;
update conversations set version = 7;
update conversations set window_until = timestamptz '2026-10-02' where conversation_id = md5('conversation3')::uuid;
update conversations c
set last_message_at = m.sent_at, last_message_id = m.message_id, last_mark = m.mark, last_direction = m.direction, last_kind = m.kind, last_body = m.body
from messages m where m.conversation_id = c.conversation_id and m.message_id in (md5('more1.19')::uuid, md5('more2.18')::uuid, md5('more3.22')::uuid);
update conversations set assignee_id = md5('nobody knows')::uuid where conversation_id = md5('conversation2')::uuid;
insert into people_v2.teams (team_id, tenant_id, name, formed_at, version)
values (md5('team')::uuid, '00000000-0000-0000-0000-000000000001', 'Sales', now(), 1);
update conversations set team_id = md5('team')::uuid where conversation_id = md5('conversation3')::uuid;
insert into people_v2.members (member_id, tenant_id, state, role, name, joined_at, version, team_id)
values (md5('Bo')::uuid, '00000000-0000-0000-0000-000000000001', 'ACTIVE', 'AGENT', 'Bo', now(), 1, md5('team')::uuid);
"#;

async fn bed() -> Bed {
    let bed = Bed::new().await;
    bed.execute(THREE).await;
    bed.execute(ALL_SORTS).await;
    bed
}

/// What a document comes to both ways, which must be the same answer for the same cost by as many statements. Whether some of it was written at
/// once.
async fn compare(bed: &Bed, document: &str) -> (Response, bool) {
    let request = || Request::new(document).variables(documents::variables());
    let (answer, statements) = bed.handed_over(request()).await;
    let (expected, expected_statements) = bed.handed_over(request().data(ByTheLibrary)).await;
    assert!(!has_pieces(&expected.data), "{document}");
    assert_eq!(sent(&answer.data), sent(&expected.data), "{document}");
    assert_eq!(json!(answer.errors), json!(expected.errors), "{document}");
    assert_eq!(statements, expected_statements, "{document}");
    let at_once = has_pieces(&answer.data);
    (answer, at_once)
}

#[tokio::test]
async fn random_selections_are_answered_as_by_the_library() {
    let bed = bed().await;
    let mut documents = Documents::of_the_schema().await;
    let mut whole = 0;
    for _ in 0..DOCUMENTS {
        let (answer, _) = compare(&bed, &documents.make()).await;
        whole += usize::from(is_whole(&answer));
    }
    assert!(whole > DOCUMENTS / 2 && whole < DOCUMENTS, "{whole} of {DOCUMENTS} lists were written whole");
}

#[tokio::test]
async fn each_field_is_answered_as_by_the_library() {
    let bed = bed().await;
    let documents = Documents::of_the_schema().await;
    for field in documents.fields("Conversation") {
        let (answer, _) = compare(&bed, &format!("{{ conversations {{ edges {{ node {{ {field} }} }} }} }}")).await;
        assert!(is_whole(&answer) && answer.errors.is_empty(), "Conversation.{field}");
    }
    for field in documents.fields("Message") {
        let asked = format!("lastMessage {{ {field} }} messages(first: 30) {{ edges {{ node {{ {field} }} }} }}");
        let (answer, _) = compare(&bed, &format!("{{ conversations {{ edges {{ node {{ {asked} }} }} }} }}")).await;
        assert!(is_whole(&answer) && answer.errors.is_empty(), "Message.{field}");
    }
}

#[tokio::test]
async fn a_field_says_the_same_whatever_else_is_selected() {
    const NODE: [&str; 3] = ["conversations", "edges", "node"];
    let bed = bed().await;
    let documents = Documents::of_the_schema().await;
    let mut untold = BTreeSet::new();
    for (on, below) in [
        ("Conversation", &[][..]),
        ("Contact", &["contact"]),
        ("Message", &["lastMessage"]),
        ("Message", &["messages", "edges", "node"]),
    ] {
        let path = [&NODE, below].concat();
        let fields = documents.fields(on);
        let all = objects(&bed, &path, &fields.join(" ")).await;
        for field in fields {
            let name = field.split(' ').next().unwrap();
            if !all.iter().any(|one| is_told(&one[name])) {
                untold.insert(format!("{on}.{name}"));
            }
            let alone = objects(&bed, &path, &field).await;
            assert_eq!(alone.len(), all.len(), "{on}.{field}");
            for (alone, all) in alone.iter().zip(&all) {
                assert_eq!(alone[name], all[name], "{on}.{field}");
            }
        }
    }
    // Whoever is shown stands for herself. The others are read with some that are told.
    let known = [
        "Contact.mergedInto",
        "Message.failedAt",
        "Message.failure",
        "Message.playedAt",
        "Message.reaction",
        "Message.readAt",
        "Message.revokedAt",
        "Message.sending",
    ];
    assert_eq!(untold, known.map(str::to_owned).into(), "nothing is told of these, so they could not be missed");
}

/// Whether a value is another than a row says where it was not read.
fn is_told(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => false,
        serde_json::Value::Bool(told) => *told,
        serde_json::Value::Number(number) => number.as_i64() != Some(0),
        serde_json::Value::String(text) => !["NONE", "UNKNOWN", "INBOUND", "TEXT"].contains(&text.as_str()),
        serde_json::Value::Array(all) => !all.is_empty(),
        serde_json::Value::Object(_) => true,
    }
}

/// What is there at `path` of an answer, which goes through lists: objects with such `fields`.
async fn objects(bed: &Bed, path: &[&str], fields: &str) -> Vec<serde_json::Value> {
    let document = format!("{{ {} {{ {fields} {}", path.join(" { "), "}".repeat(path.len() + 1));
    let (answer, _) = bed.handed_over(Request::new(&document)).await;
    assert_eq!(answer.errors, [], "{document}");
    let (text, _) = sent(&answer.data);
    let mut found: Vec<serde_json::Value> = vec![serde_json::from_str(&text).unwrap()];
    for name in path {
        let inside = found.into_iter().flat_map(|mut object| {
            let inside = object[*name].take();
            inside.as_array().cloned().unwrap_or_else(|| vec![inside])
        });
        found = inside.filter(|object| !object.is_null()).collect();
    }
    found
}

/// Whether the list of conversations was written as one piece.
fn is_whole(answer: &Response) -> bool {
    let Value::Object(data) = &answer.data else { return false };
    matches!(data.get("conversations"), Some(Value::Binary(_)))
}

#[tokio::test]
async fn an_inbox_is_written_whole() {
    let bed = bed().await;
    let (answer, _) = compare(&bed, include_str!("../../../../docs/examples/inbox.graphql")).await;
    assert_eq!(answer.errors, []);
    assert!(is_whole(&answer));
}

#[tokio::test]
async fn what_is_selected_twice_is_merged() {
    let bed = bed().await;
    for (document, at_once) in [
        // Within what is written.
        (
            "{ conversations { edges { node { id } } edges { node { id status contact { id } contact { phone } } cursor } } }",
            true,
        ),
        (
            "{ conversations { edges { node { ...A ...B ...A } } } } \
             fragment A on Conversation { messages(first: 2) { edges { node { id } } } } \
             fragment B on Conversation { messages(first: 2) { edges { node { text } } totalCount } x: messages(last: 1) { edges { node { id } } } }",
            true,
        ),
        // What is asked of another kind of thing is not asked of this one; whether it is another the library knows.
        ("{ conversations { edges { node { ... on Node { ... on Contact { id version } } } } } }", false),
        // Above it: the library merges.
        ("{ conversations { edges { node { id } } } conversations { edges { node { status } } } }", false),
        (
            "{ ...A ...B } fragment A on Query { conversations { edges { node { id } } } } \
             fragment B on Query { conversations { edges { node { status } } } }",
            false,
        ),
        // What is within that, and selected once, is not merged with anything.
        (
            "{ ...A ...B } fragment A on Query { conversations { edges { node { id } } } } \
             fragment B on Query { conversations { edges { node { status messages { edges { node { id } } } } } } }",
            true,
        ),
        (
            "query($id: ID!) { a: node(id: $id) { ... on Conversation { messages { edges { node { id } } } } } \
             a: node(id: $id) { ... on Conversation { messages { edges { node { text } } } } } }",
            false,
        ),
        ("query($id: ID!) { a: node(id: $id) { ... on Conversation { messages { edges { node { id } } } } } }", true),
    ] {
        let (answer, written) = compare(&bed, document).await;
        assert_eq!(answer.errors, [], "{document}");
        assert_eq!(written, at_once, "{document}");
    }
}

#[tokio::test]
async fn whether_there_is_more_is_known_wherever_it_is_asked() {
    let bed = bed().await;
    for asked in [
        "x: messages(last: 2) { totalCount edges { node { id } } } messages(last: 2) { pageInfo { hasPreviousPage } }",
        "messages(last: 2) { edges { node { id } } } ... { messages(last: 2) { pageInfo { hasPreviousPage } } }",
        "x: messages(last: 3) { edges { node { id } } } \
         messages(last: 2) { edges { node { id } } ... on MessageConnection { pageInfo { hasPreviousPage } } }",
    ] {
        let document = format!("{{ conversations {{ edges {{ node {{ {asked} }} }} }} }}");
        let (answer, _) = compare(&bed, &document).await;
        assert_eq!(answer.errors, [], "{document}");
        let (answer, _) = sent(&answer.data);
        let told = |more| answer.matches(&format!("\"hasPreviousPage\":{more}")).count();
        assert_eq!((told(true), told(false)), (3, 0), "{answer}");
    }
    for asked in [
        "conversations(last: 2) { edges { node { id } } } conversations(last: 2) { pageInfo { hasPreviousPage } }",
        "x: conversations(last: 2) { edges { node { id } } } y: conversations(last: 2) { pageInfo { hasPreviousPage } }",
        "x: conversations(last: 3) { edges { node { id } } } \
         conversations(last: 2) { edges { node { id } } ... on ConversationConnection { pageInfo { hasPreviousPage } } }",
    ] {
        let document = format!("{{ {asked} }}");
        let (answer, _) = compare(&bed, &document).await;
        assert_eq!(answer.errors, [], "{document}");
        let (answer, _) = sent(&answer.data);
        assert_eq!(answer.matches("\"hasPreviousPage\":true").count(), 1, "{answer}");
    }
}

#[tokio::test]
async fn what_fails_is_told_as_by_the_library() {
    let bed = bed().await;
    for document in [
        "{ conversations { edges { node { id messages(first: 101) { edges { node { id } } } } } } }",
        "{ conversations { edges { node { id messages(first: 1, last: 1) { totalCount } notes { edges { node { id } } } } } } }",
        "{ conversations { edges { node { id messages(after: \"no cursor\") { totalCount } } } } }",
        "{ conversations { edges { node { a: messages(first: 1) { totalCount } b: messages(first: 2) { totalCount } \
         c: messages(first: 3) { totalCount } d: messages(first: 4) { totalCount } e: messages(first: 5) { totalCount } } } } }",
    ] {
        let (answer, _) = compare(&bed, document).await;
        assert!(!answer.errors.is_empty(), "{document}");
    }
    let (_, at_once) =
        compare(&bed, "{ conversations { edges { node { priority assignee { presence { state } } } } } }").await;
    assert!(!at_once, "where somebody is is asked for by the library");
}
