//! What was done to messages and how far they got, folded once more without events, projectors or a database.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::CanonicalExport;
use crate::kinds::{List, Made};
use crate::ties::rank;

/// What a message shows of what was told about it.
pub const FOLDS: [&str; 11] = [
    "reaction",
    "editedText",
    "editedAt",
    "revokedAt",
    "status",
    "passedOnAt",
    "deliveredAt",
    "readAt",
    "playedAt",
    "failedAt",
    "failure",
];

/// What each message shows of what was told about it, by the provider's id: [`FOLDS`] that it has, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded(pub BTreeMap<String, BTreeMap<String, String>>);

/// Words for how far a message got, from the least to the most, with the field of their time.
const RANKS: [(&str, &str); 5] = [
    ("sent", "passedOnAt"),
    ("failed", "failedAt"),
    ("delivered", "deliveredAt"),
    ("read", "readAt"),
    ("played", "playedAt"),
];

/// What is done to messages.
const ACTS: [&str; 3] = ["reaction", "edit", "revoke"];

impl Folded {
    /// What messages show after `made` has arrived, in any order, any number of times.
    #[must_use]
    pub fn of(made: &[Made]) -> Self {
        let messages = made.iter().filter(|made| made.list != List::Statuses);
        Self(messages.map(|message| (text(&message.item["id"]), shown(made, &message.item["id"]))).collect())
    }
}

impl CanonicalExport {
    /// What its messages show of what was told about them.
    #[must_use]
    pub fn folded(&self) -> Folded {
        let messages = self.conversations.iter().flat_map(|conversation| &conversation.messages);
        let shown = messages.map(|message| {
            let told = FOLDS.iter().filter_map(|name| Some(((*name).to_owned(), message.more.get(*name)?.clone())));
            (message.provider_message_id.clone(), told.collect())
        });
        Folded(shown.collect())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn time(at: i64) -> Value {
    json!(Timestamp::from_second(at).unwrap_or_default().to_string())
}

/// What the message `id` shows.
fn shown(made: &[Made], id: &Value) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::new();
    let mut show = |name: &str, value: Value| {
        if !value.is_null() {
            shown.insert(name.to_owned(), value.to_string());
        }
    };
    // Nobody's app lets her do anything to what was itself done to a message, and it shows nowhere.
    let is_act = made.iter().any(|made| made.item["id"] == *id && ACTS.iter().any(|act| made.item["type"] == *act));
    let about = |at: &'static str| made.iter().filter(move |made| !is_act && made.item.pointer(at) == Some(id));
    let in_time = |made: &&Made| (made.at, rank(&text(&made.item["id"])));

    let reactions = about("/reaction/message_id").filter(|made| made.list == List::Messages);
    if let Some(last) = reactions.max_by_key(in_time) {
        let emoji = last.item["reaction"]["emoji"].clone();
        show("reaction", if emoji == "" { Value::Null } else { emoji });
    }
    if let Some(last) = about("/edit/original_message_id").max_by_key(in_time) {
        show("editedText", last.item["edit"]["message"]["text"]["body"].clone());
        show("editedAt", time(last.at));
    }
    if let Some(first) = about("/revoke/original_message_id").min_by_key(in_time) {
        show("revokedAt", time(first.at));
    }

    let told = |word: &'static str| {
        made.iter()
            .filter(move |made| made.list == List::Statuses && made.item["id"] == *id && made.item["status"] == word)
    };
    let mut furthest = None;
    for (word, name) in RANKS {
        if let Some(first) = told(word).map(|made| made.at).min() {
            show(name, time(first));
            furthest = Some(word);
        }
    }
    if let Some(word) = furthest {
        show("status", json!(word.to_uppercase()));
    }
    if furthest == Some("failed") {
        let reason = |made: &Made| {
            let error = &made.item["errors"][0];
            let code = error["code"].as_i64().map_or_else(|| text(&error["code"]), |code| code.to_string());
            (made.at, code, text(&error["title"]))
        };
        if let Some((_, code, title)) = told("failed").map(reason).min() {
            let given = |said: String| if said.is_empty() { Value::Null } else { json!(said) };
            show("failure", json!({"code": given(code), "title": given(title)}));
        }
    }
    shown
}
