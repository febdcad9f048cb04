//! The door of forms: what is taken, what is not, and what is told to whoever set the form up.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use leadflow_domain::{SourceId, TenantId};
use leadflow_event_store::testing;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

use super::MOST_BYTES;
use super::keys::SourceKeys;
use super::receive::receive;
use crate::webhooks::{Bodies, Intake, Refusals, WebhookEdge};

const SOURCE: SourceId = SourceId::from_uuid(Uuid::from_u128(7));
const CLOSED: SourceId = SourceId::from_uuid(Uuid::from_u128(8));
const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
const KEY: &str = "lfg_0123456789";

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

struct Door {
    edge: Arc<WebhookEdge>,
    pool: PgPool,
}

impl Door {
    async fn new() -> Self {
        let pool = testing::pool().await;
        for (source, is_closed) in [(SOURCE, false), (CLOSED, true)] {
            let sql = "insert into source_keys (source_id, tenant_id, key_hash, closed_at) \
                       values ($1, $2, $3, case when $4 then clock_timestamp() end)";
            sqlx::query(sql)
                .bind(source.as_uuid())
                .bind(TENANT.as_uuid())
                .bind(Sha256::digest(KEY.as_bytes()).to_vec())
                .bind(is_closed)
                .execute(&pool)
                .await
                .unwrap();
        }
        let bodies = || Bodies::new(MOST_BYTES, PATIENCE, 1 << 20);
        let edge = Arc::new(WebhookEdge {
            intake: Intake::start(pool.clone(), testing::keys()),
            apps: BTreeMap::new(),
            bodies: bodies(),
            forms: bodies(),
            sources: SourceKeys::new(pool.clone()),
            doors: crate::testing::external_doors(&pool),
            limits: crate::testing::limits(&pool, "1000/1m"),
            refusals: Refusals::default(),
        });
        Self { edge, pool }
    }

    async fn ask(&self, source: &str, headers: HeaderMap, body: Vec<u8>) -> (u16, Value) {
        let path = Path(source.to_owned());
        let response = receive(State(Arc::clone(&self.edge)), path, headers, Body::from(body)).await;
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn post(&self, source: &str, body: &Value) -> (u16, Value) {
        self.ask(source, HeaderMap::new(), body.to_string().into_bytes()).await
    }

    /// What is stored: who brought it, its source, and how long it is.
    async fn stored(&self) -> Vec<(String, Option<Uuid>, i32)> {
        let sql = "select provider, source_id, bytes from webhook_deliveries order by id";
        sqlx::query_as(sql).fetch_all(&self.pool).await.unwrap()
    }
}

fn form(key: &str) -> Value {
    json!({ "lead_id": "L-1", "google_key": key, "user_column_data": [] })
}

#[tokio::test]
async fn what_shows_its_source_s_key_is_stored_without_it_and_then_answered() {
    let door = Door::new().await;
    let spelled_otherwise = json!({ "lead_id": "L-2", "Google_key": KEY });
    let says_nothing = json!({ "google_key": KEY, "user_column_data": 7 });
    for body in [form(KEY), spelled_otherwise, says_nothing] {
        assert_eq!(door.post(&SOURCE.to_string(), &body).await, (200, json!({})), "{body}");
    }
    let stored = door.stored().await;
    assert_eq!(stored.len(), 3);
    for ((provider, source, bytes), body) in stored.into_iter().zip([form(KEY)]) {
        assert_eq!((provider.as_str(), source), ("google", Some(SOURCE.as_uuid())));
        assert_eq!(usize::try_from(bytes).unwrap(), body.to_string().len() - KEY.len(), "but for the key");
    }
    assert!(door.edge.refusals.counts().is_empty());
}

#[tokio::test]
async fn what_shows_no_key_or_another_is_refused_for_good() {
    let door = Door::new().await;
    let missing = json!({ "lead_id": "L-1" });
    let twice = br#"{"google_key": "lfg_0123456789", "Google_key": "lfg_0123456789"}"#.to_vec();
    for body in [form(""), form("lfg_012345678"), form("LFG_0123456789"), missing] {
        let (status, answer) = door.post(&SOURCE.to_string(), &body).await;
        assert_eq!((status, answer), (401, json!({ "message": "google_key is missing or wrong" })), "{body}");
    }
    assert_eq!(door.ask(&SOURCE.to_string(), HeaderMap::new(), twice).await.0, 401);
    for body in [&b""[..], b"[]", b"google_key=lfg_0123456789", b"{\"google_key\": \"\xff\"}"] {
        let (status, answer) = door.ask(&SOURCE.to_string(), HeaderMap::new(), body.to_vec()).await;
        assert_eq!((status, answer), (400, json!({ "message": "the body is no JSON object" })));
    }
    assert!(door.stored().await.is_empty(), "nothing of it is kept");
    let counts = door.edge.refusals.counts();
    assert_eq!((counts["key"], counts["notAForm"]), (5, 4));
}

#[tokio::test]
async fn a_source_that_there_is_not_and_one_that_is_closed_are_the_same() {
    let door = Door::new().await;
    for source in ["x", "", "00000000-0000-0000-0000-000000000009", &CLOSED.to_string()] {
        let (status, answer) = door.post(source, &form(KEY)).await;
        assert_eq!((status, answer), (404, json!({ "message": "there is no such source" })), "{source}");
    }
    assert!(door.stored().await.is_empty());
}

#[tokio::test]
async fn what_is_too_long_or_compressed_is_not_read() {
    let door = Door::new().await;
    let mut long = form(KEY);
    long["user_column_data"] = json!([{ "string_value": "x".repeat(MOST_BYTES) }]);
    let (status, answer) = door.post(&SOURCE.to_string(), &long).await;
    assert_eq!((status, answer), (413, json!({ "message": "the body is too large" })));
    let headers = HeaderMap::from_iter([(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
    assert_eq!(door.ask(&SOURCE.to_string(), headers, form(KEY).to_string().into_bytes()).await.0, 415);
    assert!(door.stored().await.is_empty());
}

#[tokio::test]
async fn what_can_t_be_stored_is_to_be_sent_again() {
    let door = Door::new().await;
    door.pool.close().await;
    let (status, answer) = door.post(&SOURCE.to_string(), &form(KEY)).await;
    assert_eq!((status, answer), (503, json!({ "message": "it could not be stored; send it again" })));
}
