//! What an answer shows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Nothing, or what an installation without anything would say as well: null, no, zero, an empty list or text.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(is) => !is,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(object) => fields(object).all(|(_, value)| is_empty(value)),
    }
}

fn fields(object: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.iter().filter(|(name, _)| *name != "__typename")
}

/// `Type.field` of every object in an answer, and whether any of them shows something there.
#[derive(Debug, Default)]
pub(super) struct Shown(BTreeMap<String, bool>);

impl Shown {
    /// What the field `at` of the root has been answered with.
    pub(super) fn note(&mut self, at: &str, value: &Value) {
        *self.0.entry(at.to_owned()).or_default() |= !is_empty(value);
        self.walk(value);
    }

    fn walk(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            Value::Object(object) => {
                // What has no type is a scalar.
                let Some(of) = object.get("__typename").and_then(Value::as_str) else { return };
                for (name, value) in fields(object) {
                    *self.0.entry(format!("{of}.{name}")).or_default() |= !is_empty(value);
                    self.walk(value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    pub(super) fn shows(&self, at: &str) -> bool {
        self.0.get(at).copied().unwrap_or_default()
    }
}

/// Texts of an answer that tell whose it is: ids, names, numbers, words; not times, nor words of a closed list, as
/// names of events are, nor where all of them ask from.
pub(super) fn tellings(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| tellings(item, into)),
        Value::Object(object) => fields(object).for_each(|(_, value)| tellings(value, into)),
        Value::String(text) => {
            let is_word = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            let is_time = text.split_once('-').is_some_and(|(year, _)| year.len() == 4 && year.parse::<u16>().is_ok());
            let is_event =
                text.contains('.') && text.bytes().all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte));
            let is_here = text == "127.0.0.1";
            if text.len() >= 4 && !is_word && !is_time && !is_event && !is_here {
                into.insert(text.clone());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_empty_installation_says_shows_nothing() {
        let empty = json!({"__typename": "C", "edges": [], "totalCount": 0, "pageInfo": {"hasNextPage": false}});
        assert!(is_empty(&empty));
        assert!(!is_empty(&json!({"__typename": "C", "edges": [{"cursor": "x"}], "totalCount": 0})));
    }

    #[test]
    fn every_field_of_every_object_is_noted_by_its_type() {
        let mut shown = Shown::default();
        let message = json!({"__typename": "Message", "text": "Hi", "failure": null, "content": {"body": "Hi"}});
        shown.note("Query.messages", &json!([message, {"__typename": "Message", "text": null, "failure": null}]));
        for (at, shows) in [("Query.messages", true), ("Message.text", true), ("Message.failure", false)] {
            assert_eq!(shown.shows(at), shows, "{at}");
        }
        assert!(!shown.shows("Message.body"), "a scalar has no fields");
    }

    #[test]
    fn tellings_are_what_somebody_could_be_known_by() {
        let mut told = BTreeSet::new();
        tellings(
            &json!({"id": "TGVhZA", "at": "2026-11-06T21:20:00Z", "status": "OPEN", "n": 3, "of": ["+4930"]}),
            &mut told,
        );
        assert_eq!(told.into_iter().collect::<Vec<_>>(), ["+4930", "TGVhZA"]);
    }
}
