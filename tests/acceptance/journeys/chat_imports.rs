//! A business brings a chat that WhatsApp exported: over HTTP and at the command line, once, again, longer, and beside what is here by
//! webhooks.

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator;
use leadflow_tests::business::issue_operator_token;
use leadflow_tests::graphql::{Answer, GraphQl};
use leadflow_tests::patience::eventually;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

/// As an iPhone in New York writes it.
const CHAT: &str = "[11/1/26, 9:04:59\u{202f}PM] Zoë: \u{200e}Messages and calls are end-to-end encrypted.\r\n\
    [11/1/26, 9:05:07\u{202f}PM] Zoë: Is the sofa still there?\r\nI saw it on Monday.\r\n\
    [11/1/26, 9:05:30\u{202f}PM] Shop: Rome: It is: the red one.\r\n\
    \u{200e}[11/1/26, 9:06:00\u{202f}PM] Shop: Rome: look \u{200e}<attached: 00000003-PHOTO-2026-11-01.jpg>\r\n\
    [11/13/26, 8:00:00\u{202f}AM] Zoë: I take it\r\n";

const THREADS: &str = "{ conversations(first: 10) { edges { node { id unreadCount status
    contact { phone displayName listedName }
    messages(first: 20) { edges { node { id providerMessageId direction kind text sentAt isImported } } } } } } }";

/// `query` is what is said beside customer, channel and the business's name.
async fn bring(journey: &Journey, customer: &str, query: &str, file: &str) -> Result<Answer> {
    let channel = &journey.business.channel;
    let path = format!("/imports/chats?customer=%2B{customer}&channel={channel}&business=Shop%3A%20Rome&{query}");
    journey.graphql.post_file(&path, file.to_owned()).await
}

/// Messages, imported, known, here already.
fn counts(answer: &Answer) -> Result<[i64; 4]> {
    ensure!(answer.status == StatusCode::OK, "{}: {}", answer.status, answer.body);
    let import = &answer.body["import"];
    let of = ["messages", "messagesImported", "messagesKnown", "messagesHereAlready"];
    Ok(of.map(|count| import[count].as_i64().unwrap_or(-1)))
}

/// The thread with the person of this number, once it has so many messages.
async fn thread(graphql: &GraphQl, phone: &str, many: usize) -> Result<Value> {
    eventually("the thread", async || {
        let edges: Vec<Value> = graphql.ask(THREADS, &json!({}), "/conversations/edges").await?;
        let of = |edge: &&Value| edge["node"]["contact"]["phone"] == format!("+{phone}");
        let thread = edges.iter().find(of).context("there is no such thread")?["node"].clone();
        ensure!(thread["messages"]["edges"].as_array().is_some_and(|messages| messages.len() == many), "{thread}");
        Ok(thread)
    })
    .await
}

/// When its messages were written, by whom, of what kind and what they say, latest first as a list has them.
fn messages(thread: &Value) -> Vec<[&str; 4]> {
    let edges = thread["messages"]["edges"].as_array().into_iter().flatten();
    let of = |node| ["sentAt", "direction", "kind", "text"].map(|field: &str| str_of(node, field));
    edges.map(|edge| of(&edge["node"])).collect()
}

fn str_of<'a>(node: &'a Value, field: &str) -> &'a str {
    node[field].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_chat_is_read_where_it_was_written_and_another_time_changes_nothing() -> Result<()> {
    let journey = Journey::begin().await?;
    let phone = "393331230001";
    let zone = "timeZone=America/New_York";
    let looked = bring(&journey, phone, &format!("{zone}&dryRun=true"), CHAT).await?;
    ensure!(counts(&looked)? == [4, 4, 0, 0] && looked.body["import"]["conversationId"].is_null(), "{}", looked.body);
    let first = bring(&journey, phone, zone, CHAT).await?;
    ensure!(counts(&first)? == [4, 4, 0, 0], "{}", first.body);
    let told = &first.body["import"];
    ensure!(told["dateOrder"] == "mdy" && told["customerName"] == "Zoë" && told["notices"] == 1, "{told}");
    ensure!(told["firstMessageAt"] == "2026-11-02T02:05:07Z", "{told}");

    shared().await?.installation.settle().await?;
    let seen = thread(&journey.graphql, phone, 4).await?;
    ensure!(seen["id"] == told["conversationId"] && seen["unreadCount"] == 0, "{seen}");
    ensure!(seen["contact"]["listedName"] == "Zoë", "{seen}");
    let leads: Value =
        journey.graphql.ask("{ leads(first: 1) { totalCount } }", &json!({}), "/leads/totalCount").await?;
    ensure!(leads == 0, "{leads}");
    let mut written = messages(&seen);
    written.sort_unstable();
    ensure!(
        written
            == [
                ["2026-11-02T02:05:07Z", "INBOUND", "TEXT", "Is the sofa still there?\nI saw it on Monday."],
                ["2026-11-02T02:05:30Z", "OUTBOUND", "TEXT", "It is: the red one."],
                ["2026-11-02T02:06:00Z", "OUTBOUND", "IMAGE", "look"],
                ["2026-11-13T13:00:00Z", "INBOUND", "TEXT", "I take it"],
            ],
        "{seen}"
    );
    let nodes = seen["messages"]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]);
    let mut nodes = nodes.into_iter();
    ensure!(nodes.clone().all(|node| node["isImported"] == true), "{seen}");

    // Nothing of it is WhatsApp's: it can't be answered by name.
    let send =
        "mutation ($conversation: ID!, $message: ID!) { done: sendMessage(input: { conversationId: $conversation,
        text: \"Yes\", repliesToMessageId: $message }) { userErrors { code field } } }";
    let named = json!({ "conversation": seen["id"], "message": nodes.next().context("no message")?["id"] });
    let refused: Value = journey.graphql.ask(send, &named, "/done/userErrors/0").await?;
    ensure!(refused == json!({ "code": "INVALID", "field": "repliesToMessageId" }), "{refused}");

    ensure!(counts(&bring(&journey, phone, zone, CHAT).await?)? == [4, 0, 4, 0]);
    let longer = format!("{CHAT}[11/14/26, 8:00:00\u{202f}AM] Shop: Rome: See you at five\r\n");
    ensure!(counts(&bring(&journey, phone, zone, &longer).await?)? == [5, 1, 4, 0]);
    // Where another zone is said, it is the same chat still.
    ensure!(counts(&bring(&journey, phone, "timeZone=Europe/Rome", &longer).await?)? == [5, 0, 5, 0]);
    thread(&journey.graphql, phone, 5).await?;
    Ok(())
}

#[tokio::test]
async fn what_came_by_webhooks_is_not_doubled() -> Result<()> {
    let journey = Journey::begin().await?;
    let phone = "393331230002";
    // Some morning in November 2026: the last of the chat came by a webhook, too, and one from the day before by a history.
    let live = text(phone, "chat.live", 574_800, "I take it");
    journey.receive(&[live]).await?;
    let history = json!({"history": [{"metadata": {"phase": 0, "chunk_order": 1, "progress": 100}, "threads": [{"id": phone, "messages": [
        {"from": phone, "id": "wamid.chat.before", "timestamp": "1794500000", "type": "text", "text": {"body": "On Tuesday?"},
         "history_context": {"status": "READ"}}]}]}]});
    let told = simulator::changes(&journey.business.number, &[("history", history)]);
    leadflow_tests::sender::Sender::new(shared().await?.server.address(), 1)?.deliver(&[told]).await?;
    thread(&journey.graphql, phone, 2).await?;

    let told = bring(&journey, phone, "timeZone=America/New_York", CHAT).await?;
    ensure!(counts(&told)? == [4, 3, 0, 1], "{}", told.body);
    ensure!(told.body["import"]["hereSince"] == "2026-11-12T16:13:20Z", "{}", told.body);
    let seen = thread(&journey.graphql, phone, 5).await?;
    // She wrote once, and what came by the file asks for nobody.
    ensure!(seen["unreadCount"] == 1, "{seen}");
    ensure!(counts(&bring(&journey, phone, "timeZone=America/New_York", CHAT).await?)? == [4, 0, 3, 1]);
    Ok(())
}

#[tokio::test]
async fn what_can_t_be_imported_says_why() -> Result<()> {
    let journey = Journey::begin().await?;
    let phone = "393331230003";
    let zone = "timeZone=Europe/Rome";
    let group = format!("{CHAT}[11/14/26, 8:00:00\u{202f}AM] Eve: Me too\r\n");
    let ambiguous = "1/2/26, 14:05 - Zoë: a\n2/3/26, 14:05 - Shop: Rome: b\n";
    for (query, file, status, code, says) in [
        ("", CHAT, 422, "TIME_ZONE", "timeZone"),
        (zone, "", 422, "NO_CHAT", "nothing"),
        (zone, "phone\n1\n", 422, "NO_CHAT", "WhatsApp"),
        (zone, "PK\u{3}\u{4}", 415, "NO_TEXT", "unpack"),
        (zone, &group, 422, "GROUP", "3 people"),
        (zone, ambiguous, 422, "DATE_ORDER", "dateOrder"),
        ("timeZone=Europe/Rome&customerName=Eve", CHAT, 422, "NAMES", "Zoë"),
        ("timeZone=Europe/Atlantis", CHAT, 400, "BAD_USER_INPUT", "timeZone"),
        ("dateOrder=ddmm", CHAT, 400, "BAD_USER_INPUT", "dateOrder"),
        ("channel=x", CHAT, 400, "BAD_USER_INPUT", "channel"),
        ("customer=Ada", CHAT, 400, "BAD_USER_INPUT", "customer"),
        ("whatever=1", CHAT, 400, "BAD_USER_INPUT", "whatever"),
    ] {
        let refused = bring(&journey, phone, query, file).await?;
        ensure!(refused.status.as_u16() == status && refused.code() == Some(code), "{query}: {}", refused.body);
        let message = refused.body["errors"][0]["message"].as_str().unwrap_or_default();
        ensure!(message.contains(says), "{message}");
    }
    let too_large = "x".repeat((50 << 20) + 1);
    let refused = bring(&journey, phone, zone, &too_large).await?;
    ensure!(refused.status == 413 && refused.code() == Some("TOO_LARGE"), "{}", refused.body);

    let (other, address) = (Journey::begin().await?, journey.graphql.address());
    let path = format!("/imports/chats?customer=%2B{phone}&channel={}&{zone}", journey.business.channel);
    let operator = GraphQl::new(address, &issue_operator_token(&shared().await?.installation).await?)?;
    for (graphql, status) in [(&GraphQl::anonymous(address)?, 401), (&operator, 403), (&other.graphql, 404)] {
        ensure!(graphql.post_file(&path, CHAT).await?.status.as_u16() == status, "{status}");
    }
    let edges: Vec<Value> = journey.graphql.ask(THREADS, &json!({}), "/conversations/edges").await?;
    ensure!(edges.is_empty(), "{edges:?}");
    Ok(())
}

#[tokio::test]
async fn a_chat_is_brought_at_the_command_line_too_and_who_was_erased_stays_so() -> Result<()> {
    let journey = Journey::begin().await?;
    let installation = &shared().await?.installation;
    let (tenant, phone) = (&journey.business.tenant, "393331230004");
    let path = installation.root().join(format!("{tenant}.txt"));
    std::fs::write(&path, CHAT)?;
    let file = path.to_str().context("a path")?;
    let number = format!("+{phone}");
    let chat =
        ["import", "chat", file, "--tenant", tenant, "--customer", &number, "--channel", &journey.business.channel];
    let unnamed = installation.leadflow(&[&chat[..], &["--time-zone", "Europe/Rome"]].concat()).await?.refused()?;
    ensure!(unnamed.stderr.contains("--business NAME") && unnamed.stderr.contains("Zoë"), "{}", unnamed.stderr);
    let chat = [&chat[..], &["--business", "Shop: Rome", "--time-zone", "Europe/Rome"]].concat();
    let dry: Value = installation.json(&[&chat[..], &["--dry-run"]].concat()).await?;
    ensure!(dry["import"]["messagesImported"] == 4 && dry["import"]["dryRun"] == true, "{dry}");
    let shown = installation.leadflow(&chat).await?.succeeded()?;
    ensure!(shown.stdout.contains("4 messages: 4 are imported, 0 known."), "{}", shown.stdout);
    let seen = thread(&journey.graphql, phone, 4).await?;
    let again: Value = installation.json(&chat).await?;
    ensure!(again["import"]["messagesKnown"] == 4 && again["import"]["conversationId"] == seen["id"], "{again}");

    let contact: String = journey
        .graphql
        .ask(
            "query ($phone: String!) { contactByPhone(phone: $phone) { id } }",
            &json!({ "phone": number }),
            "/contactByPhone/id",
        )
        .await?;
    let erase = "mutation ($id: ID!) { done: eraseContact(input: { contactId: $id }) { userErrors { code } } }";
    let errors: Value = journey.graphql.ask(erase, &json!({ "id": contact }), "/done/userErrors").await?;
    ensure!(errors == json!([]), "{errors}");
    let refused = installation.leadflow(&chat).await?.refused()?;
    ensure!(refused.stderr.contains("erased"), "{}", refused.stderr);
    let refused = bring(&journey, phone, "timeZone=Europe/Rome", CHAT).await?;
    ensure!(refused.status == StatusCode::CONFLICT && refused.code() == Some("ERASED"), "{}", refused.body);
    std::fs::remove_file(&path)?;
    Ok(())
}
