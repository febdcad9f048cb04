//! `POST /webhooks/whatsapp`: authentic, then durable, then 200. Nothing is parsed here.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use leadflow_gateways::whatsapp::signature;

use super::PROVIDER;
use crate::server::Edge;

/// Takes a delivery. A status other than 200 makes Meta send it again, for days: refusals come only before
/// authenticity, and 503 only when it could not be stored.
pub async fn receive(
    State(edge): State<Edge>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> (StatusCode, &'static str) {
    let Some(secret) = &edge.webhooks.app_secret else {
        return (StatusCode::SERVICE_UNAVAILABLE, "LEADFLOW_META_APP_SECRET is not set\n");
    };
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the body without a content encoding\n");
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large\n");
        }
        Err(_) => return (StatusCode::BAD_REQUEST, "the body ended early\n"),
    };
    if let Err(reason) = authentic(secret.expose().as_bytes(), &headers, &body) {
        tracing::warn!(reason, bytes = body.len(), "webhook.receive: refused before it was authentic");
        return (StatusCode::UNAUTHORIZED, "the signature is missing or wrong\n");
    }
    match edge.webhooks.intake.store(PROVIDER, body).await {
        Ok(id) => {
            tracing::debug!(delivery = id, "webhook.receive: stored");
            (StatusCode::OK, "")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "it could not be stored; send it again\n"),
    }
}

fn authentic(secret: &[u8], headers: &HeaderMap, body: &[u8]) -> Result<(), &'static str> {
    let mut values = headers.get_all(signature::HEADER).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err("the signature's header is not there exactly once");
    };
    let value = value.to_str().map_err(|_| "the signature is not text")?;
    signature::verify(secret, body, value).map_err(|mismatch| match mismatch {
        signature::Mismatch::Malformed => "the signature is malformed",
        signature::Mismatch::Wrong => "the signature is wrong",
    })
}
