//! Which number an access token reaches.
//!
//! Of a refusal only its numbers are told.

use reqwest::header::USER_AGENT;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use thiserror::Error;

use super::Graph;
use super::token::AccessToken;
use crate::wire;

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
    /// The number with Meta's id `phone_number_id`, as `token` may see it.
    ///
    /// # Errors
    /// [`LookupFailure`].
    pub async fn number(&self, token: &AccessToken, phone_number_id: &str) -> Result<Number, LookupFailure> {
        let mut url = self
            .address(phone_number_id, None)
            .ok_or_else(|| LookupFailure::Number { reason: "its id is none of Meta's".to_owned() })?;
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
