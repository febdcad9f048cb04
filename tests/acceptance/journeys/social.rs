//! A business connects a page's Messenger and an account of Instagram: what people write there is in its inbox, with all that becomes of it,
//! and can't be answered from here.

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::{Settings, Simulator};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::{APP_SECRET, Installation};
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::begin::Journey;
use super::clocks::database_clock;

const PAGE: &str = "117172741761305";
const INSTAGRAM: &str = "17841405793187218";
const SHE: &str = "3383290475046708";
const TOKEN: &str = "EAAGpage";

const CONNECT: &str = "mutation ($input: ConnectSocialAccountInput!) { done: connectSocialAccount(input: $input) {
    channel { id kind displayPhone phoneNumberId wabaId socialAccount { accountId name } status credentials { enteredAt } version }
    userErrors { code field } stale } }";

const THREADS: &str = "{ conversations(first: 20) { edges { node { id unreadCount windowOpenUntil channel { id kind }
    contact { id displayName phone } lastMessage { direction } } } } }";

const MESSAGES: &str = "query ($id: ID!) { conversation(id: $id) { messages(first: 40) { edges { node {
    direction kind text status providerMessageId reaction editedText revokedAt } } } } }";

/// What is done to messages is listed as they are.
const ACTS: [&str; 3] = ["REACTION", "EDIT", "REVOCATION"];

const LEADS: &str = "{ leads(first: 20) { edges { node { source capturedAt conversation { id } } } } }";

struct Shop {
    meta: Simulator,
    installation: Installation,
    server: Server,
    journey: Journey,
}

impl Shop {
    async fn open() -> Result<Self> {
        let meta = Simulator::start(Settings { app_secret: APP_SECRET.to_owned(), ..Settings::default() }).await?;
        meta.has_page(TOKEN, PAGE, "Saffron Sofas");
        // An account of Instagram is looked up as a page is.
        meta.has_page(TOKEN, INSTAGRAM, "saffron.sofas");
        let installation = Installation::new()?;
        let url = meta.url();
        let server = Server::start_with(&installation, |command| {
            command.env("LEADFLOW_GRAPH_URL", &url).env("LEADFLOW_GRAPH_TIMEOUT_MS", "3000");
        })
        .await?;
        let journey = Journey::begin_on(&installation, &server).await?;
        Ok(Self { meta, installation, server, journey })
    }

    async fn asks(graphql: &GraphQl, network: &str, account: &str, token: &str) -> Result<Value> {
        let input = json!({ "network": network, "accountId": account, "accessToken": token });
        graphql.ask(CONNECT, &json!({ "input": input }), "/done").await
    }

    /// The account is connected: its channel.
    async fn connected(&self, network: &str, account: &str) -> Result<Value> {
        let done = Self::asks(&self.journey.graphql, network, account, TOKEN).await?;
        ensure!(done["userErrors"] == json!([]) && done["stale"].is_null(), "{done}");
        Ok(done["channel"].clone())
    }

    /// Meta tells of these, in one delivery.
    async fn is_told(&self, object: &str, account: &str, messaging: &[Value]) -> Result<()> {
        let entry = json!({ "id": account, "time": 1_763_712_000_400_i64, "messaging": messaging });
        let body = json!({ "object": object, "entry": [entry] }).to_string().into_bytes();
        Sender::new(self.server.address(), 1)?.deliver(&[body]).await
    }

    /// The threads, once this holds of them.
    async fn threads(&self, what: &str, holds: impl Fn(&[Value]) -> bool) -> Result<Vec<Value>> {
        eventually(what, async || {
            let found: Value = self.journey.graphql.ask(THREADS, &json!({}), "/conversations/edges").await?;
            let threads: Vec<Value> = nodes(&found)?;
            ensure!(holds(&threads), "{threads:?}");
            Ok(threads)
        })
        .await
    }

    /// The messages of a thread, latest first and without what was done to them, once this holds of them.
    async fn messages(&self, thread: &Value, what: &str, holds: impl Fn(&[Value]) -> bool) -> Result<Vec<Value>> {
        eventually(what, async || {
            let variables = json!({ "id": thread["id"] });
            let found: Value = self.journey.graphql.ask(MESSAGES, &variables, "/conversation/messages/edges").await?;
            let mut messages = nodes(&found)?;
            messages.retain(|message| !ACTS.iter().any(|act| message["kind"] == *act));
            ensure!(holds(&messages), "{messages:?}");
            Ok(messages)
        })
        .await
    }
}

fn nodes(edges: &Value) -> Result<Vec<Value>> {
    Ok(edges.as_array().context("no edges")?.iter().map(|edge| edge["node"].clone()).collect())
}

fn told(sender: &str, recipient: &str, at: i64, what: &Value) -> Value {
    let mut told = json!({ "sender": { "id": sender }, "recipient": { "id": recipient }, "timestamp": at });
    for (name, value) in what.as_object().into_iter().flatten() {
        told[name] = value.clone();
    }
    told
}

#[tokio::test]
async fn what_people_write_in_messenger_is_in_the_inbox_and_is_not_answered_from_here() -> Result<()> {
    let shop = Shop::open().await?;
    let now = database_clock().await?.as_millisecond();
    // Before anybody connected the page.
    let hello =
        told(SHE, PAGE, now - 60_000, &json!({ "message": { "mid": "m_1", "text": "Is the blue one still there?" } }));
    shop.is_told("page", PAGE, std::slice::from_ref(&hello)).await?;
    for (token, code) in [("EAAGwrong", "TOKEN_REFUSED"), ("EAAGforeign", "PAGE_REFUSED")] {
        if code == "PAGE_REFUSED" {
            shop.meta.has_page(token, "5", "Another");
        }
        let refused = Shop::asks(&shop.journey.graphql, "MESSENGER", PAGE, token).await?;
        ensure!(refused["userErrors"] == json!([{ "code": code, "field": "accessToken" }]), "{refused}");
    }
    let channel = shop.connected("MESSENGER", PAGE).await?;
    ensure!(
        channel["kind"] == "MESSENGER"
            && channel["socialAccount"] == json!({ "accountId": PAGE, "name": "Saffron Sofas" })
            && channel["phoneNumberId"].is_null()
            && channel["credentials"]["enteredAt"].is_string(),
        "{channel}"
    );
    // Again, with another token: the same channel, which has that.
    let again = shop.connected("MESSENGER", PAGE).await?;
    ensure!(again["id"] == channel["id"] && again["version"] == 2, "{again}");
    let threads = shop.threads("what she wrote before", |threads| threads.len() == 1).await?;
    let thread = &threads[0];
    ensure!(thread["channel"] == json!({ "id": channel["id"], "kind": "MESSENGER" }), "{thread}");
    ensure!(thread["unreadCount"] == 1 && thread["windowOpenUntil"].is_string(), "{thread}");
    ensure!(thread["contact"]["phone"].is_null() && thread["contact"]["displayName"].is_null(), "{thread}");
    let leads = eventually("her lead", async || {
        let found: Value = shop.journey.graphql.ask(LEADS, &json!({}), "/leads/edges").await?;
        let leads = nodes(&found)?;
        ensure!(leads.len() == 1, "{leads:?}");
        Ok(leads)
    })
    .await?;
    ensure!(leads[0]["source"] == "MESSENGER" && leads[0]["conversation"]["id"] == thread["id"], "{leads:?}");

    // The same again; a picture; a press of a button; she takes the first back and loves what the page wrote by its own app.
    let echo =
        json!({ "message": { "mid": "m_5", "text": "It is.", "is_echo": true, "app_id": 263_902_037_430_900_i64 } });
    let picture =
        json!({ "mid": "m_2", "attachments": [{ "type": "image", "payload": { "url": "https://cdn.example/1" } }] });
    shop.is_told(
        "page",
        PAGE,
        &[
            hello,
            told(SHE, PAGE, now - 50_000, &json!({ "message": picture })),
            told(
                SHE,
                PAGE,
                now - 40_000,
                &json!({ "postback": { "mid": "m_3", "title": "Prices", "payload": "PRICES" } }),
            ),
            told(SHE, PAGE, now - 30_000, &json!({ "message": { "mid": "m_1", "is_deleted": true } })),
            told(PAGE, SHE, now - 20_000, &echo),
            told(SHE, PAGE, now - 10_000, &json!({ "reaction": { "mid": "m_5", "action": "react", "emoji": "❤" } })),
        ],
    )
    .await?;
    let messages = shop
        .messages(thread, "four messages and what was done to them", |messages| {
            messages.len() == 4 && messages[0]["reaction"] == "❤" && !messages[3]["revokedAt"].is_null()
        })
        .await?;
    let kinds: Vec<&Value> = messages.iter().map(|message| &message["kind"]).collect();
    ensure!(kinds == ["TEXT", "BUTTON", "IMAGE", "TEXT"], "{messages:?}");
    ensure!(messages[0]["direction"] == "OUTBOUND" && messages[1]["text"] == "Prices", "{messages:?}");
    // She has read all until now: only that is told, and not of which.
    let read = told(SHE, PAGE, now, &json!({ "read": { "watermark": now.to_string() } }));
    shop.is_told("page", PAGE, std::slice::from_ref(&read)).await?;
    shop.messages(thread, "that she has read it", |messages| messages[0]["status"] == "READ").await?;
    shop.is_told("page", PAGE, &[read]).await?;

    let send =
        "mutation ($input: SendMessageInput!) { done: sendMessage(input: $input) { userErrors { code field } } }";
    let input = json!({ "conversationId": thread["id"], "text": "It is still there." });
    let refused: Value = shop.journey.graphql.ask(send, &json!({ "input": input }), "/done").await?;
    ensure!(refused["userErrors"][0]["code"] == "CHANNEL_RECEIVES_ONLY", "{refused}");
    let typing = "mutation ($id: ID!) { done: showTyping(input: { conversationId: $id }) { userErrors { code } } }";
    let refused: Value = shop.journey.graphql.ask(typing, &json!({ "id": thread["id"] }), "/done").await?;
    ensure!(refused["userErrors"][0]["code"] == "CHANNEL_RECEIVES_ONLY", "{refused}");
    let enter = "mutation ($id: ID!) { done: enterWhatsappCredentials(input: { channelId: $id, accessToken: \"EAAG\" }) { userErrors { code } } }";
    let refused: Value = shop.journey.graphql.ask(enter, &json!({ "id": channel["id"] }), "/done").await?;
    ensure!(refused["userErrors"][0]["code"] == "WRONG_STATUS", "{refused}");
    shop.installation.settle().await?;
    ensure!(shop.installation.verify().await?.ok);
    shop.server.stop().await
}

#[tokio::test]
async fn what_people_write_on_instagram_is_theirs_alone_and_goes_with_them() -> Result<()> {
    let shop = Shop::open().await?;
    let channel = shop.connected("INSTAGRAM", INSTAGRAM).await?;
    ensure!(channel["kind"] == "INSTAGRAM" && channel["socialAccount"]["name"] == "saffron.sofas", "{channel}");
    // Somebody else's business has it not.
    let other = Journey::begin_on(&shop.installation, &shop.server).await?;
    let taken = Shop::asks(&other.graphql, "INSTAGRAM", INSTAGRAM, TOKEN).await?;
    ensure!(taken["userErrors"] == json!([{ "code": "TAKEN", "field": "accountId" }]), "{taken}");
    // Instagram writes times as texts here, and does not repeat its account in the entry.
    let at = "2026-11-01T06:34:04+0000";
    let of = |what: Value| {
        let mut told = told(SHE, INSTAGRAM, 0, &what);
        told["timestamp"] = json!(at);
        told
    };
    let story = json!({ "id": "17", "url": "https://cdn.example/story" });
    let share = json!([{ "type": "share", "payload": { "url": "https://cdn.example/post" } }]);
    shop.is_told(
        "instagram",
        "instagram-message-id-123",
        &[
            of(json!({ "message": { "mid": "i_1", "text": "What a sofa", "reply_to": { "story": story } } })),
            of(json!({ "message": { "mid": "i_2", "attachments": share } })),
            of(json!({ "message": { "mid": "i_3", "is_unsupported": true } })),
            of(json!({ "message_edit": { "mid": "i_1", "text": "What a blue sofa", "num_edit": 1 } })),
            of(json!({ "optin": { "type": "one_time_notif_req" } })),
            of(json!({ "message": { "text": "without an id" } })),
            of(json!({})),
        ],
    )
    .await?;
    let threads = shop.threads("her thread", |threads| threads.len() == 1 && threads[0]["unreadCount"] == 3).await?;
    let messages = shop
        .messages(&threads[0], "what she wrote", |messages| {
            messages.len() == 3 && messages.iter().any(|message| message["editedText"] == "What a blue sofa")
        })
        .await?;
    let mut kinds: Vec<&str> = messages.iter().filter_map(|message| message["kind"].as_str()).collect();
    kinds.sort_unstable();
    ensure!(kinds == ["TEXT", "UNKNOWN", "UNSUPPORTED"], "{messages:?}");
    let leads: Value = shop.journey.graphql.ask(LEADS, &json!({}), "/leads/edges").await?;
    ensure!(nodes(&leads)?[0]["source"] == "INSTAGRAM", "{leads}");
    let shown: Value = shop.installation.json(&["webhooks", "show", "1"]).await?;
    let states: Vec<&str> =
        shown["items"].as_array().context("items")?.iter().filter_map(|item| item["state"].as_str()).collect();
    ensure!(states == ["applied", "applied", "applied", "applied", "notice", "parked", "parked"], "{shown}");

    let erase = "mutation ($id: ID!) { done: eraseContact(input: { contactId: $id }) { userErrors { code } } }";
    let erased: Value = shop.journey.graphql.ask(erase, &json!({ "id": threads[0]["contact"]["id"] }), "/done").await?;
    ensure!(erased["userErrors"] == json!([]), "{erased}");
    shop.messages(&threads[0], "that nothing of it can be read", |messages| {
        messages.iter().all(|message| message["text"].is_null() && message["editedText"].is_null())
    })
    .await?;
    // What comes again brings nobody back; what she writes anew is somebody new's.
    shop.is_told("instagram", INSTAGRAM, &[of(json!({ "message": { "mid": "i_1", "text": "What a sofa" } }))]).await?;
    shop.is_told("instagram", INSTAGRAM, &[of(json!({ "message": { "mid": "i_9", "text": "Hello again" } }))]).await?;
    let threads = shop.threads("a thread of somebody new", |threads| threads.len() == 2).await?;
    ensure!(threads[0]["contact"]["id"] != threads[1]["contact"]["id"], "{threads:?}");

    // It is given up, and is the other business's from now on.
    let disconnect = "mutation ($id: ID!) { done: disconnectChannel(input: { channelId: $id }) { channel { status credentials { enteredAt } } userErrors { code } } }";
    let done: Value = shop.journey.graphql.ask(disconnect, &json!({ "id": channel["id"] }), "/done").await?;
    ensure!(done["channel"] == json!({ "status": "DISCONNECTED", "credentials": null }), "{done}");
    let moved = Shop::asks(&other.graphql, "INSTAGRAM", INSTAGRAM, TOKEN).await?;
    ensure!(moved["userErrors"] == json!([]), "{moved}");
    shop.is_told("instagram", INSTAGRAM, &[of(json!({ "message": { "mid": "i_10", "text": "Who is there?" } }))])
        .await?;
    eventually("what is written to it arrives at its new business", async || {
        let found: Value = other.graphql.ask(THREADS, &json!({}), "/conversations/edges").await?;
        ensure!(nodes(&found)?.len() == 1, "{found}");
        Ok(())
    })
    .await?;
    ensure!(shop.threads("its own", |threads| threads.len() == 2).await?.len() == 2);
    shop.installation.settle().await?;
    ensure!(shop.installation.verify().await?.ok);
    shop.server.stop().await
}

#[tokio::test]
async fn hostile_items_leave_their_neighbours_alone() -> Result<()> {
    let shop = Shop::open().await?;
    shop.connected("MESSENGER", PAGE).await?;
    let long = "sofa 🛋 ".repeat(4_000);
    let good =
        |mid: &str, body: &str| told(SHE, PAGE, 1_763_712_000_369, &json!({ "message": { "mid": mid, "text": body } }));
    let mut many: Vec<Value> = (0..1_000).map(|nth| good(&format!("m_{nth}"), "Hi")).collect();
    many.push(good("m_long", &long));
    many.push(told(SHE, PAGE, 0, &json!({ "message": { "mid": "x".repeat(600), "text": "Hi" } })));
    many.push(told(SHE, &"7".repeat(4_000), 0, &json!({ "message": { "mid": "m", "text": "Hi" } })));
    many.push(json!(null));
    many.push(json!([[["deep"]]]));
    many.push(json!({ "message": "no object", "sender": 7, "recipient": [] }));
    shop.is_told("page", PAGE, &many).await?;
    let threads =
        shop.threads("all that is good", |threads| threads.len() == 1 && threads[0]["unreadCount"] == 1_001).await?;
    let shown = "query ($id: ID!) { conversation(id: $id) { messages(first: 1) { totalCount } } }";
    let total: Value =
        shop.journey.graphql.ask(shown, &json!({ "id": threads[0]["id"] }), "/conversation/messages").await?;
    ensure!(total["totalCount"] == 1_001, "{total}");
    shop.installation.settle().await?;
    let shown: Value = shop.installation.json(&["webhooks", "show", "1"]).await?;
    let items = shown["items"].as_array().context("items")?;
    let parked = items.iter().filter(|item| item["state"] == "parked").count();
    ensure!(items.len() == many.len() && parked == 5, "{parked} of {}", items.len());
    shop.server.stop().await
}
