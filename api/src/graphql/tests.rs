//! The API over HTTP, as one process serves it.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use leadflow_domain::tenant::{TenantCommand, TenantName};
use leadflow_domain::{CommandId, TenantId};
use leadflow_event_store::{Actor, CommandContext, entropy};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sqlx::{Executor, PgPool};

use crate::app::App;
use crate::auth::{self, Bearer};
use crate::config::Config;
use crate::serving::Serving;
use crate::storage::Purpose;
use crate::testing::{managed, serve};

const SET_HOURS: &str = "mutation { setBusinessHours(input: { timeZone: \"UTC\", \
                         week: [{ weekday: MONDAY, hours: [\"09:00-17:00\"] }] }) { position stale } }";

/// Somebody of a tenant of her own, at a process's door.
struct Somebody {
    serving: Serving,
    token: String,
}

impl Somebody {
    async fn at(serving: Serving) -> Self {
        let tenant = TenantId::from_uuid(entropy::uuid());
        let name = TenantName::parse("Sofas and more").unwrap();
        let id = CommandId::derive(tenant, "test", &["register"]);
        let context = CommandContext::new(tenant, id, Actor::CommandLine, "test".to_owned());
        let tenants = &serving.app().commands.tenants;
        tenants.execute(tenant, TenantCommand::Register { name }, context).await.unwrap();
        let issued = auth::issue(&serving.app().pool, Bearer::Owner(tenant), Duration::from_secs(3600)).await.unwrap();
        Self { serving, token: issued.token }
    }

    fn post(&self, body: &Value) -> RequestBuilder {
        let url = format!("http://{}/graphql", self.serving.address());
        reqwest::Client::new().post(url).bearer_auth(&self.token).json(body)
    }

    async fn ask(&self, body: &Value) -> (StatusCode, Value) {
        let answer = self.post(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Asks for what is at least as new as `position`.
    async fn stale(&self, position: &Value) -> Value {
        let extensions = json!({ "minPosition": position });
        let (status, said) =
            self.ask(&json!({ "query": "{ businessHours { timeZone } }", "extensions": extensions })).await;
        assert_eq!((status, said.get("errors")), (StatusCode::OK, None), "{said}");
        assert!(said["data"].is_object(), "it is answered all the same");
        said["extensions"]["stale"].clone()
    }

    async fn position_of_a_mutation(&self) -> Value {
        let (_, said) = self.ask(&json!({ "query": SET_HOURS })).await;
        let position = said["data"]["setBusinessHours"]["position"].clone();
        assert!(position.is_number(), "{said}");
        position
    }
}

async fn idle(config: Config) -> Serving {
    Serving::start_without_workers(App::open(config, Purpose::Serve).await.unwrap()).await.unwrap()
}

async fn run(owner: &PgPool, statement: String) {
    owner.execute(statement.as_str()).await.unwrap();
}

#[tokio::test]
async fn a_query_waits_for_the_position_it_names() {
    let (_, config) = managed(|_| Vec::new()).await;
    let somebody = Somebody::at(serve(config).await.unwrap()).await;
    let position = somebody.position_of_a_mutation().await;
    assert_eq!(somebody.stale(&position).await, Value::Null);
    // Nobody was told such a position, so there is nothing to wait for.
    assert_eq!(somebody.stale(&json!(1_i64 << 53)).await, "LAGGING");
    for wrong in [json!("7"), json!(0), json!(-1), json!(1.5), json!([1]), json!(true)] {
        let body = json!({ "query": "{ __typename }", "extensions": { "minPosition": wrong } });
        let (_, said) = somebody.ask(&body).await;
        assert_eq!(said["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{said}");
        assert_eq!(said.get("data"), None, "{said}");
    }
    somebody.serving.stop().await.unwrap();
}

#[tokio::test]
async fn a_query_is_told_why_a_read_model_does_not_come_so_far() {
    let (owner, config) = managed(|_| vec![("LEADFLOW_READ_YOUR_WRITES_MS", "50".to_owned())]).await;
    let somebody = Somebody::at(idle(config).await).await;
    let position = somebody.position_of_a_mutation().await;
    assert_eq!(somebody.stale(&position).await, "LAGGING", "nobody folds");
    run(&owner, format!("update checkpoints set position = {position} where consumer like 'projector/%'")).await;
    assert_eq!(somebody.stale(&position).await, Value::Null);
    for model in ["usage", "leads", "analytics", "inbox"] {
        let behind = format!("update checkpoints set position = 0 where consumer like 'projector/{model}/%'");
        run(&owner, behind).await;
        assert_eq!(somebody.stale(&position).await, "LAGGING", "{model} is waited for");
        let state =
            |state: &str| format!("update checkpoints set state = '{state}' where consumer like 'projector/{model}/%'");
        run(&owner, state("stopped")).await;
        assert_eq!(somebody.stale(&position).await, "STOPPED", "{model}");
        run(&owner, state("live")).await;
        run(&owner, format!("update checkpoints set position = {position} where consumer like 'projector/{model}/%'"))
            .await;
    }
    let parked = "insert into parked_events (consumer, position, tenant_id, aggregate_type, stream_id, reason) \
                  select consumer, position, tenant, 'tenant', tenant, 'planted' \
                  from checkpoints, gen_random_uuid() as tenant where consumer like 'projector/usage/%'";
    run(&owner, parked.to_owned()).await;
    assert_eq!(somebody.stale(&position).await, Value::Null, "what is parked of another business is not hers to know");
    run(&owner, "update parked_events set tenant_id = (select max(tenant_id::text)::uuid from events)".to_owned())
        .await;
    assert_eq!(somebody.stale(&position).await, "PARKED");
    somebody.serving.stop().await.unwrap();
}

#[tokio::test]
async fn an_operator_s_query_waits_for_the_position_it_names_too() {
    let (_, config) = managed(|_| vec![("LEADFLOW_READ_YOUR_WRITES_MS", "0".to_owned())]).await;
    let somebody = Somebody::at(idle(config).await).await;
    let position = somebody.position_of_a_mutation().await;
    let pool = &somebody.serving.app().pool;
    let issued = auth::issue(pool, Bearer::Operator, Duration::from_secs(3600)).await.unwrap();
    let operator = Somebody { serving: somebody.serving, token: issued.token };
    let body = json!({ "query": "{ projections { name } }", "extensions": { "minPosition": position } });
    let (_, said) = operator.ask(&body).await;
    assert_eq!((&said["extensions"]["stale"], said.get("errors")), (&json!("LAGGING"), None), "nobody folds: {said}");
    operator.serving.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_left_out_and_what_is_null_are_the_same_request() {
    let (_, config) = managed(|_| vec![("LEADFLOW_READ_YOUR_WRITES_MS", "0".to_owned())]).await;
    let somebody = Somebody::at(idle(config).await).await;
    let set = |variables: &str, more: &str| {
        let week = "week: [{ weekday: MONDAY, hours: [\"10:00-12:00\"] }]";
        let input = format!("{{ timeZone: \"UTC\", {week}, idempotencyKey: \"k\" {more} }}");
        format!("mutation{variables} {{ setBusinessHours(input: {input}) {{ position userErrors {{ code }} }} }}")
    };
    let mut told = Vec::new();
    for document in [
        set("($v: Int, $dates: [DateHoursInput!])", "expectedVersion: $v, dates: $dates"),
        set("", "expectedVersion: null, dates: null"),
        set("", ""),
    ] {
        let (_, said) = somebody.ask(&json!({ "query": document })).await;
        let outcome = said["data"]["setBusinessHours"].clone();
        assert_eq!(outcome["userErrors"], json!([]), "{document}: {said}");
        told.push(outcome["position"].clone());
    }
    assert!(told[0].is_number() && told.iter().all(|position| *position == told[0]), "{told:?}");
    let other = SET_HOURS
        .replace("timeZone:", "idempotencyKey: \"k\", timeZone:")
        .replace("{ position", "{ userErrors { code } position");
    let (_, said) = somebody.ask(&json!({ "query": other })).await;
    assert_eq!(said["data"]["setBusinessHours"]["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED", "{said}");
    somebody.serving.stop().await.unwrap();
}

/// Defaults are filled in as they stand in the document, where an enum's value is no string.
#[tokio::test]
async fn a_variable_s_default_may_be_any_literal() {
    let (_, config) = managed(|_| Vec::new()).await;
    let somebody = Somebody::at(idle(config).await).await;
    let query = "query($by: ConversationOrder = OLDEST_ACTIVITY, $first: Int = 3, $filter: ConversationFilter = \
                 { status: { in: [OPEN, SNOOZED] }, not: { isUnread: true } }) \
                 { conversations(first: $first, orderBy: $by, filter: $filter) { edges { node { id } } } }";
    for variables in
        [json!({}), json!({ "by": "LATEST_ACTIVITY" }), json!({ "by": null, "first": null, "filter": null })]
    {
        let (_, said) = somebody.ask(&json!({ "query": query, "variables": variables })).await;
        assert_eq!(said["data"]["conversations"]["edges"], json!([]), "{said}");
    }
    somebody.serving.stop().await.unwrap();
}

#[tokio::test]
async fn mutations_that_are_not_shown_yet_wait_together_as_long_as_one() {
    let (_, config) = managed(|_| vec![("LEADFLOW_READ_YOUR_WRITES_MS", "400".to_owned())]).await;
    let somebody = Somebody::at(idle(config).await).await;
    let hours = |n: usize| {
        format!(
            "m{n}: setBusinessHours(input: {{ timeZone: \"UTC\", week: [{{ weekday: MONDAY, hours: [\"{n:02}:00-23:00\"] }}] }}) {{ stale }}"
        )
    };
    let document = format!("mutation {{ {} }}", (0..20).map(hours).collect::<String>());
    let begun = Instant::now();
    let (_, said) = somebody.ask(&json!({ "query": document })).await;
    let took = begun.elapsed();
    assert!((0..20).all(|n| said["data"][format!("m{n}")]["stale"] == "LAGGING"), "{said}");
    assert!(took < Duration::from_secs(8), "each would have waited by itself: {took:?}");
    somebody.serving.stop().await.unwrap();
}

/// An inbox of which nothing is there: charged with thousands, answered with a few.
fn inbox() -> Value {
    json!({ "query": "{ conversations(first: 100) { edges { node { messages(first: 75) { edges { cursor } } } } } }" })
}

fn cost(said: &Value) -> (u64, u64, u64) {
    let cost = &said["extensions"]["cost"];
    let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{said}"));
    let available = number(&cost["throttleStatus"]["currentlyAvailable"]);
    (number(&cost["requestedQueryCost"]), number(&cost["actualQueryCost"]), available)
}

#[tokio::test]
async fn who_asks_for_too_much_at_once_is_answered_429_and_gets_back_what_she_did_not_use() {
    let (_, config) = managed(|_| {
        vec![
            ("LEADFLOW_GRAPHQL_BUDGET", "25000".to_owned()),
            ("LEADFLOW_GRAPHQL_RESTORE_RATE", "1".to_owned()),
            ("LEADFLOW_READ_YOUR_WRITES_MS", "5000".to_owned()),
        ]
    })
    .await;
    let somebody = Somebody::at(idle(config).await).await;
    for _ in 0..3 {
        let (status, said) = somebody.ask(&inbox()).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        let (requested, actual, available) = cost(&said);
        assert!(requested > 13_000 && actual < 10 && available > 24_900, "{said}");
    }

    // Charged, and waiting for her own registration, which nobody folds; meanwhile there is not enough for another.
    let mut waiting = inbox();
    waiting["extensions"] = json!({ "minPosition": 1 });
    let waiting = tokio::spawn(somebody.post(&waiting).send());
    let refused = loop {
        let answer = somebody.post(&inbox()).send().await.unwrap();
        if answer.status() != StatusCode::OK {
            break answer;
        }
    };
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait = refused.headers()[RETRY_AFTER.as_str()].to_str().unwrap().to_owned();
    let said: Value = refused.json().await.unwrap();
    let error = &said["errors"][0]["extensions"];
    assert_eq!((&error["code"], error["retryAfter"].to_string()), (&json!("RATE_LIMITED"), wait), "{said}");
    // Another tenant is not held by it.
    let other = Somebody::at(somebody.serving).await;
    assert_eq!(other.ask(&inbox()).await.0, StatusCode::OK);
    waiting.abort();
    other.serving.stop().await.unwrap();
}

#[tokio::test]
async fn pages_of_allowed_origins_may_ask_and_read_the_answer() {
    let (_, config) = managed(|_| vec![("LEADFLOW_ALLOWED_ORIGINS", "https://desk.example".to_owned())]).await;
    let somebody = Somebody::at(serve(config).await.unwrap()).await;
    let url = format!("http://{}/graphql", somebody.serving.address());
    let preflight = |origin: &str| {
        let request = reqwest::Client::new().request(reqwest::Method::OPTIONS, &url).header("origin", origin);
        request.header("access-control-request-method", "POST").send()
    };
    let allowed = preflight("https://desk.example").await.unwrap();
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(allowed.headers()["access-control-allow-origin"], "https://desk.example");
    assert_eq!(preflight("https://evil.example").await.unwrap().status(), StatusCode::FORBIDDEN);

    let body = json!({ "query": "{ __typename }" });
    for (origin, status) in [("https://desk.example", StatusCode::OK), ("https://evil.example", StatusCode::FORBIDDEN)]
    {
        let answer = somebody.post(&body).header("origin", origin).send().await.unwrap();
        let readable = answer.headers().get("access-control-allow-origin").is_some_and(|allowed| allowed == origin);
        assert_eq!((answer.status(), readable), (status, status == StatusCode::OK), "{origin}");
        assert_eq!(answer.json::<Value>().await.unwrap().get("data").is_some(), status == StatusCode::OK);
    }
    // The page may read why she is nobody, and ask her for a token.
    let expired = reqwest::Client::new().post(&url).header("origin", "https://desk.example").json(&body).send().await;
    let expired = expired.unwrap();
    assert_eq!(expired.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(expired.headers()["access-control-allow-origin"], "https://desk.example");
    somebody.serving.stop().await.unwrap();
}
