//! `POST /webhooks/whatsapp`: authentic, then durable, then 200. Nothing is parsed here.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leadflow_domain::channel::AppKey;
use leadflow_gateways::whatsapp::signature::{self, Claimed};

use super::PROVIDER;
use crate::webhooks::whole::Whole;
use crate::webhooks::{Bringer, Refused, WebhookEdge};

/// Takes a delivery. A status other than 200 makes Meta send it again, for days: refusals come only before
/// authenticity, and 503 only when it could not be stored.
pub(super) async fn receive(
    State(edge): State<Arc<WebhookEdge>>,
    key: Option<Path<String>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (app, whole) = match authentic(&edge, key, &headers, body).await {
        Ok(authentic) => authentic,
        Err(refused) => {
            edge.refusals.count(refused);
            return refused.into_response();
        }
    };
    // Its memory is counted until it is stored.
    match edge.intake.store(PROVIDER, Bringer::App(app), whole.bytes.clone()).await {
        Ok(id) => {
            tracing::debug!(delivery = id, "webhook.receive: stored");
            StatusCode::OK.into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "it could not be stored; send it again\n").into_response(),
    }
}

/// The app that signed the body, and the body. What can be refused without the body is.
async fn authentic(
    edge: &WebhookEdge,
    key: Option<Path<String>>,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Option<AppKey>, Whole), Refused> {
    let (key, app) = edge.app(key).ok_or(Refused::UnknownApp)?;
    if app.secrets().next().is_none() {
        return Err(Refused::NoSecret);
    }
    if headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return Err(Refused::Encoded);
    }
    let claimed = claimed(headers).ok_or(Refused::Signature)?;
    let whole = edge.bodies.whole(body).await?;
    claimed.verify(app.secrets(), &whole.bytes).map_err(|_| Refused::Signature)?;
    Ok((key.clone(), whole))
}

/// What the signature's header says, if it is there exactly once and well formed.
fn claimed(headers: &HeaderMap) -> Option<Claimed> {
    let mut values = headers.get_all(signature::HEADER).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    Claimed::parse(value.to_str().ok()?).ok()
}
