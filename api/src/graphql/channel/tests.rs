//! What WhatsApp knows a business by: over HTTP, with the Graph API played, and everything watched that could show a token.

use std::sync::Mutex;
use std::time::Duration;

use leadflow_domain::TenantId;
use leadflow_event_store::Door;
use leadflow_gateways::whatsapp::simulator::{Answer, BusinessNumber, Settings, Simulator};
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::{PgPool, Row};
use tracing::Level;
use uuid::Uuid;

use crate::auth::{self, Bearer};
use crate::graphql::global_id::{Kind, encode};
use crate::serving::Serving;
use crate::settle::settle;
use crate::testing::{Log, managed, serve};

const NUMBER: &str = "106540352242922";
const FIRST: &str = "EAAGfirst0PX4ZCpsBAK";
const SECOND: &str = "EAAGsecond0PX4ZCpsBAK";

const CONNECT: &str = "mutation ($input: ConnectWhatsappNumberInput!) { done: connectWhatsappNumber(input: $input) {
    channel { id version } userErrors { code field } } }";
const DISCONNECT: &str = "mutation ($input: DisconnectChannelInput!) { done: disconnectChannel(input: $input) {
    channel { status version credentials { enteredAt } } userErrors { code field } } }";
const ENTER: &str =
    "mutation ($input: EnterWhatsappCredentialsInput!) { done: enterWhatsappCredentials(input: $input) {
    channel { version credentials { enteredAt } } number { displayPhone verifiedName }
    userErrors { code message field } position stale } }";
const REMOVE: &str =
    "mutation ($input: RemoveWhatsappCredentialsInput!) { done: removeWhatsappCredentials(input: $input) {
    channel { version credentials { enteredAt } } userErrors { code message field } position stale } }";

fn business_number(id: &str, display_phone: &str) -> BusinessNumber {
    BusinessNumber { phone_number_id: id.to_owned(), waba_id: "20".to_owned(), display_phone: display_phone.to_owned() }
}

/// A process that serves, with a business that has a number.
struct Bed {
    serving: Serving,
    client: Client,
    owner: PgPool,
    graph: Simulator,
    /// All that was answered.
    answers: Mutex<String>,
}

impl Bed {
    async fn new() -> Self {
        let graph = Simulator::start(Settings::default()).await.unwrap();
        for token in [FIRST, SECOND] {
            graph.reaches(token, business_number(NUMBER, "+1 555-078-3881"), "Saffron Sofas");
        }
        let url = graph.url();
        let patience = ("LEADFLOW_GRAPH_TIMEOUT_MS", "3000".to_owned());
        let (owner, config) = managed(|_| vec![("LEADFLOW_GRAPH_URL", url), patience]).await;
        let serving = serve(config).await.unwrap();
        Self { serving, client: Client::new(), owner, graph, answers: Mutex::default() }
    }

    async fn token(&self, tenant: u128) -> String {
        let bearer = Bearer::Owner(TenantId::from_uuid(Uuid::from_u128(tenant)));
        auth::issue(&self.serving.app().pool, bearer, Duration::from_secs(600)).await.unwrap().token
    }

    async fn ask(&self, token: &str, document: &str, input: &Value) -> Value {
        let url = format!("http://{}/graphql", self.serving.address());
        let body = json!({ "query": document, "variables": { "input": input } });
        let answer = self.client.post(url).json(&body).bearer_auth(token).send().await.unwrap();
        let text = answer.text().await.unwrap();
        self.answers.lock().unwrap().push_str(&text);
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"]["done"].take()
    }

    /// The id of a number that this business has connected.
    async fn connect(&self, token: &str) -> Value {
        let input = json!({ "phoneNumberId": NUMBER, "wabaId": "20", "displayPhone": "+1 555" });
        let connected = self.ask(token, CONNECT, &input).await;
        assert_eq!(connected["userErrors"], json!([]));
        connected["channel"]["id"].clone()
    }

    async fn enter(&self, token: &str, channel: &Value, access_token: &str) -> Value {
        self.ask(token, ENTER, &json!({ "channelId": channel, "accessToken": access_token })).await
    }

    /// What is sealed, opened.
    async fn sealed(&self) -> Vec<String> {
        assert!(settle(&self.owner, Duration::from_secs(30)).await.unwrap());
        let rows = sqlx::query("select credential_id, sealed from provider_credentials").fetch_all(&self.owner).await;
        let opened = rows.unwrap().into_iter().map(|row| {
            let keys = &self.serving.app().keys;
            let opened = keys.open_door(Door::ProviderCredential, row.get("credential_id"), row.get("sealed"));
            String::from_utf8(opened.unwrap()).unwrap()
        });
        opened.collect()
    }

    /// What the log says of credentials, in its order.
    async fn events(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select event_type from events where event_type like 'channel.whatsapp_credentials%' order by position",
        )
        .fetch_all(&self.owner)
        .await
        .unwrap()
    }

    /// Every row of every table, as text.
    async fn dump(&self) -> String {
        let tables: Vec<String> = sqlx::query_scalar(
            "select format('%I.%I', schemaname, tablename) from pg_tables \
             where schemaname not in ('pg_catalog', 'information_schema') order by 1",
        )
        .fetch_all(&self.owner)
        .await
        .unwrap();
        let mut dump = String::new();
        for table in tables {
            let rows: Vec<String> =
                sqlx::query_scalar(&format!("select t::text from {table} t")).fetch_all(&self.owner).await.unwrap();
            dump.extend(rows);
        }
        dump
    }
}

fn code(answer: &Value) -> (&str, &str) {
    let error = &answer["userErrors"][0];
    (error["code"].as_str().unwrap_or("none"), error["field"].as_str().unwrap_or("none"))
}

#[tokio::test]
async fn a_token_is_tried_sealed_replaced_and_destroyed_and_found_nowhere() {
    let log = Log::watch(Level::TRACE);

    let bed = Bed::new().await;
    let owner = bed.token(1).await;
    let channel = bed.connect(&owner).await;

    let entered = bed.enter(&owner, &channel, FIRST).await;
    assert_eq!(code(&entered).0, "none", "{entered}");
    assert_eq!((&entered["channel"]["version"], &entered["stale"]), (&json!(2), &Value::Null));
    assert!(entered["channel"]["credentials"]["enteredAt"].is_string(), "{entered}");
    assert_eq!(entered["number"], json!({ "displayPhone": "+1 555-078-3881", "verifiedName": "Saffron Sofas" }));
    assert_eq!(bed.sealed().await, [FIRST]);

    // The same request again is done once, and what was sealed for it the second time is gone.
    let again =
        json!({ "channelId": channel, "accessToken": SECOND, "idempotencyKey": "rotate", "expectedVersion": 2 });
    let rotated = bed.ask(&owner, ENTER, &again).await;
    assert_eq!(rotated["channel"]["version"], 3, "{rotated}");
    assert_ne!(rotated["channel"]["credentials"], entered["channel"]["credentials"]);
    assert_eq!(bed.ask(&owner, ENTER, &again).await, rotated);
    assert_eq!(bed.sealed().await, [SECOND]);
    let late = json!({ "channelId": channel, "accessToken": FIRST, "expectedVersion": 2 });
    let late = bed.ask(&owner, ENTER, &late).await;
    assert_eq!((code(&late).0, &late["number"]), ("CONFLICT", &Value::Null));
    assert_eq!(bed.sealed().await, [SECOND]);

    let dump = bed.dump().await;
    assert!(dump.contains("channel.whatsapp_credentials_rotated"), "the database was read");
    let hex = |token: &str| hex::encode(token);
    for token in [FIRST, SECOND] {
        assert!(!dump.contains(token) && !dump.contains(&hex(token)), "a token is in the database");
    }

    let about = json!({ "channelId": channel });
    let removed = bed.ask(&owner, REMOVE, &about).await;
    assert_eq!(removed["channel"], json!({ "version": 4, "credentials": null }));
    assert_eq!(bed.ask(&owner, REMOVE, &about).await, removed, "doing it twice is fine");
    assert_eq!(bed.sealed().await, [""; 0]);

    bed.enter(&owner, &channel, FIRST).await;
    let given_up = bed.ask(&owner, DISCONNECT, &about).await;
    assert_eq!(given_up["channel"], json!({ "status": "DISCONNECTED", "version": 7, "credentials": null }));
    assert_eq!(bed.sealed().await, [""; 0]);
    assert_eq!(code(&bed.enter(&owner, &channel, FIRST).await).0, "WRONG_STATUS");
    assert_eq!(bed.sealed().await, [""; 0]);
    let told = ["entered", "rotated", "removed", "entered", "removed"];
    assert_eq!(bed.events().await, told.map(|what| format!("channel.whatsapp_credentials_{what}")));

    // What goes wrong is told of, too.
    bed.graph.answers([Answer::Refused { status: 500, code: 131_000 }]);
    bed.enter(&owner, &channel, SECOND).await;
    let answers = bed.answers.lock().unwrap().clone();
    bed.serving.stop().await.unwrap();

    let written = log.text();
    assert!(written.contains("credentials.check") && written.lines().count() > 100, "the log was watched: {written}");
    for token in [FIRST, SECOND] {
        let line = written.lines().find(|line| line.contains(token) || line.contains(&hex(token)));
        assert!(line.is_none(), "a token is in the log: {line:?}");
        assert!(!answers.contains(token), "a token is in an answer: {answers}");
    }
}

#[tokio::test]
async fn what_whatsapp_does_not_take_changes_nothing_and_says_why() {
    let bed = Bed::new().await;
    let (owner, other) = (bed.token(1).await, bed.token(2).await);
    let channel = bed.connect(&owner).await;
    let entered = bed.enter(&owner, &channel, FIRST).await;
    assert_eq!(entered["userErrors"], json!([]));
    let asked = bed.graph.asked().len();

    // Nobody is asked about what is another business's, is nothing, or is no token.
    let nothing = json!(encode(Kind::Channel, Uuid::from_u128(99)).0);
    for (token, channel) in [(&other, &channel), (&owner, &nothing)] {
        assert_eq!(code(&bed.enter(token, channel, SECOND).await), ("NOT_FOUND", "channelId"));
        let removed = bed.ask(token, REMOVE, &json!({ "channelId": channel })).await;
        assert_eq!(code(&removed).0, "NOT_FOUND");
    }
    for text in ["", "two words", "line\r\nX-Header: 1", &"x".repeat(5_000)] {
        let refused = bed.enter(&owner, &channel, text).await;
        assert_eq!(code(&refused), ("INVALID", "accessToken"));
    }
    assert_eq!(bed.graph.asked().len(), asked);

    assert_eq!(code(&bed.enter(&owner, &channel, "EAAGwrong").await), ("TOKEN_REFUSED", "accessToken"));
    bed.graph.reaches("EAAGelsewhere", business_number("1", "+1 2"), "Another");
    assert_eq!(code(&bed.enter(&owner, &channel, "EAAGelsewhere").await), ("NUMBER_REFUSED", "accessToken"));

    let elsewhere = Simulator::start(Settings::default()).await.unwrap();
    let page = |status, location| Answer::Other { status, body: "<html>EAAG</html>".to_owned(), location };
    for answer in [
        page(502, None),
        page(200, None),
        page(302, Some(format!("{}/v24.0/{NUMBER}", elsewhere.url()))),
        Answer::Refused { status: 400, code: 4 },
        Answer::Silence,
    ] {
        bed.graph.answers([answer.clone()]);
        let refused = bed.enter(&owner, &channel, SECOND).await;
        assert_eq!(code(&refused), ("PROVIDER_UNAVAILABLE", "accessToken"), "{answer:?}");
        assert_eq!((&refused["channel"], &refused["number"]), (&Value::Null, &Value::Null));
    }
    assert!(elsewhere.asked().is_empty(), "a token goes to one address alone");
    assert_eq!(bed.sealed().await, [FIRST]);
    assert_eq!(bed.events().await.len(), 1);
    bed.serving.stop().await.unwrap();
}
