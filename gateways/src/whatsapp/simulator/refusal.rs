//! How Meta refuses: a code, the HTTP status that goes with it, and words.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Code, HTTP status and title of what Meta refuses with.
const CODES: [(i64, u16, &str); 53] = [
    (0, 401, "Authentication failed"),
    (1, 400, "Unknown error"),
    (2, 503, "Service temporarily unavailable"),
    (3, 500, "Capability missing"),
    (4, 400, "Application request limit reached"),
    (10, 403, "Permission denied"),
    (33, 400, "The phone number does not exist"),
    (100, 400, "Invalid parameter"),
    (190, 401, "Access token has expired"),
    (368, 403, "Temporarily blocked for policy violations"),
    (80_007, 400, "Account rate limit reached"),
    (130_429, 400, "Rate limit hit"),
    (130_472, 400, "User's number is part of an experiment"),
    (130_497, 403, "Business account is restricted from messaging users in this country"),
    (131_000, 500, "Something went wrong"),
    (131_005, 403, "Access denied"),
    (131_008, 400, "Required parameter is missing"),
    (131_009, 400, "Parameter value is not valid"),
    (131_016, 500, "Service unavailable"),
    (131_021, 400, "Recipient cannot be sender"),
    (131_026, 400, "Message undeliverable"),
    (131_031, 403, "Account has been locked"),
    (131_037, 400, "Display name approval needed"),
    (131_042, 400, "Business eligibility payment issue"),
    (131_045, 500, "Incorrect certificate"),
    (131_047, 400, "Re-engagement message"),
    (131_048, 400, "Spam rate limit hit"),
    (131_049, 400, "This message was not delivered to maintain healthy ecosystem engagement"),
    (131_050, 400, "User has stopped marketing messages"),
    (131_051, 400, "Unsupported message type"),
    (131_052, 400, "Media download error"),
    (131_053, 400, "Media upload error"),
    (131_056, 400, "Business account and consumer account pair rate limit hit"),
    (131_057, 500, "Account in maintenance mode"),
    (131_062, 400, "Business-scoped user ids are not supported for this message"),
    (132_000, 400, "Number of parameters does not match the expected number of params"),
    (132_001, 404, "Template name does not exist in the translation"),
    (132_005, 400, "Translated text too long"),
    (132_007, 400, "Template format character policy violated"),
    (132_012, 400, "Parameter format does not match format in the created template"),
    (132_015, 400, "Template is paused"),
    (132_016, 400, "Template is disabled"),
    (132_068, 400, "Flow is in blocked state"),
    (132_069, 400, "Flow is in throttled state"),
    (133_000, 500, "Incomplete deregistration"),
    (133_004, 503, "Server temporarily unavailable"),
    (133_005, 400, "Two step verification PIN mismatch"),
    (133_006, 400, "Phone number re-verification needed"),
    (133_008, 400, "Too many PIN guesses"),
    (133_010, 400, "Phone number not registered"),
    (133_015, 400, "Phone number was recently deleted"),
    (134_011, 400, "Payments terms of service not accepted"),
    (135_000, 400, "Generic user error"),
];

/// The HTTP status and the title of a code; those of an unknown one are 400 and `Unknown error`.
pub(super) fn of_code(code: i64) -> (u16, &'static str) {
    match CODES.binary_search_by_key(&code, |(code, _, _)| *code) {
        Ok(found) => (CODES[found].1, CODES[found].2),
        Err(_) if (200..=299).contains(&code) => (403, "Permission denied"),
        Err(_) => (400, "Unknown error"),
    }
}

/// What is not done, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: i64,
    pub(super) subcode: Option<i64>,
    pub(super) details: String,
}

impl Refusal {
    /// With the code's own status.
    pub(super) fn new(code: i64, details: impl Into<String>) -> Self {
        Self { status: of_code(code).0, code, subcode: None, details: details.into() }
    }

    /// There is nothing of this id, or nothing that the token reaches.
    pub(super) fn unreachable(id: &str) -> Self {
        let details = format!(
            "Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"
        );
        Self { subcode: Some(33), ..Self::new(100, details) }
    }

    pub(super) fn response(&self, trace: &str) -> Response {
        let (code, title) = (self.code, of_code(self.code).1);
        // What concerns a token is said in the message: there are no details beside it.
        let about_token = matches!(code, 0 | 104 | 190 | 2500) || self.subcode.is_some();
        let said = if about_token || code == 100 { self.details.as_str() } else { title };
        let mut error = json!({
            "message": format!("(#{code}) {said}"),
            "type": "OAuthException",
            "code": code,
            "fbtrace_id": trace,
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if !about_token {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": self.details });
        }
        (status_code(self.status), Json(json!({ "error": error }))).into_response()
    }
}

pub(super) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_each_has_a_status_of_failure() {
        assert!(CODES.is_sorted_by(|(before, _, _), (after, _, _)| before < after));
        assert!(CODES.iter().all(|(_, status, title)| (400..600).contains(status) && !title.is_empty()));
        assert_eq!((of_code(131_047).0, of_code(250).0, of_code(7).0), (400, 403, 400));
    }
}
