//! How what a customer wrote or did is shown: its kind, its text, and all that it holds.

use leadflow_domain::Personal;
use leadflow_domain::conversation::{CallNews, CallReport, MessageContent, Reaction};
use leadflow_domain::outbound_message::{MediaKind, OutgoingContent};
use serde::Serialize;
use serde_json::Value;

use super::words::MessageKind;

/// One row of the messages.
pub(super) struct Shown {
    pub(super) kind: MessageKind,
    /// What a list shows of it; none where there are no words.
    pub(super) text: Option<String>,
    /// All of it, without the marks of personal values; none where the text is all.
    pub(super) content: Option<Value>,
}

fn known(text: &Personal<String>) -> Option<String> {
    text.known().cloned()
}

fn maybe(text: Option<&Personal<String>>) -> Option<String> {
    text.and_then(known)
}

impl Shown {
    pub(super) fn message(content: &MessageContent) -> Self {
        let (kind, text) = match content {
            // The text is all.
            MessageContent::Text { body } => {
                return Self { kind: MessageKind::Text, text: known(body), content: None };
            }
            MessageContent::Image(media) => (MessageKind::Image, maybe(media.caption.as_ref())),
            MessageContent::Video(media) => (MessageKind::Video, maybe(media.caption.as_ref())),
            MessageContent::Audio { media, .. } => (MessageKind::Audio, maybe(media.caption.as_ref())),
            MessageContent::Document(media) => {
                let filename = || media.file.known().and_then(|file| file.filename.clone());
                (MessageKind::Document, maybe(media.caption.as_ref()).or_else(filename))
            }
            MessageContent::Sticker { media, .. } => (MessageKind::Sticker, maybe(media.caption.as_ref())),
            MessageContent::Location { place } => {
                let named = place.known().and_then(|place| place.name.clone().or_else(|| place.address.clone()));
                (MessageKind::Location, named)
            }
            MessageContent::Contacts { cards } => {
                let names = cards.known().map(|cards| cards.iter().map(|card| card.name.as_str()).collect::<Vec<_>>());
                (MessageKind::Contacts, names.map(|names| names.join(", ")))
            }
            MessageContent::Button { text, .. } => (MessageKind::Button, known(text)),
            MessageContent::ButtonReply { title, .. } => (MessageKind::ButtonReply, known(title)),
            MessageContent::ListReply { title, .. } => (MessageKind::ListReply, known(title)),
            MessageContent::FlowReply { body, .. } => (MessageKind::FlowReply, maybe(body.as_ref())),
            MessageContent::CallPermissionReply { response, .. } => {
                (MessageKind::CallPermissionReply, Some(response.clone()))
            }
            MessageContent::Order { text, .. } => (MessageKind::Order, maybe(text.as_ref())),
            MessageContent::Welcome {} => (MessageKind::Welcome, None),
            MessageContent::System { body, .. } => (MessageKind::System, maybe(body.as_ref())),
            MessageContent::MediaPlaceholder {} => (MessageKind::MediaPlaceholder, None),
            MessageContent::Unsupported { named } => (MessageKind::Unsupported, named.clone()),
            MessageContent::Unknown { named, .. } => (MessageKind::Unknown, Some(named.clone())),
        };
        Self { kind, text, content: inside(content) }
    }

    /// What is sent from here.
    pub(super) fn outgoing(content: &OutgoingContent) -> Self {
        let (kind, text) = match content {
            OutgoingContent::Text { body, .. } => {
                return Self { kind: MessageKind::Text, text: known(body), content: None };
            }
            OutgoingContent::Reaction { emoji, .. } => return Self::reacted(emoji.as_ref()),
            OutgoingContent::Media { kind, caption, filename, .. } => {
                let kind = match kind {
                    MediaKind::Image => MessageKind::Image,
                    MediaKind::Video => MessageKind::Video,
                    MediaKind::Audio => MessageKind::Audio,
                    MediaKind::Document => MessageKind::Document,
                    MediaKind::Sticker => MessageKind::Sticker,
                };
                (kind, maybe(caption.as_ref()).or_else(|| maybe(filename.as_ref())))
            }
            OutgoingContent::Location { place } => {
                let named = place.known().and_then(|place| place.name.clone().or_else(|| place.address.clone()));
                (MessageKind::Location, named)
            }
            OutgoingContent::Contacts { cards } => {
                let name = |card: &serde_json::Map<String, Value>| {
                    Some(card.get("name")?.get("formatted_name")?.as_str()?.to_owned())
                };
                let names = cards.known().map(|cards| cards.iter().filter_map(name).collect::<Vec<_>>());
                (MessageKind::Contacts, names.map(|names| names.join(", ")))
            }
            OutgoingContent::Buttons { frame, .. } => (MessageKind::Buttons, known(&frame.body)),
            OutgoingContent::List { frame, .. } => (MessageKind::List, known(&frame.body)),
            OutgoingContent::Product { body, .. } => (MessageKind::Product, maybe(body.as_ref())),
            OutgoingContent::Products { frame, .. } => (MessageKind::Products, known(&frame.body)),
            OutgoingContent::Catalog { frame, .. } => (MessageKind::Catalog, known(&frame.body)),
            OutgoingContent::Template { text, .. } => (MessageKind::Template, known(text)),
        };
        Self { kind, text, content: inside(content) }
    }

    pub(super) fn reaction(reaction: &Reaction) -> Self {
        Self::reacted(reaction.emoji.as_ref())
    }

    fn reacted(emoji: Option<&Personal<String>>) -> Self {
        let (kind, text) = match emoji {
            Some(emoji) => (MessageKind::Reaction, known(emoji)),
            None => (MessageKind::ReactionRemoved, None),
        };
        Self { kind, text, content: None }
    }

    pub(super) fn edit(content: &MessageContent) -> Self {
        Self { kind: MessageKind::Edit, text: Self::message(content).text, content: inside(content) }
    }

    pub(super) fn revocation() -> Self {
        Self { kind: MessageKind::Revocation, text: None, content: None }
    }

    /// In the provider's word for how it stands.
    pub(super) fn call(report: &CallReport) -> Self {
        let (kind, word) = match &report.told {
            CallNews::Terminate => (MessageKind::CallEnded, None),
            CallNews::Connect => (MessageKind::Call, None),
            CallNews::Reported(word) => (MessageKind::Call, Some(word)),
        };
        let text = report.outcome.as_ref().or(word).cloned();
        // Plain fields: it can always be written.
        Self { kind, text, content: serde_json::to_value(report).ok() }
    }
}

/// What stands under the name of its kind, in clear.
fn inside(content: &impl Serialize) -> Option<Value> {
    // A sealed value can't be written; this model gets them opened.
    let mut value = serde_json::to_value(content).ok()?;
    let inside = value.as_object_mut()?.values_mut().next()?.take();
    Some(in_clear(inside)).filter(|value| value.as_object().is_some_and(|fields| !fields.is_empty()))
}

/// Without the marks of personal values.
fn in_clear(value: Value) -> Value {
    match value {
        Value::Object(mut fields) if fields.len() == 1 && fields.contains_key(leadflow_domain::PERSONAL_MARK) => {
            fields.remove(leadflow_domain::PERSONAL_MARK).unwrap_or_default()
        }
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, field)| (name, in_clear(field))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(in_clear).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::conversation::{CallDirection, Media, MediaFile};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_picture_shows_its_caption_and_what_it_holds() {
        let file = MediaFile { id: Some("7".to_owned()), ..MediaFile::default() };
        let image = Media {
            mime_type: Some("image/png".to_owned()),
            file: file.into(),
            caption: Some("Look".to_owned().into()),
        };
        let shown = Shown::message(&MessageContent::Image(image));
        assert_eq!((shown.kind, shown.text.as_deref()), (MessageKind::Image, Some("Look")));
        assert_eq!(shown.content, Some(json!({"mime_type": "image/png", "file": {"id": "7"}, "caption": "Look"})));
    }

    #[test]
    fn a_call_shows_how_it_stands() {
        let rings = CallReport {
            direction: CallDirection::FromBusiness,
            told: CallNews::of("RINGING"),
            outcome: None,
            started_at: None,
            ended_at: None,
            duration_seconds: None,
            errors: vec![],
        };
        let ended = CallReport {
            told: CallNews::Terminate,
            outcome: Some("COMPLETED".to_owned()),
            duration_seconds: Some(60),
            ..rings.clone()
        };
        let connects = CallReport { told: CallNews::Connect, ..rings.clone() };
        let shown = |report| {
            let Shown { kind, text, content } = Shown::call(&report);
            (kind, text, content.unwrap())
        };
        let completed = json!({
            "direction": "from_business", "told": "terminate", "outcome": "COMPLETED", "duration_seconds": 60,
        });
        assert_eq!(shown(ended), (MessageKind::CallEnded, Some("COMPLETED".to_owned()), completed));
        let ringing = json!({"direction": "from_business", "told": {"reported": "RINGING"}});
        assert_eq!(shown(rings), (MessageKind::Call, Some("RINGING".to_owned()), ringing));
        assert_eq!(shown(connects).1, None);
    }

    #[test]
    fn a_text_is_its_text() {
        let shown = Shown::message(&MessageContent::Text { body: "Hi".to_owned().into() });
        assert_eq!((shown.kind, shown.text.as_deref(), shown.content), (MessageKind::Text, Some("Hi"), None));
    }
}
