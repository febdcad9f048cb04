//! The door of an external source: what is taken, what is not, and what is told to whoever posts.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use leadflow_domain::source::{
    ExternalOpening, FieldPath, MappedFields, Mapping, Network, Networks, SourceCommand, SourceName,
};
use leadflow_domain::{CommandId, SourceId, TenantId};
use leadflow_event_store::{Actor, CommandContext, testing};
use leadflow_gateways::external::{SIGNATURE, TIMESTAMP, sign};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::doors::ExternalDoors;
use super::receive::receive;
use crate::client_address::ClientAddress;
use crate::commands::Commands;
use crate::webhooks::google::SourceKeys;
use crate::webhooks::{Bodies, Intake, Refusals, WebhookEdge};

const SOURCE: SourceId = SourceId::from_uuid(Uuid::from_u128(7));
const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Shorter than what comes to other webhooks, so that it is quickly too long.
const MOST_BYTES: usize = 64 << 10;

const FORM: &str = "application/x-www-form-urlencoded";

struct Open {
    edge: Arc<WebhookEdge>,
    doors: ExternalDoors,
    commands: Commands,
    pool: PgPool,
    token: String,
    secret: Option<String>,
}

/// What is posted: from this address, with these headers.
struct Post<'a> {
    from: &'a str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Open {
    /// A source that may be posted to from `networks`, at `rate`.
    async fn new(networks: &[&str], is_signed: bool, rate: &str) -> Self {
        let pool = testing::pool().await;
        let doors = crate::testing::external_doors(&pool);
        let commands = Commands::new(&testing::event_store(&pool));
        let token = doors.make_token(SOURCE).await.unwrap();
        let secret = if is_signed { Some(doors.make_secret(TENANT, SOURCE).await.unwrap()) } else { None };
        let fields = MappedFields { phone: FieldPath::parse("phone").ok(), ..MappedFields::default() };
        let opening = ExternalOpening {
            name: SourceName::parse("Partner").unwrap(),
            mapping: Mapping::new(fields).unwrap(),
            networks: Networks::new(networks.iter().map(|text| Network::parse(text).unwrap())).unwrap(),
            token: token.id,
            credential: secret.as_ref().map(|secret| secret.id),
        };
        let bodies = || Bodies::new(MOST_BYTES, PATIENCE, 1 << 20);
        let edge = Arc::new(WebhookEdge {
            intake: Intake::start(pool.clone(), testing::keys()),
            apps: BTreeMap::new(),
            bodies: bodies(),
            forms: bodies(),
            sources: SourceKeys::new(pool.clone()),
            doors: doors.clone(),
            limits: crate::testing::limits(&pool, rate),
            refusals: Refusals::default(),
        });
        let token = token.text.expose_secret().to_owned();
        let secret = secret.map(|secret| secret.text.expose_secret().to_owned());
        let open = Self { edge, doors, commands, pool, token, secret };
        open.tell(SourceCommand::OpenExternal(Box::new(opening))).await;
        open.doors.tell(SOURCE).await.unwrap();
        open
    }

    async fn tell(&self, command: SourceCommand) {
        let id = CommandId::derive(TENANT, "test", &[&format!("{command:?}")]);
        let context = CommandContext::new(TENANT, id, Actor::CommandLine, "test");
        self.commands.sources.execute(SOURCE, command, context).await.unwrap();
    }

    /// As the program posts it: with its token, as JSON.
    fn post(&self, body: &Value) -> Post<'static> {
        let headers = vec![
            ("authorization", format!("Bearer {}", self.token)),
            ("content-type", "application/json; charset=utf-8".to_owned()),
        ];
        Post { from: "203.0.113.7", headers, body: body.to_string().into_bytes() }
    }

    /// The status, the body and the headers.
    async fn answer(&self, source: &str, post: Post<'_>) -> (u16, Value, HeaderMap) {
        let mut request = Request::new(Body::from(post.body));
        for (name, value) in post.headers {
            request.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap());
        }
        request.extensions_mut().insert(ClientAddress::from(post.from.parse::<IpAddr>().unwrap()));
        let response = receive(State(Arc::clone(&self.edge)), Path(source.to_owned()), request).await;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap(), headers)
    }

    async fn status(&self, post: Post<'_>) -> (u16, String) {
        let (status, answer, _) = self.answer(&SOURCE.to_string(), post).await;
        let word = answer.get("code").or(answer.get("status")).and_then(Value::as_str).unwrap_or_default().to_owned();
        assert!(status == 202 || answer["message"].is_string(), "{answer}");
        (status, word)
    }

    async fn now(&self) -> i64 {
        sqlx::query_scalar("select floor(extract(epoch from clock_timestamp()))::bigint")
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    /// Signed at `at`, with what it has to be signed with.
    fn signed(&self, at: i64, body: &Value) -> Post<'static> {
        let mut post = self.post(body);
        let signature = sign(self.secret.as_ref().unwrap().as_bytes(), at, &post.body);
        post.headers.extend([(TIMESTAMP, at.to_string()), (SIGNATURE, signature)]);
        post
    }

    async fn stored(&self) -> i64 {
        sqlx::query_scalar("select count(*) from webhook_deliveries").fetch_one(&self.pool).await.unwrap()
    }
}

fn took() -> (u16, String) {
    (202, "ACCEPTED".to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn nora() -> Value {
    json!({ "phone": "+39 333 123 4567" })
}

#[tokio::test]
async fn what_shows_the_token_is_stored_and_then_answered() {
    let open = Open::new(&[], false, "1000/1m").await;
    assert_eq!(open.status(open.post(&nora())).await, took());
    assert_eq!(open.status(open.post(&nora())).await, took(), "told twice it is taken twice");
    let mut otherwise = open.post(&nora());
    otherwise.headers[0] = ("x-leadflow-token", open.token.clone());
    assert_eq!(open.status(otherwise).await, took());
    let mut form = open.post(&nora());
    form.headers[1].1 = FORM.to_owned();
    form.body = b"phone=%2B39+333+123+4567&name=Nora%00".to_vec();
    assert_eq!(open.status(form).await, took());
    let rows: Vec<(String, Option<Uuid>)> =
        sqlx::query_as("select provider, source_id from webhook_deliveries").fetch_all(&open.pool).await.unwrap();
    assert_eq!(rows, vec![("external".to_owned(), Some(SOURCE.as_uuid())); 4]);
    assert!(open.edge.refusals.counts().is_empty());
}

#[tokio::test]
async fn what_shows_none_or_another_is_refused_and_told_nothing_else() {
    let open = Open::new(&["198.51.100.7"], true, "1/24h").await;
    for text in ["", "x", &open.token[..40], &open.token.to_uppercase(), &"x".repeat(10_000)] {
        let mut post = open.post(&nora());
        post.headers[0].1 = format!("Bearer {text}");
        assert_eq!(open.status(post).await, refused(401, "TOKEN"), "{text:.20}");
    }
    let mut basic = open.post(&nora());
    basic.headers[0].1 = format!("Basic {}", open.token);
    let mut none = open.post(&nora());
    none.headers.remove(0);
    let mut twice = open.post(&nora());
    twice.headers.push(("authorization", format!("Bearer {}", open.token)));
    for post in [basic, none, twice] {
        assert_eq!(open.status(post).await, refused(401, "TOKEN"));
    }
    assert_eq!(open.stored().await, 0);
    let noted: Option<String> =
        sqlx::query_scalar("select refusal from external_doors").fetch_one(&open.pool).await.unwrap();
    assert_eq!(noted, None, "a stranger writes nothing");
}

#[tokio::test]
async fn a_stranger_can_t_tell_a_source_that_there_is_from_one_that_there_is_not() {
    let open = Open::new(&[], true, "1000/1m").await;
    let stranger = || {
        let mut post = open.post(&nora());
        post.headers[0].1 = format!("Bearer {}x", &open.token[..open.token.len() - 1]);
        post
    };
    let here = SOURCE.to_string();
    let told = open.answer(&here, stranger()).await;
    assert_eq!((told.0, &told.1["code"]), (401, &json!("TOKEN")));
    let nowhere = "00000000-0000-0000-0000-000000000009";
    for source in [nowhere, "x", "", "00000000-0000-0000-0000-00000000000g"] {
        assert_eq!(open.answer(source, stranger()).await, told, "{source}");
        assert_eq!(open.answer(source, open.post(&nora())).await, told, "{source}, with another's token");
    }
    // One in turn with the other, so that whatever else goes on here slows both.
    let (mut there, mut not_there) = (vec![], vec![]);
    for _ in 0..60 {
        for (source, times) in [(here.as_str(), &mut there), (nowhere, &mut not_there)] {
            let began = Instant::now();
            open.answer(source, stranger()).await;
            times.push(began.elapsed());
        }
    }
    there.sort();
    not_there.sort();
    let (there, not_there) = (there[30], not_there[30]);
    assert!(there < not_there * 3 && not_there < there * 3, "{there:?} where one is, {not_there:?} where none is");
    open.tell(SourceCommand::Close).await;
    open.doors.tell(SOURCE).await.unwrap();
    assert_eq!(open.answer(&here, stranger()).await, told, "closed");
    assert_eq!(open.stored().await, 0);
}

#[tokio::test]
async fn it_comes_from_where_it_may() {
    let open = Open::new(&["203.0.113.0/24", "2001:db8::/32"], false, "1000/1m").await;
    for from in ["203.0.113.7", "::ffff:203.0.113.200", "2001:db8:9::1"] {
        assert_eq!(open.status(Post { from, ..open.post(&nora()) }).await, took(), "{from}");
    }
    for from in ["203.0.114.1", "::1", "2001:db9::1", "127.0.0.1"] {
        let mut post = Post { from, ..open.post(&nora()) };
        // Whoever is trusted to say so has said where it comes from (client_address.rs); what else stands there is a stranger's word.
        post.headers.push(("x-forwarded-for", "203.0.113.7".to_owned()));
        assert_eq!(open.status(post).await, refused(403, "NETWORK"), "{from}");
    }
    assert_eq!(open.stored().await, 3);
    let noted: String = sqlx::query_scalar("select refusal from external_doors").fetch_one(&open.pool).await.unwrap();
    assert_eq!(noted, "network", "people see that it showed the token");
}

#[tokio::test]
async fn what_has_to_be_signed_is_signed_by_it_and_now() {
    let open = Open::new(&[], true, "1000/1m").await;
    let now = open.now().await;
    assert_eq!(open.status(open.signed(now, &nora())).await, took());
    assert_eq!(open.status(open.signed(now, &nora())).await, took(), "sent again, as its answer may have been lost");
    for (at, expected) in [(now - 290, took()), (now - 310, refused(401, "STALE")), (now + 330, refused(401, "STALE"))]
    {
        assert_eq!(open.status(open.signed(at, &nora())).await, expected, "{}", at - now);
    }
    let mut unsigned = open.signed(now, &nora());
    unsigned.headers.truncate(2);
    let mut other_body = open.signed(now, &nora());
    other_body.body = json!({ "phone": "+39 333 123 4568" }).to_string().into_bytes();
    let mut moved_on = open.signed(now - 1_000, &nora());
    moved_on.headers[2].1 = now.to_string();
    let mut twice = open.signed(now, &nora());
    twice.headers.push((TIMESTAMP, now.to_string()));
    let mut by_token = open.signed(now, &nora());
    by_token.headers[3].1 = sign(open.token.as_bytes(), now, &by_token.body);
    for post in [unsigned, other_body, moved_on, twice, by_token] {
        assert_eq!(open.status(post).await, refused(401, "SIGNATURE"));
    }
    assert_eq!(open.stored().await, 3);
}

#[tokio::test]
async fn another_secret_counts_at_once_also_where_nobody_came_to_tell_the_door() {
    let open = Open::new(&[], true, "1000/1m").await;
    let now = open.now().await;
    let secret = open.doors.make_secret(TENANT, SOURCE).await.unwrap();
    let replaced: Uuid =
        sqlx::query_scalar("select credential_id from external_doors").fetch_one(&open.pool).await.unwrap();
    open.tell(SourceCommand::IssueSecret { credential: secret.id }).await;
    // What the reactor does.
    sqlx::query("delete from provider_credentials where credential_id = $1")
        .bind(replaced)
        .execute(&open.pool)
        .await
        .unwrap();
    assert_eq!(open.status(open.signed(now, &nora())).await, refused(401, "SIGNATURE"));
    let open = Open { secret: Some(secret.text.expose_secret().to_owned()), ..open };
    assert_eq!(open.status(open.signed(now, &nora())).await, took());
    open.tell(SourceCommand::RemoveSecret).await;
    open.doors.tell(SOURCE).await.unwrap();
    assert_eq!(open.status(open.post(&nora())).await, took());
}

#[tokio::test]
async fn another_token_takes_the_place_of_the_first_and_a_closed_door_opens_by_none() {
    let open = Open::new(&[], false, "1000/1m").await;
    let token = open.doors.make_token(SOURCE).await.unwrap();
    let other = |open: &Open| {
        let mut post = open.post(&nora());
        post.headers[0].1 = format!("Bearer {}", token.text.expose_secret());
        post
    };
    assert_eq!(open.status(other(&open)).await, refused(401, "TOKEN"), "not before the log says so");
    open.tell(SourceCommand::IssueToken { token: token.id }).await;
    for _ in 0..2 {
        open.doors.tell(SOURCE).await.unwrap();
    }
    assert_eq!(open.status(other(&open)).await, took());
    assert_eq!(open.status(open.post(&nora())).await, refused(401, "TOKEN"));
    open.tell(SourceCommand::Close).await;
    open.doors.tell(SOURCE).await.unwrap();
    assert_eq!(open.status(other(&open)).await, refused(404, "UNKNOWN_SOURCE"));
    open.tell(SourceCommand::Reopen).await;
    open.doors.tell(SOURCE).await.unwrap();
    assert_eq!(open.status(other(&open)).await, took());
}

#[tokio::test]
async fn a_flood_is_bounded_and_told_when_to_come_again() {
    let open = Open::new(&[], false, "5/24h").await;
    let mut answers = BTreeMap::<u16, u32>::new();
    for nth in 0..100 {
        let (status, answer, headers) = open.answer(&SOURCE.to_string(), open.post(&json!({ "phone": nth }))).await;
        *answers.entry(status).or_default() += 1;
        if status == 429 {
            assert_eq!(answer["code"], "TOO_OFTEN");
            let seconds: u32 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
            assert!((1..=24 * 3_600).contains(&seconds));
        }
    }
    assert_eq!(answers, BTreeMap::from([(202, 5), (429, 95)]));
    assert_eq!(open.stored().await, 5);
    assert_eq!(open.edge.refusals.counts()["tooOften"], 95);
}

#[tokio::test]
async fn what_can_t_be_read_is_refused_for_good() {
    let open = Open::new(&[], false, "1000/1m").await;
    let deep = format!("{{\"phone\":{}1{}}}", "[".repeat(20_000), "]".repeat(20_000));
    for body in ["", "[]", "{}", "null", "{\"phone\":", "phone=1", deep.as_str()] {
        let post = Post { body: body.as_bytes().to_vec(), ..open.post(&nora()) };
        assert_eq!(open.status(post).await, refused(422, "UNREADABLE"), "{body:.20}");
    }
    for media_type in ["text/plain", "multipart/form-data; boundary=x", "application/xml"] {
        let mut post = open.post(&nora());
        post.headers[1].1 = media_type.to_owned();
        assert_eq!(open.status(post).await, refused(415, "MEDIA_TYPE"), "{media_type}");
    }
    let mut zipped = open.post(&nora());
    zipped.headers.push(("content-encoding", "gzip".to_owned()));
    assert_eq!(open.status(zipped).await, refused(415, "ENCODED"));
    let long = json!({ "phone": "1", "text": "x".repeat(MOST_BYTES) });
    assert_eq!(open.status(open.post(&long)).await, refused(413, "TOO_LARGE"));
    assert_eq!(open.stored().await, 0);
    for odd in ["{\"phone\":\"\\u0000\\ud800\"}", "{\"phone\":\"\u{0}\"}", "{\"phone\":1,\"phone\":2}"] {
        let post = Post { body: odd.as_bytes().to_vec(), ..open.post(&nora()) };
        assert_eq!(open.status(post).await, took(), "{odd:?} can be read");
    }
}

#[tokio::test]
async fn what_can_t_be_stored_is_to_be_sent_again() {
    let open = Open::new(&[], false, "1000/1m").await;
    open.pool.close().await;
    assert_eq!(open.status(open.post(&nora())).await, refused(503, "NOT_STORED"));
}
