use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::MessageContent;
use crate::Personal;

/// A message as its provider told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundMessage {
    /// The provider's id. Personal: a WhatsApp id is base64 around the phone.
    pub provider_message_id: Personal<String>,
    /// When the customer wrote it, by the provider's clock; whole seconds for WhatsApp. When it was received, if the
    /// provider says nothing that is a time.
    pub sent_at: Timestamp,
    /// When its first delivery was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// What the provider said in the place of a time, where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd_timestamp: Option<String>,
    /// What the customer called herself when she wrote it, if the provider said so.
    pub sender_name: Option<Personal<String>>,
    /// What she wrote.
    pub content: MessageContent,
    /// The message it answers, by the provider's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies_to: Option<Personal<String>>,
    /// The product it asks about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Box<Product>>,
    /// Whether somebody else had written it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Forwarded>,
    /// The advertisement that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Box<Referral>>,
    /// What the provider could not do with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProviderError>,
}

/// How far a message has travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forwarded {
    /// It was passed on.
    Once,
    /// It was passed on many times.
    Frequently,
}

/// A product of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Which catalogue.
    pub catalog_id: Option<String>,
    /// What the business calls the product.
    pub product_retailer_id: Option<String>,
}

/// An advertisement that leads to WhatsApp. The business's own words, but for the click.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// Where it stands.
    pub source_url: Option<String>,
    /// The ad's or post's id.
    pub source_id: Option<String>,
    /// `ad` or `post`.
    pub source_type: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// `image` or `video`.
    pub media_type: Option<String>,
    /// Meta's id of the click, hers alone.
    pub ctwa_clid: Option<Personal<String>>,
}

/// What a provider could not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderError {
    /// Its number, as the provider writes it.
    pub code: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// More of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

/// How far a provider's clock may be ahead of ours before ours counts.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// How long a business may answer freely (Meta's customer service window).
const SERVICE_WINDOW: SignedDuration = SignedDuration::from_hours(24);

impl InboundMessage {
    /// A message of which nothing else is known.
    #[must_use]
    pub fn new(provider_message_id: impl Into<Personal<String>>, sent_at: Timestamp, content: MessageContent) -> Self {
        Self {
            provider_message_id: provider_message_id.into(),
            sent_at,
            received_at: None,
            odd_timestamp: None,
            sender_name: None,
            content,
            replies_to: None,
            product: None,
            forwarded: None,
            referral: None,
            errors: Vec::new(),
        }
    }

    /// Until when this message lets the business answer freely; `None` for what opens no window: what WhatsApp tells of
    /// its own accord, and a chat that was merely opened.
    #[must_use]
    pub fn opens_window_until(&self) -> Option<Timestamp> {
        self.is_written().then(|| service_window(self.sent_at, self.received_at))
    }

    /// Whether the customer wrote it, so that somebody should read it.
    #[must_use]
    pub fn is_written(&self) -> bool {
        !matches!(
            self.content,
            MessageContent::System { .. } | MessageContent::Welcome {} | MessageContent::MediaPlaceholder {}
        )
    }
}

/// The end of the service window that a customer's act opens: 24 hours after it, by the provider's clock unless that is
/// more than five minutes ahead of when we heard of it.
#[must_use]
pub fn service_window(sent_at: Timestamp, received_at: Option<Timestamp>) -> Timestamp {
    let latest = received_at.map_or(Timestamp::MAX, |at| at.saturating_add(AHEAD).unwrap_or(Timestamp::MAX));
    sent_at.min(latest).saturating_add(SERVICE_WINDOW).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_763_712_000 + second).unwrap()
    }

    #[test]
    fn a_window_is_open_for_a_day_after_what_opens_it() {
        let day = 24 * 3_600;
        assert_eq!(service_window(at(0), None), at(day));
        assert_eq!(service_window(at(0), Some(at(-300))), at(day), "five minutes ahead is as it may be");
        assert_eq!(service_window(at(0), Some(at(9_999))), at(day), "late news opens it no longer");
        assert_eq!(service_window(at(5_000), Some(at(0))), at(300 + day), "a clock that is ahead opens it no longer");
        assert_eq!(service_window(Timestamp::MAX, None), Timestamp::MAX);
    }

    #[test]
    fn what_nobody_wrote_opens_none() {
        let window = |content| InboundMessage::new("a".to_owned(), at(0), content).opens_window_until();
        let system = MessageContent::System { change: super::super::SystemChange::Number, body: None };
        for content in [system, MessageContent::Welcome {}, MessageContent::MediaPlaceholder {}] {
            assert_eq!(window(content), None);
        }
        assert!(window(MessageContent::Unsupported { named: None }).is_some());
    }
}
