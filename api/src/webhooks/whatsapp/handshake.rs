//! `GET /webhooks/whatsapp`: Meta asks whether the address is ours, and expects its challenge back as plain text.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use crate::webhooks::{Refused, WebhookEdge};

/// Longest challenge that is sent back; Meta's has some ten digits.
const LONGEST_CHALLENGE: usize = 256;

/// Answers the handshake. Nothing is echoed before the verify token has been checked.
pub(super) async fn handshake(
    State(edge): State<Arc<WebhookEdge>>,
    key: Option<Path<String>>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some((_, app)) = edge.app(key) else {
        return Refused::UnknownApp.into_response();
    };
    let Some(expected) = &app.verify_token else {
        return (StatusCode::SERVICE_UNAVAILABLE, "this app's verify token is not set\n").into_response();
    };
    let query = query.unwrap_or_default();
    let (Some(mode), Some(token), Some(challenge)) =
        (once(&query, "hub.mode"), once(&query, "hub.verify_token"), once(&query, "hub.challenge"))
    else {
        return (StatusCode::BAD_REQUEST, "hub.mode, hub.verify_token and hub.challenge are needed, each once\n")
            .into_response();
    };
    let token_is_right = bool::from(token.as_bytes().ct_eq(expected.expose().as_bytes()));
    if mode != "subscribe" || !token_is_right {
        tracing::debug!("webhook.handshake: refused, the mode or the verify token is wrong");
        return (StatusCode::FORBIDDEN, "the mode or the verify token is wrong\n").into_response();
    }
    if challenge.len() > LONGEST_CHALLENGE {
        return (StatusCode::BAD_REQUEST, "the challenge is too long\n").into_response();
    }
    // Plain text, whatever the challenge says; `security_headers` keeps browsers from taking it for anything else.
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response()
}

/// The value of a parameter that is there exactly once.
fn once(query: &str, name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let (_, value) = values.next()?;
    values.next().is_none().then(|| value.into_owned())
}
