//! What a message of Messenger or of Instagram holds.

use leadflow_domain::Personal;
use leadflow_domain::conversation::{Media, MediaFile, MessageContent, Place as OnEarth, Referral};
use serde_json::Value;

use super::super::json::{elements, number, text};
use super::LONGEST_NAME;

/// What a message holds. What this program can't show as what it is, is shown as unknown, with all it holds.
pub(super) fn content(kind: &str, message: &Value) -> MessageContent {
    let body = text(message.get("text"));
    let attachments = elements(message.get("attachments"));
    if kind == "unsupported" || message["is_unsupported"] == true {
        return MessageContent::Unsupported { named: None };
    }
    if let (Some(body), Some(payload)) = (&body, text(message.pointer("/quick_reply/payload"))) {
        return MessageContent::Button { text: body.clone().into(), payload: Some(payload.into()) };
    }
    match (body, attachments) {
        (Some(body), all) if all.iter().all(|one| one["type"] == "fallback") => {
            MessageContent::Text { body: body.into() }
        }
        (body, [one]) => attached(one, body).unwrap_or_else(|| unknown(named(one), message)),
        (_, []) => unknown("message", message),
        (_, _) => unknown("attachments", message),
    }
}

fn named(attachment: &Value) -> &str {
    attachment.get("type").and_then(Value::as_str).unwrap_or("attachment")
}

/// An attachment that is a file, a sticker or a place, with what is written below it.
fn attached(attachment: &Value, caption: Option<String>) -> Option<MessageContent> {
    let payload = &attachment["payload"];
    let media = |caption: Option<String>| {
        let file = MediaFile { url: Some(text(payload.get("url"))?), ..MediaFile::default() };
        Some(Media { mime_type: None, file: file.into(), caption: caption.map(Into::into) })
    };
    Some(match named(attachment) {
        "image" if payload.get("sticker_id").is_some() && caption.is_none() => {
            MessageContent::Sticker { media: media(None)?, animated: false }
        }
        "image" => MessageContent::Image(media(caption)?),
        "video" => MessageContent::Video(media(caption)?),
        "audio" => MessageContent::Audio { media: media(caption)?, voice: false },
        "file" => MessageContent::Document(media(caption)?),
        "location" if caption.is_none() => {
            let degrees = |name: &str, most: f64| {
                number(payload["coordinates"].get(name)).filter(|degrees| degrees.abs() <= most)
            };
            MessageContent::Location {
                place: Personal::Known(OnEarth {
                    latitude: degrees("lat", 90.0)?,
                    longitude: degrees("long", 180.0)?,
                    name: text(attachment.get("title")),
                    address: None,
                    url: text(attachment.get("url")),
                }),
            }
        }
        _ => return None,
    })
}

pub(super) fn unknown(named: &str, holds: &Value) -> MessageContent {
    let mut rest = holds.clone();
    if let Some(fields) = rest.as_object_mut() {
        // What is told of it elsewhere.
        for told in ["mid", "seq", "is_echo", "app_id", "reply_to", "referral"] {
            fields.remove(told);
        }
    }
    MessageContent::Unknown {
        named: named.chars().take(LONGEST_NAME).collect(),
        content: Personal::Known(rest.to_string()),
    }
}

/// The story of the business that she answers.
pub(super) fn of_story(story: &Value) -> Option<Box<Referral>> {
    story.is_object().then(|| {
        Box::new(Referral {
            source_id: text(story.get("id")),
            source_url: text(story.get("url")),
            source_type: Some("story".to_owned()),
            ..Referral::default()
        })
    })
}

/// The ad, or the link of the business's, that she came by.
pub(super) fn referral(referral: &Value) -> Option<Box<Referral>> {
    let said = |name: &str| text(referral.get(name));
    let of_ad = |name: &str| text(referral["ads_context_data"].get(name));
    referral.is_object().then(|| {
        Box::new(Referral {
            source_url: said("referer_uri"),
            source_id: said("ad_id").or_else(|| said("ref")),
            source_type: said("source").map(|source| source.to_lowercase()),
            headline: of_ad("ad_title"),
            ..Referral::default()
        })
    })
}
