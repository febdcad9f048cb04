//! Laws of reading: whatever a body holds, every item is accounted for, and a good one is never lost.
//!
//! The seed is fixed; `PROPTEST_RNG_SEED` tries another, `PROPTEST_CASES` more.

use proptest::collection::{hash_map, vec};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Number, Value, json};

use super::envelope::{EnvelopeItem, Reading, read};

pub(in crate::webhooks) fn runner() -> TestRunner {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20_261_122);
    }
    TestRunner::new(config)
}

/// Any JSON, with the words of the provider among its texts and names.
fn anything() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("text"),
        Just("image"),
        Just("interactive"),
        Just("button_reply"),
        Just("reaction"),
        Just("edit"),
        Just("system"),
        Just("message_id"),
        Just("id"),
        Just("from"),
        Just("from_user_id"),
        Just("type"),
        Just("body"),
        Just("timestamp"),
        Just("context"),
        Just("errors"),
        Just("messages"),
        Just("statuses"),
        Just("contacts"),
        Just("message"),
        Just("original_message_id"),
        Just("user_changed_number"),
        Just("wa_id"),
        Just("history"),
        Just("threads"),
        Just("history_context"),
        Just("1763712000"),
        Just("messaging"),
        Just("sender"),
        Just("recipient"),
        Just("mid"),
        Just("attachments"),
        Just("payload"),
        Just("is_echo"),
        Just("reply_to"),
        Just("delivery"),
        Just("read"),
        Just("watermark"),
        Just("postback"),
        Just("referral"),
    ]
    .prop_map(str::to_owned);
    let name = prop_oneof![4 => word.clone(), 1 => any::<String>()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| Value::Number(number.into())),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
        name.clone().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            hash_map(name.clone(), inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<String, Value>>())),
        ]
    })
}

fn good(id: &str) -> Value {
    json!({"from": "393331234567", "id": id, "timestamp": "1763712000", "type": "text", "text": {"body": "Hi"}})
}

/// A message that is good, odd in one place, or anything.
fn message() -> impl Strategy<Value = Value> {
    let odd = (
        anything(),
        prop_oneof![
            Just("from"),
            Just("id"),
            Just("timestamp"),
            Just("type"),
            Just("text"),
            Just("context"),
            Just("errors"),
            Just("referral"),
            Just("group_id"),
            Just("image"),
        ],
    )
        .prop_map(|(value, field)| {
            let mut message = good("odd");
            message[field] = value;
            message
        });
    prop_oneof![1 => Just(good("another")), 3 => odd, 2 => anything()]
}

fn body(messages: &[Value], statuses: &Value) -> Vec<u8> {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "metadata": {"phone_number_id": "10", "display_phone_number": "+39 02 1234 5678"},
        "messages": messages, "statuses": statuses,
    }}]}]})
    .to_string()
    .into_bytes()
}

fn received(items: &[EnvelopeItem], id: &str) -> usize {
    items.iter().filter(|item| matches!(&item.reading, Reading::Inbound(inbound) if inbound.id == id)).count()
}

#[test]
fn a_good_message_is_received_whatever_stands_beside_it() {
    let strategy = (vec(message(), 0..8), vec(message(), 0..8), anything());
    let verdict = runner().run(&strategy, |(before, after, statuses)| {
        let messages = [before, vec![good("the good one")], after].concat();
        let items = read(&body(&messages, &statuses));
        assert!(items.len() >= messages.len());
        assert_eq!(received(&items, "the good one"), 1);
        for (nth, _) in messages.iter().enumerate() {
            let pointer = format!("/entry/0/changes/0/value/messages/{nth}");
            assert_eq!(items.iter().filter(|item| item.pointer == pointer).count(), 1, "{pointer}");
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{failure}");
    }
}

#[test]
fn a_good_participant_is_read_whatever_stands_beside_her() {
    let strategy = (vec(anything(), 0..6), vec(anything(), 0..6), anything(), anything());
    let verdict = runner().run(&strategy, |(before, after, odd, neighbour)| {
        let people = [before, vec![json!({"wa_id": "393331234567"})], after].concat();
        let group = json!({
            "group_id": "g", "type": "group_participants_add", "timestamp": odd, "reason": odd, "request_id": odd,
            "errors": odd, "added_participants": people, "removed_participants": odd,
        });
        let value = json!({"metadata": {"phone_number_id": "10"}, "groups": [neighbour, group]});
        for field in ["group_participants_update", "group_settings_update"] {
            let items = read(json!({"field": field, "value": value}).to_string().as_bytes());
            let good = items.iter().filter(|item| {
                let at = "/value/groups/1/added_participants/";
                item.pointer.starts_with(at) && matches!(item.reading, Reading::Group(_))
            });
            assert!(good.count() >= 1, "{items:?}");
            assert!(items.iter().any(|item| item.pointer.starts_with("/value/groups/0")), "{items:?}");
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{failure}");
    }
}

#[test]
fn a_good_message_of_a_history_is_read_whatever_stands_beside_it() {
    let strategy = (vec(message(), 0..4), vec(message(), 0..4), vec(anything(), 0..4), anything());
    let verdict = runner().run(&strategy, |(before, after, threads, chunk)| {
        let nth = before.len();
        let messages = [before, vec![good("the good one")], after].concat();
        let at = format!("/entry/0/changes/0/value/history/1/threads/{}/messages/{nth}", threads.len());
        let threads = [threads, vec![json!({"id": "393331234567", "messages": messages})]].concat();
        let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "history", "value": {
            "metadata": {"phone_number_id": "10", "display_phone_number": "+39 02 1234 5678"},
            "history": [chunk, {"threads": threads}, chunk],
        }}]}]});
        let items = read(body.to_string().as_bytes());
        let good: Vec<_> = items.iter().filter(|item| item.pointer == at).collect();
        assert!(matches!(good[..], [EnvelopeItem { reading: Reading::Inbound(_), .. }]), "{good:?}");
        for chunk in [0, 2] {
            let at = format!("/entry/0/changes/0/value/history/{chunk}");
            assert!(items.iter().any(|item| item.pointer.starts_with(&at)), "{at}");
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{failure}");
    }
}

#[test]
fn whatever_is_told_of_people_is_accounted_for_one_by_one() {
    let fields = [
        ("calls", "calls"),
        ("calls", "statuses"),
        ("user_preferences", "user_preferences"),
        ("smb_app_state_sync", "state_sync"),
    ];
    let good = [
        json!({"id": "wacid.1", "from": "393331234567", "event": "connect"}),
        json!({"id": "wacid.1", "recipient_id": "393331234567", "status": "RINGING"}),
        json!({"wa_id": "393331234567", "category": "marketing_messages", "value": "stop"}),
        json!({"type": "contact", "action": "add", "contact": {"phone_number": "393331234567", "full_name": "Ada"}}),
    ];
    let verdict = runner().run(&(vec(anything(), 0..6), vec(anything(), 0..6)), |(before, after)| {
        for ((field, list), good) in fields.iter().zip(&good) {
            let told = [before.clone(), vec![good.clone()], after.clone()].concat();
            let value = json!({"metadata": {"phone_number_id": "10"}, (*list): told});
            let entry = json!([{"changes": [{"field": field, "value": value}]}]);
            let items = read(json!({"object": "whatsapp_business_account", "entry": entry}).to_string().as_bytes());
            let pointers: Vec<String> = items.iter().map(|item| item.pointer.clone()).collect();
            let expected: Vec<String> =
                (0..told.len()).map(|nth| format!("/entry/0/changes/0/value/{list}/{nth}")).collect();
            assert_eq!(pointers, expected, "{field}");
            assert!(matches!(items[before.len()].reading, Reading::Fact(_)), "{field}: {:?}", items[before.len()]);
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{failure}");
    }
}

/// An item of `messaging` that is good, odd in one place, or anything.
fn told() -> impl Strategy<Value = Value> {
    let odd = (
        anything(),
        prop_oneof![
            Just("sender"),
            Just("recipient"),
            Just("timestamp"),
            Just("message"),
            Just("reaction"),
            Just("postback"),
            Just("read"),
            Just("referral"),
        ],
    )
        .prop_map(|(value, field)| {
            let mut told = good_of_messaging("odd");
            told[field] = value;
            told
        });
    prop_oneof![1 => Just(good_of_messaging("another")), 3 => odd, 2 => anything()]
}

fn good_of_messaging(id: &str) -> Value {
    json!({"sender": {"id": "7"}, "recipient": {"id": "10"}, "timestamp": 1_763_712_000_000_i64, "message": {"mid": id, "text": "Hi"}})
}

#[test]
fn a_good_item_of_messaging_is_read_whatever_stands_beside_it() {
    let strategy = (vec(told(), 0..8), vec(told(), 0..8), anything(), anything());
    let verdict = runner().run(&strategy, |(before, after, changes, standby)| {
        let messaging = [before, vec![good_of_messaging("the good one")], after].concat();
        for object in ["page", "instagram"] {
            let entry = json!({"id": "10", "messaging": messaging, "changes": changes, "standby": standby});
            let items = read(json!({"object": object, "entry": [entry]}).to_string().as_bytes());
            assert_eq!(received(&items, "the good one"), 1);
            for (nth, _) in messaging.iter().enumerate() {
                let pointer = format!("/entry/0/messaging/{nth}");
                assert_eq!(items.iter().filter(|item| item.pointer == pointer).count(), 1, "{pointer}");
            }
            for (list, told) in [("changes", &changes), ("standby", &standby)] {
                let at = format!("/entry/0/{list}");
                let is_empty = told.as_array().is_some_and(Vec::is_empty);
                assert!(is_empty || items.iter().any(|item| item.pointer.starts_with(&at)), "{at}");
            }
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{failure}");
    }
}

#[test]
fn any_json_and_any_bytes_are_read() {
    let verdict = runner().run(&(anything(), vec(any::<u8>(), 0..64)), |(json, bytes)| {
        assert!(!read(json.to_string().as_bytes()).is_empty());
        assert!(!read(&bytes).is_empty());
        let wrapped = json!({"object": "whatsapp_business_account", "entry": json});
        assert!(!read(wrapped.to_string().as_bytes()).is_empty());
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{failure}");
    }
}
