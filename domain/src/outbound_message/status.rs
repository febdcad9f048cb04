//! How far a message got. The one place that ranks what a provider says of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::ProviderError;
use crate::{IdentifierHash, Personal};

/// How far a message got, from the least to the most: of several reports the highest counts, in whatever order they
/// come. That it failed is final, unless a report of its arrival disproves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It is to be sent.
    Queued,
    /// It was taken back before it left.
    Cancelled,
    /// It is being sent.
    Attempted,
    /// It was sent, or not: the provider did not answer.
    Unknown,
    /// The provider took it, and has told nothing more of it.
    Accepted,
    /// The provider has sent it.
    Sent,
    /// The provider could not deliver it.
    Failed,
    /// It is on the customer's device.
    Delivered,
    /// The customer has seen it.
    Read,
    /// The customer has listened to it.
    Played,
}

impl DeliveryStatus {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Cancelled,
        Self::Attempted,
        Self::Unknown,
        Self::Accepted,
        Self::Sent,
        Self::Failed,
        Self::Delivered,
        Self::Read,
        Self::Played,
    ];
}

/// What a provider said of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportedStatus {
    /// It got that far.
    Reached(DeliveryStatus),
    /// Something that says nothing of how far it got (`deleted`, `warning`), in the provider's word.
    Other(String),
}

/// A report of a provider on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReport {
    /// What it says.
    pub status: ReportedStatus,
    /// When that was so, by the provider's clock; when it was received, if the provider says nothing that is a time.
    pub at: Timestamp,
    /// When its first delivery was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// What the provider said in the place of a time, where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd_timestamp: Option<String>,
    /// Of whom in a group it tells; `None` when it tells of the message as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<Participant>,
    /// What whoever sent the message attached to it, for us to find it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<Personal<String>>,
    /// What the provider says of its price: JSON in a text, never computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<String>,
    /// What the provider says of what it calls a conversation and charges by: JSON in a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed_conversation: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProviderError>,
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Keyed hash of what she is known by, her user id before her phone: her reports of one message belong together.
    pub hash: IdentifierHash,
    /// Her number, as the provider writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Personal<String>>,
    /// WhatsApp's id of her.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Personal<String>>,
}

impl ReportedStatus {
    /// How far the message got, if that is what it says.
    #[must_use]
    pub fn reached(&self) -> Option<DeliveryStatus> {
        match self {
            Self::Reached(status) => Some(*status),
            Self::Other(_) => None,
        }
    }
}

impl StatusReport {
    /// A report of which nothing else is known.
    #[must_use]
    pub fn new(status: ReportedStatus, at: Timestamp) -> Self {
        Self {
            status,
            at,
            received_at: None,
            odd_timestamp: None,
            participant: None,
            callback_data: None,
            pricing: None,
            billed_conversation: None,
            errors: Vec::new(),
        }
    }

    /// How far the message got by this report; `None` when it tells of one of many, or of something else.
    #[must_use]
    pub fn reached(&self) -> Option<DeliveryStatus> {
        if self.participant.is_none() { self.status.reached() } else { None }
    }

    /// Whether it holds values about a person.
    pub(super) fn is_personal(&self) -> bool {
        let in_group = |somebody: &Participant| somebody.phone.is_some() || somebody.user_id.is_some();
        self.callback_data.is_some() || self.participant.as_ref().is_some_and(in_group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_further_than_the_one_before() {
        assert!(DeliveryStatus::ALL.is_sorted());
        assert!(DeliveryStatus::Sent < DeliveryStatus::Failed, "what failed had been sent");
        assert!(DeliveryStatus::Failed < DeliveryStatus::Delivered, "what arrived did not fail");
    }

    #[test]
    fn one_of_a_group_does_not_speak_for_all() {
        let at = Timestamp::from_second(1_763_712_000).unwrap();
        let read = StatusReport::new(ReportedStatus::Reached(DeliveryStatus::Read), at);
        assert_eq!((read.reached(), read.is_personal()), (Some(DeliveryStatus::Read), false));
        let hash = IdentifierHash::from_hex("hash".to_owned());
        let participant = Participant { hash, phone: Some("393331234567".to_owned().into()), user_id: None };
        let hers = StatusReport { participant: Some(participant), ..read.clone() };
        assert_eq!((hers.reached(), hers.is_personal()), (None, true));
        let other = StatusReport { status: ReportedStatus::Other("deleted".to_owned()), ..read };
        assert_eq!(other.reached(), None);
    }
}
