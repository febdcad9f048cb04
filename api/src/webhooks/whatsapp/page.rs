//! What comes of pages of Facebook and of accounts of Instagram, by the same callback: leads are read; messages, and what else there
//! is, are kept with what they are.

use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::{EnvelopeItem, Object, Reading, array, for_each, item, misshapen, object, reading, text as word};
use super::json::text;
use super::message::{ToldAt, Unreceived, told_at};

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
    /// Reads `value`, of an entry of this page.
    fn read(entry: Option<&Value>, value: &Value) -> Result<Self, Unreceived> {
        let said = |name: &str| text(value.get(name));
        Ok(Self {
            lead_id: said("leadgen_id").ok_or(Unreceived::Broken("it names no lead"))?,
            page_id: said("page_id").or_else(|| text(entry)).ok_or(Unreceived::Broken("it names no page"))?,
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
    for list in ["messaging", "standby"] {
        if entry.contains_key(list) {
            for_each(&entry, at, list, items, |told, at, items| items.push(read_message(of, told, at)));
        }
    }
    if items.len() == before && !["changes", "messaging", "standby"].iter().any(|list| array(&entry, list).is_some()) {
        items.push(misshapen(at, "entry"));
    }
}

fn read_change(of: &str, entry: &Object<'_>, change: &RawValue, at: &str) -> EnvelopeItem {
    let change = object(change);
    let field = word(&change, "field").unwrap_or_else(|| "no_field".to_owned());
    let value = change.get("value").and_then(|value| serde_json::from_str::<Value>(value.get()).ok());
    match (of, field.as_str(), value) {
        ("page", "leadgen", Some(value @ Value::Object(_))) => {
            let page = entry.get("id").and_then(|id| serde_json::from_str(id.get()).ok());
            item(at, "leadgen", reading(LeadNotice::read(page.as_ref(), &value), Reading::Lead))
        }
        ("page", "leadgen", _) => misshapen(at, "leadgen"),
        // As the dashboard sends a test of them.
        (_, "messages" | "messaging", _) => item(at, &format!("{of}.{field}"), aside(of, "a message")),
        (_, field, _) => {
            item(at, &format!("{of}.{field}"), Reading::Notice("nothing here acts on it: it is no lead".to_owned()))
        }
    }
}

/// What stands in `messaging`, by what it has; nothing of it is looked into.
fn read_message(of: &str, told: &RawValue, at: &str) -> EnvelopeItem {
    let told = object(told);
    let message = told.get("message").map(|message| object(message)).unwrap_or_default();
    let says = |name: &str| message.get(name).is_some_and(|value| value.get() == "true");
    let (kind, what) = match () {
        () if says("is_echo") => ("echo", "what the business wrote"),
        () if says("is_deleted") => ("unsent", "that a message was taken back"),
        () if says("is_unsupported") => ("unsupported", "a message that Meta does not tell"),
        () if told.contains_key("message") => ("message", "a message"),
        () if told.contains_key("message_edit") => ("edit", "that a message was changed"),
        () if told.contains_key("delivery") => ("delivery", "how far messages got"),
        () if told.contains_key("read") => ("read", "that messages were read"),
        () if told.contains_key("postback") => ("postback", "that a button was pressed"),
        () if told.contains_key("reaction") => ("reaction", "a reaction"),
        () if told.contains_key("referral") => ("referral", "what somebody came by"),
        () if told.contains_key("optin") => ("optin", "that somebody wants to be written to"),
        () => return misshapen(at, &format!("{of}.messaging")),
    };
    item(at, &format!("{of}.{kind}"), aside(of, what))
}

fn aside(of: &str, what: &str) -> Reading {
    let place = if of == "page" { "Messenger" } else { "Instagram" };
    Reading::Unreadable(format!("{what} of {place}: no channel of that kind can be connected yet"))
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
        let body = json!({ "object": "page", "entry": [
            { "id": "1", "changes": [{ "field": "leadgen", "value": { "leadgen_id": "5", "page_id": "1" } }, { "field": "feed", "value": {} }] },
            { "id": "1", "messaging": [{ "message": { "mid": "m", "text": "hi" } }, { "message": { "is_echo": true } }, { "read": {} }, {}] },
            { "id": "1", "standby": [{ "message": {} }], "changes": [] } ] });
        let expected = [
            ("leadgen", "lead", "/entry/0/changes/0"),
            ("page.feed", "notice", "/entry/0/changes/1"),
            ("page.message", "parked", "/entry/1/messaging/0"),
            ("page.echo", "parked", "/entry/1/messaging/1"),
            ("page.read", "parked", "/entry/1/messaging/2"),
            ("page.messaging", "parked", "/entry/1/messaging/3"),
            ("page.message", "parked", "/entry/2/standby/0"),
        ];
        assert_eq!(items(&body), expected.map(|(kind, state, at)| (kind.to_owned(), state, at.to_owned())));
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

    /// By the name of a recording: its items and what they are.
    const RECORDED: [(&str, &[(&str, &str)]); 21] = [
        ("leadgen/dashboard_test.json", &[("leadgen", "lead")]),
        ("leadgen/docs_two_changes_numeric_ids.json", &[("leadgen", "lead"), ("leadgen", "lead")]),
        ("leadgen/fbsamples_string_ids_no_ad.json", &[("leadgen", "lead")]),
        ("leadgen/same_leadgen_id_twice_in_one_post.json", &[("leadgen", "lead"), ("leadgen", "lead")]),
        ("messenger/facebook_page_delivery_watermark.json", &[("page.delivery", "parked")]),
        ("messenger/facebook_page_echo.json", &[("page.echo", "parked")]),
        ("messenger/facebook_page_feed_comment.json", &[("page.feed", "notice")]),
        ("messenger/facebook_page_leadgen_and_messaging.json", &[("leadgen", "lead"), ("page.message", "parked")]),
        ("messenger/facebook_page_read_watermark.json", &[("page.read", "parked")]),
        ("messenger/facebook_page_text.json", &[("page.message", "parked")]),
        ("messenger/instagram_dashboard_test_changes.json", &[("instagram.messages", "parked")]),
        ("messenger/instagram_reel.json", &[("instagram.message", "parked")]),
        ("messenger/instagram_reply_to_mid.json", &[("instagram.message", "parked")]),
        ("messenger/instagram_seen.json", &[("instagram.read", "parked")]),
        ("messenger/instagram_share_attachment.json", &[("instagram.message", "parked")]),
        ("messenger/instagram_standby.json", &[("instagram.message", "parked")]),
        ("messenger/instagram_story_mention_echo.json", &[("instagram.echo", "parked")]),
        ("messenger/instagram_story_reply.json", &[("instagram.message", "parked")]),
        ("messenger/instagram_text_iso_timestamps.json", &[("instagram.message", "parked")]),
        ("messenger/instagram_unsend.json", &[("instagram.unsent", "parked")]),
        ("messenger/instagram_unsupported.json", &[("instagram.unsupported", "parked")]),
    ];

    /// Answers of the Graph API, and what is no webhook of a page's.
    const OTHERS: [&str; 5] = [
        "leadgen/data_deletion_signed_request.json",
        "leadgen/graph_error_100_33_not_accessible.json",
        "leadgen/graph_lead_docs_sample.json",
        "leadgen/graph_lead_full_disclaimers.json",
        "leadgen/subscribed_apps_response.json",
    ];

    #[test]
    fn every_recording_is_taken_apart() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures");
        if !folder.is_dir() {
            eprintln!("SKIPPED: {} is not here, so nothing that was really sent is tried", folder.display());
            return;
        }
        let mut found = Vec::new();
        for sub in ["leadgen", "messenger"] {
            for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
                found.push(format!("{sub}/{}", entry.unwrap().file_name().to_str().unwrap()));
            }
        }
        found.sort_unstable();
        let mut listed: Vec<&str> = RECORDED.iter().map(|(name, _)| *name).chain(OTHERS).collect();
        listed.sort_unstable();
        assert_eq!(found, listed, "each recording has its row, and each row its recording");
        for (name, expected) in RECORDED {
            let body: Value = serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap();
            let read = items(&body);
            let read: Vec<(&str, &str)> = read.iter().map(|(kind, state, _)| (&**kind, *state)).collect();
            assert_eq!(read, expected, "{name}");
        }
    }
}
