//! Whoever may not do something does not, whatever else she may do; that she tried is kept. Each mutation has its row here.

use std::collections::BTreeSet;

use leadflow_domain::member::{MemberCommand, MemberName};
use leadflow_domain::role::{Permission, Permissions};
use leadflow_domain::{CommandId, EmailAddress, IdentifierHash, MemberId};
use leadflow_event_store::{Actor, CommandContext};
use serde_json::{Value, json};
use uuid::Uuid;

use super::bed::{Bed, TENANT};
use super::global_id::{Kind, encode};
use super::schema_rules::{input_fields, members, name, types};

const MEMBER: MemberId = MemberId::from_uuid(Uuid::from_u128(7));

/// Each mutation, what it needs, and what is said beside the id of what it is about.
const MUTATIONS: [(&str, Permission, &str); 104] = [
    ("markConversationRead", Permission::WorkConversations, ""),
    ("resolveConversation", Permission::WorkConversations, ""),
    ("reopenConversation", Permission::WorkConversations, ""),
    ("snoozeConversation", Permission::WorkConversations, "until: \"2999-01-01T00:00:00Z\""),
    ("setConversationPriority", Permission::WorkConversations, "priority: HIGH"),
    ("labelConversation", Permission::WorkConversations, "label: \"VIP\""),
    ("unlabelConversation", Permission::WorkConversations, "label: \"VIP\""),
    ("addConversationNote", Permission::WorkConversations, "text: \"Wants a sofa.\""),
    ("sendMessage", Permission::WorkConversations, "text: \"It is.\""),
    ("showTyping", Permission::WorkConversations, ""),
    ("retryMessage", Permission::WorkConversations, ""),
    ("cancelMessage", Permission::WorkConversations, ""),
    ("resumeSending", Permission::ManageChannels, ""),
    ("assignConversation", Permission::AssignConversations, ANOTHER),
    ("assignConversationToTeam", Permission::AssignConversations, "teamId: \"00000000-0000-0000-0000-000000000009\""),
    ("unassignConversation", Permission::AssignConversations, ""),
    ("qualifyLead", Permission::JudgeLeads, "score: 80"),
    ("disqualifyLead", Permission::JudgeLeads, "reason: \"only asks\""),
    ("moveLead", Permission::JudgeLeads, "stageId: \"00000000-0000-0000-0000-000000000009\""),
    ("convertLead", Permission::JudgeLeads, ""),
    ("markLeadSpam", Permission::JudgeLeads, ""),
    ("unmarkLeadSpam", Permission::JudgeLeads, ""),
    ("tagLead", Permission::WorkConversations, "tag: \"Fair\""),
    ("untagLead", Permission::WorkConversations, "tag: \"Fair\""),
    ("addLeadNote", Permission::WorkConversations, "text: \"Wants a sofa.\""),
    ("setLeadCompany", Permission::WorkConversations, "company: \"Acme\""),
    (
        "setLeadAttribute",
        Permission::WorkConversations,
        "attributeId: \"00000000-0000-0000-0000-000000000009\", value: \"1\"",
    ),
    ("transferLead", Permission::AssignConversations, ""),
    ("changeLeads", Permission::JudgeLeads, "change: {isSpam: true}"),
    ("cancelLeadChange", Permission::WorkConversations, "leadChangeId: \"00000000-0000-0000-0000-000000000009\""),
    ("createLeadStage", Permission::ManageSettings, "name: \"Visited\", kind: OPEN"),
    (
        "renameLeadStage",
        Permission::ManageSettings,
        "stageId: \"00000000-0000-0000-0000-000000000009\", name: \"Seen\"",
    ),
    ("reorderLeadStages", Permission::ManageSettings, "stageIds: []"),
    (
        "removeLeadStage",
        Permission::ManageSettings,
        "stageId: \"00000000-0000-0000-0000-000000000009\", successorId: \"00000000-0000-0000-0000-000000000009\"",
    ),
    ("addLostReason", Permission::ManageSettings, "name: \"Too expensive\""),
    (
        "renameLostReason",
        Permission::ManageSettings,
        "lostReasonId: \"00000000-0000-0000-0000-000000000009\", name: \"Price\"",
    ),
    ("removeLostReason", Permission::ManageSettings, "lostReasonId: \"00000000-0000-0000-0000-000000000009\""),
    ("defineLeadAttribute", Permission::ManageSettings, "name: \"Budget\", kind: NUMBER"),
    (
        "changeLeadAttribute",
        Permission::ManageSettings,
        "attributeId: \"00000000-0000-0000-0000-000000000009\", name: \"Price\"",
    ),
    ("removeLeadAttribute", Permission::ManageSettings, "attributeId: \"00000000-0000-0000-0000-000000000009\""),
    ("eraseContact", Permission::EraseContacts, ""),
    ("mergeContacts", Permission::WorkConversations, ""),
    ("unmergeContacts", Permission::WorkConversations, ""),
    ("dismissDuplicate", Permission::WorkConversations, ""),
    ("addLead", Permission::WorkConversations, "phone: \"+393331234567\""),
    ("openGoogleForm", Permission::ManageChannels, "name: \"Spring offer\""),
    ("connectFacebookPage", Permission::ManageCredentials, "pageId: \"138124712925158\", accessToken: \"EAAG\""),
    (
        "connectSocialAccount",
        Permission::ManageCredentials,
        "network: MESSENGER, accountId: \"138124712925158\", accessToken: \"EAAG\"",
    ),
    ("backfillLeads", Permission::ManageChannels, "sourceId: \"00000000-0000-0000-0000-000000000009\""),
    ("openWalkIn", Permission::ManageChannels, "name: \"Front desk\", form: {language: ENGLISH, heading: \"Welcome\"}"),
    (
        "setWalkInForm",
        Permission::ManageChannels,
        "sourceId: \"00000000-0000-0000-0000-000000000009\", form: {language: ENGLISH, heading: \"Welcome\"}",
    ),
    ("renameSource", Permission::ManageChannels, "sourceId: \"00000000-0000-0000-0000-000000000009\", name: \"Stand\""),
    ("openExternalSource", Permission::ManageChannels, "name: \"Partner\", mapping: { phone: \"phone\" }"),
    (
        "changeExternalMapping",
        Permission::ManageChannels,
        "sourceId: \"00000000-0000-0000-0000-000000000009\", mapping: { phone: \"phone\" }",
    ),
    (
        "changeExternalNetworks",
        Permission::ManageChannels,
        "sourceId: \"00000000-0000-0000-0000-000000000009\", networks: []",
    ),
    ("issueExternalToken", Permission::ManageChannels, "sourceId: \"00000000-0000-0000-0000-000000000009\""),
    ("issueExternalSecret", Permission::ManageChannels, "sourceId: \"00000000-0000-0000-0000-000000000009\""),
    ("removeExternalSecret", Permission::ManageChannels, "sourceId: \"00000000-0000-0000-0000-000000000009\""),
    ("closeSource", Permission::ManageChannels, "sourceId: \"00000000-0000-0000-0000-000000000009\""),
    ("reopenSource", Permission::ManageChannels, "sourceId: \"00000000-0000-0000-0000-000000000009\""),
    ("cancelLeadImport", Permission::ManageChannels, "leadImportId: \"00000000-0000-0000-0000-000000000009\""),
    (
        "connectWhatsappNumber",
        Permission::ManageChannels,
        "phoneNumberId: \"10\", wabaId: \"20\", displayPhone: \"+39 02 1\"",
    ),
    ("disconnectChannel", Permission::ManageChannels, ""),
    ("enterWhatsappCredentials", Permission::ManageCredentials, "accessToken: \"EAAG\""),
    ("removeWhatsappCredentials", Permission::ManageCredentials, ""),
    (
        "setBusinessHours",
        Permission::ManageSettings,
        "timeZone: \"UTC\", week: [{ weekday: MONDAY, hours: [\"09:00-13:00\"] }]",
    ),
    ("removeBusinessHours", Permission::ManageSettings, ""),
    (
        "setBusinessProfile",
        Permission::ManageSettings,
        "name: \"Acme\", sector: RETAIL, phone: \"+390212345678\", size: UP_TO_10",
    ),
    ("setBranding", Permission::ManageSettings, "themeColor: \"#1f6feb\""),
    ("setSettings", Permission::ManageSettings, "unassignedVisible: false"),
    ("completeOnboardingStep", Permission::ManageSettings, "step: CHANNEL"),
    (
        "inviteMember",
        Permission::ManagePeople,
        "email: \"bob@example.com\", role: CUSTOM, customRoleId: \"00000000-0000-0000-0000-000000000009\"",
    ),
    ("resendInvitation", Permission::ManagePeople, ANOTHER),
    ("withdrawInvitation", Permission::ManagePeople, ANOTHER),
    ("renameMember", Permission::ManagePeople, "memberId: \"00000000-0000-0000-0000-000000000008\", name: \"Bob\""),
    ("changeMemberRole", Permission::ManagePeople, "memberId: \"00000000-0000-0000-0000-000000000008\", role: AGENT"),
    ("moveMemberToTeam", Permission::ManagePeople, ANOTHER),
    ("deactivateMember", Permission::ManagePeople, ANOTHER),
    ("reactivateMember", Permission::ManagePeople, ANOTHER),
    ("formTeam", Permission::ManagePeople, "name: \"Sales\""),
    ("renameTeam", Permission::ManagePeople, "teamId: \"00000000-0000-0000-0000-000000000009\", name: \"Counter\""),
    ("disbandTeam", Permission::ManagePeople, "teamId: \"00000000-0000-0000-0000-000000000009\""),
    ("defineRole", Permission::ManagePeople, "name: \"Auditor\", permissions: [MANAGE_PEOPLE]"),
    (
        "changeRole",
        Permission::ManagePeople,
        "roleId: \"00000000-0000-0000-0000-000000000009\", name: \"Controller\", permissions: [MANAGE_PEOPLE]",
    ),
    ("removeRole", Permission::ManagePeople, "roleId: \"00000000-0000-0000-0000-000000000009\""),
    (
        "createTemplate",
        Permission::ManageTemplates,
        "name: \"order_update\", language: \"it\", category: UTILITY, body: \"Your order is here.\"",
    ),
    ("submitTemplate", Permission::ManageTemplates, "templateId: \"00000000-0000-0000-0000-000000000009\""),
    ("deleteTemplate", Permission::ManageTemplates, "templateId: \"00000000-0000-0000-0000-000000000009\""),
    ("syncTemplates", Permission::ManageTemplates, ""),
    ("createResponseTemplate", Permission::ManageTemplates, "title: \"Welcome\", body: \"Hello\""),
    (
        "changeResponseTemplate",
        Permission::ManageTemplates,
        "responseTemplateId: \"00000000-0000-0000-0000-000000000009\", title: \"Welcome\", body: \"Hello\"",
    ),
    (
        "removeResponseTemplate",
        Permission::ManageTemplates,
        "responseTemplateId: \"00000000-0000-0000-0000-000000000009\"",
    ),
    (
        "createRoutingPool",
        Permission::ManageSettings,
        "terms: { name: \"Sales\", serves: [{ kind: EVERYTHING }] }, members: []",
    ),
    (
        "changeRoutingPool",
        Permission::ManageSettings,
        "poolId: \"00000000-0000-0000-0000-000000000009\", terms: { name: \"Sales\", serves: [] }",
    ),
    (
        "setRoutingPoolMembers",
        Permission::ManageSettings,
        "poolId: \"00000000-0000-0000-0000-000000000009\", members: []",
    ),
    ("removeRoutingPool", Permission::ManageSettings, "poolId: \"00000000-0000-0000-0000-000000000009\""),
    (
        "setMemberCapacity",
        Permission::ManageSettings,
        "memberId: \"00000000-0000-0000-0000-000000000008\", capacity: 3",
    ),
    ("setMemberWorkingHours", Permission::ManageSettings, ANOTHER),
    ("setMemberAway", Permission::AssignConversations, ANOTHER),
    ("setMemberBack", Permission::AssignConversations, ANOTHER),
    (
        "planMemberLeave",
        Permission::AssignConversations,
        "memberId: \"00000000-0000-0000-0000-000000000008\", from: \"2999-01-01T00:00:00Z\", until: \"2999-01-02T00:00:00Z\"",
    ),
    (
        "cancelMemberLeave",
        Permission::AssignConversations,
        "memberId: \"00000000-0000-0000-0000-000000000008\", from: \"2999-01-01T00:00:00Z\", until: \"2999-01-02T00:00:00Z\"",
    ),
    ("issueApiKey", Permission::ManageApiKeys, "name: \"Shop\", role: OWNER, scope: [MANAGE_API_KEYS]"),
    ("revokeApiKey", Permission::ManageApiKeys, "apiKeyId: \"00000000-0000-0000-0000-000000000009\""),
];

const ANOTHER: &str = "memberId: \"00000000-0000-0000-0000-000000000008\"";
const HERSELF: &str = "memberId: \"00000000-0000-0000-0000-000000000007\"";

/// What lets people in, keeps them in and lets them out: each does it with what is her own, whatever her role is.
const OF_EVERYBODY: [&str; 15] = [
    "register",
    "verifyEmail",
    "acceptInvitation",
    "signIn",
    "beginOidcSignIn",
    "finishOidcSignIn",
    "refreshSession",
    "signOut",
    "revokeSession",
    "requestPasswordReset",
    "resetPassword",
    "changePassword",
    "beginSecondFactor",
    "confirmSecondFactor",
    "disableSecondFactor",
];

/// What operators do, who have no permissions: everybody of a business is refused.
const OF_OPERATORS: [&str; 2] = ["retryJob", "cancelJob"];

fn document(mutation: &str, said: &str) -> String {
    let of = |field: &str, kind| format!("{field}: \"{}\",", encode(kind, Uuid::from_u128(99)).0);
    let about = match mutation {
        "qualifyLead" | "disqualifyLead" | "moveLead" | "convertLead" | "markLeadSpam" | "unmarkLeadSpam"
        | "tagLead" | "untagLead" | "addLeadNote" | "setLeadCompany" | "setLeadAttribute" | "transferLead" => {
            of("leadId", Kind::Lead)
        }
        "changeLeads" => of("leadIds", Kind::Lead),
        "eraseContact" => of("contactId", Kind::Contact),
        "mergeContacts" | "unmergeContacts" => of("winnerId", Kind::Contact) + &of("loserId", Kind::Contact),
        "dismissDuplicate" => of("oneId", Kind::Contact) + &of("otherId", Kind::Contact),
        "retryMessage" | "cancelMessage" => of("messageId", Kind::Message),
        "sendMessage" | "showTyping" => of("conversationId", Kind::Conversation),
        "resumeSending"
        | "disconnectChannel"
        | "enterWhatsappCredentials"
        | "removeWhatsappCredentials"
        | "createTemplate"
        | "syncTemplates" => of("channelId", Kind::Channel),
        of_conversation if of_conversation.contains("Conversation") => of("conversationId", Kind::Conversation),
        _ => String::new(),
    };
    // A letter is nothing that the log keeps, nor is that somebody writes.
    let position = match mutation {
        "resendInvitation" => "position: member { id }",
        "showTyping" => "position: shownUntil",
        "cancelLeadImport" => "position: leadImport { id }",
        "changeLeads" | "cancelLeadChange" => "position: leadChange { id }",
        _ => "position",
    };
    format!("mutation {{ done: {mutation}(input: {{ {about} {said} }}) {{ {position} userErrors {{ code field }} }} }}")
}

impl Bed {
    /// Lets somebody work here, so that something can be told of her.
    async fn employ(&self) {
        let command = MemberCommand::Register {
            name: MemberName::parse("Ada").unwrap(),
            email: EmailAddress::parse("ada@example.com").unwrap(),
            email_hash: IdentifierHash::from_hex("hash".to_owned()),
        };
        let id = CommandId::derive(TENANT, "test", &["register"]);
        let context = CommandContext::new(TENANT, id, Actor::CommandLine, "test");
        self.api().commands.members.execute(MEMBER, command, context).await.unwrap();
    }

    /// What a mutation comes to for a member who may do so much.
    async fn tries(&self, may: Permissions, mutation: &str, said: &str) -> Value {
        let answer = self.ask_permitted(MEMBER, may, &document(mutation, said)).await;
        assert_eq!(answer.errors, [], "{mutation}");
        answer.data.into_json().unwrap()["done"].take()
    }

    /// What was denied to whom, in the order of the log.
    async fn denied(&self) -> Vec<(String, Value)> {
        sqlx::query_as(
            "select metadata->>'actor', payload->'member.denied' from events where event_type = 'member.denied' \
             order by position",
        )
        .fetch_all(&self.api().pool)
        .await
        .unwrap()
    }
}

fn all_but(permission: Permission) -> Permissions {
    Permission::ALL.into_iter().filter(|other| *other != permission).collect()
}

#[tokio::test]
async fn whoever_may_do_all_else_does_not_do_this_and_that_she_tried_is_kept() {
    let bed = Bed::new().await;
    bed.employ().await;
    for (mutation, needed, said) in MUTATIONS {
        let head = bed.api().log.head().await.unwrap();
        let answer = bed.tries(all_but(needed), mutation, said).await;
        let refused = json!({ "position": null, "userErrors": [{ "code": "FORBIDDEN", "field": null }] });
        assert_eq!(answer, refused, "{mutation}");
        let (actor, denied) = bed.denied().await.pop().unwrap();
        assert_eq!(actor, Actor::Member(MEMBER).to_string());
        assert_eq!(denied, json!({ "action": mutation, "permission": needed.as_str() }));
        assert_eq!(bed.api().log.head().await.unwrap(), head + 1, "{mutation}: nothing else was done");
    }
}

#[tokio::test]
async fn whoever_may_do_this_needs_nothing_else() {
    let bed = Bed::new().await;
    for (mutation, needed, said) in MUTATIONS {
        let answer = bed.tries(Permissions::of(&[needed]), mutation, said).await;
        assert_ne!(answer["userErrors"][0]["code"], "FORBIDDEN", "{mutation}");
    }
    assert_eq!(bed.denied().await, []);
}

/// Those that take no `idempotencyKey`.
const WITHOUT_KEY: [&str; 5] =
    ["showTyping", "syncTemplates", "cancelLeadImport", "cancelLeadChange", "resendInvitation"];

/// Those that look for what they are about, or ask the provider, before the log is asked whether the key is new: here there is nothing, so
/// that nothing is done is all that is seen of them.
const WHAT_IT_IS_ABOUT_FIRST: [&str; 15] = [
    "sendMessage",
    "retryMessage",
    "cancelMessage",
    "connectFacebookPage",
    "connectSocialAccount",
    "enterWhatsappCredentials",
    "withdrawInvitation",
    "renameMember",
    "changeMemberRole",
    "moveMemberToTeam",
    "deactivateMember",
    "reactivateMember",
    "createTemplate",
    "submitTemplate",
    "deleteTemplate",
];

#[tokio::test]
async fn no_mutation_takes_a_key_that_another_request_had() {
    let (bed, types) = (Bed::new().await, types().await);
    let all = Permissions::ALL;
    let with_key = |said: &str| format!("{said}, idempotencyKey: \"mine\"");
    // That there is no such conversation is what her request came to, and is kept.
    let first = bed.tries(all, "labelConversation", &with_key("label: \"the first\"")).await;
    assert_eq!(first["userErrors"][0]["code"], "NOT_FOUND");
    let (mut without, mut others) = (BTreeSet::new(), BTreeSet::new());
    for (mutation, _, said) in MUTATIONS {
        if !input_fields(&types, mutation).contains(&"idempotencyKey") {
            without.insert(mutation);
            continue;
        }
        let answer = bed.tries(all, mutation, &with_key(said)).await;
        if answer["userErrors"] != json!([{ "code": "IDEMPOTENCY_KEY_REUSED", "field": "idempotencyKey" }]) {
            assert_eq!(answer["position"], Value::Null, "{mutation}: {answer}");
            others.insert(mutation);
        }
    }
    assert_eq!(without, BTreeSet::from(WITHOUT_KEY));
    assert_eq!(others, BTreeSet::from(WHAT_IT_IS_ABOUT_FIRST));
}

#[tokio::test]
async fn who_works_conversations_takes_one_herself_and_gives_none_to_others() {
    let bed = Bed::new().await;
    bed.employ().await;
    let works = Permissions::of(&[Permission::WorkConversations]);
    let takes = bed.tries(works, "assignConversation", HERSELF).await;
    assert_eq!(takes["userErrors"][0]["code"], "NOT_FOUND");
    let gives = bed.tries(works, "assignConversation", ANOTHER).await;
    assert_eq!(gives["userErrors"][0]["code"], "FORBIDDEN");
    let neither = bed.tries(Permissions::NONE, "assignConversation", HERSELF).await;
    assert_eq!(neither["userErrors"][0]["code"], "FORBIDDEN");
}

#[tokio::test]
async fn every_mutation_says_what_it_needs() {
    let types = types().await;
    let mutations = types.iter().find(|of| name(of) == "Mutation").unwrap();
    let found: BTreeSet<&str> = members(mutations, "fields").map(name).collect();
    assert_eq!(
        found,
        MUTATIONS.map(|(mutation, ..)| mutation).into_iter().chain(OF_EVERYBODY).chain(OF_OPERATORS).collect()
    );
}
