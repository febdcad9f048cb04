//! What a message holds, read from the provider's JSON.
//!
//! What is missing or odd inside a kind makes the message one that is shown as unknown, with all it holds: nothing that a
//! customer sent is dropped for its shape.

use leadflow_domain::Personal;
use leadflow_domain::conversation::{
    ContactCard, Media, MediaFile, MessageContent, OrderItem, Place, ProviderError, SystemChange,
};
use serde_json::Value;

use super::json::{elements, number, text, unix_seconds};

/// Longest name of a kind that is kept; the provider's are some twenty characters.
const LONGEST_NAME: usize = 64;

/// Reads what `message`, which says it is a `kind`, holds.
pub(super) fn read(kind: &str, message: &Value) -> MessageContent {
    known(kind, message).unwrap_or_else(|| {
        let mut rest = message.clone();
        if let Some(fields) = rest.as_object_mut() {
            // What is told of it elsewhere.
            for told in [
                "from",
                "from_user_id",
                "from_parent_user_id",
                "to",
                "to_user_id",
                "to_parent_user_id",
                "id",
                "timestamp",
                "type",
                "context",
                "errors",
            ] {
                fields.remove(told);
            }
        }
        MessageContent::Unknown {
            named: kind.chars().take(LONGEST_NAME).collect(),
            content: Personal::Known(rest.to_string()),
        }
    })
}

fn known(kind: &str, message: &Value) -> Option<MessageContent> {
    let inside = &message[kind];
    Some(match kind {
        "text" => MessageContent::Text { body: inside.get("body")?.as_str()?.to_owned().into() },
        "image" => MessageContent::Image(media(inside)?),
        "video" => MessageContent::Video(media(inside)?),
        "audio" => MessageContent::Audio { media: media(inside)?, voice: inside["voice"] == true },
        "document" => MessageContent::Document(media(inside)?),
        "sticker" => MessageContent::Sticker { media: media(inside)?, animated: inside["animated"] == true },
        "location" => MessageContent::Location { place: Personal::Known(place(inside)?) },
        "contacts" => MessageContent::Contacts { cards: Personal::Known(cards(inside)?) },
        "button" => MessageContent::Button {
            text: text(inside.get("text"))?.into(),
            payload: text(inside.get("payload")).map(Into::into),
        },
        "interactive" => interactive(inside)?,
        "order" => order(inside)?,
        "request_welcome" => MessageContent::Welcome {},
        "system" => MessageContent::System {
            // Whatever its shape, nobody wrote it.
            change: match inside.get("type").and_then(Value::as_str).unwrap_or_default() {
                "user_changed_number" | "customer_changed_number" => SystemChange::Number,
                "user_changed_user_id" => SystemChange::UserId,
                "customer_identity_changed" => SystemChange::Identity,
                other => SystemChange::Other(other.chars().take(LONGEST_NAME).collect()),
            },
            body: text(inside.get("body")).map(Into::into),
        },
        "media_placeholder" => MessageContent::MediaPlaceholder {},
        "unsupported" => MessageContent::Unsupported {
            named: text(inside.get("type")).map(|named| named.chars().take(LONGEST_NAME).collect()),
        },
        _ => return None,
    })
}

fn media(media: &Value) -> Option<Media> {
    let file = MediaFile {
        id: text(media.get("id")),
        url: text(media.get("url")),
        sha256: text(media.get("sha256")),
        filename: text(media.get("filename")),
    };
    media.is_object().then(|| Media {
        mime_type: text(media.get("mime_type")),
        file: file.into(),
        caption: text(media.get("caption")).map(Into::into),
    })
}

fn place(place: &Value) -> Option<Place> {
    let degrees = |name, most: f64| number(place.get(name)).filter(|degrees| degrees.abs() <= most);
    Some(Place {
        latitude: degrees("latitude", 90.0)?,
        longitude: degrees("longitude", 180.0)?,
        name: text(place.get("name")),
        address: text(place.get("address")),
        url: text(place.get("url")),
    })
}

fn cards(cards: &Value) -> Option<Vec<ContactCard>> {
    cards
        .as_array()?
        .iter()
        .map(|card| {
            let name = &card["name"];
            Some(ContactCard {
                name: text(name.get("formatted_name")).or_else(|| text(name.get("first_name"))).unwrap_or_default(),
                phones: elements(card.get("phones")).iter().filter_map(|phone| text(phone.get("phone"))).collect(),
                card: card.as_object()?.clone(),
            })
        })
        .collect()
}

fn interactive(interactive: &Value) -> Option<MessageContent> {
    let kind = interactive.get("type")?.as_str()?;
    let inside = &interactive[kind];
    let required = |name| text(inside.get(name)).map(Personal::Known);
    Some(match kind {
        "button_reply" => MessageContent::ButtonReply { id: required("id")?, title: required("title")? },
        "list_reply" => MessageContent::ListReply {
            id: required("id")?,
            title: required("title")?,
            description: required("description"),
        },
        "nfm_reply" => MessageContent::FlowReply {
            form: text(inside.get("name")),
            body: required("body"),
            answers: required("response_json")?,
        },
        "call_permission_reply" => MessageContent::CallPermissionReply {
            response: text(inside.get("response"))?,
            expires_at: unix_seconds(inside.get("expiration_timestamp")),
        },
        _ => return None,
    })
}

fn order(order: &Value) -> Option<MessageContent> {
    let items = order.get("product_items")?.as_array()?.iter().map(|item| {
        Some(OrderItem {
            product_retailer_id: text(item.get("product_retailer_id"))?,
            quantity: text(item.get("quantity"))?,
            item_price: text(item.get("item_price"))?,
            currency: text(item.get("currency"))?,
        })
    });
    Some(MessageContent::Order {
        catalog_id: text(order.get("catalog_id")),
        text: text(order.get("text")).map(Into::into),
        items: Personal::Known(items.collect::<Option<_>>()?),
    })
}

/// What the provider could not do.
pub(super) fn errors(errors: Option<&Value>) -> Vec<ProviderError> {
    elements(errors)
        .iter()
        .map(|error| ProviderError {
            code: text(error.get("code")).unwrap_or_default(),
            title: text(error.get("title")).or_else(|| text(error.get("message"))),
            details: text(error.pointer("/error_data/details")).or_else(|| text(error.get("details"))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tag(content: &MessageContent) -> String {
        serde_json::to_value(content).unwrap().as_object().unwrap().keys().next().unwrap().clone()
    }

    #[test]
    fn each_kind_is_read_for_what_it_is() {
        let interactive = |kind: &str, inside: Value| json!({ "type": kind, kind: inside });
        for (kind, inside, expected) in [
            ("text", json!({"body": "Hi"}), "text"),
            ("image", json!({"id": "1", "mime_type": "image/jpeg", "caption": "Look"}), "image"),
            ("video", json!({"id": "1"}), "video"),
            ("audio", json!({"id": "1", "voice": true, "mime_type": "audio/ogg; codecs=opus"}), "audio"),
            ("document", json!({"id": "1", "filename": "../../x"}), "document"),
            ("sticker", json!({"id": "1", "animated": true}), "sticker"),
            ("location", json!({"latitude": "45.5", "longitude": 9}), "location"),
            ("contacts", json!([{"name": {"formatted_name": "Bea"}, "phones": [{"phone": "+39 1"}]}]), "contacts"),
            ("button", json!({"text": "Yes", "payload": "p"}), "button"),
            ("interactive", interactive("button_reply", json!({"id": "1", "title": "Yes"})), "button_reply"),
            ("interactive", interactive("list_reply", json!({"id": "1", "title": "42"})), "list_reply"),
            ("interactive", interactive("nfm_reply", json!({"name": "flow", "response_json": "{}"})), "flow_reply"),
            (
                "interactive",
                interactive("call_permission_reply", json!({"response": "accept"})),
                "call_permission_reply",
            ),
            (
                "order",
                json!({"catalog_id": "1", "product_items": [
                    {"product_retailer_id": "a", "quantity": 2, "item_price": 29.9, "currency": "EUR"}
                ]}),
                "order",
            ),
            ("system", json!({"type": "user_changed_number", "body": "b", "wa_id": "1"}), "system"),
            ("unsupported", json!({"type": "poll"}), "unsupported"),
        ] {
            assert_eq!(tag(&read(kind, &json!({ "type": kind, kind: inside }))), expected, "{kind}");
        }
        for (kind, expected) in [
            ("request_welcome", "welcome"),
            ("media_placeholder", "media_placeholder"),
            ("unsupported", "unsupported"),
            ("hologram", "unknown"),
        ] {
            assert_eq!(tag(&read(kind, &json!({ "type": kind }))), expected, "{kind}");
        }
    }

    #[test]
    fn what_is_odd_inside_is_kept_as_unknown() {
        for (kind, inside) in [
            ("text", json!("Hi")),
            ("text", json!({"body": 7})),
            ("image", json!(null)),
            ("location", json!({"latitude": "north"})),
            ("location", json!({"latitude": 90.1, "longitude": 9})),
            ("location", json!({"latitude": 45.5, "longitude": -1e90})),
            ("contacts", json!({})),
            ("interactive", json!({"type": "button_reply"})),
            ("interactive", json!({})),
            ("order", json!({"product_items": [{}]})),
        ] {
            let content = read(kind, &json!({"from": "393331234567", "id": "a", "type": kind, kind: inside}));
            let MessageContent::Unknown { named, content } = content else { panic!("{kind}: {content:?}") };
            assert_eq!((named.as_str(), content.known().unwrap().contains("393331234567")), (kind, false));
        }
    }

    #[test]
    fn errors_are_read_in_both_shapes() {
        let read = errors(Some(&json!([
            {"code": 131_051, "title": "Unknown", "error_data": {"details": "not supported"}},
            {"code": "131026", "message": "Undeliverable", "details": "no"},
        ])));
        assert_eq!((read[0].code.as_str(), read[0].details.as_deref()), ("131051", Some("not supported")));
        assert_eq!((read[1].code.as_str(), read[1].title.as_deref()), ("131026", Some("Undeliverable")));
        assert_eq!(errors(Some(&json!("none"))), []);
    }
}
