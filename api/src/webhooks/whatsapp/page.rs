//! What comes of pages of Facebook and of accounts of Instagram, by the same callback: leads, conversations, and what else there is, which
//! is kept with what it is.

use leadflow_domain::channel::SocialNetwork;
use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::{EnvelopeItem, Object, Reading, array, for_each, item, misshapen, object, reading, text as word};
use super::json::text;
use super::message::{ToldAt, Unreceived, told_at};
use super::social;

/// What bodies of these say under `object`.
pub(super) const OBJECTS: [&str; 2] = ["page", "instagram"];

/// That there is a lead. What is in it has to be asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadNotice {
    /// Meta's id of the lead.
    pub lead_id: String,
    /// Of the page.
    pub page_id: String,
    /// Of the form.
    pub form_id: Option<String>,
    /// When it was filled in.
    pub filled_in_at: ToldAt,
}

impl LeadNotice {
    /// Reads `value`, of an entry of `page`.
    fn read(page: Option<String>, value: &Value) -> Result<Self, Unreceived> {
        let said = |name: &str| text(value.get(name));
        Ok(Self {
            lead_id: said("leadgen_id").ok_or(Unreceived::Broken("it names no lead"))?,
            page_id: said("page_id").or(page).ok_or(Unreceived::Broken("it names no page"))?,
            form_id: said("form_id"),
            filled_in_at: told_at(value.get("created_time")),
        })
    }
}

/// Reads an entry of `of`, which stands at `at`: its changes, its messages, and those that another app answers.
pub(super) fn read_entry(of: &str, entry: &RawValue, at: &str, items: &mut Vec<EnvelopeItem>) {
    let entry = object(entry);
    let before = items.len();
    if entry.contains_key("changes") {
        for_each(&entry, at, "changes", items, |change, at, items| items.push(read_change(of, &entry, change, at)));
    }
    if entry.contains_key("messaging") {
        let read = |told: &RawValue, at: &str, items: &mut Vec<EnvelopeItem>| {
            items.push(read_message(of, id_of(&entry).as_deref(), told, at));
        };
        for_each(&entry, at, "messaging", items, read);
    }
    if entry.contains_key("standby") {
        let kind = format!("{of}.standby");
        let notice = || Reading::Notice("another app answers there: nothing here acts on it".to_owned());
        for_each(&entry, at, "standby", items, |_, at, items| items.push(item(at, &kind, notice())));
    }
    if items.len() == before && !["changes", "messaging", "standby"].iter().any(|list| array(&entry, list).is_some()) {
        items.push(misshapen(at, "entry"));
    }
}

/// Of which page or account an entry is.
fn id_of(entry: &Object<'_>) -> Option<String> {
    text(serde_json::from_str::<Value>(entry.get("id")?.get()).ok().as_ref())
}

fn read_change(of: &str, entry: &Object<'_>, change: &RawValue, at: &str) -> EnvelopeItem {
    let change = object(change);
    let field = word(&change, "field").unwrap_or_else(|| "no_field".to_owned());
    let kind = format!("{of}.{field}");
    let value = change.get("value").and_then(|value| serde_json::from_str::<Value>(value.get()).ok());
    let id = id_of(entry);
    match (of, field.as_str(), value) {
        ("page", "leadgen", Some(value @ Value::Object(_))) => {
            item(at, "leadgen", reading(LeadNotice::read(id, &value), Reading::Lead))
        }
        ("page", "leadgen", _) => misshapen(at, "leadgen"),
        (_, field, _) if MESSAGES.contains(&field) && id.as_deref() == Some("0") => {
            item(at, &kind, Reading::Notice("it is a test of Meta's dashboard".to_owned()))
        }
        (_, field, _) if MESSAGES.contains(&field) => match change.get("value") {
            Some(value) => read_message(of, id.as_deref(), value, at),
            None => misshapen(at, &kind),
        },
        (_, _, _) => item(at, &kind, Reading::Notice("nothing here acts on it: it is no lead".to_owned())),
    }
}

/// Fields whose changes hold what stands in `messaging`.
const MESSAGES: [&str; 8] = [
    "messages",
    "messaging",
    "message_echoes",
    "message_reactions",
    "message_edit",
    "messaging_postbacks",
    "messaging_seen",
    "messaging_referral",
];

/// What stands in `messaging`, of the entry with this id.
fn read_message(of: &str, entry: Option<&str>, told: &RawValue, at: &str) -> EnvelopeItem {
    let network = if of == "page" { SocialNetwork::Messenger } else { SocialNetwork::Instagram };
    let Ok(told) = serde_json::from_str::<Value>(told.get()) else {
        let reason = "it is nested too deep, or holds a number out of range".to_owned();
        return item(at, &format!("{of}.messaging"), Reading::Unreadable(reason));
    };
    let Some(kind) = social::kind_of(&told) else { return misshapen(at, &format!("{of}.messaging")) };
    let read = social::read(network, entry, kind, &told);
    let read = read.unwrap_or_else(|Unreceived::Broken(reason)| Reading::Unreadable(reason.to_owned()));
    item(at, &format!("{of}.{kind}"), read)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::envelope::read;
    use super::super::leads::notices;
    use super::*;

    fn items(body: &Value) -> Vec<(String, &'static str, String)> {
        let items = read(body.to_string().as_bytes()).into_iter();
        let state = |reading: &Reading| {
            let is = [
                (matches!(reading, Reading::Lead(_)), "lead"),
                (matches!(reading, Reading::Notice(_)), "notice"),
                (matches!(reading, Reading::Inbound(_)), "inbound"),
                (matches!(reading, Reading::Echo(_)), "echo"),
                (matches!(reading, Reading::Unreadable(_)), "parked"),
            ];
            is.into_iter().find(|(is, _)| *is).map_or("something else", |(_, what)| what)
        };
        items.map(|item| (item.kind, state(&item.reading), item.pointer)).collect()
    }

    #[test]
    fn leads_are_read_with_ids_as_texts_or_numbers() {
        let value = json!({ "leadgen_id": 123_123_123_123_i64, "page_id": 7, "form_id": 12_312_312_312_i64, "created_time": 1_440_120_384 });
        let without_page = json!({ "leadgen_id": "5", "created_time": "soon" });
        let change = |value: &Value| json!({ "field": "leadgen", "value": value });
        let body = json!({ "object": "page", "entry": [
            { "id": "9", "changes": [change(&value), change(&without_page)] }, { "id": 8, "changes": [change(&without_page)] } ] });
        let items = read(body.to_string().as_bytes());
        let read: Vec<LeadNotice> = notices(&items).map(|(_, notice)| notice.clone()).collect();
        assert_eq!(read.len(), items.len(), "{items:?}");
        let told: Vec<_> =
            read.iter().map(|notice| (&*notice.lead_id, &*notice.page_id, notice.form_id.as_deref())).collect();
        assert_eq!(told, [("123123123123", "7", Some("12312312312")), ("5", "9", None), ("5", "8", None)]);
        assert!(matches!(&read[0].filled_in_at, ToldAt::At(at) if at.as_second() == 1_440_120_384));
        assert!(matches!(&read[1].filled_in_at, ToldAt::Odd(_)));
    }

    #[test]
    fn one_callback_brings_leads_messages_and_what_else_there_is() {
        let (sender, recipient) = (json!({ "id": "7" }), json!({ "id": "1" }));
        let hers = json!({ "sender": sender, "recipient": recipient, "message": { "mid": "m", "text": "hi" } });
        let ours = json!({ "sender": recipient, "recipient": sender, "message": { "mid": "n", "is_echo": true } });
        let body = json!({ "object": "page", "entry": [
            { "id": "1", "changes": [{ "field": "leadgen", "value": { "leadgen_id": "5", "page_id": "1" } }, { "field": "feed", "value": {} }] },
            { "id": "1", "messaging": [hers, ours, { "read": {} }, {}] },
            { "id": 1, "standby": [hers], "changes": [{ "field": "messages", "value": hers }] } ] });
        let expected = [
            ("leadgen", "lead", "/entry/0/changes/0"),
            ("page.feed", "notice", "/entry/0/changes/1"),
            ("page.message", "inbound", "/entry/1/messaging/0"),
            ("page.echo", "echo", "/entry/1/messaging/1"),
            ("page.read", "parked", "/entry/1/messaging/2"),
            ("page.messaging", "parked", "/entry/1/messaging/3"),
            ("page.message", "inbound", "/entry/2/changes/0"),
            ("page.standby", "notice", "/entry/2/standby/0"),
        ];
        assert_eq!(items(&body), expected.map(|(kind, state, at)| (kind.to_owned(), state, at.to_owned())));
    }

    #[test]
    fn a_test_of_the_dashboard_is_nobody_s_message() {
        let hers =
            json!({ "sender": { "id": "7" }, "recipient": { "id": "1" }, "message": { "mid": "m", "text": "hi" } });
        for object in OBJECTS {
            let entry = json!({ "id": "0", "changes": [{ "field": "messages", "value": hers }] });
            let expected = (format!("{object}.messages"), "notice", "/entry/0/changes/0".to_owned());
            assert_eq!(items(&json!({ "object": object, "entry": [entry] })), [expected]);
        }
    }

    #[test]
    fn what_is_odd_is_accounted_for_and_nothing_of_it_is_told() {
        let secret = "a word of hers";
        for (entry, kind) in [
            (json!(7), "entry"),
            (json!({}), "entry"),
            (json!({ "messaging": secret }), "messaging"),
            (json!({ "changes": [{ "field": "leadgen" }] }), "leadgen"),
            (json!({ "changes": [{ "field": "leadgen", "value": secret }] }), "leadgen"),
            (json!({ "changes": [{ "field": "leadgen", "value": { "page_id": "1" } }] }), "leadgen"),
            (json!({ "changes": [{ "field": "leadgen", "value": { "leadgen_id": "1" } }] }), "leadgen"),
            (json!({ "messaging": [{ "text": secret }] }), "page.messaging"),
            (json!({ "messaging": [{ "message": { "text": secret } }] }), "page.message"),
        ] {
            let body = json!({ "object": "page", "entry": [entry] });
            let read = read(body.to_string().as_bytes());
            assert!(!format!("{read:?}").contains(secret), "{read:?}");
            let found = items(&body);
            assert_eq!(
                found.iter().map(|(kind, state, _)| (&**kind, *state)).collect::<Vec<_>>(),
                [(kind, "parked")],
                "{body}"
            );
        }
        let empty = json!({ "object": "instagram", "entry": [] });
        assert_eq!(items(&empty), [("body".to_owned(), "notice", String::new())]);
    }
}
