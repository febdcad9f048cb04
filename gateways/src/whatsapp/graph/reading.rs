//! Values as Meta writes them: ids and codes come as text or as numbers.

use serde_json::Value;

/// Longest id that is taken, in bytes. Meta's have some 60.
pub(super) const LONGEST_ID: usize = 512;

/// A whole number, written as one or as text.
pub(super) fn whole_number(told: &Value) -> Option<i64> {
    told.as_i64().or_else(|| told.as_str()?.trim().parse().ok())
}

/// A number that counts something, written as one or as text.
pub(super) fn count(told: &Value) -> Option<u64> {
    told.as_u64().or_else(|| told.as_str()?.trim().parse().ok())
}

/// An id or a word: one line of text, or a number.
pub(super) fn text(told: &Value) -> Option<String> {
    let text = match told {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_u64() => number.to_string(),
        Value::Number(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let is_one_line = (1..=LONGEST_ID).contains(&text.len()) && !text.chars().any(char::is_control);
    is_one_line.then_some(text)
}

/// Whether it says that it was done: `true`, which comes as text too.
pub(super) fn is_done(told: &Value) -> bool {
    matches!(&told["success"], Value::Bool(true)) || told["success"].as_str() == Some("true")
}
