//! Meta's no, in its own JSON.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::class::ErrorClass;
use super::reading;
use super::token::AccessToken;

/// Longest wait that is taken from a header. A longer one is no pace but a mistake.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Longest text that is kept of Meta's words, in characters.
const MOST_WORDS: usize = 1000;

/// Meta said no: what was asked for was certainly not done.
///
/// Its words are for who works with the message. They may repeat what was asked, such as a phone number, and so are not for logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRefusal {
    /// The HTTP status, which says nothing by itself.
    pub status: u16,
    /// Meta's code for it.
    pub code: i64,
    /// Which of several such, where there are several.
    pub subcode: Option<i64>,
    /// Meta's short words for it.
    pub title: Option<String>,
    /// Meta's long words for it, which say more.
    pub details: Option<String>,
    /// What follows.
    pub class: ErrorClass,
    /// How long to wait at the least, where that was said. At most a day.
    pub retry_after: Option<Duration>,
}

impl ProviderRefusal {
    /// The refusal in `told`, if there is one with a code. Where a message's id stands beside it, Meta said both yes and no.
    pub(super) fn read(status: StatusCode, headers: &HeaderMap, told: &Value, token: &AccessToken) -> Option<Self> {
        let error = &told["error"];
        let code = reading::whole_number(&error["code"])?;
        if reading::text(&told["messages"][0]["id"]).is_some() {
            return None;
        }
        let words = |told: &Value| words(told, token);
        Some(Self {
            status: status.as_u16(),
            code,
            subcode: reading::whole_number(&error["error_subcode"]),
            title: words(&error["message"]),
            // The second is what Meta says to who makes a template (general knowledge).
            details: words(&error["error_data"]["details"]).or_else(|| words(&error["error_user_msg"])),
            class: ErrorClass::of(code),
            retry_after: retry_after(headers),
        })
    }
}

/// Meta's words without the token, and no more than can be shown.
fn words(told: &Value, token: &AccessToken) -> Option<String> {
    // First without the token, then cut: a part of it is as secret.
    let scrubbed = token.scrubbed(told.as_str()?);
    let shown: String = scrubbed.chars().map(|one| if one.is_control() { ' ' } else { one }).take(MOST_WORDS).collect();
    let shown = shown.trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

/// The header's seconds. Its other form, a date, is passed over: Meta does not use it.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}
