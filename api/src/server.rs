//! The HTTP server: routes, request ids, and what the handlers share.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get};
use leadflow_event_store::entropy;
use sqlx::PgPool;
use tracing::Instrument;

use crate::exports;
use crate::graphql::edge::Limits;
use crate::graphql::{self, Api};
use crate::health::{self, Health};
use crate::metrics::Metrics;
use crate::playground;
use crate::webhooks::{WebhookEdge, whatsapp};

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Edge {
    /// For the webhooks.
    pub webhooks: Arc<WebhookEdge>,
    /// Whether webhooks are taken under the paths of other products, too.
    pub webhook_aliases: bool,
    /// For GraphQL.
    pub api: Api,
    /// For authentication.
    pub pool: PgPool,
    /// For health checks.
    pub health: Arc<Health>,
    /// What it measures of itself.
    pub metrics: Arc<Metrics>,
}

/// Carries a request's id in and out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// All routes.
pub fn router(edge: Edge) -> Router {
    Router::new()
        .merge(whatsapp::routes(Arc::clone(&edge.webhooks), edge.webhook_aliases))
        .route("/graphql", any(graphql::serve))
        .route("/health", get(health::summary))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .merge(exports::routes())
        .merge(playground::router())
        .layer(from_fn_with_state(Arc::clone(&edge.metrics), with_request_id))
        // GraphQL's; webhooks measure their bodies themselves.
        .layer(DefaultBodyLimit::max(Limits::default().max_body_bytes))
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
