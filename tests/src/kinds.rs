//! What customers write and do, of every kind that WhatsApp knows, made up from a seed.
//!
//! Ids are unique, times mostly rise, and acts are about messages that may come later, or never.

use leadflow_gateways::whatsapp::simulator::{self, BusinessNumber};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

/// 1 Nov 2026, 00:00 UTC: when the first customer writes, in unix seconds.
pub const BEGINNING: i64 = 1_793_491_200;

/// What a message can be.
const KINDS: [&str; 21] = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "button",
    "button_reply",
    "list_reply",
    "nfm_reply",
    "order",
    "request_welcome",
    "unsupported",
    "system",
    "hologram",
    "reaction",
    "unreaction",
    "edit",
    "revoke",
];

/// One message, act or status, and whom it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The customer's number, digits without `+`.
    pub customer: String,
    /// What she calls herself.
    pub name: String,
    /// When, in unix seconds.
    pub at: i64,
    /// Where in a webhook it stands.
    pub list: List,
    /// What stands there.
    pub item: Value,
}

/// Where in a webhook an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// What customers write and do.
    Messages,
    /// How far messages of the business got.
    Statuses,
    /// What the business writes and does in its app.
    AppEchoes,
    /// What its bots write and do.
    BotEchoes,
}

impl List {
    /// The field of the change.
    fn field(self) -> &'static str {
        match self {
            Self::Messages | Self::Statuses => "messages",
            Self::AppEchoes => "smb_message_echoes",
            Self::BotEchoes => "message_echoes",
        }
    }

    /// The list in the change.
    fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Statuses => "statuses",
            Self::AppEchoes | Self::BotEchoes => "message_echoes",
        }
    }
}

/// The provider's id of the `nth` item; ids are not in the order of time.
#[must_use]
pub fn id(seed: u64, nth: u32) -> String {
    format!("wamid.{seed:016X}{:08X}", nth.wrapping_mul(0x9E37_79B1))
}

/// The number and the name of a customer.
#[must_use]
pub fn customer(which: u32) -> (String, String) {
    (format!("4915{which:08}"), format!("Customer {which}"))
}

/// `count` items of `customers` different people. Every kind comes, and everybody writes a text first.
#[must_use]
pub fn make(seed: u64, customers: u32, count: u32) -> Vec<Made> {
    let mut rng = StdRng::seed_from_u64(seed);
    let id = |nth| id(seed, nth);
    let mut now = BEGINNING;
    let owners: Vec<u32> =
        (0..count).map(|nth| if nth < customers { nth } else { rng.random_range(0..customers) }).collect();
    (0..count)
        .zip(&owners)
        .map(|(nth, &owner)| {
            let kind =
                if nth < customers { "text" } else { KINDS[(nth as usize + rng.random_range(0..2)) % KINDS.len()] };
            now += i64::from(rng.random_range(0..40_u8));
            let (customer, name) = customer(owner);
            // One of hers, before it or after it; sometimes one that never comes.
            let hers: Vec<u32> = (0..count).zip(&owners).filter(|(_, other)| **other == owner).map(|it| it.0).collect();
            let about = id(hers.choose(&mut rng).copied().unwrap_or(count));
            let about = if rng.random_bool(0.1) { id(count) } else { about };
            let mut message = json!({"from": customer, "id": id(nth), "timestamp": now.to_string(), "type": kind});
            fill(&mut message, kind, nth, &about, &mut rng);
            if rng.random_bool(0.1) {
                message["context"] = json!({"id": about, "from": "15559990000"});
            }
            Made { customer, name, at: now, list: List::Messages, item: message }
        })
        .collect()
}

fn fill(message: &mut Value, kind: &str, nth: u32, about: &str, rng: &mut StdRng) {
    let text = format!("{} ({nth})", ["Hi!", "¿Cuánto?", "مرحبا", "👋🏽 two, please"].choose(rng).unwrap_or(&"Hi!"));
    let media = |mime: &str| json!({"id": nth.to_string(), "mime_type": mime, "sha256": "AA==", "url": format!("https://files.example/{nth}")});
    let captioned = |mime: &str| {
        let mut media = media(mime);
        media["caption"] = json!(text);
        media
    };
    let mut interactive = |inner: &str, inside: Value| {
        message["type"] = json!("interactive");
        message["interactive"] = json!({"type": inner, inner: inside});
    };
    match kind {
        "text" => message["text"] = json!({"body": text}),
        "image" => message["image"] = captioned("image/jpeg"),
        "video" => message["video"] = captioned("video/mp4"),
        "audio" => {
            message["audio"] = media("audio/ogg; codecs=opus");
            message["audio"]["voice"] = json!(true);
        }
        "document" => {
            message["document"] = media("application/pdf");
            message["document"]["filename"] = json!("../../Currículum café.pdf");
        }
        "sticker" => message["sticker"] = media("image/webp"),
        "location" => message["location"] = json!({"latitude": 45.5, "longitude": "9.2", "name": text}),
        "contacts" => {
            message["contacts"] = json!([{"name": {"formatted_name": text}, "phones": [{"phone": "+39 02 1"}]}]);
        }
        "button" => message["button"] = json!({"text": text, "payload": nth.to_string()}),
        "button_reply" => interactive("button_reply", json!({"id": nth.to_string(), "title": text})),
        "list_reply" => interactive("list_reply", json!({"id": nth.to_string(), "title": text, "description": "d"})),
        "nfm_reply" => interactive("nfm_reply", json!({"name": "flow", "body": "Sent", "response_json": "{\"a\":1}"})),
        "order" => {
            let item = json!({"product_retailer_id": "a", "quantity": 2, "item_price": 29.9, "currency": "EUR"});
            message["order"] = json!({"catalog_id": "7", "text": text, "product_items": [item]});
        }
        "unsupported" => {
            message["unsupported"] = json!({"type": "poll"});
            message["errors"] = json!([{"code": 131_051, "title": "Message type unknown"}]);
        }
        "system" => message["system"] = json!({"type": "customer_identity_changed", "body": text}),
        "hologram" => message["hologram"] = json!({"depth": nth}),
        "reaction" => message["reaction"] = json!({"message_id": about, "emoji": "👍"}),
        "unreaction" => {
            message["type"] = json!("reaction");
            message["reaction"] = json!({"message_id": about, "emoji": ""});
        }
        "edit" => {
            message["edit"] =
                json!({"original_message_id": about, "message": {"type": "text", "text": {"body": text}}});
        }
        "revoke" => message["revoke"] = json!({"original_message_id": about}),
        _ => {}
    }
}

/// A webhook with all of `made`, in their order.
#[must_use]
pub fn webhook(number: &BusinessNumber, made: &[Made]) -> Vec<u8> {
    let mut changes: Vec<(&str, Value)> = Vec::new();
    for Made { customer, name, list, item, .. } in made {
        if changes.last().is_none_or(|(field, _)| *field != list.field()) {
            changes.push((list.field(), json!({})));
        }
        if let Some((_, said)) = changes.last_mut() {
            let contact = json!({"wa_id": customer, "profile": {"name": name}});
            for (name, element) in [("contacts", &contact), (list.name(), item)] {
                if let Value::Array(elements) = &mut said[name] {
                    elements.push(element.clone());
                } else {
                    said[name] = json!([element]);
                }
            }
        }
    }
    simulator::changes(number, &changes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_gives_the_same_and_every_kind_comes() {
        assert_eq!(make(7, 10, 200), make(7, 10, 200));
        let made = make(7, 10, 200);
        let ids: BTreeSet<&str> = made.iter().filter_map(|made| made.item["id"].as_str()).collect();
        assert_eq!(ids.len(), made.len());
        let kinds: BTreeSet<&str> = made.iter().filter_map(|made| made.item["type"].as_str()).collect();
        // Three kinds of replies are one type, and so are a reaction and its removal.
        assert_eq!(kinds.len(), KINDS.len() - 2 - 1);
    }

    #[test]
    fn neighbours_of_one_field_share_a_change() {
        let number = BusinessNumber { phone_number_id: "1".into(), waba_id: "2".into(), display_phone: "3".into() };
        let made = |list| Made { customer: "4".into(), name: "N".into(), at: 5, list, item: json!({}) };
        let lists = [List::Messages, List::Statuses, List::AppEchoes, List::BotEchoes, List::Messages];
        let body: Value = serde_json::from_slice(&webhook(&number, &lists.map(made))).unwrap();
        let changes = body["entry"][0]["changes"].as_array().unwrap();
        let fields: Vec<&str> = changes.iter().filter_map(|change| change["field"].as_str()).collect();
        assert_eq!(fields, ["messages", "smb_message_echoes", "message_echoes", "messages"]);
        let value = &changes[0]["value"];
        assert_eq!((&value["messages"], &value["statuses"]), (&json!([{}]), &json!([{}])));
    }
}
