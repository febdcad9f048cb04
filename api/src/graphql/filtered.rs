//! Every field of every filter, by itself, over rows of which no two say the same of anything: what is asked of one field is not asked
//! of another. A new field without a line here fails.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::bed::{Bed, TENANT};
use super::global_id::{Kind, encode};
use super::schema_rules::{members, name, types};
use crate::auth::Bearer;

/// A list with two rows, `one` and `other`.
struct Filtered {
    list: &'static str,
    /// The type of its filter.
    filter: &'static str,
    /// What tells its rows apart in an answer: `one`'s, and `other`'s.
    selected: &'static str,
    rows: fn() -> [Value; 2],
    /// What is asked of each field, and of which of the rows that holds.
    fields: &'static [(&'static str, &'static str, Of)],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    One,
    Other,
}

use Of::{One, Other};

const fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn global(kind: Kind, numbers: [u128; 2]) -> [Value; 2] {
    numbers.map(|number| json!(encode(kind, uuid(number)).0))
}

fn plain(numbers: [u128; 2]) -> [Value; 2] {
    numbers.map(|number| json!(uuid(number)))
}

/// `{CONVERSATION:0x11}` stands for that conversation's global id, `{0x41}` for a uuid.
const LISTS: &[Filtered] = &[
    Filtered {
        list: "conversations",
        filter: "ConversationFilter",
        selected: "id",
        rows: || global(Kind::Conversation, [0x11, 0x12]),
        fields: &[
            ("id", "{ eq: {CONVERSATION:0x11} }", One),
            ("status", "{ eq: OPEN }", One),
            ("priority", "{ in: [LOW, MEDIUM] }", Other),
            ("assigneeId", "{ eq: {0x41} }", One),
            ("teamId", "{ eq: {0x52} }", Other),
            ("channelId", "{ eq: {CHANNEL:0x31} }", One),
            ("contactId", "{ eq: {CONTACT:0x22} }", Other),
            ("label", "{ eq: \"vip\" }", One),
            ("isUnread", "true", One),
            ("unreadCount", "{ gte: 2, lte: 2 }", One),
            ("lastActivityAt", "{ eq: \"2026-11-01T10:00:00Z\" }", One),
            ("windowOpenUntil", "{ eq: \"2026-11-01T11:00:00Z\" }", One),
            ("waitingSince", "{ eq: \"2026-11-01T09:00:00Z\" }", One),
            ("isUnattended", "false", Other),
            ("contactName", "{ contains: \"ada\" }", One),
            ("contactPhone", "{ eq: \"+39 333 222 2222\" }", Other),
        ],
    },
    Filtered {
        list: "leads",
        filter: "LeadFilter",
        selected: "id",
        rows: || global(Kind::Lead, [0x71, 0x72]),
        fields: &[
            ("id", "{ eq: {LEAD:0x72} }", Other),
            ("status", "{ eq: QUALIFIED }", One),
            ("source", "{ eq: WHATSAPP }", One),
            ("contactId", "{ eq: {CONTACT:0x21} }", One),
            ("conversationId", "{ eq: {CONVERSATION:0x12} }", Other),
            ("capturedAt", "{ eq: \"2026-11-01T01:00:00Z\" }", One),
            ("assessedAt", "{ eq: \"2026-11-01T02:00:00Z\" }", One),
            ("score", "{ eq: 80 }", One),
            ("quality", "{ eq: 65 }", One),
            ("stageId", "{ eq: {0x91} }", One),
            ("stageKind", "{ eq: LOST }", Other),
            ("movedAt", "{ eq: \"2026-11-01T03:00:00Z\" }", One),
            ("lostReasonId", "{ eq: {0xa2} }", Other),
            ("isSpam", "true", Other),
            ("tags", "[\"hot\"]", One),
            ("company", "{ eq: \"Acme\" }", One),
            ("ownerId", "{ eq: {0x42} }", Other),
            ("attribute", "{ attributeId: {0xb1}, eq: \"red\" }", One),
        ],
    },
    Filtered {
        list: "contacts",
        filter: "ContactFilter",
        selected: "id",
        rows: || global(Kind::Contact, [0x21, 0x22]),
        fields: &[
            ("id", "{ eq: {CONTACT:0x21} }", One),
            ("name", "{ eq: \"Bea\" }", Other),
            ("phone", "{ eq: \"+39 333 111 1111\" }", One),
            ("marketing", "{ eq: STOPPED }", Other),
        ],
    },
    Filtered {
        list: "members",
        filter: "MemberFilter",
        selected: "id",
        rows: || plain([0x41, 0x42]),
        fields: &[
            ("id", "{ eq: {0x41} }", One),
            ("name", "{ contains: \"BEN\" }", Other),
            ("state", "{ eq: ACTIVE }", One),
            ("role", "{ eq: CUSTOM }", Other),
            ("customRoleId", "{ eq: {0x62} }", Other),
            ("teamId", "{ eq: {0x51} }", One),
        ],
    },
    Filtered {
        list: "templates",
        filter: "TemplateFilter",
        selected: "id",
        rows: || plain([0x81, 0x82]),
        fields: &[
            ("id", "{ eq: {0x82} }", Other),
            ("wabaId", "{ eq: \"20\" }", One),
            ("name", "{ eq: \"welcome\" }", One),
            ("namePrefix", "\"order\"", Other),
            ("language", "{ eq: \"it\" }", One),
            ("status", "{ eq: APPROVED }", One),
            ("category", "{ eq: MARKETING }", Other),
        ],
    },
    Filtered {
        list: "audit",
        filter: "AuditFilter",
        selected: "correlationId",
        rows: || [json!("request one"), json!("request other")],
        fields: &[
            ("actorKind", "{ eq: MEMBER }", One),
            ("actorId", "{ eq: {0x42} }", Other),
            ("type", "{ contains: \"lead.\" }", One),
            ("thing", "{ eq: {CONVERSATION:0x12} }", Other),
            ("correlationId", "{ eq: \"request one\" }", One),
            ("recordedAt", "{ eq: \"2026-11-01T04:00:00Z\" }", One),
        ],
    },
];

const ROWS: &str = "\
set search_path = inbox_v17;
insert into channels (channel_id, tenant_id, display_phone, phone_number_id, waba_id, status, connected_at, version)
values ({0x31}, {0x1}, '+1', '1', '1', 'connected', now(), 1), ({0x32}, {0x1}, '+2', '2', '1', 'connected', now(), 1);
insert into contacts (contact_id, tenant_id, introduced_at, display_name, phone, marketing, marketing_at)
values ({0x21}, {0x1}, now(), 'Ada', '+393331111111', 'wanted', now()), ({0x22}, {0x1}, now(), 'Bea', '+393332222222', 'stopped', now());
insert into conversations (conversation_id, tenant_id, contact_id, channel_id, status, priority, unread_count, last_message_at, last_message_id,
                           last_mark, last_direction, last_kind, window_until, assignee_id, team_id, labels, waiting_since, is_answered)
values ({0x11}, {0x1}, {0x21}, {0x31}, 'open', 'high', 2, '2026-11-01 10:00Z', {0x1}, {0x1}, 'inbound', 'text', '2026-11-01 11:00Z', {0x41},
        null, '{vip}', '2026-11-01 09:00Z', false),
       ({0x12}, {0x1}, {0x22}, {0x32}, 'resolved', 'low', 0, '2026-11-02 10:00Z', {0x2}, {0x2}, 'inbound', 'text', '2026-11-02 11:00Z', null,
        {0x52}, '{cold}', null, true);
set search_path = public;
insert into leads_v7.leads (lead_id, tenant_id, contact_id, captured_in, source, captured_at, status, score, assessed_at, stage_id, stage,
                            moved_at, lost_reason_id, is_spam, tags, company, attributes, owner_id, version)
values ({0x71}, {0x1}, {0x21}, {0x11}, 'whatsapp', '2026-11-01 01:00Z', 'qualified', 80, '2026-11-01 02:00Z', {0x91}, 'won',
        '2026-11-01 03:00Z', null, false, '{hot}', 'Acme', jsonb_build_object({0xb1}::text, 'red'), {0x41}, 1),
       ({0x72}, {0x1}, {0x22}, {0x12}, 'manual', '2026-11-02 01:00Z', 'disqualified', 10, '2026-11-02 02:00Z', {0x92}, 'lost',
        '2026-11-02 03:00Z', {0xa2}, true, '{cold}', 'Bolts', jsonb_build_object({0xb1}::text, 'blue'), {0x42}, 1);
insert into people_v2.teams (team_id, tenant_id, name, formed_at, version)
values ({0x51}, {0x1}, 'Service', now(), 1), ({0x52}, {0x1}, 'Sales', now(), 1);
insert into people_v2.roles (role_id, tenant_id, name, permissions, defined_at, version) values ({0x62}, {0x1}, 'Auditor', '{}', now(), 1);
insert into people_v2.members (member_id, tenant_id, state, role, role_id, team_id, name, joined_at, version)
values ({0x41}, {0x1}, 'ACTIVE', 'AGENT', null, {0x51}, 'Ann', now(), 1), ({0x42}, {0x1}, 'DEACTIVATED', 'CUSTOM', {0x62}, {0x52}, 'Ben', now(), 1);
insert into templates_v1.templates (template_id, tenant_id, waba_id, name, language, status, status_at, category, introduced_at, version)
values ({0x81}, {0x1}, '20', 'welcome', 'it', 'APPROVED', now(), 'UTILITY', now(), 1),
       ({0x82}, {0x1}, '21', 'order_update', 'en', 'PAUSED', now(), 'MARKETING', now(), 1);
insert into audit_v1.acts (position, tenant_id, event_id, at, actor, what, thing_kind, thing_id, correlation)
values (1, {0x1}, {0x1}, '2026-11-01 04:00Z', 'member:' || {0x41}::text, 'lead.qualified', 'lead', {0x71}, 'request one'),
       (2, {0x1}, {0x2}, '2026-11-02 04:00Z', 'api-key:' || {0x42}::text, 'conversation.resolved', 'conversation', {0x12}, 'request other');";

/// `text` with ids in the place of what stands for them, each in `quotes`.
fn with_ids(text: &str, quotes: char) -> String {
    let mut done = String::new();
    let mut left = text;
    while let Some((before, rest)) = left.split_once('{') {
        done.push_str(before);
        let id = rest.split_once('}').and_then(|(word, after)| Some((id(word)?, after)));
        if let Some((id, after)) = id {
            done.extend([quotes.to_string(), id, quotes.to_string()]);
            left = after;
        } else {
            done.push('{');
            left = rest;
        }
    }
    done + left
}

fn id(word: &str) -> Option<String> {
    let number = |hex: &str| u128::from_str_radix(hex.strip_prefix("0x")?, 16).ok().map(uuid);
    let Some((kind, hex)) = word.split_once(':') else { return Some(number(word)?.to_string()) };
    let kind = Kind::ALL.into_iter().find(|of| format!("{of:?}").to_uppercase() == kind)?;
    Some(encode(kind, number(hex)?).0)
}

#[tokio::test]
async fn every_field_of_every_filter_is_asked_of_itself() {
    let bed = Bed::new().await;
    assert_eq!(TENANT.as_uuid(), uuid(1));
    bed.execute(&with_ids(ROWS, '\'')).await;
    for Filtered { list, selected, rows, fields, .. } in LISTS {
        let [one, other] = rows();
        let found = async |filter: &str| -> Vec<Value> {
            let document = format!("{{ {list}(filter: {filter}) {{ edges {{ node {{ {selected} }} }} }} }}");
            let (answer, _) = bed.ask(Bearer::Owner(TENANT), &document).await;
            assert_eq!(answer.errors, [], "{document}");
            let answer = answer.data.into_json().unwrap();
            let edges = answer[list]["edges"].as_array().unwrap();
            edges.iter().map(|edge| edge["node"][selected].clone()).collect()
        };
        assert_eq!(found("{}").await.len(), 2, "{list}");
        for (field, asked, of) in *fields {
            let filter = with_ids(&format!("{{ {field}: {asked} }}"), '"');
            let (holds, does_not) = if *of == One { (&one, &other) } else { (&other, &one) };
            assert_eq!(found(&filter).await, std::slice::from_ref(holds), "{list}: {filter}");
            assert_eq!(
                found(&format!("{{ not: {filter} }}")).await,
                std::slice::from_ref(does_not),
                "{list}: not {filter}"
            );
        }
    }
}

#[tokio::test]
async fn every_field_of_every_filter_is_here() {
    let types = types().await;
    let filters = types.iter().filter(|of| members(of, "inputFields").any(|field| name(field) == "not"));
    let found: BTreeSet<&str> = filters.clone().map(name).collect();
    assert_eq!(found, LISTS.iter().map(|filtered| filtered.filter).collect());
    for filter in filters {
        let here = LISTS.iter().find(|filtered| filtered.filter == name(filter)).unwrap();
        let fields = members(filter, "inputFields").map(name).filter(|field| !["and", "or", "not"].contains(field));
        assert_eq!(
            fields.collect::<BTreeSet<_>>(),
            here.fields.iter().map(|(field, ..)| *field).collect(),
            "{}",
            name(filter)
        );
    }
}
