//! Takes a person's items out of a body: `null` stands in their places, so that the others' pointers lead where they led.
//!
//! Only what goes is touched. The body is cut as text, along what the parser borrowed, so an item that can't be read in
//! full (nested too deep, a number out of range) does not keep anybody in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use serde_json::value::RawValue;

use super::sanitize;

/// `body` without the values at `pointers` (RFC 6901), and without what stands beside them about the same person: her
/// entries in `contacts`, her ids in what her items stand in, and the id of a thread, which is one person's.
#[must_use]
pub fn redact(body: &[u8], pointers: &[&str]) -> Vec<u8> {
    let text = sanitize(body);
    let Ok(root) = serde_json::from_str::<&RawValue>(&text) else { return body.to_vec() };
    let mut wanted = Wanted::default();
    for pointer in pointers {
        wanted.put(pointer);
    }
    let mut cuts = Vec::new();
    gone(&text, root, &wanted, "", &mut cuts);
    without(&text, cuts).into_bytes()
}

/// What is asked for below a value, by the tokens of its pointers: each value on the way is taken apart once, however many
/// lead through it.
#[derive(Default)]
struct Wanted<'p> {
    is_item: bool,
    below: BTreeMap<&'p str, Wanted<'p>>,
}

impl<'p> Wanted<'p> {
    fn put(&mut self, pointer: &'p str) {
        let at = pointer.split('/').skip(1).fold(self, |at, token| at.below.entry(token).or_default());
        at.is_item = true;
    }
}

/// The items that go from below `at`, which stands under `name` or in a list of that name; where they stand, and what goes
/// with them, comes to `cuts`.
fn gone<'a>(
    text: &str,
    at: &'a RawValue,
    wanted: &Wanted<'_>,
    name: &str,
    cuts: &mut Vec<Range<usize>>,
) -> Vec<&'a RawValue> {
    if wanted.is_item {
        cuts.push(span(text, at));
        return vec![at];
    }
    let mut items = Vec::new();
    if at.get().starts_with('[') {
        let elements = elements(at);
        for (token, wanted) in &wanted.below {
            if let Some(element) = token.parse::<usize>().ok().and_then(|nth| elements.get(nth)) {
                items.extend(gone(text, element, wanted, name, cuts));
            }
        }
        return items;
    }
    let members = members(at);
    for (token, wanted) in &wanted.below {
        let name = token.replace("~1", "/").replace("~0", "~");
        if let Some(member) = members.get(&name) {
            items.extend(gone(text, member, wanted, &name, cuts));
        }
    }
    if !items.is_empty() {
        let hers: BTreeSet<String> = items.iter().flat_map(|item| ids(item)).collect();
        let is_hers = |member: &str, raw| is_one_of(raw, &hers) || (name == "threads" && member == "id");
        cuts.extend(members.iter().filter(|(member, raw)| is_hers(member, raw)).map(|(_, raw)| span(text, raw)));
        if name == "value" {
            let entries: Vec<_> = contacts(text, at, &items, cuts).map(|contact| span(text, contact)).collect();
            cuts.extend(entries);
        }
    }
    items
}

/// What is borrowed from one text.
type Members<'a> = HashMap<String, &'a RawValue>;

fn members(raw: &RawValue) -> Members<'_> {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

fn elements(raw: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// Members of an item that say whom it is from, to or about, in Meta's words.
const IDS: [&str; 13] = [
    "from",
    "from_user_id",
    "from_parent_user_id",
    "to",
    "to_user_id",
    "recipient_id",
    "recipient_user_id",
    "parent_recipient_user_id",
    "recipient_participant_id",
    "participant_recipient_id",
    "wa_id",
    "user_id",
    "input",
];

fn ids(item: &RawValue) -> BTreeSet<String> {
    let members = members(item);
    IDS.iter().filter_map(|id| string(members.get(*id)?)).filter(|id| !id.is_empty()).collect()
}

fn string(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

fn is_one_of(raw: &RawValue, ids: &BTreeSet<String>) -> bool {
    string(raw).is_some_and(|text| ids.contains(&text))
}

/// The entries of a change's `contacts` that go with the items `gone`: those they are from, to or about, and those that
/// nothing that is left speaks of once `cuts` are made, because Meta does not always write one number in one way.
fn contacts<'a>(
    text: &str,
    value: &'a RawValue,
    gone: &[&RawValue],
    cuts: &[Range<usize>],
) -> impl Iterator<Item = &'a RawValue> {
    let members = members(value);
    let hers: BTreeSet<String> = gone.iter().flat_map(|item| ids(item)).collect();
    let entries = members.get("contacts").map(|contacts| elements(contacts)).unwrap_or_default();
    let left = if entries.is_empty() {
        String::new()
    } else {
        let of_everybody = members.get("contacts").map(|contacts| span(text, contacts));
        let around = span(text, value);
        let within = cuts.iter().filter(|cut| around.start <= cut.start && cut.end <= around.end).cloned();
        let moved = within.chain(of_everybody).map(|cut| cut.start - around.start..cut.end - around.start).collect();
        without(&text[around.clone()], moved)
    };
    entries.into_iter().filter(move |entry| {
        let named = ids(entry);
        let is_spoken_of = |id: &String| left.contains(&format!("\"{id}\""));
        entry.get() != "null" && (!named.is_disjoint(&hers) || !named.iter().any(is_spoken_of))
    })
}

/// Where `raw`, borrowed from `text`, stands in it.
fn span(text: &str, raw: &RawValue) -> Range<usize> {
    let start = raw.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + raw.get().len()
}

fn without(text: &str, mut cuts: Vec<Range<usize>>) -> String {
    cuts.sort_unstable_by_key(|cut| (cut.start, std::cmp::Reverse(cut.end)));
    let mut kept = String::with_capacity(text.len());
    let mut copied = 0;
    for cut in cuts {
        // What stands within an earlier cut is gone with it.
        if cut.start >= copied {
            kept.push_str(&text[copied..cut.start]);
            kept.push_str("null");
            copied = cut.end;
        }
    }
    kept.push_str(&text[copied..]);
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn body(value: &Value) -> Value {
        json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
            {"field": "messages", "value": value},
        ]}]})
    }

    fn redacted(value: &Value, pointers: &[&str]) -> Value {
        let pointers: Vec<String> =
            pointers.iter().map(|pointer| format!("/entry/0/changes/0/value{pointer}")).collect();
        let pointers: Vec<&str> = pointers.iter().map(String::as_str).collect();
        let redacted = redact(&serde_json::to_vec(&body(value)).unwrap(), &pointers);
        serde_json::from_slice::<Value>(&redacted).unwrap()["entry"][0]["changes"][0]["value"].take()
    }

    #[test]
    fn her_items_and_entries_go_and_her_neighbours_stay_where_they_are() {
        let value = json!({
            "metadata": {"phone_number_id": "10"},
            "contacts": [
                {"wa_id": "391", "profile": {"name": "Ada"}},
                {"wa_id": "392", "user_id": "IT.2", "profile": {"name": "Bice"}},
            ],
            "messages": [{"from": "391", "id": "a"}, {"from_user_id": "IT.2", "id": "b"}, {"from": "391", "id": "c"}],
            "statuses": [{"recipient_id": "391"}, {"recipient_id": "392"}],
        });
        let expected = json!({
            "metadata": {"phone_number_id": "10"},
            "contacts": [null, {"wa_id": "392", "user_id": "IT.2", "profile": {"name": "Bice"}}],
            "messages": [null, {"from_user_id": "IT.2", "id": "b"}, null],
            "statuses": [null, {"recipient_id": "392"}],
        });
        let hers = ["/messages/0", "/messages/2", "/statuses/0"];
        assert_eq!(redacted(&value, &hers), expected);
        assert_eq!(redacted(&expected, &hers), expected, "doing it twice is fine");
    }

    #[test]
    fn an_entry_that_nobody_s_item_speaks_of_is_hers() {
        // Meta writes a Brazilian number with and without its ninth digit.
        let value = json!({
            "contacts": [{"wa_id": "551187654321", "profile": {"name": "Ada"}}],
            "messages": [{"from": "5511987654321", "id": "a"}],
        });
        assert_eq!(redacted(&value, &["/messages/0"]), json!({"contacts": [null], "messages": [null]}));
    }

    #[test]
    fn a_thread_of_a_history_loses_its_number_with_her_messages() {
        let value = json!({"history": [{"threads": [
            {"id": "391", "messages": [{"from": "391", "id": "a"}]},
            {"id": "392", "messages": [{"from": "392", "id": "b"}]},
        ]}]});
        let expected = json!({"history": [{"threads": [
            {"id": null, "messages": [null]},
            {"id": "392", "messages": [{"from": "392", "id": "b"}]},
        ]}]});
        assert_eq!(redacted(&value, &["/history/0/threads/0/messages/0"]), expected);
    }

    #[test]
    fn so_does_a_thread_in_which_the_business_alone_wrote() {
        let contacts = json!([{"wa_id": "391", "profile": {"name": "Ada"}}, {"wa_id": "392"}]);
        let hers = json!({"id": "391", "messages": [{"from": "10", "id": "a"}, {"id": "b"}]});
        let others = json!({"id": "392", "messages": [{"from": "392", "id": "c"}]});
        let value = json!({"contacts": contacts, "history": [{"threads": [hers, others]}]});
        let left = json!({"id": null, "messages": [null, {"id": "b"}]});
        let expected = json!({"contacts": [null, {"wa_id": "392"}], "history": [{"threads": [left, others]}]});
        assert_eq!(redacted(&value, &["/history/0/threads/0/messages/0"]), expected);
    }

    #[test]
    fn thousands_of_messages_go_in_the_time_of_one_reading() {
        let messages: Vec<Value> = (0..20_000).map(|nth| json!({"from": "391", "id": nth.to_string()})).collect();
        let value = json!({"history": [{"threads": [{"id": "391", "messages": messages}]}]});
        let pointers: Vec<String> = (0..20_000).map(|nth| format!("/history/0/threads/0/messages/{nth}")).collect();
        let pointers: Vec<&str> = pointers.iter().map(String::as_str).collect();
        let left = redacted(&value, &pointers);
        let messages = left.pointer("/history/0/threads/0/messages").and_then(Value::as_array).unwrap();
        assert!(messages.len() == 20_000 && messages.iter().all(Value::is_null));
    }

    #[test]
    fn what_is_told_of_her_beside_messages_goes_with_her_entry() {
        let contacts = || json!([{"wa_id": "391", "user_id": "IT.1"}, {"wa_id": "392"}]);
        let gone = || json!([null, {"wa_id": "392"}]);
        for (list, hers, others) in [
            ("calls", json!({"from": "391", "to": "390", "event": "connect"}), json!({"from": "390", "to": "392"})),
            ("statuses", json!({"recipient_user_id": "IT.1", "type": "call"}), json!({"recipient_id": "392"})),
            ("user_preferences", json!({"wa_id": "391", "value": "stop"}), json!({"wa_id": "392", "value": "stop"})),
            ("state_sync", json!({"contact": {"phone_number": "391"}}), json!({"contact": {"phone_number": "392"}})),
        ] {
            let value = json!({"metadata": {"phone_number_id": "10"}, "contacts": contacts(), (list): [hers, others]});
            let expected = json!({"metadata": {"phone_number_id": "10"}, "contacts": gone(), (list): [null, others]});
            assert_eq!(redacted(&value, &[&format!("/{list}/0")]), expected);
        }
    }

    #[test]
    fn what_cannot_be_read_in_full_goes_and_stays_all_the_same() {
        let deep = format!(r#"{{"from": "392", "x": {}1e999{}}}"#, "[".repeat(200), "]".repeat(200));
        let text =
            format!(r#"{{"entry": [{{"changes": [{{"value": {{"messages": [{{"from": "391"}}, {deep}]}}}}]}}]}}"#);
        let at = |nth| format!("/entry/0/changes/0/value/messages/{nth}");
        assert_eq!(redact(text.as_bytes(), &[&at(0)]), text.replace(r#"{"from": "391"}"#, "null").into_bytes());
        assert_eq!(redact(text.as_bytes(), &[&at(1)]), text.replace(&deep, "null").into_bytes());
        assert_eq!(redact(text.as_bytes(), &[&at(1), &at(0), "/entry"]), br#"{"entry": null}"#);
    }

    #[test]
    fn a_pointer_that_leads_nowhere_takes_nothing() {
        for body in [&br#"{"entry": [1]}"#[..], b"not json", b""] {
            assert_eq!(redact(body, &["/entry/1", "/other", "/entry/0/x"]), body);
        }
        assert_eq!(redact(br#"{"a": 1}"#, &[""]), b"null");
    }
}
