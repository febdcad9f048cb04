//! The edge against the real library, with a small schema that can misbehave in every way we know.

mod again;
mod cost;
mod errors;
mod gone;
mod hostile;
mod introspection;
mod operations;
mod protocol;
mod queries_by_get;
mod schema;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Account, Allowance, Budgets, Documents, Limits, REQUEST_ID, Sent, answer};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// How long an operation may take.
const AT_MOST: Duration = Duration::from_millis(50);

/// Where only something else is to end it.
const PATIENT: Duration = Duration::from_secs(10);

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    async fn of(response: axum::response::Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("the body is in memory");
        let body = serde_json::from_slice(&bytes).expect("the body is JSON");
        Self { status: parts.status, headers: parts.headers, body }
    }

    fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or("no code")
    }

    fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap_or("no message")
    }

    fn has_data(&self) -> bool {
        self.body.get("data").is_some()
    }
}

fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("a header value"))).collect()
}

fn documents() -> Documents {
    Documents::of_callers(Limits::default())
}

fn account(allowance: Allowance) -> Account {
    Account { budgets: Arc::new(Budgets::new(allowance)), owner: Uuid::nil() }
}

/// Of somebody who has not asked for anything yet.
fn fresh() -> Account {
    account(Allowance { capacity: 1_000_000, restore_rate: 1 })
}

async fn send(headers: &HeaderMap, body: impl Into<Bytes>) -> Answer {
    send_to(&documents(), headers, body).await
}

/// To where these documents were read before.
async fn send_to(documents: &Documents, headers: &HeaderMap, body: impl Into<Bytes>) -> Answer {
    let (schema, sent) = (schema::build(), Sent::Body(body.into()));
    Answer::of(answer(&schema, documents, AT_MOST, headers, sent, fresh(), |request| request).await).await
}

/// Sends `body`, asking for an answer in `accept`, as request `r-1`.
async fn ask(accept: &str, body: &Value) -> Answer {
    let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, accept), (REQUEST_ID, "r-1")]);
    send(&headers, body.to_string()).await
}

async fn query(text: &str) -> Answer {
    ask(GRAPHQL, &json!({ "query": text })).await
}
