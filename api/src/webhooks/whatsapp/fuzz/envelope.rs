//! A body that is hurt is split into items that say where they stand, and can be taken out again.

use std::collections::HashSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{any, prop_assert, prop_assert_eq};
use proptest::sample::Index;
use serde_json::Value;

use super::hurt::{hurt, hurts, misplace, odd};
use super::{fuzz, samples};
use crate::webhooks::whatsapp::{EnvelopeItem, Reading, read, redact, sanitize};

fn pointers(items: &[EnvelopeItem]) -> HashSet<&str> {
    items.iter().map(|item| item.pointer.as_str()).collect()
}

#[test]
fn what_is_sound_is_read() {
    let items = read(samples::body().to_string().as_bytes());
    let unreadable: Vec<_> = items.iter().filter(|item| matches!(item.reading, Reading::Unreadable(_))).collect();
    assert!(unreadable.is_empty(), "{unreadable:?}");
    let written = samples::messages().len() + samples::echoes().len() + samples::statuses().len();
    let groups: usize = samples::groups().iter().map(|(_, items, _)| items).sum();
    let beside: usize = samples::beside().iter().map(|(items, _)| items).sum();
    assert_eq!(items.len(), written + groups + beside + 1 + 2);
}

#[test]
fn hurt_bytes_are_split_into_items_that_stand_where_they_say() {
    let sound = samples::body().to_string().into_bytes();
    fuzz("envelope", &hurts(), |hurts| {
        let body = hurt(&sound, &hurts);
        let items = read(&body);
        prop_assert!(!items.is_empty());
        prop_assert_eq!(pointers(&items).len(), items.len(), "two items stand in one place");
        // Sanitizing is done once.
        let text = sanitize(&body);
        prop_assert_eq!(&sanitize(text.as_bytes()), &text);
        if let Ok(json) = serde_json::from_str::<Value>(&text) {
            for item in &items {
                let misses = matches!(&item.reading, Reading::Unreadable(_)) || json.pointer(&item.pointer).is_some();
                prop_assert!(misses, "nothing stands at {}", item.pointer);
            }
        }
        Ok(())
    });
}

#[test]
fn who_is_taken_out_is_gone_and_her_neighbours_stay() {
    let hurts = vec((any::<Index>(), option::of(odd())), 0..4);
    fuzz("redaction", &(hurts, any::<Index>()), |(hurts, of)| {
        let mut body = samples::body();
        for (at, odd) in hurts {
            misplace(&mut body, at, odd);
        }
        let body = body.to_string();
        let items = read(body.as_bytes());
        let gone = &items[of.index(items.len())].pointer;
        let rest = redact(body.as_bytes(), &[gone]);
        let json: Value = serde_json::from_slice(&rest).expect("what is left is JSON");
        prop_assert!(gone.is_empty() || json.pointer(gone).is_none_or(Value::is_null), "{gone} is still there");
        let whole: Value = serde_json::from_str(&body).expect("it was JSON");
        let neighbours = items.iter().map(|item| item.pointer.as_str());
        for neighbour in neighbours.filter(|pointer| !pointer.starts_with(gone) && !gone.starts_with(pointer)) {
            prop_assert_eq!(json.pointer(neighbour), whole.pointer(neighbour), "{} went with {}", neighbour, gone);
        }
        Ok(())
    });
}
