//! `GET /.well-known/jwks.json`: what access tokens can be checked with by whoever trusts us.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::server::Edge;

/// Less than a key is known before it signs.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// The keys that are known now (RFC 7517).
///
/// # Errors
/// 503 when they can't be read.
pub async fn jwks(State(edge): State<Arc<Edge>>) -> Result<([(HeaderName, HeaderValue); 1], Json<Value>), StatusCode> {
    match edge.doors.signing_keys().ring().await {
        Ok(ring) => Ok(([(CACHE_CONTROL, CACHED)], Json(ring.jwks()))),
        Err(error) => {
            tracing::error!(error = %error, "auth.jwks: the signing keys can't be read");
            Err(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}
