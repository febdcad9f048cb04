//! What somebody does not see is answered as what there is not: every kind of thing by its id, and everything that can be done.

use std::collections::BTreeSet;

use async_graphql::Response;
use jiff::Timestamp;
use leadflow_domain::channel::{ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::{ConversationCommand, InboundMessage, MessageContent};
use leadflow_domain::lead::{Capture, LeadCommand, LeadSource};
use leadflow_domain::pipeline::{Attribute, AttributeKind, AttributeName, PipelineCommand};
use leadflow_domain::team::{TeamCommand, TeamName};
use leadflow_domain::tenant::{TenantCommand, TenantName};
use leadflow_domain::{
    AttributeId, ChannelId, CommandId, ContactId, ConversationId, E164, IdentifierHash, LeadId, MemberId, PipelineId,
    TeamId,
};
use leadflow_event_store::{Actor, CommandContext};
use leadflow_projections::Sight;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bed::{Bed, TENANT};
use super::global_id::{Kind, encode};
use super::schema_rules::{input_fields, members, name, types};

const MEMBER: MemberId = MemberId::from_uuid(Uuid::from_u128(7));

const MESSAGE: Uuid = Uuid::from_u128(31);
const NOTE: Uuid = Uuid::from_u128(32);
const GROUP: Uuid = Uuid::from_u128(33);

const HERS: Sight = Sight::Own { member: MEMBER, unassigned: false };

const ANOTHER_S: Sight = Sight::Own { member: MemberId::from_uuid(Uuid::from_u128(8)), unassigned: true };

/// Who sees nothing of what there is.
const UNSEEING: [Sight; 2] = [Sight::Nothing, ANOTHER_S];

/// What can be done with a conversation, a contact or a lead: the mutation, and what is said beside its id.
const MUTATIONS: [(&str, &str); 26] = [
    ("markConversationRead", ""),
    ("snoozeConversation", "until: \"2999-01-01T00:00:00Z\""),
    ("setConversationPriority", "priority: HIGH"),
    ("assignConversation", "memberId: \"00000000-0000-0000-0000-000000000007\""),
    ("assignConversationToTeam", "teamId: \"00000000-0000-0000-0000-000000000009\""),
    ("labelConversation", "label: \"VIP\""),
    ("unlabelConversation", "label: \"VIP\""),
    ("addConversationNote", "text: \"Wants a sofa.\""),
    ("sendMessage", "text: \"It is.\""),
    ("showTyping", ""),
    ("unassignConversation", ""),
    ("resolveConversation", ""),
    ("reopenConversation", ""),
    ("moveLead", "stageId: \"6c656164-7374-4167-8e00-000000000002\""),
    ("markLeadSpam", ""),
    ("unmarkLeadSpam", ""),
    ("tagLead", "tag: \"Fair\""),
    ("untagLead", "tag: \"Fair\""),
    ("addLeadNote", "text: \"Wants a sofa.\""),
    ("setLeadCompany", "company: \"Acme\""),
    ("setLeadAttribute", "attributeId: \"00000000-0000-0000-0000-000000000034\", value: \"12\""),
    ("transferLead", "memberId: \"00000000-0000-0000-0000-000000000007\""),
    ("qualifyLead", "score: 80"),
    ("disqualifyLead", "reason: \"only asks\""),
    ("convertLead", ""),
    ("eraseContact", ""),
];

/// A business with a conversation that the member is to see to: streams in the log, and the rows that they come to.
struct One {
    bed: Bed,
    contact: ContactId,
    conversation: ConversationId,
    channel: ChannelId,
}

impl One {
    async fn new() -> Self {
        let bed = Bed::new().await;
        let (contact, channel) = (ContactId::from_uuid(Uuid::from_u128(20)), ChannelId::whatsapp(TENANT, "10"));
        let conversation = ConversationId::between(contact, channel);
        let context = |key: &str| {
            CommandContext::new(TENANT, CommandId::derive(TENANT, "test", &[key]), Actor::CommandLine, "test")
        };
        let commands = &bed.api().commands;
        let name = TenantName::parse("Sofas and more").unwrap();
        commands.tenants.execute(TENANT, TenantCommand::Register { name }, context("register")).await.unwrap();
        let number = WhatsAppNumber {
            phone_number_id: ProviderId::parse("10").unwrap(),
            waba_id: ProviderId::parse("20").unwrap(),
            display_phone: DisplayPhone::parse("+39 02 1").unwrap(),
            app: None,
        };
        let connect = ChannelCommand::ConnectWhatsAppNumber(number);
        commands.channels.execute(channel, connect, context("connect")).await.unwrap();
        let phone = E164::parse("+393331234567").unwrap();
        let phone_hash = IdentifierHash::from_hex("hash".to_owned());
        let introduce = ContactCommand::IntroduceByPhone { phone, phone_hash };
        commands.contacts.execute(contact, introduce, context("introduce")).await.unwrap();
        let sent_at = Timestamp::from_second(1_763_712_000).unwrap();
        let content = MessageContent::Text { body: "Hello".to_owned().into() };
        let message = InboundMessage::new("wamid.1".to_owned(), sent_at, content);
        let receive = ConversationCommand::ReceiveMessage { contact, channel, group: None, message };
        commands.conversations.execute(conversation, receive, context("receive")).await.unwrap();
        let capture = Capture::by_message(contact, LeadSource::WhatsApp, conversation, sent_at);
        let lead = LeadId::of(contact);
        commands.leads.execute(lead, LeadCommand::Capture(capture), context("capture")).await.unwrap();
        let definition =
            Attribute { name: AttributeName::parse("Budget").unwrap(), kind: AttributeKind::Number, choices: vec![] };
        let attribute = AttributeId::from_uuid(Uuid::from_u128(0x34));
        let define = PipelineCommand::DefineAttribute { attribute, definition };
        commands.pipelines.execute(PipelineId::of(TENANT), define, context("define")).await.unwrap();
        let tenant = TENANT.as_uuid();
        let team = TeamId::from_uuid(Uuid::from_u128(9));
        let form = TeamCommand::Form { name: TeamName::parse("Service").unwrap() };
        commands.teams.execute(team, form, context("form")).await.unwrap();
        let team = team.as_uuid();
        let (contact_id, lead) = (contact.as_uuid(), lead.as_uuid());
        let (conversation_id, channel_id, member) = (conversation.as_uuid(), channel.as_uuid(), MEMBER.as_uuid());
        bed.execute(&format!(
            "set search_path = inbox_v17;
             insert into channels (channel_id, tenant_id, display_phone, phone_number_id, waba_id, status, connected_at, version)
             values ('{channel_id}', '{tenant}', '+39 02 1', '10', '20', 'connected', now(), 1);
             insert into contacts (contact_id, tenant_id, introduced_at, phone) values ('{contact_id}', '{tenant}', now(), '+393331234567');
             insert into groups (group_id, tenant_id) values ('{GROUP}', '{tenant}');
             insert into messages (message_id, told_by, mark, tenant_id, conversation_id, contact_id, provider_message_id,
                                   direction, kind, body, sent_at, telling, is_by_member)
             values ('{MESSAGE}', '{MESSAGE}', '{MESSAGE}', '{tenant}', '{conversation_id}', '{contact_id}', 'wamid.1', 'inbound',
                     'text', 'Hello', now(), 2, false);
             insert into notes (note_id, tenant_id, conversation_id, contact_id, body, noted_at)
             values ('{NOTE}', '{tenant}', '{conversation_id}', '{contact_id}', 'A note', now());
             insert into conversations (conversation_id, tenant_id, contact_id, channel_id, status, assignee_id,
                                        last_message_at, last_message_id, last_mark, last_direction, last_kind, last_body)
             values ('{conversation_id}', '{tenant}', '{contact_id}', '{channel_id}', 'open', '{member}', now(),
                     '{MESSAGE}', '{MESSAGE}', 'inbound', 'text', 'Hello');
             insert into conversations (conversation_id, tenant_id, group_id, channel_id, status, assignee_id)
             values (gen_random_uuid(), '{tenant}', '{GROUP}', '{channel_id}', 'open', '{member}');
             set search_path = public;
             insert into people_v2.teams (team_id, tenant_id, name, formed_at, version)
             values ('{team}', '{tenant}', 'Service', now(), 1);
             insert into people_v2.members (member_id, tenant_id, state, role, joined_at, version)
             values ('{member}', '{tenant}', 'ACTIVE', 'AGENT', now(), 1);
             insert into leads_v7.leads (lead_id, tenant_id, contact_id, captured_in, source, captured_at, version)
             values ('{lead}', '{tenant}', '{contact_id}', '{conversation_id}', 'whatsapp', now(), 1);"
        ))
        .await;
        Self { bed, contact, conversation, channel }
    }

    /// One of each kind.
    fn id(&self, kind: Kind) -> Value {
        let uuid = match kind {
            Kind::Conversation => self.conversation.as_uuid(),
            Kind::Contact => self.contact.as_uuid(),
            Kind::Lead => LeadId::of(self.contact).as_uuid(),
            Kind::Channel => self.channel.as_uuid(),
            Kind::Tenant => TENANT.as_uuid(),
            Kind::Message => MESSAGE,
            Kind::Note => NOTE,
            Kind::Group => GROUP,
        };
        json!(encode(kind, uuid).0)
    }

    /// What a document comes to for whoever sees so much.
    async fn ask(&self, sight: Sight, document: &str) -> Value {
        told(&self.bed.ask_seeing(sight, document).await)
    }
}

fn told(response: &Response) -> Value {
    assert_eq!(response.errors, []);
    response.data.clone().into_json().unwrap()
}

/// What everybody of the business sees.
fn is_everybody_s(kind: Kind) -> bool {
    [Kind::Channel, Kind::Tenant].contains(&kind)
}

#[tokio::test]
async fn what_is_not_seen_is_null_by_its_id() {
    let one = One::new().await;
    for kind in Kind::ALL {
        let id = one.id(kind);
        let document = format!("{{ node(id: {id}) {{ __typename }} nodes(ids: [{id}]) {{ __typename }} }}");
        let there = one.ask(Sight::Everything, &document).await;
        assert_eq!(there["node"], there["nodes"][0]);
        assert_eq!(there["node"]["__typename"], format!("{kind:?}"));
        assert_eq!(one.ask(HERS, &document).await, there, "{kind:?}");
        for sight in UNSEEING {
            let expected = if is_everybody_s(kind) { there.clone() } else { json!({ "node": null, "nodes": [null] }) };
            assert_eq!(one.ask(sight, &document).await, expected, "{kind:?} {sight:?}");
        }
    }
    for (field, id) in [
        ("conversation(id: ID)", one.id(Kind::Conversation)),
        ("contact(id: ID)", one.id(Kind::Contact)),
        ("lead(id: ID)", one.id(Kind::Lead)),
        ("contactByPhone(phone: ID)", json!("+39 333 123 4567")),
    ] {
        let document = format!("{{ found: {} {{ id }} }}", field.replace("ID", &id.to_string()));
        assert!(one.ask(HERS, &document).await["found"]["id"].is_string(), "{field}");
        for sight in UNSEEING {
            assert_eq!(one.ask(sight, &document).await, json!({ "found": null }), "{field} {sight:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_seen_is_in_no_number() {
    let one = One::new().await;
    let document = "{ conversationCounts { open } leadCounts { new } }";
    let number = |number: u8| json!({ "conversationCounts": { "open": number }, "leadCounts": { "new": number } });
    assert_eq!(one.ask(HERS, document).await, number(1));
    for sight in UNSEEING {
        assert_eq!(one.ask(sight, document).await, number(0), "{sight:?}");
    }
}

#[tokio::test]
async fn what_is_not_seen_has_no_history() {
    let one = One::new().await;
    for kind in [Kind::Conversation, Kind::Contact, Kind::Lead, Kind::Channel, Kind::Tenant] {
        let document = format!("{{ history(id: {}) {{ totalCount }} }}", one.id(kind));
        let there = one.ask(HERS, &document).await;
        assert!(there["history"]["totalCount"].as_u64().is_some_and(|total| total > 0), "{kind:?}");
        for sight in UNSEEING {
            let expected = if is_everybody_s(kind) { there.clone() } else { json!({ "history": null }) };
            assert_eq!(one.ask(sight, &document).await, expected, "{kind:?} {sight:?}");
        }
    }
}

/// What a mutation is about, and which field of its input names that.
fn subject(mutation: &str) -> (Kind, &'static str) {
    match mutation {
        of_lead if of_lead.contains("Lead") => (Kind::Lead, "leadId"),
        "eraseContact" => (Kind::Contact, "contactId"),
        _ => (Kind::Conversation, "conversationId"),
    }
}

fn asking(mutation: &str, id: &Value, said: &str) -> String {
    let (_, field) = subject(mutation);
    let position = if mutation == "showTyping" { "position: shownUntil" } else { "position" };
    format!(
        "mutation {{ done: {mutation}(input: {{ {field}: {id}, {said} }}) {{ {position} userErrors {{ code field message }} }} }}"
    )
}

/// What can be done with what everybody of the business sees, of which there is one: the mutation, and its input.
const OF_THE_BUSINESS: [(&str, &str); 15] = [
    ("connectWhatsappNumber", "phoneNumberId: \"10\", wabaId: \"20\", displayPhone: \"+39 02 2\""),
    ("removeWhatsappCredentials", "channelId: NUMBER"),
    ("disconnectChannel", "channelId: NUMBER"),
    ("setBusinessHours", "timeZone: \"UTC\", week: [{ weekday: MONDAY, hours: [\"09:00-13:00\"] }]"),
    ("removeBusinessHours", ""),
    ("setBusinessProfile", "name: \"Acme\", sector: RETAIL, phone: \"+390212345678\", size: UP_TO_10"),
    ("setBranding", "themeColor: \"#1f6feb\""),
    ("setSettings", "unassignedVisible: false"),
    ("completeOnboardingStep", "step: CHANNEL"),
    ("renameLeadStage", "stageId: \"6c656164-7374-4167-8e00-000000000002\", name: \"Seen\""),
    (
        "removeLeadStage",
        "stageId: \"6c656164-7374-4167-8e00-000000000002\", successorId: \"6c656164-7374-4167-8e00-000000000003\"",
    ),
    ("changeLeadAttribute", "attributeId: \"00000000-0000-0000-0000-000000000034\", name: \"Price\""),
    ("removeLeadAttribute", "attributeId: \"00000000-0000-0000-0000-000000000034\""),
    ("renameTeam", "teamId: \"00000000-0000-0000-0000-000000000009\", name: \"Counter\""),
    ("disbandTeam", "teamId: \"00000000-0000-0000-0000-000000000009\""),
];

/// What else is decided on a version: of things of which there are none here, which say so in the same words (`command_context`).
const OF_OTHER_THINGS: [&str; 32] = [
    "backfillLeads",
    "changeExternalMapping",
    "changeExternalNetworks",
    "changeMemberRole",
    "changeResponseTemplate",
    "changeRole",
    "closeSource",
    "connectFacebookPage",
    "connectSocialAccount",
    "deactivateMember",
    "deleteTemplate",
    "enterWhatsappCredentials",
    "issueExternalSecret",
    "issueExternalToken",
    "mergeContacts",
    "moveMemberToTeam",
    "reactivateMember",
    "removeExternalSecret",
    "removeLostReason",
    "removeResponseTemplate",
    "removeRole",
    "renameLostReason",
    "renameMember",
    "renameSource",
    "reopenSource",
    "reorderLeadStages",
    "resumeSending",
    "revokeApiKey",
    "setWalkInForm",
    "submitTemplate",
    "unmergeContacts",
    "withdrawInvitation",
];

#[tokio::test]
async fn whatever_is_decided_on_a_version_is_here() {
    let types = types().await;
    let mutations = types.iter().find(|of| name(of) == "Mutation").unwrap();
    let all = members(mutations, "fields").map(name);
    let found: BTreeSet<&str> =
        all.filter(|mutation| input_fields(&types, mutation).contains(&"expectedVersion")).collect();
    let here = MUTATIONS.iter().chain(&OF_THE_BUSINESS).map(|(mutation, _)| *mutation);
    let here: BTreeSet<&str> = here.filter(|mutation| *mutation != "showTyping").chain(OF_OTHER_THINGS).collect();
    assert_eq!(found, here);
}

#[tokio::test]
async fn what_can_be_done_is_done_once_by_its_key_and_at_the_version_that_was_seen() {
    let one = One::new().await;
    let channel = one.id(Kind::Channel).to_string();
    // A number without credentials sends nothing.
    let of_one = MUTATIONS.into_iter().filter(|(mutation, _)| !["sendMessage", "showTyping"].contains(mutation));
    let of_one = of_one.map(|(mutation, said)| {
        let (kind, field) = subject(mutation);
        (mutation, format!("{field}: {}, {said}", one.id(kind)))
    });
    let of_all = OF_THE_BUSINESS.into_iter().map(|(mutation, said)| (mutation, said.replace("NUMBER", &channel)));
    for (mutation, input) in of_one.chain(of_all) {
        let document = |more: &str| {
            format!(
                "mutation {{ done: {mutation}(input: {{ {input}, {more} }}) {{ position userErrors {{ code field }} }} }}"
            )
        };
        let refused = |code: &str, field: &str| json!({ "done": { "position": null, "userErrors": [{ "code": code, "field": field }] } });
        let head = one.bed.api().log.head().await.unwrap();
        let late = one.ask(Sight::Everything, &document("expectedVersion: 999")).await;
        assert_eq!(late, refused("CONFLICT", "expectedVersion"), "{mutation}");
        assert_eq!(one.bed.api().log.head().await.unwrap(), head, "{mutation}: nothing is told");
        let keyed = document(&format!("idempotencyKey: \"{mutation}\""));
        let done = one.ask(Sight::Everything, &keyed).await;
        assert!(done["done"]["position"].is_number(), "{mutation}: {done}");
        let head = one.bed.api().log.head().await.unwrap();
        assert_eq!(one.ask(Sight::Everything, &keyed).await, done, "{mutation}: again");
        let another = document(&format!("idempotencyKey: \"{mutation}\", expectedVersion: 1"));
        let refusal = one.ask(Sight::Everything, &another).await;
        assert_eq!(refusal, refused("IDEMPOTENCY_KEY_REUSED", "idempotencyKey"), "{mutation}");
        assert_eq!(one.bed.api().log.head().await.unwrap(), head, "{mutation}: nothing more is told");
    }
}

#[tokio::test]
async fn what_is_not_seen_is_not_found_by_what_can_be_done() {
    let one = One::new().await;
    for (mutation, said) in MUTATIONS {
        let (kind, field) = subject(mutation);
        let document = |id: &Value| asking(mutation, id, said);
        let nowhere = json!(encode(kind, Uuid::from_u128(99)).0);
        let head = one.bed.api().log.head().await.unwrap();
        for sight in UNSEEING {
            let answer = one.ask(sight, &document(&one.id(kind))).await;
            let refused = &answer["done"]["userErrors"][0];
            assert_eq!(
                (&refused["code"], &refused["field"]),
                (&json!("NOT_FOUND"), &json!(field)),
                "{mutation}: {answer}"
            );
            assert_eq!(answer["done"]["position"], Value::Null, "{mutation} {sight:?}");
            assert_eq!(answer, one.ask(sight, &document(&nowhere)).await, "{mutation} {sight:?}: as what there is not");
        }
        assert_eq!(one.bed.api().log.head().await.unwrap(), head, "{mutation}: nothing is told");
        let answer = one.ask(HERS, &document(&one.id(kind))).await;
        if ["sendMessage", "showTyping"].contains(&mutation) {
            // Its number has no credentials here: that is found out of what she sees alone.
            assert_eq!(answer["done"]["userErrors"][0]["code"], "NUMBER_NOT_READY", "{answer}");
            continue;
        }
        assert_eq!(answer["done"]["userErrors"], json!([]), "{mutation}");
        assert!(answer["done"]["position"].is_number(), "{mutation}: {answer}");
    }
}

#[tokio::test]
async fn whatever_can_be_done_with_what_is_not_seen_is_here() {
    let types = types().await;
    let is_about_somebody = |field: &Value| {
        let fields = input_fields(&types, name(field));
        fields.iter().any(|field| ["conversationId", "contactId", "leadId", "groupId"].contains(field))
    };
    let mutations = types.iter().find(|of| name(of) == "Mutation").unwrap();
    let found: BTreeSet<&str> =
        members(mutations, "fields").filter(|field| is_about_somebody(field)).map(name).collect();
    assert_eq!(found, MUTATIONS.iter().map(|(mutation, _)| *mutation).collect());
}
