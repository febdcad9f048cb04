//! What is asked of Meta's Graph API: today, which number an access token reaches.
//!
//! The token goes into one header, to one address. What Meta says in its own words often repeats what it was asked, so of a
//! refusal only its numbers are told.

#[cfg(test)]
mod tests;

use std::time::Duration;

use reqwest::header::USER_AGENT;
use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use thiserror::Error;
use url::Url;

use crate::wire;

/// Longest token, in bytes. Meta's have some 200.
const LONGEST_TOKEN: usize = 2048;

/// What a business proves itself with to Meta.
#[derive(Debug, Clone)]
pub struct AccessToken(SecretString);

/// The text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to {LONGEST_TOKEN} letters, digits and signs, without spaces")]
pub struct NotAnAccessToken;

impl AccessToken {
    /// Takes `text` as Meta shows it; white space around it is passed over.
    ///
    /// # Errors
    /// [`NotAnAccessToken`], which does not repeat it.
    pub fn parse(text: &SecretString) -> Result<Self, NotAnAccessToken> {
        let token = text.expose_secret().trim();
        if (1..=LONGEST_TOKEN).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(token.into()))
        } else {
            Err(NotAnAccessToken)
        }
    }

    /// The token itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The Graph API, or who speaks as it does.
#[derive(Debug, Clone)]
pub struct Graph {
    client: Client,
    base: Url,
}

/// No client can be made of this.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAGraph {
    /// It is no such URL.
    #[error("the address reads like https://graph.facebook.com; without https for a server on this machine alone")]
    Address,
    /// It is no version.
    #[error("a version reads like v24.0")]
    Version,
    /// This machine's certificates can't be had.
    #[error("TLS can't be had on this machine")]
    NoTls,
}

/// A number as Meta knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// As people read it.
    pub display_phone: Option<String>,
    /// What the business calls itself there.
    pub verified_name: Option<String>,
}

/// Why there is no such number to be told of.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LookupFailure {
    /// The token is wrong, over, or was taken back.
    #[error("the token is not taken: {reason}")]
    Token {
        /// What was answered.
        reason: String,
    },
    /// There is no such number, or the token may not see it.
    #[error("the token does not reach the number: {reason}")]
    Number {
        /// What was answered.
        reason: String,
    },
    /// Nobody answered, or to come again later.
    #[error("it can't be asked now: {reason}")]
    Unavailable {
        /// Why.
        reason: String,
    },
    /// It was answered what this program can't read.
    #[error("the answer can't be understood: {reason}")]
    Unreadable {
        /// What was answered.
        reason: String,
    },
}

/// A number, as the API tells of one.
#[derive(Deserialize)]
struct Told {
    id: String,
    display_phone_number: Option<String>,
    verified_name: Option<String>,
}

/// What comes with a refusal.
#[derive(Deserialize)]
struct Refusal {
    error: Refused,
}

#[derive(Deserialize)]
struct Refused {
    code: i64,
}

impl Graph {
    /// The API at `base` in `version`. Whatever is asked is answered within `patience`, or not at all.
    ///
    /// # Errors
    /// [`NotAGraph`].
    pub fn new(base: &Url, version: &str, patience: Duration) -> Result<Self, NotAGraph> {
        if !wire::carries_secrets(base) {
            return Err(NotAGraph::Address);
        }
        if !is_version(version) {
            return Err(NotAGraph::Version);
        }
        let mut base = base.clone();
        base.path_segments_mut().map_err(|()| NotAGraph::Address)?.pop_if_empty().push(version);
        let client = wire::client(&base).timeout(patience).build();
        Ok(Self { client: client.map_err(|_| NotAGraph::NoTls)?, base })
    }

    /// The number with Meta's id `phone_number_id`, as `token` may see it.
    ///
    /// # Errors
    /// [`LookupFailure`].
    pub async fn number(&self, token: &AccessToken, phone_number_id: &str) -> Result<Number, LookupFailure> {
        // Meta's ids are digits. Anything else would be another thing to ask for, such as `me`.
        if phone_number_id.is_empty() || !phone_number_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(LookupFailure::Number { reason: "its id is none of Meta's".to_owned() });
        }
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(phone_number_id);
        }
        url.query_pairs_mut().append_pair("fields", "id,display_phone_number,verified_name");
        let asked = self
            .client
            .get(url)
            .bearer_auth(token.expose())
            .header(USER_AGENT, concat!("leadflow/", env!("CARGO_PKG_VERSION")))
            .send()
            .await;
        let mut answer = asked.map_err(|error| {
            let reason = if error.is_timeout() { "no answer in time".to_owned() } else { wire::cause(&error) };
            LookupFailure::Unavailable { reason }
        })?;
        let status = answer.status();
        if !status.is_success() {
            return Err(failure(&mut answer).await);
        }
        let unreadable = || LookupFailure::Unreadable { reason: format!("{} without the number", status.as_u16()) };
        let body = wire::whole(&mut answer).await.ok_or_else(|| LookupFailure::Unavailable {
            reason: format!("{} that breaks off or does not end", status.as_u16()),
        })?;
        let Told { id, display_phone_number, verified_name } =
            serde_json::from_slice(&body).map_err(|_| unreadable())?;
        if id != phone_number_id {
            return Err(unreadable());
        }
        Ok(Number { display_phone: display_phone_number, verified_name })
    }
}

/// What a refusal means. Meta's codes say it; titles and statuses change.
async fn failure(answer: &mut Response) -> LookupFailure {
    let status = answer.status();
    let refusal = wire::whole(answer).await.and_then(|body| serde_json::from_slice::<Refusal>(&body).ok());
    let code = refusal.map(|refusal| refusal.error.code);
    let reason = match code {
        Some(code) => format!("{}, code {code}", status.as_u16()),
        None => format!("{}", status.as_u16()),
    };
    match (code, status) {
        (Some(0 | 102 | 190), _) => LookupFailure::Token { reason },
        // No such thing, or not for this token: which of them Meta does not tell. The others: a capability or a permission is
        // missing, the account is locked or blocked.
        (Some(3 | 10 | 33 | 100 | 200..=299 | 368 | 131_005 | 131_031), _) => LookupFailure::Number { reason },
        // Out of order, or asked too often.
        (Some(1 | 2 | 4 | 17 | 32 | 613 | 80_007..=80_008 | 130_429 | 131_000 | 131_016 | 131_057), _) => {
            LookupFailure::Unavailable { reason }
        }
        (_, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT) => LookupFailure::Unavailable { reason },
        (_, status) if status.is_server_error() => LookupFailure::Unavailable { reason },
        (Some(_), StatusCode::UNAUTHORIZED) => LookupFailure::Token { reason },
        (Some(_), StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) => LookupFailure::Number { reason },
        (_, _) => LookupFailure::Unreadable { reason },
    }
}

fn is_version(text: &str) -> bool {
    let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|numbers| numbers.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}
