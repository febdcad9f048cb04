//! `POST /webhooks/whatsapp`: authentic, then durable, then 200. Nothing is parsed here.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use leadflow_gateways::whatsapp::signature;

use super::PROVIDER;
use crate::server::Edge;

/// Takes a delivery. A status other than 200 makes Meta send it again, for days: refusals come only before
/// authenticity, and 503 only when it could not be stored.
pub async fn receive(State(edge): State<Edge>, headers: HeaderMap, body: Body) -> (StatusCode, &'static str) {
    let Some(secret) = &edge.webhooks.app_secret else {
        return (StatusCode::SERVICE_UNAVAILABLE, "LEADFLOW_META_APP_SECRET is not set\n");
    };
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the body without a content encoding\n");
    }
    let body = match whole(body, edge.webhooks.max_bytes).await {
        Ok(body) => body,
        Err(refused) => return refused,
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

/// How many bytes past the limit are still read, and thrown away: who hangs up on a sender takes the 413 from under
/// its eyes.
const READ_IN_VAIN: usize = 16 << 20;

async fn whole(body: Body, limit: usize) -> Result<Bytes, (StatusCode, &'static str)> {
    let (mut kept, mut length) = (Vec::new(), 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| (StatusCode::BAD_REQUEST, "the body ended early\n"))?;
        length += chunk.len();
        if length <= limit {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
            if length > limit + READ_IN_VAIN {
                break;
            }
        }
    }
    if length <= limit { Ok(kept.into()) } else { Err((StatusCode::PAYLOAD_TOO_LARGE, "the body is too large\n")) }
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
