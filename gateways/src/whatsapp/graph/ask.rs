//! Asking, and what is known when no answer comes.
//!
//! What decides is whether the request may have reached Meta:
//!
//! - No connection (`is_connect`: no name, refused, no TLS, a proxy that doesn't lead there, or the connecting took too long): nothing
//!   was written. `NotSent`. A connection's time-out is shorter than the whole, so that a server that can't be reached is known
//!   to be one.
//! - The request could not be made (`is_builder`): nothing was written. `NotSent`.
//! - Everything else (`is_request`, `is_body`, `is_decode`, a time-out of the whole, a connection that breaks): `Unknown`. That goes
//!   for a kept connection which the server closes meanwhile. Where hyper had not begun to write (it hands the request back), it
//!   sends it itself over another connection, and nobody sees it; once begun, it never does, and says "connection closed before
//!   message completed", which is the same for a request that was read and for one that wasn't. On a new connection that closes
//!   before the request was begun hyper knows better, but what it knows isn't told through reqwest: `Unknown` too.
//! - A redirect is not followed. It says nothing of a message (a 303 is what follows on a form that was taken): `Unknown`.
//! - A page, whatever its status, is not Meta's word: what stands between may have made it, before or after. `Unknown`.

use reqwest::header::USER_AGENT;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;

use super::failure::CallFailure;
use super::refusal::ProviderRefusal;
use super::token::AccessToken;
use crate::wire::{self, Unread};

/// Asks with `token`, and gives what was answered, before it is read.
pub(super) async fn begun(token: &AccessToken, request: RequestBuilder) -> Result<Response, CallFailure> {
    let asked = request
        .bearer_auth(token.expose())
        .header(USER_AGENT, concat!("leadflow/", env!("CARGO_PKG_VERSION")))
        .send()
        .await;
    asked.map_err(|error| {
        let reason =
            if error.is_timeout() { "no answer in time".to_owned() } else { token.scrubbed(&wire::cause(&error)) };
        if error.is_connect() || error.is_builder() {
            CallFailure::NotSent { reason }
        } else {
            CallFailure::Unknown { reason }
        }
    })
}

/// Asks with `token`, and gives the JSON that was answered, of `most` bytes at the most.
pub(super) async fn asked(token: &AccessToken, request: RequestBuilder, most: usize) -> Result<Value, CallFailure> {
    let mut answer = begun(token, request).await?;
    let told = told(token, &mut answer, most).await?;
    match told {
        Some(told) if answer.status().is_success() => Ok(told),
        Some(_) | None => Err(unreadable(answer.status())),
    }
}

/// The JSON of an answer that is no refusal, if it is JSON.
pub(super) async fn told(
    token: &AccessToken,
    answer: &mut Response,
    most: usize,
) -> Result<Option<Value>, CallFailure> {
    let status = answer.status();
    let body = wire::up_to(answer, most).await.map_err(|unread| {
        let what = match unread {
            Unread::TooLong => "does not end",
            Unread::BrokenOff => "breaks off",
        };
        CallFailure::Unknown { reason: format!("{} that {what}", status.as_u16()) }
    })?;
    let told: Option<Value> = serde_json::from_slice(&body).ok();
    match told.as_ref().and_then(|told| ProviderRefusal::read(status, answer.headers(), told, token)) {
        Some(refusal) => Err(CallFailure::Refused(refusal)),
        None => Ok(told),
    }
}

/// An answer that says nothing.
pub(super) fn unreadable(status: StatusCode) -> CallFailure {
    CallFailure::Unknown { reason: format!("{} that can't be understood", status.as_u16()) }
}
