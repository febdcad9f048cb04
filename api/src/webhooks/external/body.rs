//! What a program posts: an object of JSON, or the fields of a form, which become one.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::webhooks::whatsapp::sanitize;

/// Most fields of a form.
const MOST_FIELDS: usize = 1_000;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`, or another type whose name ends in `+json`.
    Json,
    /// `application/x-www-form-urlencoded`, as forms of web pages are sent.
    Form,
}

impl MediaType {
    /// What the headers say; `None` where it is another one, or none.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let said = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let essence = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Form),
            "application/json" => Some(Self::Json),
            other if other.starts_with("application/") && other.ends_with("+json") => Some(Self::Json),
            _ => None,
        }
    }

    /// What `body` says as an object of JSON; `None` where it says none: it is no such text, is nested deeper than 127 levels, or has
    /// nothing in it. NUL, lone surrogates and bytes that are no UTF-8 become U+FFFD. Of a form a field that comes more than once is a
    /// list.
    #[must_use]
    pub fn read(self, body: &[u8]) -> Option<Map<String, Value>> {
        let fields = match self {
            Self::Json => serde_json::from_str(&sanitize(body)).ok()?,
            Self::Form => form(body)?,
        };
        (!fields.is_empty()).then_some(fields)
    }
}

fn form(body: &[u8]) -> Option<Map<String, Value>> {
    let mut fields = Map::new();
    for (nth, (name, value)) in form_urlencoded::parse(body).enumerate() {
        if nth >= MOST_FIELDS {
            return None;
        }
        let text = |text: &str| text.replace('\0', "\u{fffd}");
        let value = Value::String(text(&value));
        match fields.get_mut(&text(&name)) {
            None => {
                fields.insert(text(&name), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn media_type(text: &str) -> Option<MediaType> {
        MediaType::of(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_str(text).unwrap())]))
    }

    #[test]
    fn two_media_types_are_read() {
        for text in ["application/json", "Application/JSON; charset=utf-8", "application/vnd.api+json"] {
            assert_eq!(media_type(text), Some(MediaType::Json), "{text}");
        }
        assert_eq!(media_type("application/x-www-form-urlencoded;charset=UTF-8"), Some(MediaType::Form));
        for text in ["", "text/plain", "text/json", "multipart/form-data; boundary=x", "application/xml", "x+json"] {
            assert_eq!(media_type(text), None, "{text}");
        }
        assert_eq!(MediaType::of(&HeaderMap::new()), None);
    }

    #[test]
    fn fields_of_a_form_become_those_of_an_object() {
        let read =
            MediaType::Form.read(b"phone=%2B39+333&fields%5Bname%5D=Nora&tag=a&tag=b&tag=c&empty=&lone").unwrap();
        let expected =
            json!({"phone": "+39 333", "fields[name]": "Nora", "tag": ["a", "b", "c"], "empty": "", "lone": ""});
        assert_eq!(Value::Object(read), expected);
        let odd = MediaType::Form.read(b"a=%00%ff&%00=1").unwrap();
        assert_eq!(Value::Object(odd), json!({"a": "\u{fffd}\u{fffd}", "\u{fffd}": "1"}));
        assert_eq!(MediaType::Form.read(b""), None);
        assert_eq!(MediaType::Form.read("a=1&".repeat(MOST_FIELDS + 1).as_bytes()), None);
    }

    #[test]
    fn what_is_no_object_of_json_is_none() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        for body in ["", "{}", "[]", "null", "\"x\"", "{\"a\":1", "{\"a\":1}x", "a=1", "{\"a\":1e999}", deep.as_str()] {
            assert_eq!(MediaType::Json.read(body.as_bytes()), None, "{body:.20}");
        }
        let odd = MediaType::Json.read(b"{\"a\":\"x\\u0000\\ud800\xff\"}").unwrap();
        assert_eq!(Value::Object(odd), json!({"a": "x\u{fffd}\u{fffd}\u{fffd}"}));
    }
}
