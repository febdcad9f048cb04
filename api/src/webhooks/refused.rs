//! Requests that were refused before they were authentic: counted, and nothing of them kept.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why a request is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// No Meta app has its path's key.
    UnknownApp,
    /// The app has no secret.
    NoSecret,
    /// No source has its path's id, or it is closed.
    UnknownSource,
    /// Its body is compressed.
    Encoded,
    /// The signature is missing, malformed or wrong.
    Signature,
    /// Its body is none in which a key could be.
    NotAForm,
    /// The source's key is missing or wrong.
    Key,
    /// Its body is too long.
    TooLarge,
    /// Its body took too long.
    TooSlow,
    /// Its body ended early.
    EndedEarly,
    /// There is no memory for a body of its length now.
    NoRoom,
    /// The token of an external source is missing or wrong.
    Token,
    /// Its signature is right, and of another time.
    Stale,
    /// It does not come from where it may.
    Network,
    /// Its body is of a media type that is not read.
    MediaType,
    /// Its body is none in which fields could be.
    Unreadable,
    /// Its source posts too often.
    TooOften,
}

impl Refused {
    const ALL: [Self; 17] = [
        Self::UnknownApp,
        Self::NoSecret,
        Self::UnknownSource,
        Self::Encoded,
        Self::Signature,
        Self::NotAForm,
        Self::Key,
        Self::TooLarge,
        Self::TooSlow,
        Self::EndedEarly,
        Self::NoRoom,
        Self::Token,
        Self::Stale,
        Self::Network,
        Self::MediaType,
        Self::Unreadable,
        Self::TooOften,
    ];

    /// The one that is stored under this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refused| refused.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::UnknownApp => "unknownApp",
            Self::NoSecret => "noSecret",
            Self::UnknownSource => "unknownSource",
            Self::Encoded => "encoded",
            Self::Signature => "signature",
            Self::NotAForm => "notAForm",
            Self::Key => "key",
            Self::TooLarge => "tooLarge",
            Self::TooSlow => "tooSlow",
            Self::EndedEarly => "endedEarly",
            Self::NoRoom => "noRoom",
            Self::Token => "token",
            Self::Stale => "stale",
            Self::Network => "network",
            Self::MediaType => "mediaType",
            Self::Unreadable => "unreadable",
            Self::TooOften => "tooOften",
        }
    }

    pub(super) fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::UnknownApp => (StatusCode::NOT_FOUND, "there is no such app\n"),
            Self::NoSecret => (StatusCode::SERVICE_UNAVAILABLE, "this app's secret is not set\n"),
            Self::UnknownSource => (StatusCode::NOT_FOUND, "there is no such source\n"),
            Self::Encoded => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the body without a content encoding\n"),
            Self::Signature => (StatusCode::UNAUTHORIZED, "the signature is missing or wrong\n"),
            Self::NotAForm => (StatusCode::BAD_REQUEST, "the body is no JSON object\n"),
            Self::Key => (StatusCode::UNAUTHORIZED, "google_key is missing or wrong\n"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large\n"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "the body took too long\n"),
            Self::EndedEarly => (StatusCode::BAD_REQUEST, "the body ended early\n"),
            Self::NoRoom => (StatusCode::SERVICE_UNAVAILABLE, "too much at once; send it again\n"),
            Self::Token => (StatusCode::UNAUTHORIZED, "the token is missing or wrong\n"),
            Self::Stale => (StatusCode::UNAUTHORIZED, "the timestamp is more than 300 seconds from now\n"),
            Self::Network => (StatusCode::FORBIDDEN, "this address may not post here\n"),
            Self::MediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json or application/x-www-form-urlencoded\n")
            }
            Self::Unreadable => (StatusCode::UNPROCESSABLE_ENTITY, "the body is no JSON object, or has no fields\n"),
            Self::TooOften => (StatusCode::TOO_MANY_REQUESTS, "too often; once more after Retry-After\n"),
        }
    }
}

impl Refused {
    /// Answers so, and hangs up where it must.
    pub(super) fn answered(self, answer: impl IntoResponse) -> Response {
        let mut response = answer.into_response();
        if self == Self::TooSlow {
            // The rest of the body may still come, and would be taken for the next request.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.answered(self.answer())
    }
}

/// How often each refusal happened in this process.
///
/// In memory, and in the log once a minute at most: a stranger must not be able to make the database write, or to fill a
/// disk.
#[derive(Debug, Default)]
pub struct Refusals([Counted; Refused::ALL.len()]);

#[derive(Debug, Default)]
struct Counted {
    times: AtomicU64,
    told: Mutex<Option<Instant>>,
}

/// Between two lines in the log about the same refusal.
const QUIET: Duration = Duration::from_secs(60);

impl Refusals {
    /// Counts one.
    pub fn count(&self, refused: Refused) {
        let Counted { times, told } = &self.0[refused as usize];
        let times = times.fetch_add(1, Ordering::Relaxed) + 1;
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|at| at.elapsed() >= QUIET) {
            *told = Some(Instant::now());
            let reason = refused.name();
            tracing::warn!(
                reason,
                times,
                "webhook.receive: refused before it was authentic, {reason}; {times} since the start"
            );
        }
    }

    /// Those that happened, by name.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let times = |refused: Refused| self.0[refused as usize].times.load(Ordering::Relaxed);
        Refused::ALL
            .into_iter()
            .map(|refused| (refused.name(), times(refused)))
            .filter(|(_, times)| *times > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_place_and_a_name_of_its_own() {
        let refusals = Refusals::default();
        for (nth, refused) in Refused::ALL.into_iter().enumerate() {
            assert_eq!(refused as usize, nth);
            (0..=nth).for_each(|_| refusals.count(refused));
        }
        let counts = refusals.counts();
        assert_eq!(counts.len(), Refused::ALL.len());
        assert_eq!((counts["unknownApp"], counts["signature"], counts["noRoom"]), (1, 5, 11));
    }

    #[test]
    fn what_did_not_happen_is_not_told() {
        assert!(Refusals::default().counts().is_empty());
    }
}
