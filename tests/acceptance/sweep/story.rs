//! What the owner has: something of everything that the schema can show, as far as customers bring it about.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator;
use leadflow_tests::colleagues::{Colleague, done};
use leadflow_tests::external::Program;
use leadflow_tests::forms::Form;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::imports;
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use leadflow_tests::walk_in::WalkIn;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::expectations::Role;
use super::things::{DAY, LABEL, Things, another};
use crate::journeys::begin::{Journey, Shared, shared, text};
use crate::journeys::clocks::database_clock;

const ASHA: &str = "919820067001";
/// Asha's.
pub(super) const ADDRESS: &str = "asha.rao@example.com";
const ADA: &str = "393331267002";
const CLEO: &str = "919820067003";
const GROUP: &str = "HBgLMTIzZ3JvdXBzd2VlcA";

/// Somebody with all these things, the people who work for her, and somebody else with nothing.
pub(super) struct Story {
    pub(super) owner: GraphQl,
    pub(super) people: [Person; 3],
    pub(super) stranger: GraphQl,
    pub(super) nobody: GraphQl,
    pub(super) things: Things,
}

/// Somebody who has joined the business, in a session of her own.
pub(super) struct Person {
    pub(super) role: Role,
    pub(super) graphql: GraphQl,
    /// The ids of what she sees of customers: one conversation, if any, and what comes with it.
    pub(super) sees: Vec<String>,
}

const INBOX: &str = "{ conversations(first: 10) { edges { node {
        id group { id subject } contact { id phone displayName listedName } channel { id phoneNumberId } labels
        messages(first: 20) { edges { node {
            id providerMessageId status readAt playedAt reaction editedText revokedAt failure { code } } } }
        notes(first: 1) { edges { node { id } } }
    } } }
    leads(first: 10) { edges { node { id status contact { phone } } } } }";

/// Seconds from the morning on which [`text`] counts them.
fn timestamp(second: i64) -> String {
    (1_794_000_000 + second).to_string()
}

impl Story {
    pub(super) async fn tell() -> Result<Self> {
        let (journey, other) = (Journey::begin().await?, Journey::begin().await?);
        let shared = shared().await?;
        let wrote = [
            text(ASHA, "swept1", 0, "Is the saffron sofa left?"),
            text(CLEO, "swept9", 1, "Do you deliver on Sundays?"),
        ];
        journey.receive(&wrote).await?;
        shared.installation.settle().await?;
        has_a_page(shared, &journey).await?;
        Sender::new(shared.server.address(), 1)?.deliver(&deliveries(&journey)).await?;
        shared.installation.settle().await?;
        let colleagues = Colleagues::join(&shared.installation, &journey.graphql).await?;
        let pool = routed(&journey, &colleagues).await?;
        let prepared = prepared(&journey.graphql).await?;
        fills_in(&journey.graphql, shared.server.address()).await?;
        let pipeline = pipeline(&journey.graphql, &colleagues).await?;
        let walk_in = walks_in(&journey.graphql, shared.server.address()).await?;
        let source = posts(&journey.graphql, shared.server.address()).await?;
        let change = changes_many(&journey.graphql).await?;
        let import = brings_a_file(&journey.graphql).await?;
        let of_the_agent = people_work(&journey.graphql, &colleagues).await?;
        shared.installation.settle().await?;
        Sender::new(shared.server.address(), 1)?.deliver(&[about_the_template(&journey)]).await?;
        shared.installation.settle().await?;
        let mut things = eventually("all of the story is shown", || things(&journey.graphql)).await?;
        let job = eventually("what was read is outside work that is done", async || {
            let jobs: Value =
                shared.installation.json(&["jobs", "list", "--state", "done", "--kind", "mark_read"]).await?;
            jobs["jobs"][0]["job"].as_str().map(str::to_owned).with_context(|| format!("{jobs}"))
        })
        .await?;
        let Colleagues { named, lead, agent, billing } = colleagues;
        things.others.insert("Job".to_owned(), job);
        let member = named[0].1.clone();
        let routing = [
            ("Pool", pool.clone()),
            ("RoutingPool", pool),
            ("RoutingMember", member),
            ("Source", source),
            ("WalkIn", walk_in),
            ("LeadChange", change),
            ("LeadImport", import),
        ];
        things.others.extend(
            named.into_iter().chain(prepared).chain(pipeline).chain(routing).map(|(kind, id)| (kind.to_owned(), id)),
        );
        let of_the_team = ["Conversation", "Contact", "Lead"].map(|kind| things.ids[kind].clone()).to_vec();
        let people = [
            Person { role: Role::TeamLead, graphql: lead.graphql, sees: of_the_team },
            Person { role: Role::Agent, graphql: agent.graphql, sees: vec![of_the_agent] },
            Person { role: Role::BillingAdmin, graphql: billing.graphql, sees: vec![] },
        ];
        let nobody = GraphQl::anonymous(shared.server.address())?;
        Ok(Self { owner: journey.graphql, people, stranger: other.graphql, nobody, things })
    }
}

/// A page's Messenger beside the number, as an operator connects it.
async fn has_a_page(shared: &Shared, journey: &Journey) -> Result<()> {
    let account = format!("5{}", journey.business.number.waba_id);
    let connect = ["channel", "add-social", "--tenant", &journey.business.tenant, "--network", "messenger"];
    let of = ["--account-id", &account, "--name", "Saffron Sofas"];
    shared.installation.leadflow(&[&connect[..], &of].concat()).await?.succeeded()?;
    Ok(())
}

/// A pool by whose rules Asha's conversation falls to somebody of the team: the pool's id.
async fn routed(journey: &Journey, colleagues: &Colleagues) -> Result<String> {
    let (owner, [(_, member), ..]) = (&journey.graphql, &colleagues.named);
    let all_day = |weekday| json!({"weekday": weekday, "hours": ["00:00-24:00"]});
    let week = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"].map(all_day);
    let hours = json!({"timeZone": "UTC", "week": week});
    let change = |name: &str, input: &str| {
        format!("mutation ($input: {input}Input!) {{ done: {name}(input: $input) {{ userErrors {{ code }} }} }}")
    };
    let capacity = json!({"memberId": member, "capacity": 5});
    done(owner, &change("setMemberCapacity", "SetMemberCapacity"), &capacity).await?;
    let works = json!({"memberId": member, "hours": hours});
    done(owner, &change("setMemberWorkingHours", "SetMemberWorkingHours"), &works).await?;
    let leave = json!({"memberId": member, "from": "2090-08-01T00:00:00Z", "until": "2090-08-15T00:00:00Z"});
    done(owner, &change("planMemberLeave", "PlanMemberLeave"), &leave).await?;
    let create = "mutation ($input: CreateRoutingPoolInput!) { done: createRoutingPool(input: $input) {
        pool { id } userErrors { code } } }";
    let channel: String =
        owner.ask("{ channels { edges { node { id } } } }", &json!({}), "/channels/edges/0/node/id").await?;
    let serves = json!([{"kind": "CHANNEL", "id": channel}]);
    let terms = json!({"name": "Saffron pool", "serves": serves, "hours": hours});
    let input = json!({"terms": terms, "members": [{"memberId": member, "weight": 1}]});
    let pool = done(owner, create, &input).await?["pool"]["id"].take();
    let inbox: Value = owner.ask(INBOX, &json!({}), "").await?;
    let hers = json!({"conversationId": asha_s(&inbox)?["id"]});
    for comes_up_again in
        [change("resolveConversation", "ResolveConversation"), change("reopenConversation", "ReopenConversation")]
    {
        done(owner, &comes_up_again, &hers).await?;
    }
    shared().await?.installation.settle().await?;
    eventually("it is somebody's", || async {
        let inbox: Value = owner.ask(WHOSE, &json!({}), "").await?;
        let of = nodes(&inbox, "conversations").find(|node| is_asha_s(node)).context("no conversation of Asha's")?;
        ensure!(of["assignee"]["id"] == json!(member), "{of}");
        Ok(())
    })
    .await?;
    pool.as_str().map(str::to_owned).context("no id")
}

const WHOSE: &str = "{ conversations(first: 10) { edges { node { contact { phone } assignee { id } } } } }";

const TEMPLATE: &str = "saffron_update";

/// A template and an answer that are written before they are sent: what each is, and its id.
async fn prepared(owner: &GraphQl) -> Result<[(&'static str, String); 3]> {
    let channel: String =
        owner.ask("{ channels { edges { node { id } } } }", &json!({}), "/channels/edges/0/node/id").await?;
    let create = "mutation ($input: CreateTemplateInput!) { done: createTemplate(input: $input) {
        template { id } userErrors { code message } stale } }";
    let button = json!({"kind": "URL", "text": "Track", "url": "https://example.com/{{1}}",
                        "example": "https://example.com/1"});
    let call = json!({"kind": "CALL", "text": "Call", "phone": "+390212345678"});
    let input = json!({
        "channelId": channel, "name": TEMPLATE, "language": "en_US", "category": "UTILITY",
        "header": {"kind": "TEXT", "text": "Order {{saffron_order}}", "examples": ["1"]},
        "body": "Hello {{saffron_buyer}}, your saffron {{saffron_thing}} is here.", "bodyExamples": ["Bob", "sofa"],
        "footer": "Saffron Sofas", "buttons": [call, button],
    });
    let template = done(owner, create, &input).await?["template"]["id"].take();
    let create = "mutation ($input: CreateResponseTemplateInput!) { done: createResponseTemplate(input: $input) {
        responseTemplate { id } userErrors { code } stale } }";
    let input = json!({"title": "Saffron hours", "intent": "saffron_hours", "body": "Saffron is here for {{contact.name|you}}"});
    let answer = done(owner, create, &input).await?["responseTemplate"]["id"].take();
    let text = |id: &Value| id.as_str().map(str::to_owned).context("no id");
    Ok([("Template", text(&template)?), ("MessageTemplate", text(&template)?), ("ResponseTemplate", text(&answer)?)])
}

/// How the business works its leads, and what it does with Asha's: what that is called, with its ids.
async fn pipeline(owner: &GraphQl, colleagues: &Colleagues) -> Result<[(&'static str, String); 4]> {
    let change = |name: &str, input: &str| {
        format!(
            "mutation ($input: {input}Input!) {{ done: {name}(input: $input) {{ \
                 leadPipeline {{ stages {{ id name }} lostReasons {{ id }} attributes {{ id }} }} userErrors {{ code }} }} }}"
        )
    };
    let text = |id: &Value| id.as_str().map(str::to_owned).context("no id");
    let stage = json!({"name": "Saffron sold out", "kind": "LOST"});
    done(owner, &change("createLeadStage", "CreateLeadStage"), &stage).await?;
    let reason = json!({"name": "Saffron too dear"});
    done(owner, &change("addLostReason", "AddLostReason"), &reason).await?;
    let attribute = json!({"name": "Saffron shade", "kind": "CHOICE", "choices": ["Saffron red", "Saffron gold"]});
    let known = done(owner, &change("defineLeadAttribute", "DefineLeadAttribute"), &attribute).await?;
    let known = &known["leadPipeline"];
    let (stage, successor) = (text(&known["stages"][5]["id"])?, text(&known["stages"][4]["id"])?);
    let (reason, attribute) = (text(&known["lostReasons"][0]["id"])?, text(&known["attributes"][0]["id"])?);

    let inbox: Value = owner.ask(INBOX, &json!({}), "").await?;
    let lead = asha_s_lead(&inbox)?["id"].clone();
    let ([(_, member), ..], change) = (&colleagues.named, |name: &str, input: &str| {
        format!("mutation ($input: {input}Input!) {{ done: {name}(input: $input) {{ userErrors {{ code }} }} }}")
    });
    for (name, input, said) in [
        ("moveLead", "MoveLead", json!({"leadId": lead, "stageId": stage, "lostReasonId": reason})),
        ("tagLead", "TagLead", json!({"leadId": lead, "tag": "Saffron fair"})),
        ("addLeadNote", "AddLeadNote", json!({"leadId": lead, "text": "Saffron or nothing"})),
        ("setLeadCompany", "SetLeadCompany", json!({"leadId": lead, "company": "Saffron & Daughters"})),
        (
            "setLeadAttribute",
            "SetLeadAttribute",
            json!({"leadId": lead, "attributeId": attribute, "value": "Saffron gold"}),
        ),
        ("transferLead", "TransferLead", json!({"leadId": lead, "memberId": member})),
    ] {
        done(owner, &change(name, input), &said).await?;
    }
    Ok([("Stage", stage), ("Successor", successor), ("LostReason", reason), ("Attribute", attribute)])
}

/// Asha fills in a form, in which she gives her address.
async fn fills_in(owner: &GraphQl, address: SocketAddr) -> Result<()> {
    let form = Form::open(owner, "Saffron form").await?;
    let columns = [("FULL_NAME", "Asha Rao"), ("PHONE_NUMBER", ASHA), ("EMAIL", ADDRESS)];
    let mut filled_in = form.filled_in("swept-lead", &columns);
    // After she wrote: her lead began in her conversation.
    filled_in["lead_submit_time"] = json!("2026-11-06T22:30:00Z");
    let (status, answer) = form.send(address, &filled_in).await?;
    ensure!(status == StatusCode::OK && answer == json!({}), "{status} {answer}");
    Ok(())
}

/// A program posts what Asha told it, once as it has to and once unsigned: the source's id.
async fn posts(owner: &GraphQl, address: SocketAddr) -> Result<String> {
    // Words that nobody else says.
    let mapping = json!({
        "submissionId": "saffron_id", "submittedAt": "saffron_at", "name": ["saffron_name"], "phone": "saffron_phone",
        "email": "saffron_email", "form": "saffron_form", "campaign": "saffron_campaign", "clickId": "saffron_click",
        "answers": [{"field": "saffron_wanted", "question": "Which saffron?"}], "keepsOthers": true,
    });
    let input = json!({"name": "Saffron partner", "mapping": mapping, "networks": ["127.0.0.0/8"], "isSigned": true});
    let program = Program::open(owner, &input, database_clock().await?.as_second()).await?;
    let asha = json!({"saffron_id": "swept-post", "saffron_at": "2026-11-06T22:40:00Z", "saffron_phone": ASHA,
                      "saffron_form": "saffron form", "saffron_campaign": "saffron spring", "saffron_wanted": "red"});
    let unsigned = Program { secret: None, ..program.clone() };
    for (program, status) in [(&program, StatusCode::ACCEPTED), (&unsigned, StatusCode::UNAUTHORIZED)] {
        let answer = program.post(address, &asha).await?;
        ensure!(answer.status == status, "{answer:?}");
    }
    eventually("what was posted is shown, and what was refused", async || {
        let document = "query ($id: ID!) { source(id: $id) { lastSubmittedAt lastError { reason } } }";
        let shown: Value = owner.ask(document, &json!({"id": program.source}), "/source").await?;
        ensure!(!shown["lastError"].is_null() && !shown["lastSubmittedAt"].is_null(), "{shown}");
        Ok(())
    })
    .await?;
    Ok(program.source)
}

/// Two leads are to be marked, of which there is one: the change's id.
async fn changes_many(owner: &GraphQl) -> Result<String> {
    let inbox: Value = owner.ask(INBOX, &json!({}), "").await?;
    let asha = asha_s_lead(&inbox)?["id"].clone();
    let nobody = another(asha.as_str().context("no id")?)?;
    let change = "mutation ($input: ChangeLeadsInput!) { done: changeLeads(input: $input) {
        leadChange { id } userErrors { code } } }";
    let input = json!({"leadIds": [asha, nobody], "change": {"addTags": ["Saffron fair", "Saffron stand"]}});
    let asked: Value = owner.ask(change, &json!({"input": input}), "/done").await?;
    ensure!(asked["userErrors"] == json!([]), "{asked}");
    let id = asked["leadChange"]["id"].as_str().context("no id")?.to_owned();
    let state = "query ($id: ID!) { leadChange(id: $id) { state } }";
    eventually("it is made", async || {
        let made: Value = owner.ask(state, &json!({"id": id}), "/leadChange/state").await?;
        ensure!(made == "DONE", "{made}");
        Ok(())
    })
    .await?;
    Ok(id)
}

/// It is looked what would become of a file: the import's id.
async fn brings_a_file(owner: &GraphQl) -> Result<String> {
    let file = "saffron name,saffron phone\nSaffron buyer,ask her\nAnother,+39 333 1230000\nAnother,+39 333 1230000\n";
    let said = "name=saffron.csv&dryRun=true&map=name%3Dsaffron%20name&map=phone%3Dsaffron%20phone";
    let import = imports::bring(owner, said, file).await?;
    imports::ended(owner, &import).await?;
    Ok(import)
}

/// A form of ours with all that one may have, to which somebody sends what is none: the source's id.
async fn walks_in(owner: &GraphQl, address: SocketAddr) -> Result<String> {
    let channel: String =
        owner.ask("{ channels { edges { node { id } } } }", &json!({}), "/channels/edges/0/node/id").await?;
    let form = json!({
        "language": "ENGLISH", "heading": "Welcome to the saffron desk", "greeting": "Saffron for everybody",
        "callingCode": "+91", "questions": [{"text": "Which saffron?", "required": true, "long": true}],
        "consent": "You may call me about saffron", "thanks": "Saffron thanks you",
        "whatsapp": {"channelId": channel, "text": "Hello saffron"},
    });
    let walk_in = WalkIn::open(owner, "Saffron desk", &form).await?;
    ensure!(walk_in.send(address, &[("name", "nobody")]).await?.status() == StatusCode::BAD_REQUEST);
    let refused = "query ($id: ID!) { refused: walkInRefusals(sourceId: $id) { times } }";
    eventually("that is counted", async || {
        let counted: Value = owner.ask(refused, &json!({"id": walk_in.source}), "/refused").await?;
        ensure!(counted[0]["times"] == 1, "{counted}");
        Ok(())
    })
    .await?;
    Ok(walk_in.source)
}

/// What WhatsApp tells of the template, of the number, and of its account.
fn about_the_template(journey: &Journey) -> Vec<u8> {
    let told = |field: &'static str, what: Value| {
        let mut value = json!({"message_template_id": 1_689_556_908_129_832_u64, "message_template_name": TEMPLATE,
                               "message_template_language": "en-US"});
        for (name, said) in what.as_object().into_iter().flatten() {
            value[name] = said.clone();
        }
        (field, value)
    };
    let changes = [
        told("message_template_status_update", json!({"event": "REJECTED", "reason": "SAFFRON_FORMAT"})),
        told("message_template_quality_update", json!({"new_quality_score": "YELLOW"})),
        told("template_category_update", json!({"new_category": "UTILITY", "correct_category": "MARKETING"})),
    ];
    let number = &journey.business.number;
    let of_account = |event: &str, name: &str, info: Value| ("account_update", json!({"event": event, name: info}));
    let restriction = json!({"restriction_type": "SAFFRON_RESTRICTION", "expiration": 4_102_444_800_i64});
    let info = json!({"waba_ban_state": "SCHEDULE_FOR_DISABLE", "waba_ban_date": "SAFFRON 17, 2027"});
    let stands = [
        (
            "phone_number_quality_update",
            json!({"display_phone_number": number.display_phone, "event": "FLAGGED", "current_limit": "TIER_SAFFRON"}),
        ),
        of_account("ACCOUNT_RESTRICTION", "restriction_info", json!([restriction])),
        of_account("DISABLED_UPDATE", "ban_info", info),
        of_account("ACCOUNT_VIOLATION", "violation_info", json!({"violation_type": "SAFFRON"})),
    ];
    simulator::changes(number, &[&changes[..], &stands[..]].concat())
}

/// Somebody who sees to the installation.
pub(super) async fn operator() -> Result<GraphQl> {
    let shared = shared().await?;
    let issued: Value = shared.installation.json(&["token", "issue", "--role", "OPERATOR"]).await?;
    GraphQl::new(shared.server.address(), issued["token"].as_str().context("no token")?)
}

/// The business answers, is told how far that got, and talks in a group.
fn deliveries(journey: &Journey) -> Vec<Vec<u8>> {
    let number = &journey.business.number;
    let contacts = json!([{"wa_id": ASHA, "profile": {"name": "Asha Rao"}}]);
    let echo = |id: &str, second: i64, words: &str| {
        json!({"to": ASHA, "id": format!("wamid.{id}"), "timestamp": timestamp(second), "type": "text",
               "text": {"body": words}})
    };
    let status = |id: &str, word: &str, second: i64| {
        json!({"id": format!("wamid.{id}"), "status": word, "timestamp": timestamp(second), "recipient_id": ASHA,
               "pricing": {"billable": true, "pricing_model": "PMP", "category": "service"}})
    };
    let mut failed = status("swept3", "failed", 420);
    failed["errors"] = json!([{"code": "131026", "title": "Message undeliverable"}]);
    let edit = json!({"to": ASHA, "id": "wamid.swept4", "timestamp": timestamp(330), "type": "edit",
                      "edit": {"original_message_id": "wamid.swept2", "message": {"type": "text", "text": {"body": "It is!"}}}});
    let revocation = json!({"to": ASHA, "id": "wamid.swept5", "timestamp": timestamp(430), "type": "revoke",
                            "revoke": {"original_message_id": "wamid.swept3"}});
    let reaction = json!({"from": ASHA, "id": "wamid.swept6", "timestamp": timestamp(340), "type": "reaction",
                          "reaction": {"message_id": "wamid.swept2", "emoji": "💛"}});
    let answer = json!({"from": ASHA, "id": "wamid.swept7", "timestamp": timestamp(350), "type": "text",
                        "context": {"from": number.display_phone, "id": "wamid.swept2"}, "text": {"body": "Lovely"}});
    let group = json!({"group_id": GROUP, "timestamp": timestamp(500), "request_id": "request 1",
                       "type": "group_create", "subject": "Sofas"});
    let joined = json!({"group_id": GROUP, "timestamp": timestamp(501), "request_id": "request 2",
                        "type": "group_participants_change", "reason": "invite_link", "added_participants": [{"wa_id": ADA}]});
    let in_group = json!({"from": ADA, "id": "wamid.swept8", "timestamp": timestamp(502), "type": "text",
                          "group_id": GROUP, "text": {"body": "Which one?"}});
    let listed = json!([{"type": "contact", "contact": {"full_name": "Asha of the sofas", "first_name": "Asha",
                         "phone_number": ASHA}, "action": "add", "metadata": {"timestamp": timestamp(600)}}]);
    let wants = json!({"wa_id": ASHA, "value": "stop", "category": "marketing_messages", "timestamp": timestamp(601),
                       "detail": "User requested to stop"});
    let told = |statuses: Vec<Value>| ("messages", json!({"contacts": contacts, "statuses": statuses}));
    let echoed = |echoes: Vec<Value>| ("smb_message_echoes", json!({"contacts": contacts, "message_echoes": echoes}));
    let ada = json!([{"wa_id": ADA, "profile": {"name": "Ada Cobalt"}}]);
    [
        vec![echoed(vec![echo("swept2", 300, "It is"), echo("swept3", 410, "Still there?")])],
        vec![told(vec![
            status("swept2", "sent", 301),
            status("swept2", "delivered", 302),
            status("swept2", "read", 303),
            status("swept2", "played", 304),
            failed,
        ])],
        vec![echoed(vec![edit, revocation])],
        vec![("messages", json!({"contacts": contacts, "messages": [reaction, answer]}))],
        vec![("group_lifecycle_update", json!({"groups": [group]}))],
        vec![("group_participants_update", json!({"groups": [joined]}))],
        vec![("messages", json!({"contacts": ada, "messages": [in_group]}))],
        vec![("smb_app_state_sync", json!({"state_sync": listed}))],
        vec![("user_preferences", json!({"contacts": contacts, "user_preferences": [wants]}))],
    ]
    .iter()
    .map(|changes| simulator::changes(number, changes))
    .collect()
}

/// Who works for the business.
struct Colleagues {
    /// Somebody in a team and in a role of its own, and a program: what each is, and its id.
    named: [(&'static str, String); 4],
    /// Of the same team.
    lead: Colleague,
    agent: Colleague,
    billing: Colleague,
}

impl Colleagues {
    async fn join(installation: &Installation, owner: &GraphQl) -> Result<Self> {
        let form = "mutation ($input: FormTeamInput!) { done: formTeam(input: $input) {
            team { id } userErrors { code } stale } }";
        let team = done(owner, form, &json!({"name": "Saffron sellers"})).await?["team"]["id"].take();
        let define = "mutation ($input: DefineRoleInput!) { done: defineRole(input: $input) {
            role { id } userErrors { code } stale } }";
        let role = json!({"name": "Saffron keeper", "permissions": ["WORK_CONVERSATIONS"]});
        let role = done(owner, define, &role).await?["role"]["id"].take();
        let issue = "mutation ($input: IssueApiKeyInput!) { done: issueApiKey(input: $input) {
            apiKey { id } userErrors { code } stale } }";
        let key = json!({"name": "Saffron shop", "role": "CUSTOM", "customRoleId": role, "scope": ["WORK_CONVERSATIONS"],
                         "expiresAt": "2100-01-01T00:00:00Z"});
        let key = done(owner, issue, &key).await?["apiKey"]["id"].take();
        let join = |role, asked| Colleague::join(installation, owner, role, asked);
        let (member, lead, agent, billing) = tokio::try_join!(
            join("CUSTOM", json!({"customRoleId": role, "teamId": team})),
            join("TEAM_LEAD", json!({"teamId": team})),
            join("AGENT", json!({})),
            join("BILLING_ADMIN", json!({})),
        )?;
        let text = |id: &Value| id.as_str().map(str::to_owned).context("no id");
        let named = [("Member", member.id), ("Team", text(&team)?), ("Role", text(&role)?), ("ApiKey", text(&key)?)];
        Ok(Self { named, lead, agent, billing })
    }
}

/// People of the business do what they can. One conversation falls to the team, one to nobody, which the owner alone sees, and one
/// to the agent: its id.
async fn people_work(graphql: &GraphQl, colleagues: &Colleagues) -> Result<String> {
    let inbox: Value = graphql.ask(INBOX, &json!({}), "").await?;
    let (conversation, of_group) = (&asha_s(&inbox)?["id"], &group_s(&inbox)?["id"]);
    let lead = &asha_s_lead(&inbox)?["id"];
    let number = &asha_s(&inbox)?["channel"]["id"];
    let ([(_, member), ..], agent) = (&colleagues.named, &colleagues.agent.id);
    let hours = "week: [{weekday: MONDAY, hours: [\"00:00-24:00\"]}], dates: [{date: \"2026-12-25\", hours: [\"10:00-12:00\"]}]";
    let look = "themeColor: \"#1f6feb\", themeName: \"saffron dusk\", logo: \"https://cdn.example.com/saffron.png\"";
    let profile = "name: \"Saffron Sofas\", sector: RETAIL, phone: \"+390287654321\", size: UP_TO_10";
    let document = format!(
        "mutation {{
            assignConversation(input: {{conversationId: {conversation}, memberId: \"{member}\"}}) {{ userErrors {{ code }} }}
            toTheAgent: assignConversation(input: {{conversationId: {of_group}, memberId: \"{agent}\"}}) {{ userErrors {{ code }} }}
            labelConversation(input: {{conversationId: {conversation}, label: \"{LABEL}\"}}) {{ userErrors {{ code }} }}
            qualifyLead(input: {{leadId: {lead}, reason: \"She asked twice\", score: 70}}) {{ userErrors {{ code }} }}
            setBusinessHours(input: {{timeZone: \"UTC\", {hours}}}) {{ userErrors {{ code }} }}
            setBranding(input: {{{look}}}) {{ userErrors {{ code }} }}
            setBusinessProfile(input: {{{profile}}}) {{ userErrors {{ code }} }}
            setSettings(input: {{unassignedVisible: false, answeringChannelId: {number}}}) {{ userErrors {{ code }} }}
        }}"
    );
    let notes = format!(
        "mutation {{ addConversationNote(input: {{conversationId: {conversation}, text: \"Asha wants saffron\"}}) {{ userErrors {{ code }} }} }}"
    );
    let did: Value = graphql.ask(&document, &json!({}), "").await?;
    let read = format!(
        "mutation {{ markConversationRead(input: {{conversationId: {}}}) {{ userErrors {{ code }} }} }}",
        cleo_s(&inbox)?["id"]
    );
    let was_read: Value = graphql.ask(&read, &json!({}), "").await?;
    let noted: Value = colleagues.lead.graphql.ask(&notes, &json!({}), "").await?;
    for (mutation, payload) in [&did, &noted, &was_read].into_iter().filter_map(Value::as_object).flatten() {
        ensure!(payload["userErrors"] == json!([]), "{mutation}: {payload}");
    }
    of_group.as_str().map(str::to_owned).context("no id")
}

fn nodes<'a>(inbox: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    inbox[list]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"])
}

fn is_asha_s(node: &Value) -> bool {
    node["contact"]["phone"] == format!("+{ASHA}")
}

fn asha_s(inbox: &Value) -> Result<&Value> {
    nodes(inbox, "conversations").find(|node| is_asha_s(node)).context("no conversation of Asha's")
}

fn asha_s_lead(inbox: &Value) -> Result<&Value> {
    nodes(inbox, "leads").find(|node| is_asha_s(node)).context("no lead of Asha's")
}

fn cleo_s(inbox: &Value) -> Result<&Value> {
    let phone = format!("+{CLEO}");
    let found = nodes(inbox, "conversations").find(|node| node["contact"]["phone"] == phone.as_str());
    found.context("no conversation of Cleo's")
}

fn group_s(inbox: &Value) -> Result<&Value> {
    nodes(inbox, "conversations").find(|node| node["group"].is_object()).context("no conversation of the group's")
}

/// What it all is called, once it is there.
async fn things(graphql: &GraphQl) -> Result<Things> {
    let inbox: Value = graphql.ask(INBOX, &json!({}), "").await?;
    let (hers, theirs) = (asha_s(&inbox)?, group_s(&inbox)?);
    let messages: Vec<&Value> =
        hers["messages"]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]).collect();
    let has = |what: &str| messages.iter().any(|message| !message[what].is_null());
    for what in ["readAt", "reaction", "editedText", "revokedAt", "failure"] {
        ensure!(has(what), "no message has {what}: {messages:?}");
    }
    ensure!(!theirs["group"]["subject"].is_null() && !hers["contact"]["listedName"].is_null(), "{inbox}");
    let booked = format!(
        "{{ viewer {{ tenant {{ id }} }} usage(range: {{from: \"{DAY}\", to: \"{DAY}\"}}) {{ lines {{ id item }} }} \
            analytics(range: {{from: \"{DAY}\", to: \"{DAY}\"}}, timeZone: \"UTC\", metrics: [MESSAGES_IN]) \
            {{ series {{ total {{ cell count }} }} }} }}"
    );
    let booked: Value = graphql.ask(&booked, &json!({}), "").await?;
    let lines = booked["usage"]["lines"].as_array().into_iter().flatten();
    let line = lines.clone().find(|line| line["item"] == "MESSAGE_RECEIVED").context("nothing is booked yet")?;
    let total = &booked["analytics"][0]["series"][0]["total"];
    ensure!(total["count"].as_i64() > Some(0), "nothing is counted yet: {booked}");
    let others =
        [("UsageLine", &line["id"]), ("Of", &total["cell"]), ("phoneNumberId", &hers["channel"]["phoneNumberId"])];
    let others = others.map(|(what, id)| (what.to_owned(), id.as_str().unwrap_or_default().to_owned()));
    let ids = [
        ("Conversation", &hers["id"]),
        ("Contact", &hers["contact"]["id"]),
        ("Channel", &hers["channel"]["id"]),
        ("Group", &theirs["group"]["id"]),
        ("Lead", &asha_s_lead(&inbox)?["id"]),
        ("Message", &messages.iter().find(|message| !message["readAt"].is_null()).context("no message")?["id"]),
        ("Note", &hers["notes"]["edges"][0]["node"]["id"]),
        ("Tenant", &booked["viewer"]["tenant"]["id"]),
    ];
    let mut named = BTreeMap::new();
    for (kind, id) in ids {
        named.insert(kind.to_owned(), id.as_str().with_context(|| format!("no {kind}: {inbox}"))?.to_owned());
    }
    Ok(Things { ids: named, others: others.into(), phone: format!("+{ASHA}") })
}
