//! The HTTP server: routes, request ids, and what the handlers share.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get};
use leadflow_event_store::entropy;
use sqlx::PgPool;
use tracing::Instrument;

use crate::auth::{self, Doors};
use crate::chat_imports;
use crate::client_address;
use crate::config::TrustedProxies;
use crate::exports;
use crate::graphql::{self, Api, edge};
use crate::health::{self, Health};
use crate::lead_imports::{self, Desk};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::playground;
use crate::security_headers;
use crate::walk_in::{self, WalkIns};
use crate::webhooks::{WebhookEdge, external, google, whatsapp};

/// What the handlers share.
pub struct Edge {
    /// For the webhooks.
    pub webhooks: Arc<WebhookEdge>,
    /// Whether webhooks are taken under the paths of other products, too.
    pub webhook_aliases: bool,
    /// For forms of ours.
    pub walk_ins: Arc<WalkIns>,
    /// For GraphQL.
    pub api: Api,
    /// For files of leads.
    pub lead_imports: Arc<Desk>,
    /// For chats.
    pub chat_imports: chat_imports::Importer,
    /// How people come in.
    pub doors: Doors,
    /// For metrics.
    pub pool: PgPool,
    /// How often something may be done.
    pub limits: Limits,
    /// Proxies whose word on their clients is taken.
    pub trusted_proxies: Arc<TrustedProxies>,
    /// For health checks.
    pub health: Arc<Health>,
    /// What it measures of itself.
    pub metrics: Arc<Metrics>,
}

/// Carries a request's id in and out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// All routes.
pub fn router(edge: Arc<Edge>) -> Router {
    Router::new()
        .merge(whatsapp::routes(Arc::clone(&edge.webhooks), edge.webhook_aliases))
        .merge(google::routes(Arc::clone(&edge.webhooks), edge.webhook_aliases))
        .merge(external::routes(Arc::clone(&edge.webhooks)))
        .merge(walk_in::routes(Arc::clone(&edge.walk_ins)))
        .route("/graphql", any(graphql::serve))
        .route("/.well-known/jwks.json", get(auth::jwks))
        .route("/health", get(health::summary))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .merge(exports::routes())
        .merge(lead_imports::routes())
        .merge(chat_imports::routes())
        .merge(playground::router())
        .layer(from_fn_with_state(Arc::clone(&edge.trusted_proxies), client_address::told))
        .layer(from_fn_with_state(Arc::clone(&edge.metrics), with_request_id))
        .layer(from_fn(security_headers::added))
        .layer(from_fn_with_state(Arc::clone(&edge.trusted_proxies), client_address::told))
        // GraphQL's; webhooks measure their bodies themselves.
        .layer(DefaultBodyLimit::max(edge::Limits::default().max_body_bytes))
        .with_state(edge)
}

/// Gives every request an id, which the logs, the answer and its errors carry. Callers don't choose it: it must be
/// theirs alone. How long it took is measured.
async fn with_request_id(State(metrics): State<Arc<Metrics>>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = entropy::uuid().to_string();
    let value = HeaderValue::from_str(&id).ok();
    if let Some(value) = value.clone() {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("http.request", request = %id, method = %request.method(), route);
    let method = request.method().clone();
    let mut response = async {
        let response = next.run(request).await;
        tracing::debug!(status = response.status().as_u16(), "http.request: answered");
        response
    }
    .instrument(span)
    .await;
    metrics.answered(&method, &route, response.status(), begun.elapsed());
    if let Some(value) = value {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use leadflow_gateways::whatsapp::signature::sign;
    use reqwest::RequestBuilder;
    use serde_json::{Value, json};

    use super::*;
    use crate::auth::{self, Bearer};
    use crate::serving::Serving;
    use crate::testing::{managed, serve};

    const SECRET: &str = "an app's secret";

    /// A process behind a proxy on this machine.
    async fn behind_a_proxy(more: &[(&'static str, &str)]) -> Serving {
        let variables = [
            ("LEADFLOW_TRUSTED_PROXIES", "127.0.0.1"),
            ("LEADFLOW_PRIVATE_LISTEN", "127.0.0.1:0"),
            ("LEADFLOW_WEBHOOK_ALIASES", "true"),
            ("LEADFLOW_META_APP_SECRET", SECRET),
            ("LEADFLOW_META_VERIFY_TOKEN", "verify"),
        ];
        let variables = variables.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect();
        serve(managed(|_| variables).await.1).await.unwrap()
    }

    fn ask(serving: &Serving, method: Method, path: &str) -> RequestBuilder {
        reqwest::Client::new().request(method, format!("http://{}{path}", serving.address()))
    }

    fn check(method: &Method, path: &str, answer: &reqwest::Response, over_https: bool) {
        let named = format!("{method} {path}: {}", answer.status());
        let told = |name: &str| {
            let mut values = answer.headers().get_all(name).iter().map(|value| value.to_str().unwrap());
            let value = values.next();
            assert_eq!(values.next(), None, "{named}: {name} twice");
            value.unwrap_or_default()
        };
        assert_eq!(told("x-content-type-options"), "nosniff", "{named}");
        assert_eq!(told("referrer-policy"), "no-referrer", "{named}");
        assert!(told("permissions-policy").contains("camera=()"), "{named}");
        let policy = told("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{named}");
        assert!(!policy.contains("unsafe"), "{named}");
        let is_page = path.starts_with("/playground") && answer.status().is_success();
        assert_eq!(policy.contains("script-src 'self'"), is_page, "{named}");
        assert_eq!(told("strict-transport-security"), if over_https { "max-age=31536000" } else { "" }, "{named}");
    }

    #[tokio::test]
    async fn every_answer_tells_browsers_what_they_may_make_of_it() {
        let serving = behind_a_proxy(&[]).await;
        let handshake = "hub.mode=subscribe&hub.verify_token=verify&hub.challenge=1";
        let webhooks =
            ["/webhooks/whatsapp", "/webhooks/whatsapp/shop", "/webhook/facebook", "/api/webhooks/meta/shop"];
        let walk_in = "/walk-in/0000000000000000000000000000abcd";
        let others = [
            "/graphql",
            "/health",
            "/health/live",
            "/health/ready",
            "/nowhere",
            "/",
            "/metrics",
            "/walk-in/form.css",
            walk_in,
        ];
        let paths = webhooks.into_iter().chain(others).chain(playground::paths()).map(str::to_owned);
        let mut seen = std::collections::BTreeSet::new();
        for path in paths.chain([format!("/webhooks/whatsapp?{handshake}")]) {
            for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::DELETE] {
                for scheme in ["http", "https"] {
                    let request = ask(&serving, method.clone(), &path).header("x-forwarded-proto", scheme);
                    let answer = request.send().await.unwrap();
                    check(&method, &path, &answer, scheme == "https");
                    seen.insert(answer.status().as_u16());
                }
            }
        }
        let expected = [200, 400, 401, 404, 405];
        assert!(expected.iter().all(|status| seen.contains(status)), "they were of all sorts: {seen:?}");
        let private = format!("http://{}/metrics", serving.private_address().unwrap());
        assert_eq!(reqwest::get(private).await.unwrap().headers()["x-content-type-options"], "nosniff");
        serving.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_stranger_s_word_on_https_is_not_taken() {
        let serving = behind_a_proxy(&[("LEADFLOW_TRUSTED_PROXIES", "192.0.2.1")]).await;
        let answer =
            ask(&serving, Method::GET, "/health/live").header("x-forwarded-proto", "https").send().await.unwrap();
        assert_eq!(answer.headers().get("strict-transport-security"), None);
        serving.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_caller_who_asks_too_often_is_told_when_to_come_again_and_webhooks_are_under_no_limit() {
        let serving = behind_a_proxy(&[("LEADFLOW_LIMITS__API", "3/1h")]).await;
        let issue =
            async || auth::issue(&serving.app().pool, Bearer::Operator, std::time::Duration::from_secs(600)).await;
        let (hers, another) = (issue().await.unwrap().token, issue().await.unwrap().token);
        let query = |token: &str| {
            let body = json!({ "query": "{ __typename }" });
            ask(&serving, Method::POST, "/graphql").bearer_auth(token).json(&body).send()
        };
        for _ in 0..3 {
            assert_eq!(query(&hers).await.unwrap().status(), StatusCode::OK);
        }
        let refused = query(&hers).await.unwrap();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        let seconds: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=1_200).contains(&seconds), "{seconds}");
        let said: Value = refused.json().await.unwrap();
        let error = &said["errors"][0]["extensions"];
        assert_eq!((&error["code"], &error["retryAfter"]), (&json!("RATE_LIMITED"), &json!(seconds)), "{said}");
        assert!(said.get("data").is_none() && error["requestId"].is_string(), "{said}");
        assert_eq!(query(&another).await.unwrap().status(), StatusCode::OK, "a token of its own");

        let body = json!({ "object": "whatsapp_business_account", "entry": [] }).to_string();
        for _ in 0..20 {
            let webhook = ask(&serving, Method::POST, "/webhooks/whatsapp")
                .header("x-hub-signature-256", sign(SECRET.as_bytes(), body.as_bytes()))
                .body(body.clone());
            assert_eq!(webhook.send().await.unwrap().status(), StatusCode::OK);
        }
        let metrics = reqwest::get(format!("http://{}/metrics", serving.private_address().unwrap())).await.unwrap();
        let metrics = metrics.text().await.unwrap();
        assert!(metrics.contains("leadflow_limited_total{kind=\"api\"} 1\n"), "{metrics}");
        serving.stop().await.unwrap();
    }
}
