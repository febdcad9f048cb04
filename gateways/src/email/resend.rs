//! The API that Resend has, and others after it: `POST /emails`.
//!
//! A letter is told by its id (`Idempotency-Key`): sent once more within a day, it is sent once.

#[cfg(test)]
mod tests;

use std::time::Duration;

use reqwest::header::{RETRY_AFTER, USER_AGENT};
use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use thiserror::Error;
use url::Url;

use super::failure::Failure;
use super::message::{AUTO_SUBMITTED, Email};
use crate::wire;

/// The header that a letter's id comes in.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Resend, or who speaks as it does.
#[derive(Debug)]
pub struct Resend {
    client: Client,
    emails: Url,
    key: SecretString,
}

/// No client can be made for this address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAnApi {
    /// It is no such URL.
    #[error("it reads like https://api.resend.com; without https for a server on this machine alone")]
    Unreadable,
    /// This machine's certificates can't be had.
    #[error("TLS can't be had on this machine")]
    NoTls,
}

/// What comes with a refusal.
#[derive(Deserialize)]
struct Refusal {
    name: String,
}

impl Resend {
    /// The API at `base`, asked with `key`.
    ///
    /// # Errors
    /// [`NotAnApi`].
    pub fn new(base: &Url, key: SecretString) -> Result<Self, NotAnApi> {
        if !wire::carries_secrets(base) {
            return Err(NotAnApi::Unreadable);
        }
        let mut emails = base.clone();
        emails.path_segments_mut().map_err(|()| NotAnApi::Unreadable)?.pop_if_empty().push("emails");
        // The key is for this address alone, wherever an answer leads.
        let client = wire::client(base).connect_timeout(CONNECT).build();
        Ok(Self { client: client.map_err(|_| NotAnApi::NoTls)?, emails, key })
    }

    pub(super) async fn send(&self, email: &Email) -> Result<(), Failure> {
        let (name, value) = AUTO_SUBMITTED;
        let letter = json!({
            "from": email.from.to_string(),
            "to": [email.recipient()?.to_string()],
            "subject": email.subject(),
            "text": email.text,
            "html": email.html,
            "headers": { name: value },
        });
        let asked = self
            .client
            .post(self.emails.clone())
            .bearer_auth(self.key.expose_secret())
            .header(USER_AGENT, concat!("leadflow/", env!("CARGO_PKG_VERSION")))
            .header(IDEMPOTENCY_KEY, email.id.to_string())
            .json(&letter)
            .send()
            .await;
        match asked {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(refusal(answer).await),
            Err(error) => Err(Failure::later(format!("the mail service can't be reached: {}", wire::cause(&error)))),
        }
    }
}

/// What an answer means. Its message often repeats the address, so only its number and name are told.
async fn refusal(mut answer: Response) -> Failure {
    let status = answer.status();
    let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let name = name(&mut answer).await;
    let reason = match &name {
        Some(name) => format!("the mail service answered {} {name}", status.as_u16()),
        None => format!("the mail service answered {}", status.as_u16()),
    };
    match (status, name.as_deref()) {
        (StatusCode::TOO_MANY_REQUESTS, _) => Failure::Later { reason, after: seconds.map(Duration::from_secs) },
        (StatusCode::REQUEST_TIMEOUT, _) | (StatusCode::CONFLICT, Some("concurrent_idempotent_requests")) => {
            Failure::later(reason)
        }
        (status, _) if status.is_server_error() => Failure::later(reason),
        // Our key, our address as the sender, or the API's own address.
        (
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED,
            _,
        )
        | (_, Some("invalid_from_address")) => Failure::refused(reason),
        (status, _) if status.is_redirection() => Failure::refused(reason),
        (_, _) => Failure::never(reason),
    }
}

/// What the API calls a refusal, if it is one of its words.
async fn name(answer: &mut Response) -> Option<String> {
    let Refusal { name } = serde_json::from_slice(&wire::whole(answer).await?).ok()?;
    let is_a_word =
        (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_a_word.then_some(name)
}
