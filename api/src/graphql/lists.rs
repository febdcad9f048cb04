//! Every list there is, by itself: without rows, with rows of which nothing is told, out of order beside what is in order, and
//! asked for a page from no place of its own. A new list without a line here fails.

use std::collections::BTreeSet;

use async_graphql::{Response, Value as Told};
use leadflow_domain::{ChannelId, MemberId, TeamId};
use leadflow_projections::Sight;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bed::{Bed, TENANT};
use super::executed::THREE;
use super::global_id::{Kind, encode};
use super::schema_rules::{members, name, types};
use crate::auth::Bearer;

/// A list.
struct Listed {
    /// `Type.field`.
    list: &'static str,
    /// Asks for it: `PAGE` stands for its arguments, `ROWS` for what is selected of its rows.
    question: &'static str,
    /// Where it is in the answer.
    at: &'static str,
    /// The table, view or column that it is read from, and what is above it is not.
    from: &'static str,
    /// Empties it, where it can be empty.
    emptied: Option<&'static str>,
    /// What its rows tell all the same, of what may be null.
    told: &'static [&'static str],
    /// Who sees its rows.
    seen: Seen,
}

/// Who sees the rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Whoever sees the conversations that they are of.
    WithConversations,
    /// Everybody of the business.
    ByAll,
    /// Operators.
    ByOperators,
}

const LISTS: &[Listed] = &[
    Listed {
        list: "Conversation.messages",
        question: "conversation(id: CONVERSATION) { messages(PAGE) { ROWS totalCount } }",
        at: "/conversation/messages",
        from: "inbox_v17.shown_messages",
        emptied: None,
        told: &["text", "providerMessageId"],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Conversation.notes",
        question: "conversation(id: CONVERSATION) { notes(PAGE) { ROWS totalCount } }",
        at: "/conversation/notes",
        from: "inbox_v17.notes",
        emptied: Some("delete from inbox_v17.notes"),
        told: &["text"],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Lead.timeline",
        question: "lead(id: LEAD) { timeline(PAGE) { ROWS totalCount } }",
        at: "/lead/timeline",
        from: "leads_v7.timeline",
        emptied: Some("delete from leads_v7.timeline"),
        told: &[],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Lead.submissions",
        question: "lead(id: LEAD) { submissions(PAGE) { ROWS totalCount } }",
        at: "/lead/submissions",
        from: "leads_v7.submissions",
        emptied: Some("delete from leads_v7.submissions"),
        told: &[],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Lead.notes",
        question: "lead(id: LEAD) { notes(PAGE) { ROWS totalCount } }",
        at: "/lead/notes",
        from: "leads_v7.lead_notes",
        emptied: Some("delete from leads_v7.lead_notes"),
        told: &["text"],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Query.possibleDuplicates",
        question: "possibleDuplicates(PAGE) { ROWS totalCount }",
        at: "/possibleDuplicates",
        from: "inbox_v17.conflicts",
        emptied: Some("delete from inbox_v17.conflicts"),
        told: &[],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Query.mergedContacts",
        question: "mergedContacts(contactId: MERGED, PAGE) { ROWS totalCount }",
        at: "/mergedContacts",
        from: "inbox_v17.persons.person_id",
        emptied: Some("delete from inbox_v17.persons"),
        told: &["displayName", "mergedInto"],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Query.sources",
        question: "sources(PAGE) { ROWS totalCount }",
        at: "/sources",
        from: "leads_v7.sources",
        emptied: Some("delete from leads_v7.sources"),
        told: &["health"],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.leadImports",
        question: "leadImports(PAGE) { ROWS totalCount }",
        at: "/leadImports",
        from: "public.lead_imports",
        emptied: Some("delete from lead_imports"),
        told: &[],
        seen: Seen::ByAll,
    },
    Listed {
        list: "UsageLine.explain",
        question: "node(id: LINE) { ... on UsageLine { explain(PAGE) { ROWS totalCount } } }",
        at: "/node/explain",
        from: "usage_v2.counted.subject",
        emptied: None,
        told: &["subjectId"],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.history",
        question: "history(id: CHANNEL, PAGE) { ROWS totalCount }",
        at: "/history",
        from: "public.events",
        emptied: None,
        told: &["commandId"],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.audit",
        question: "audit(PAGE) { ROWS totalCount }",
        at: "/audit",
        from: "audit_v1.acts",
        emptied: Some("delete from audit_v1.acts"),
        told: &[],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.analyticsEvents",
        question: "analyticsEvents(of: CELL, PAGE) { ROWS totalCount }",
        at: "/analyticsEvents",
        from: "analytics_v3.facts",
        emptied: Some("delete from analytics_v3.facts"),
        told: &[],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Query.leads",
        question: "leads(PAGE) { ROWS totalCount }",
        at: "/leads",
        from: "leads_v7.leads",
        emptied: Some("delete from leads_v7.leads"),
        told: &[],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Query.conversations",
        question: "conversations(PAGE) { ROWS totalCount }",
        at: "/conversations",
        from: "inbox_v17.conversations",
        emptied: Some("delete from inbox_v17.conversations"),
        told: &[],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Query.contacts",
        question: "contacts(PAGE) { ROWS totalCount }",
        at: "/contacts",
        from: "inbox_v17.contacts",
        emptied: Some("delete from inbox_v17.contacts"),
        told: &["displayName"],
        seen: Seen::WithConversations,
    },
    Listed {
        list: "Query.members",
        question: "members(PAGE) { ROWS totalCount }",
        at: "/members",
        from: "people_v2.members",
        emptied: Some("delete from people_v2.members"),
        told: &["invitedAt"],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.teams",
        question: "teams(PAGE) { ROWS totalCount }",
        at: "/teams",
        from: "people_v2.teams",
        emptied: Some("delete from people_v2.teams"),
        told: &[],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.roles",
        question: "roles(PAGE) { ROWS totalCount }",
        at: "/roles",
        from: "people_v2.roles",
        emptied: Some("delete from people_v2.roles"),
        told: &[],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.apiKeys",
        question: "apiKeys(PAGE) { ROWS totalCount }",
        at: "/apiKeys",
        from: "people_v2.api_keys",
        emptied: Some("delete from people_v2.api_keys"),
        told: &[],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.templates",
        question: "templates(PAGE) { ROWS totalCount }",
        at: "/templates",
        from: "templates_v1.templates",
        emptied: Some("delete from templates_v1.templates"),
        told: &[],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.responseTemplates",
        question: "responseTemplates(PAGE) { ROWS totalCount }",
        at: "/responseTemplates",
        from: "templates_v1.response_templates",
        emptied: Some("delete from templates_v1.response_templates"),
        told: &[],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.channels",
        question: "channels(PAGE) { ROWS totalCount }",
        at: "/channels",
        from: "inbox_v17.channels",
        emptied: Some("delete from inbox_v17.channels"),
        told: &["displayPhone", "phoneNumberId", "wabaId"],
        seen: Seen::ByAll,
    },
    Listed {
        list: "Query.webhookDeliveries",
        question: "webhookDeliveries(PAGE) { ROWS totalCount }",
        at: "/webhookDeliveries",
        from: "public.webhook_deliveries",
        emptied: Some("delete from webhook_deliveries"),
        told: &[],
        seen: Seen::ByOperators,
    },
    Listed {
        list: "Query.jobs",
        question: "jobs(PAGE) { ROWS totalCount }",
        at: "/jobs",
        from: "public.jobs",
        emptied: Some("delete from jobs"),
        told: &[],
        seen: Seen::ByOperators,
    },
    Listed {
        list: "Query.parked",
        question: "parked(PAGE) { ROWS totalCount }",
        at: "/parked",
        from: "public.parked_events",
        emptied: Some("delete from parked_events"),
        told: &[],
        seen: Seen::ByOperators,
    },
];

/// Beside the inbox of `THREE` three rows of each list, of which nothing is told that need not be.
const MORE: &str = "\
set search_path = inbox_v17;
insert into channels (channel_id, tenant_id, display_phone, phone_number_id, waba_id, status, connected_at, version)
select md5('channel' || n)::uuid, '00000000-0000-0000-0000-000000000001', '+1', 'more' || n, '1', 'connected', now(), 1
from generate_series(1, 2) n;
insert into messages (message_id, told_by, mark, tenant_id, conversation_id, contact_id, provider_message_id, direction, kind, body,
                      sent_at, telling, is_by_member)
select md5('more' || n)::uuid, md5('more' || n)::uuid, md5('more' || n)::uuid,
       '00000000-0000-0000-0000-000000000001', md5('conversation1')::uuid, md5('contact1')::uuid,
       'more' || n, 'inbound', 'text', 'More', timestamptz '2026-10-01' + n * interval '1s', 2, false from generate_series(1, 2) n;
insert into notes (note_id, tenant_id, conversation_id, contact_id, body, noted_at)
select md5('more' || n)::uuid, '00000000-0000-0000-0000-000000000001', md5('conversation1')::uuid, md5('contact1')::uuid, 'More', now()
from generate_series(1, 2) n;
set search_path = public;
insert into leads_v7.leads (lead_id, tenant_id, contact_id, captured_in, source, captured_at, version)
select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', md5('contact' || n)::uuid, md5('conversation' || n)::uuid, 'whatsapp',
       timestamptz '2026-11-01' + n * interval '1s', 1
from generate_series(1, 3) n;
insert into leads_v7.timeline (position, tenant_id, event_id, contact_id, kind, at)
select n, '00000000-0000-0000-0000-000000000001', gen_random_uuid(), md5('contact3')::uuid, 'introduced', now() from generate_series(1, 3) n;
insert into leads_v7.submissions (submission_id, tenant_id, lead_id, contact_id, source, submitted_at, added)
select gen_random_uuid(), l.tenant_id, l.lead_id, l.contact_id, 'manual', now(), '{}'
from leads_v7.leads l, generate_series(1, 3) n where l.contact_id = md5('contact3')::uuid;
insert into leads_v7.lead_notes (note_id, tenant_id, lead_id, contact_id, body, noted_at)
select gen_random_uuid(), l.tenant_id, l.lead_id, l.contact_id, 'More', now()
from leads_v7.leads l, generate_series(1, 3) n where l.contact_id = md5('contact3')::uuid;
insert into leads_v7.sources (source_id, tenant_id, kind, name, is_open, opened_at, version)
select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'google_form', 'Form ' || n, true, now(), 1 from generate_series(1, 3) n;
insert into usage_v2.counted (subject, item, day, nth, tenant_id, category, booked_on, quantity, at, event_id, position)
select gen_random_uuid(), 'message_received', '2026-11-01', 0, '00000000-0000-0000-0000-000000000001', '', '2026-11-01', 1,
       timestamptz '2026-11-01' + n * interval '1s', gen_random_uuid(), n from generate_series(1, 3) n;
insert into analytics_v3.facts (conversation_id, tenant_id, metric, version, began_at, ended_at, seconds, began_with, ended_with)
select md5('conversation1')::uuid, '00000000-0000-0000-0000-000000000001', 'reply_time', 1, '2026-11-01', '2026-11-01', 0,
       gen_random_uuid(), gen_random_uuid() from generate_series(1, 3) n;
insert into people_v2.members (member_id, tenant_id, state, role, invited_at, version)
select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'INVITED', 'AGENT', now(), 1 from generate_series(1, 3) n;
insert into people_v2.teams (team_id, tenant_id, name, formed_at, version)
select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'Team ' || n, now(), 1 from generate_series(1, 3) n;
insert into people_v2.roles (role_id, tenant_id, name, permissions, defined_at, version)
select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'Role ' || n, '{}', now(), 1 from generate_series(1, 3) n;
insert into people_v2.api_keys (api_key_id, tenant_id, name, role, issued_at, version)
select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'Key ' || n, 'AGENT', now(), 1 from generate_series(1, 3) n;
insert into templates_v1.templates (template_id, tenant_id, waba_id, name, language, introduced_at, version)
select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', '20', 'template_' || n, 'it', now(), 1 from generate_series(1, 3) n;
insert into templates_v1.response_templates (response_template_id, tenant_id, title, body, created_at, version)
select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'Answer ' || n, 'Hello', now(), 1 from generate_series(1, 3) n;
insert into audit_v1.acts (position, tenant_id, event_id, at, actor, what, thing_kind, thing_id, correlation)
select n, '00000000-0000-0000-0000-000000000001', gen_random_uuid(), now(), 'unheard-of', 'unheard.of', 'unheard-of', gen_random_uuid(), ''
from generate_series(1, 3) n;
insert into lead_imports (import_id, tenant_id, actor, state, dry_run, fingerprint)
select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'command-line', 'waiting', true, n::text from generate_series(1, 3) n;
insert into webhook_deliveries (provider, body, bytes) select 'whatsapp', '', 0 from generate_series(1, 3);
insert into jobs (job_id, tenant_id, kind, queue, lane, subject, position, is_head)
select md5('job' || n)::uuid, '00000000-0000-0000-0000-000000000001', 'mark_read', 'queue ' || n, 'mark_read', md5('job' || n)::uuid, n, true
from generate_series(1, 3) n;
insert into parked_events (consumer, position, tenant_id, aggregate_type, stream_id, reason)
select 'projector/inbox/17', n, '00000000-0000-0000-0000-000000000001', 'conversation', gen_random_uuid(), 'planted'
from generate_series(1, 3) n;";

/// An installation with rows of each list, and the ids by which the lists are asked for.
struct Filled {
    bed: Bed,
    ids: Vec<(&'static str, Value)>,
}

impl Filled {
    async fn new() -> Self {
        let bed = Bed::new().await;
        bed.execute(THREE).await;
        bed.execute(MORE).await;
        let document = "{ conversations(last: 1) { edges { node { id } } } leads { edges { node { id } } }
            usage(range: { from: \"2026-11-01\", to: \"2026-11-01\" }) { lines { id } }
            analytics(range: { from: \"2026-11-01\", to: \"2026-11-01\" }, timeZone: \"UTC\", metrics: [REPLY_TIME]) { series { total { cell } } } }";
        for phone in 1..=3 {
            let input = format!("phoneNumberId: \"1\", wabaId: \"1\", displayPhone: \"{phone}\"");
            let (answer, _) = bed
                .ask(
                    Bearer::Owner(TENANT),
                    &format!("mutation {{ connectWhatsappNumber(input: {{ {input} }}) {{ position }} }}"),
                )
                .await;
            told(&answer);
        }
        let known = told(&bed.ask(Bearer::Owner(TENANT), document).await.0);
        let ids = [
            ("CONVERSATION", "/conversations/edges/0/node/id"),
            ("LEAD", "/leads/edges/0/node/id"),
            ("LINE", "/usage/lines/0/id"),
            ("CELL", "/analytics/0/series/0/total/cell"),
        ];
        let ids = ids.map(|(word, at)| (word, known.pointer(at).unwrap_or_else(|| panic!("{at}: {known}")).clone()));
        let merged: Uuid = sqlx::query_scalar("select md5('contact1')::uuid").fetch_one(&bed.api().pool).await.unwrap();
        // The channel of these mutations: nobody folds them, and the log is asked.
        let channel = encode(Kind::Channel, ChannelId::whatsapp(TENANT, "1").as_uuid());
        Self {
            bed,
            ids: [&ids[..], &[("CHANNEL", json!(channel.0)), ("MERGED", json!(encode(Kind::Contact, merged).0))]]
                .concat(),
        }
    }

    /// The list, and beside it who asks for it.
    async fn ask(&self, listed: &Listed, page: &str, rows: &str) -> Response {
        let bearer = if listed.seen == Seen::ByOperators { Bearer::Operator } else { Bearer::Owner(TENANT) };
        self.bed.ask(bearer, &self.document(listed, page, rows)).await.0
    }

    /// That question.
    fn document(&self, listed: &Listed, page: &str, rows: &str) -> String {
        let rows = format!(
            "edges {{ cursor node {{ {rows} }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}"
        );
        let question = listed.question.replace("PAGE", page).replace("ROWS", &rows);
        let question = self.ids.iter().fold(question, |question, (word, id)| question.replace(word, &id.to_string()));
        format!("{{ {question} viewer {{ role }} }}")
    }
}

fn told(response: &Response) -> Value {
    assert_eq!(response.errors, []);
    response.data.clone().into_json().unwrap()
}

/// Fails unless the list alone is null, for a reason with this code.
fn assert_alone(listed: &Listed, response: &Response, code: &str) {
    let data = response.data.clone().into_json().unwrap();
    assert_eq!(data.pointer(listed.at), Some(&Value::Null), "{}: {data} {:?}", listed.list, response.errors);
    assert!(data["viewer"]["role"].is_string(), "{}: {data}", listed.list);
    assert!(!response.errors.is_empty(), "{}", listed.list);
    for error in &response.errors {
        let path = json!(error.path)
            .as_array()
            .unwrap()
            .iter()
            .fold(String::new(), |path, step| format!("{path}/{}", step.as_str().unwrap_or_default()));
        assert_eq!(path, listed.at);
        let extensions = error.extensions.as_ref().unwrap();
        assert_eq!(extensions.get("code"), Some(&Told::from(code)), "{}: {error:?}", listed.list);
    }
}

fn innermost(shape: &Value) -> &Value {
    if shape["ofType"].is_null() { shape } else { innermost(&shape["ofType"]) }
}

/// What the rows of a list tell by themselves, and of it what may be null.
fn leaves(types: &[Value], list: &str) -> (Vec<String>, BTreeSet<String>) {
    let (owner, field) = list.split_once('.').unwrap();
    let of = |wanted: &str| types.iter().find(|of| name(of) == wanted).unwrap_or_else(|| panic!("{wanted}"));
    let connection =
        members(of(owner), "fields").find(|found| name(found) == field).unwrap_or_else(|| panic!("{list}"));
    let row = name(innermost(&connection["type"])).strip_suffix("Connection").unwrap().to_owned();
    let fields = members(of(&row), "fields")
        .filter(|field| ["SCALAR", "ENUM"].contains(&innermost(&field["type"])["kind"].as_str().unwrap()));
    let (mut all, mut nullable) = (Vec::new(), BTreeSet::new());
    for field in fields {
        all.push(name(field).to_owned());
        if field["type"]["kind"] != "NON_NULL" {
            nullable.insert(name(field).to_owned());
        }
    }
    (all, nullable)
}

#[tokio::test]
async fn every_list_of_the_schema_is_here() {
    let types = types().await;
    let fields = types.iter().flat_map(|of| members(of, "fields").map(move |field| (name(of), field)));
    let lists = fields.filter(|(_, field)| name(innermost(&field["type"])).ends_with("Connection"));
    let found: BTreeSet<String> = lists.map(|(of, field)| format!("{of}.{}", name(field))).collect();
    let here: BTreeSet<String> = LISTS.iter().map(|listed| listed.list.to_owned()).collect();
    assert_eq!(found, here);
}

#[tokio::test]
async fn what_rows_need_not_tell_is_null() {
    let (types, filled) = (types().await, Filled::new().await);
    for listed in LISTS {
        let (leaves, nullable) = leaves(&types, listed.list);
        let answer = told(&filled.ask(listed, "first: 100", &leaves.join(" ")).await);
        let list = answer.pointer(listed.at).unwrap();
        let row = &list["edges"][0]["node"];
        assert!(row.is_object(), "{}: {answer}", listed.list);
        let null: BTreeSet<String> = leaves.iter().filter(|leaf| row[leaf.as_str()].is_null()).cloned().collect();
        let told: BTreeSet<String> = nullable.difference(&null).cloned().collect();
        assert_eq!(told, listed.told.iter().map(|field| (*field).to_owned()).collect(), "{}: {row}", listed.list);
        assert!(null.is_subset(&nullable), "{}", listed.list);

        // Behind the last row there is an empty page, and before the first.
        let rows = list["edges"].as_array().unwrap().len();
        assert_eq!(list["totalCount"], rows, "{}", listed.list);
        for beyond in [
            format!("after: {}", list["pageInfo"]["endCursor"]),
            format!("last: 5, before: {}", list["pageInfo"]["startCursor"]),
        ] {
            let answer = filled.ask(listed, &beyond, "__typename").await;
            let list = self::told(&answer).pointer(listed.at).unwrap().clone();
            assert_eq!((&list["edges"], &list["totalCount"]), (&json!([]), &json!(rows)), "{}", listed.list);
        }
    }
}

/// Each list for each kind of sight: whoever sees the conversations is answered as the owner is, and whoever sees none as if there
/// were nothing.
#[tokio::test]
async fn a_list_shows_what_is_seen_and_nothing_else() {
    let filled = Filled::new().await;
    let (member, another) = (MemberId::from_uuid(Uuid::from_u128(7)), MemberId::from_uuid(Uuid::from_u128(8)));
    let [team, others] = [9, 10].map(|nth| TeamId::from_uuid(Uuid::from_u128(nth)));
    let her_team = "insert into inbox_v17.members values (lpad('7', 32, '0')::uuid, lpad('1', 32, '0')::uuid, lpad('9', 32, '0')::uuid)";
    filled.bed.execute(her_team).await;
    // First all are nobody's, then her team is asked to see to all, then all are hers.
    for (is_hers, is_team_s) in [(false, false), (false, true), (true, false)] {
        let assigned = if is_hers { "lpad('7', 32, '0')::uuid" } else { "null" };
        let asked = if is_team_s { "lpad('9', 32, '0')::uuid" } else { "null" };
        let falls_to = format!("update inbox_v17.conversations set assignee_id = {assigned}, team_id = {asked}");
        filled.bed.execute(&falls_to).await;
        for listed in LISTS.iter().filter(|listed| listed.seen != Seen::ByOperators) {
            let asked = filled.document(listed, "first: 100", "__typename");
            let whole = told(&filled.ask(listed, "first: 100", "__typename").await);
            let rows = |answer: &Value| {
                answer.pointer(listed.at).map_or(0, |list| list["edges"].as_array().map_or(0, Vec::len))
            };
            assert_eq!(rows(&whole), 3, "{}", listed.list);
            for (sight, is_seen) in [
                (Sight::Nothing, false),
                (Sight::Own { member, unassigned: false }, is_hers),
                (Sight::Own { member, unassigned: true }, true),
                (Sight::Own { member: another, unassigned: true }, !is_hers),
                (Sight::Team { member: another, team, unassigned: false }, is_hers || is_team_s),
                (Sight::Team { member: another, team: others, unassigned: false }, false),
                (Sight::Team { member: another, team, unassigned: true }, true),
            ] {
                let answer = told(&filled.bed.ask_seeing(sight, &asked).await);
                if is_seen || listed.seen == Seen::ByAll {
                    assert_eq!(answer, whole, "{} {sight:?}", listed.list);
                } else {
                    assert_eq!(rows(&answer), 0, "{} {sight:?}: {answer}", listed.list);
                    let total = answer.pointer(listed.at).map_or(&Value::Null, |list| &list["totalCount"]);
                    assert!([&json!(0), &Value::Null].contains(&total), "{} {sight:?}: {answer}", listed.list);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_list_without_rows_is_an_empty_page() {
    let filled = Filled::new().await;
    let empty = json!({
        "totalCount": 0, "edges": [],
        "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null },
    });
    for listed in LISTS {
        let Some(emptied) = listed.emptied else { continue };
        filled.bed.execute(emptied).await;
        for page in ["first: 5", "last: 5", "first: 0"] {
            let answer = told(&filled.ask(listed, page, "__typename").await);
            assert_eq!(answer.pointer(listed.at), Some(&empty), "{}: {answer}", listed.list);
        }
    }
}

/// Takes a table or a view away, or a column, and gives it back.
fn taken(from: &str) -> (String, String) {
    match from.split('.').collect::<Vec<_>>()[..] {
        [schema, table] => (
            format!("alter table {schema}.{table} rename to gone"),
            format!("alter table {schema}.gone rename to {table}"),
        ),
        [schema, table, column] => (
            format!("alter table {schema}.{table} rename column {column} to gone"),
            format!("alter table {schema}.{table} rename column gone to {column}"),
        ),
        _ => panic!("{from}"),
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_leaves_what_is_beside_it() {
    let (types, filled) = (types().await, Filled::new().await);
    for listed in LISTS {
        let (leaves, _) = leaves(&types, listed.list);
        let rows = leaves.join(" ");
        told(&filled.ask(listed, "first: 1", &rows).await);
        let (taken, given_back) = taken(listed.from);
        filled.bed.execute(&taken).await;
        let answer = filled.ask(listed, "first: 1", &rows).await;
        filled.bed.execute(&given_back).await;
        assert_alone(listed, &answer, "INTERNAL");
        told(&filled.ask(listed, "first: 1", &rows).await);
    }
}

#[tokio::test]
async fn a_list_is_the_same_from_both_ends() {
    let filled = Filled::new().await;
    for listed in LISTS {
        let page = async |page: String| {
            let answer = told(&filled.ask(listed, &page, "__typename").await);
            answer.pointer(listed.at).unwrap().clone()
        };
        let cursors = |page: &Value| -> Vec<Value> {
            page["edges"].as_array().unwrap().iter().map(|edge| edge["cursor"].clone()).collect()
        };
        let whole = cursors(&page("first: 100".to_owned()).await);
        assert_eq!(whole.len(), 3, "{}", listed.list);
        let (mut forth, mut back) = (Vec::new(), Vec::new());
        let mut next = page("first: 1".to_owned()).await;
        loop {
            forth.extend(cursors(&next));
            if next["pageInfo"]["hasNextPage"] == false {
                break;
            }
            next = page(format!("first: 1, after: {}", next["pageInfo"]["endCursor"])).await;
        }
        let mut before = page("last: 1".to_owned()).await;
        loop {
            back.extend(cursors(&before));
            if before["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
            before = page(format!("last: 1, before: {}", before["pageInfo"]["startCursor"])).await;
        }
        back.reverse();
        assert_eq!((&forth, &back), (&whole, &whole), "{}", listed.list);
    }
}

#[tokio::test]
async fn a_list_refuses_a_place_of_another() {
    let filled = Filled::new().await;
    let mut cursors = Vec::new();
    for listed in LISTS {
        let answer = told(&filled.ask(listed, "first: 1", "__typename").await);
        cursors.push(answer.pointer(listed.at).unwrap()["pageInfo"]["endCursor"].as_str().unwrap().to_owned());
    }
    for (nth, listed) in LISTS.iter().enumerate() {
        let another = cursors[(nth + 1) % cursors.len()].as_str();
        for (cursor, argument) in [(another, "after"), (another, "before"), ("x", "after"), ("", "before")] {
            let answer = filled.ask(listed, &format!("{argument}: {}", json!(cursor)), "__typename").await;
            assert_alone(listed, &answer, "INVALID_CURSOR");
            let extensions = answer.errors[0].extensions.as_ref().unwrap();
            assert_eq!(extensions.get("field"), Some(&Told::from(argument)), "{}", listed.list);
        }
    }
}

/// What else a list may be asked for, so that it is another list: all its orders, and filters that hold of everything.
fn other_ways(types: &[Value], list: &str) -> Vec<Vec<String>> {
    let (owner, field) = list.split_once('.').unwrap();
    let of = |wanted: &str| types.iter().find(|of| name(of) == wanted).unwrap();
    let field = members(of(owner), "fields").find(|found| name(found) == field).unwrap();
    let mut others = Vec::new();
    for argument in members(field, "args") {
        let (argument, kind) = (name(argument), name(innermost(&argument["type"])));
        if argument == "orderBy" {
            others.push(members(of(kind), "enumValues").map(|order| format!("orderBy: {}", name(order))).collect());
        } else if argument == "filter" {
            others.push(["filter: {}", "filter: { not: { or: [] } }"].map(str::to_owned).into());
        }
    }
    others
}

#[tokio::test]
async fn a_list_refuses_a_place_of_itself_in_another_order_or_by_another_filter() {
    let (types, filled) = (types().await, Filled::new().await);
    let mut with_others = Vec::new();
    for listed in LISTS {
        for others in other_ways(&types, listed.list) {
            with_others.push(listed.list);
            let mut cursors = Vec::new();
            for other in &others {
                let answer = told(&filled.ask(listed, &format!("{other}, first: 1"), "__typename").await);
                let page = answer.pointer(listed.at).unwrap();
                let cursor = page["pageInfo"]["endCursor"].as_str().unwrap_or_else(|| panic!("{other}: {answer}"));
                cursors.push(cursor.to_owned());
            }
            for (nth, other) in others.iter().enumerate() {
                for (place, cursor) in cursors.iter().enumerate() {
                    let answer = filled.ask(listed, &format!("{other}, after: {}", json!(cursor)), "__typename").await;
                    if nth == place {
                        told(&answer);
                    } else {
                        assert_alone(listed, &answer, "INVALID_CURSOR");
                    }
                }
            }
        }
    }
    let twice = ["Query.leads", "Query.conversations", "Query.contacts", "Query.members"];
    for list in twice {
        assert_eq!(with_others.iter().filter(|other| **other == list).count(), 2, "{list} has orders and a filter");
    }
}
