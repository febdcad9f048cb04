//! A message of every kind, and one with everything that a message can have beside its content.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{CHANNEL, CONTACT, GROUP, Sample, sample};
use crate::conversation::{
    ContactCard, ConversationEvent, Correction, Forwarded, InboundMessage, Media, MediaFile, MessageContent, OrderItem,
    Place, Product, ProviderError, Referral, SystemChange,
};
use crate::{EventId, Personal};

fn text(text: &str) -> Personal<String> {
    text.to_owned().into()
}

fn media(mime_type: &str, filename: Option<&str>) -> Media {
    Media {
        mime_type: Some(mime_type.to_owned()),
        file: Personal::Known(MediaFile {
            id: Some("900000000000009".to_owned()),
            url: Some("https://files.example/900000000000009".to_owned()),
            sha256: Some("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned()),
            filename: filename.map(str::to_owned),
        }),
        caption: Some(text("This one.")),
    }
}

pub(super) fn correction() -> Correction {
    let content = MessageContent::Image(media("image/jpeg", None));
    let told = InboundMessage::new("wamid.sample".to_owned(), Timestamp::UNIX_EPOCH, MessageContent::Welcome {});
    Correction { content, ..Correction::as_received(EventId::from_uuid(Uuid::from_u128(5)), told) }
}

/// By the name of its form in the golden file, which is its tag.
fn contents() -> Vec<(&'static str, MessageContent)> {
    let at = Timestamp::from_second(1_764_000_000).unwrap();
    let uncaptioned = |media: Media| Media { caption: None, ..media };
    let place = Place {
        latitude: 45.464_203_5,
        longitude: 9.189_982,
        name: Some("Bottega Aurora".to_owned()),
        address: Some("Via Torino 1, Milano".to_owned()),
        url: None,
    };
    let card = json!({"name": {"formatted_name": "Bea Rossi"}, "phones": [{"phone": "+39 333 765 4321"}]});
    let card = ContactCard {
        name: "Bea Rossi".to_owned(),
        phones: vec!["+39 333 765 4321".to_owned()],
        card: card.as_object().unwrap().clone(),
    };
    let item = OrderItem {
        product_retailer_id: "blue-one".to_owned(),
        quantity: "2".to_owned(),
        item_price: "29.9".to_owned(),
        currency: "EUR".to_owned(),
    };
    vec![
        ("image", MessageContent::Image(media("image/jpeg", None))),
        ("video", MessageContent::Video(media("video/mp4", None))),
        ("audio", MessageContent::Audio { media: uncaptioned(media("audio/ogg; codecs=opus", None)), voice: true }),
        ("document", MessageContent::Document(media("application/pdf", Some("order.pdf")))),
        ("sticker", MessageContent::Sticker { media: uncaptioned(media("image/webp", None)), animated: false }),
        ("location", MessageContent::Location { place: Personal::Known(place) }),
        ("contacts", MessageContent::Contacts { cards: Personal::Known(vec![card]) }),
        ("button", MessageContent::Button { text: text("Yes"), payload: Some(text("confirm-7")) }),
        ("button_reply", MessageContent::ButtonReply { id: text("yes"), title: text("Yes") }),
        (
            "list_reply",
            MessageContent::ListReply { id: text("42"), title: text("Size 42"), description: Some(text("blue")) },
        ),
        (
            "flow_reply",
            MessageContent::FlowReply {
                form: Some("flow".to_owned()),
                body: Some(text("Sent")),
                answers: text("{\"size\":\"42\"}"),
            },
        ),
        (
            "call_permission_reply",
            MessageContent::CallPermissionReply { response: "accept".to_owned(), expires_at: Some(at) },
        ),
        (
            "order",
            MessageContent::Order {
                catalog_id: Some("300000000000003".to_owned()),
                text: Some(text("These, please.")),
                items: Personal::Known(vec![item]),
            },
        ),
        ("welcome", MessageContent::Welcome {}),
        (
            "system",
            MessageContent::System { change: SystemChange::Number, body: Some(text("She has another number.")) },
        ),
        ("media_placeholder", MessageContent::MediaPlaceholder {}),
        ("unsupported", MessageContent::Unsupported { named: Some("poll".to_owned()) }),
        ("unknown", MessageContent::Unknown { named: "hologram".to_owned(), content: text("{\"x\":1}") }),
    ]
}

fn at() -> Timestamp {
    Timestamp::from_second(1_763_712_000).unwrap()
}

fn received(form: &'static str, message: InboundMessage) -> Sample {
    let event = ConversationEvent::MessageReceived { contact: CONTACT, channel: CHANNEL, group: None, message };
    Sample { form: Some(form), ..sample(event) }
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    let sent =
        |content| InboundMessage { received_at: Some(at()), ..InboundMessage::new(text("wamid.kind"), at(), content) };
    let body = text("Hi");
    let full = InboundMessage {
        odd_timestamp: Some("soon".to_owned()),
        replies_to: Some(text("wamid.question")),
        product: Some(Box::new(Product {
            catalog_id: Some("300000000000003".to_owned()),
            product_retailer_id: Some("blue-one".to_owned()),
        })),
        forwarded: Some(Forwarded::Frequently),
        referral: Some(Box::new(Referral {
            source_url: Some("https://ads.example/1".to_owned()),
            source_id: Some("400000000000004".to_owned()),
            source_type: Some("ad".to_owned()),
            headline: Some("The blue one".to_owned()),
            body: Some("Write to us".to_owned()),
            media_type: Some("image".to_owned()),
            ctwa_clid: Some(text("click-5")),
        })),
        errors: vec![ProviderError {
            code: "131051".to_owned(),
            title: Some("Unsupported".to_owned()),
            details: Some("Not supported yet".to_owned()),
        }],
        ..sent(MessageContent::Text { body })
    };
    let in_group = ConversationEvent::MessageReceived {
        contact: CONTACT,
        channel: CHANNEL,
        group: Some(GROUP),
        message: sent(MessageContent::Text { body: text("Hi all") }),
    };
    let in_group = Sample { form: Some("in_group"), ..sample(in_group) };
    let kinds = contents().into_iter().map(|(form, content)| received(form, sent(content)));
    [received("full", full), in_group].into_iter().chain(kinds).collect()
}

#[test]
fn each_kind_of_message_has_its_file() {
    for (form, content) in contents() {
        let json = serde_json::to_value(&content).unwrap();
        assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), [form]);
        assert_eq!(serde_json::from_value::<MessageContent>(json).unwrap(), content);
    }
}
