//! Which media type the question is in, and which the answer shall have.
//!
//! The rules are RFC 9110 §12.5.1 (`Accept`) and GraphQL over HTTP §4 and §5.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};

/// The two media types in which we answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// `application/graphql-response+json`: the HTTP status tells a request error (400) from a result (200).
    GraphQl,
    /// `application/json`: the older form, in which every answer to a well-formed request is 200.
    Json,
}

impl Answer {
    /// The value of the answer's `Content-Type`.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// What the client accepts best; `None` where it accepts neither.
    ///
    /// The new type wins a tie when the client names it. A client that says nothing, or that anything will do, gets
    /// `application/json`, as the specification has it for clients from before the new type.
    #[must_use]
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut graphql = Preference::default();
        let mut json = Preference::default();
        let mut asked = false;
        for value in headers.get_all(ACCEPT) {
            // A value that is no text accepts nothing, but it was said.
            for range in value.to_str().unwrap_or("?").split(',').map(str::trim).filter(|range| !range.is_empty()) {
                asked = true;
                let Some((range, quality)) = media_range(range) else { continue };
                graphql.consider(&range, "application/graphql-response+json", quality);
                json.consider(&range, "application/json", quality);
            }
        }
        match (asked, graphql.quality, json.quality) {
            (false, ..) => Some(Self::Json),
            (true, 0, 0) => None,
            (true, graphql_quality, json_quality) if graphql_quality > json_quality => Some(Self::GraphQl),
            (true, graphql_quality, json_quality)
                if graphql_quality == json_quality && graphql.specificity == Specificity::Exact =>
            {
                Some(Self::GraphQl)
            }
            (true, ..) => Some(Self::Json),
        }
    }
}

/// How closely a media range names a type; the closest one decides.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Specificity {
    #[default]
    Unmentioned,
    Any,
    Subtypes,
    Exact,
}

#[derive(Default)]
struct Preference {
    specificity: Specificity,
    /// In thousandths: `q` has at most three decimals.
    quality: u16,
}

impl Preference {
    fn consider(&mut self, range: &str, offered: &str, quality: u16) {
        let specificity = match range {
            "*/*" => Specificity::Any,
            "application/*" => Specificity::Subtypes,
            range if range == offered => Specificity::Exact,
            _ => return,
        };
        if specificity > self.specificity {
            *self = Self { specificity, quality };
        } else if specificity == self.specificity {
            self.quality = self.quality.max(quality);
        }
    }
}

/// A media range and its quality. `None` for what is malformed or asks for a charset that we do not write.
fn media_range(text: &str) -> Option<(String, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next()?.to_ascii_lowercase();
    let mut quality = 1000;
    for part in parts {
        let (name, value) = part.split_once('=')?;
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => quality = thousandths(value.trim())?,
            "charset" if !is_utf8(value) => return None,
            _ => {}
        }
    }
    Some((range, quality))
}

/// `0`, `0.5`, `1.000`: RFC 9110 §12.4.2.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

/// Whether the body is said to be JSON in UTF-8, as it is.
///
/// No other type is taken: a form or plain text can be posted from any web page without a preflight.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Ok(value) = value.to_str() else { return false };
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts
            .filter_map(|part| part.split_once('='))
            .all(|(name, value)| !name.trim().eq_ignore_ascii_case("charset") || is_utf8(value))
}

/// Whether the body comes as it is, not compressed: an unpacked size cannot be bounded by the packed one.
#[must_use]
pub fn is_plain(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn accepted(value: &'static str) -> Option<Answer> {
        Answer::accepted(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]))
    }

    fn json(value: &'static str) -> bool {
        is_json(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]))
    }

    #[test]
    fn the_new_type_is_given_to_those_who_name_it() {
        for value in [
            "application/graphql-response+json",
            "application/json, application/graphql-response+json",
            "application/graphql-response+json; charset=utf-8, application/json; charset=UTF-8",
            "Application/GraphQL-Response+JSON, */*",
            "application/json;q=0.9, application/graphql-response+json;q=0.91",
            "application/json;q=0, */*",
        ] {
            assert_eq!(accepted(value), Some(Answer::GraphQl), "{value}");
        }
    }

    #[test]
    fn the_old_type_is_given_to_all_others() {
        assert_eq!(Answer::accepted(&HeaderMap::new()), Some(Answer::Json));
        for value in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "text/html, */*;q=0.1",
            "application/graphql-response+json;q=0.5, application/json",
            "application/graphql-response+json;q=0, */*",
            "application/graphql-response+json;charset=utf-16, application/json;q=0.1",
        ] {
            assert_eq!(accepted(value), Some(Answer::Json), "{value}");
        }
    }

    #[test]
    fn what_we_cannot_write_is_refused() {
        for value in [
            "text/html",
            "*/*;q=0",
            "application/json;q=0.0",
            "application/json;q=2",
            "application/json;q=0.1234",
            "application/json;q=-1",
            "application/json;q",
            "application/json;charset=latin1",
            "application/jsonx",
            "?",
        ] {
            assert_eq!(accepted(value), None, "{value}");
        }
    }

    #[test]
    fn several_accept_headers_are_one() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT, HeaderValue::from_static("application/json;q=0.2"));
        headers.append(ACCEPT, HeaderValue::from_static("application/graphql-response+json;q=0.3"));
        assert_eq!(Answer::accepted(&headers), Some(Answer::GraphQl));
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        for value in ["application/json", "Application/JSON; Charset=\"UTF-8\"", "application/json;charset=utf8"] {
            assert!(json(value), "{value}");
        }
        for value in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "application/jsonp",
            "",
        ] {
            assert!(!json(value), "{value}");
        }
        let mut twice = HeaderMap::new();
        twice.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        twice.append(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        assert!(!is_json(&twice) && !is_json(&HeaderMap::new()));
    }

    #[test]
    fn compressed_bodies_are_not_plain() {
        assert!(is_plain(&HeaderMap::new()));
        assert!(!is_plain(&HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static("gzip"))])));
    }
}
