//! What is sent to hurt is answered at once, each with its code, and the server is none the worse for it.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::installation::Installation;
use leadflow_tests::sender;
use leadflow_tests::server::Server;
use reqwest::header::{ACCEPT, ALLOW, CONTENT_ENCODING, CONTENT_TYPE, ORIGIN};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::begin::{Journey, text};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";
const ASHA: &str = "919820012349";

/// For any of them, in a debug build beside a compiler.
const SOON: Duration = Duration::from_secs(5);

/// Rounds of all of them.
const ROUNDS: usize = 80;

/// What a server may grow by, in KiB, in the first round: one answer of some of these would be more.
const FIRST: u64 = 128 << 10;

/// What a server may have grown by, in KiB, after all rounds. One that kept what it was sent would have by twice as much.
const GROWTH: u64 = 16 << 10;

struct Case {
    name: &'static str,
    request: RequestBuilder,
    status: StatusCode,
    code: &'static str,
}

struct Door {
    client: Client,
    url: String,
    token: String,
}

impl Door {
    fn request(&self, method: Method, query: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{query}", self.url)).bearer_auth(&self.token).header(ACCEPT, GRAPHQL)
    }

    fn post(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.request(Method::POST, "").header(CONTENT_TYPE, JSON).body(body)
    }

    fn document(&self, document: &str) -> RequestBuilder {
        self.post(json!({ "query": document }).to_string())
    }

    /// Documents that are too much.
    fn too_complex(&self) -> Vec<Case> {
        let lists = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let node = |id: &str| format!("{{ node(id: {id}) {{ id }} }}");
        let mut bomb = "{ conversations { ...F0 } }".to_owned();
        for n in 0..25 {
            let _ = write!(bomb, " fragment F{n} on ConversationConnection {{ ...F{0} ...F{0} }}", n + 1);
        }
        bomb.push_str(" fragment F25 on ConversationConnection { totalCount }");
        let aliases: String = (0..2_000).map(|n| format!(" a{n}: __typename")).collect();
        let operations: String = (0..1_000).map(|n| format!("query Q{n} {{ __typename }} ")).collect();
        let variables = |value: &str| format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"v\":{value}}}}}");
        let pages = "conversations(first: 100) { edges { node { messages(first: 100) { edges { node { id } } } } } }";
        let rounds = |rounds: usize| "possibleTypes { interfaces { ".repeat(rounds) + "name" + &" } }".repeat(rounds);
        let of_schema = |lists: String| format!("{{ __type(name: \"Node\") {{ {lists} }} }}");
        let schemas: String =
            (0..200).map(|n| format!(" s{n}: __schema {{ types {{ fields {{ name }} }} }}")).collect();
        let cases = [
            ("the schema's lists within one another", self.document(&of_schema(rounds(2)))),
            ("the same, eight times over", self.document(&of_schema(rounds(8)))),
            ("the schema again and again", self.document(&format!("{{{schemas} }}"))),
            ("nested literals", self.document(&node(&lists(5_000)))),
            ("nested objects", self.document(&node(&("{a:".repeat(5_000) + &"}".repeat(5_000))))),
            ("nested selections", self.document(&("{a".repeat(5_000) + &"}".repeat(5_000)))),
            ("a fragment bomb", self.document(&bomb)),
            ("aliases", self.document(&format!("{{{aliases} }}"))),
            ("directives", self.document(&format!("{{ __typename {} }}", "@skip(if: false) ".repeat(700)))),
            ("operations", self.document(&operations)),
            ("a nested variable", self.post(variables(&lists(40_000)))),
            ("a huge variable", self.post(variables(&format!("[{}1]", "1,".repeat(20_000))))),
            ("lists within lists", self.document(&format!("{{ a: {pages} b: {pages} }}"))),
        ];
        cases.map(|(name, request)| case(name, request, StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX")).into()
    }

    /// Requests that are wrong.
    fn wrong(&self) -> Vec<Case> {
        let named = json!({ "query": "query A { __typename }", "operationName": "B" }).to_string();
        let query = "{ __typename }";
        let cycle = "{ conversations { ...A } } fragment A on ConversationConnection { ...B } \
                     fragment B on ConversationConnection { ...A }";
        let body = || json!({ "query": query }).to_string();
        let typed = |content_type| self.request(Method::POST, "").header(CONTENT_TYPE, content_type).body(body());
        let mutation = "?query=mutation%7B__typename%7D";
        let wrong = StatusCode::BAD_REQUEST;
        let cases = [
            ("a fragment cycle", self.document(cycle), wrong),
            ("a batch", self.post(format!("[{}]", [body(), body()].join(","))), wrong),
            ("an unknown operation", self.post(named), wrong),
            ("an unknown field", self.document("{ conversaton }"), wrong),
            ("a subscription", self.document("subscription { __typename }"), wrong),
            ("no JSON", self.post("query { __typename }"), wrong),
            ("no query", self.request(Method::GET, ""), wrong),
            ("a mutation by GET", self.request(Method::GET, mutation), StatusCode::METHOD_NOT_ALLOWED),
            ("another method", self.request(Method::PUT, "").body(body()), StatusCode::METHOD_NOT_ALLOWED),
            ("plain text", typed("text/plain"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("a form", typed("application/x-www-form-urlencoded"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("an upload", typed("multipart/form-data; boundary=x"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("packed", self.post(body()).header(CONTENT_ENCODING, "gzip"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (
                "a web socket",
                self.request(Method::GET, "").header("upgrade", "websocket").header("connection", "Upgrade"),
                wrong,
            ),
        ];
        cases.map(|(name, request, status)| case(name, request, status, "BAD_USER_INPUT")).into()
    }

    fn all(&self) -> Vec<Case> {
        let long = format!("{{\"query\":\"{{ __typename }}\",\"x\":\"{}\"}}", "x".repeat(300 << 10));
        let html = self.client.post(&self.url).bearer_auth(&self.token).header(ACCEPT, "text/html");
        let mut all = self.too_complex();
        all.extend(self.wrong());
        all.push(case("oversize", self.post(long), StatusCode::PAYLOAD_TOO_LARGE, "QUERY_TOO_COMPLEX"));
        all.push(case("another answer", html, StatusCode::NOT_ACCEPTABLE, "BAD_USER_INPUT"));
        let foreign = self.document("{ __typename }").header(ORIGIN, "https://evil.example");
        all.push(case("a foreign page", foreign, StatusCode::FORBIDDEN, "FORBIDDEN"));
        all
    }
}

fn case(name: &'static str, request: RequestBuilder, status: StatusCode, code: &'static str) -> Case {
    Case { name, request, status, code }
}

/// The most memory that a process has had, in KiB.
fn peak(server: &Server) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid().as_raw_nonzero()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

#[tokio::test]
async fn what_is_sent_to_hurt_is_answered_at_once_and_the_server_lives_on() -> Result<()> {
    // Its memory is measured, so nobody else uses it.
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let door =
        Door { client: sender::connection()?, url: server.url("/graphql"), token: journey.business.token.clone() };
    let (at_rest, mut before) = (peak(&server)?, 0);
    let (mut slowest, mut sent) = ((Duration::ZERO, ""), 0);
    for round in 0..ROUNDS {
        for case in door.all() {
            let request = case.request.build()?;
            sent += request.body().and_then(reqwest::Body::as_bytes).map_or(0, <[u8]>::len) as u64;
            let begun = Instant::now();
            let answer = door.client.execute(request).await.with_context(|| case.name)?;
            let (status, text) = (answer.status(), answer.text().await?);
            let took = begun.elapsed();
            let body: Value = serde_json::from_str(&text).with_context(|| format!("{}: {text}", case.name))?;
            let code = &body["errors"][0]["extensions"]["code"];
            ensure!(status == case.status && *code == case.code, "{}: {status} {body}", case.name);
            ensure!(body.get("data").is_none(), "{}: {body}", case.name);
            ensure!(body["extensions"]["requestId"].as_str().is_some_and(|id| id.len() == 36), "{}: {body}", case.name);
            ensure!(!body.to_string().contains(&"[".repeat(600)), "{} is repeated at length", case.name);
            ensure!(took < SOON, "{} took {took:?}", case.name);
            slowest = slowest.max((took, case.name));
        }
        if round == 0 {
            sent = 0;
            before = peak(&server)?;
            ensure!(before <= at_rest + FIRST, "from {at_rest} to {before} KiB");
        }
    }
    let after = peak(&server)?;
    let ((took, name), sent) = (slowest, sent >> 10);
    println!("slowest: {name} in {took:?}; at rest {at_rest} KiB, after a round {before}, after {sent} more {after}");
    ensure!(sent >= 2 * GROWTH, "{sent} KiB say little");
    ensure!(after <= before + GROWTH, "from {before} to {after} KiB");
    ensure!(server.is_running()?, "{}", server.end_of_log());
    assert_eq!(journey.graphql.conversations().await?, []);
    server.stop().await
}

/// Whoever only has a browser that is somebody's can't be her: a browser adds no bearer header by itself, and asks
/// before a page of another origin may.
#[tokio::test]
async fn what_a_foreign_page_can_send_without_leave_is_nobody_s_and_does_nothing() -> Result<()> {
    let journey = Journey::begin().await?;
    let hello = text(ASHA, "csrf", 0, "Hello");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(std::slice::from_ref(&hello)).await?;
    let id = journey.graphql.conversations().await?.remove(0).id;
    let mutation = format!("mutation {{ resolveConversation(input: {{conversationId: \"{id}\"}}) {{ position }} }}");
    let body = json!({ "query": mutation }).to_string();
    let url = super::begin::shared().await?.server.url("/graphql");
    let client = sender::connection()?;
    let link = format!("{url}?query=%7B__typename%7D");
    for request in [
        client.get(&link),
        client.post(&url).header(CONTENT_TYPE, "text/plain").body(body.clone()),
        client.post(&url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("query=x"),
        client.post(&url).header(CONTENT_TYPE, "multipart/form-data; boundary=x").body(body.clone()),
        // No page can send this without a preflight; and there is no token in it.
        client.post(&url).header(CONTENT_TYPE, JSON).body(body),
    ] {
        let with_origin = request.try_clone().context("a body in memory")?.header(ORIGIN, "https://evil.example");
        let (plain, foreign) = (request.send().await?, with_origin.send().await?);
        assert_eq!((plain.status(), foreign.status()), (StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN));
        for answer in [plain, foreign] {
            assert!(!answer.headers().contains_key("access-control-allow-origin"));
            let said: Value = serde_json::from_str(&answer.text().await?)?;
            ensure!(said.get("data").is_none(), "{said}");
        }
    }
    let preflight = client
        .request(Method::OPTIONS, &url)
        .header(ORIGIN, "https://evil.example")
        .header("access-control-request-method", "POST")
        .send()
        .await?;
    assert_eq!(preflight.status(), StatusCode::FORBIDDEN);
    assert!(!preflight.headers().contains_key("access-control-allow-origin"));
    // Nothing was done.
    journey.shows(&[hello]).await
}

/// Who is nobody learns nothing of the schema, not even from a misspelt field.
#[tokio::test]
async fn nobody_learns_nothing_of_the_schema() -> Result<()> {
    let url = super::begin::shared().await?.server.url("/graphql");
    let client = sender::connection()?;
    let journey = Journey::begin().await?;
    for document in ["{ conversaton }", "{ __schema { types { name } } }", "{", "mutation { resolveConversaton }"] {
        let request = client.post(&url).json(&json!({ "query": document }));
        let answer = request.try_clone().context("a body in memory")?.send().await?;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let said = answer.text().await?;
        ensure!(!said.contains("onversation") && !said.contains("Did you mean") && !said.contains("yntax"), "{said}");
        // Somebody is helped.
        let told = request.bearer_auth(&journey.business.token).send().await?.text().await?;
        ensure!(told.contains("onversation") || told.contains("yntax"), "{told}");
    }
    Ok(())
}

#[tokio::test]
async fn a_query_by_get_is_answered_and_a_mutation_is_told_how_to_come() -> Result<()> {
    let journey = Journey::begin().await?;
    let url = super::begin::shared().await?.server.url("/graphql");
    let client = sender::connection()?;
    let get = |query: &str| client.get(format!("{url}?{query}")).bearer_auth(&journey.business.token);
    let answer =
        get("query=query(%24n%3AInt)%7Bconversations(first%3A%24n)%7BtotalCount%7D%7D&variables=%7B%22n%22%3A1%7D")
            .header(ORIGIN, format!("http://{}", url.trim_start_matches("http://").trim_end_matches("/graphql")))
            .send()
            .await?;
    assert_eq!(answer.status(), StatusCode::OK);
    let said: Value = serde_json::from_str(&answer.text().await?)?;
    assert_eq!(said["data"]["conversations"]["totalCount"], 0);
    let cost = &said["extensions"]["cost"];
    ensure!(cost["requestedQueryCost"] == 2 && cost["actualQueryCost"] == 2, "{said}");
    let told = get("query=mutation%7B__typename%7D").send().await?;
    assert_eq!((told.status(), &told.headers()[ALLOW]), (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse()?));
    Ok(())
}
