//! A message that is in the log was understood wrongly. It stays there as it was told, and an event says how it is
//! understood now.

use serde::{Deserialize, Serialize};

use super::{Conversation, ConversationEvent, ConversationRefusal, Forwarded, InboundMessage, MessageContent, Product};
use super::{ProviderError, Referral};
use crate::outbound_message::EchoedMessage;
use crate::{ContactId, EventId, Personal};

/// What a message says, as it is understood now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The event that told of it.
    pub event: EventId,
    /// What it says.
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

impl Correction {
    /// How a message was understood when `event` told of it.
    #[must_use]
    pub fn as_received(event: EventId, message: InboundMessage) -> Self {
        Self {
            event,
            content: message.content,
            replies_to: message.replies_to,
            product: message.product,
            forwarded: message.forwarded,
            referral: message.referral,
            errors: message.errors,
        }
    }

    /// How a message of the business was understood when `event` told of it. Products and advertisements are not told of these.
    #[must_use]
    pub fn as_echoed(event: EventId, message: EchoedMessage) -> Self {
        Self {
            event,
            content: message.content,
            replies_to: message.replies_to,
            product: None,
            forwarded: message.forwarded,
            referral: None,
            errors: message.errors,
        }
    }
}

/// Of whoever wrote it: in a thread of many, the correction is hers alone.
pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    correction: Correction,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let channel = conversation.thread()?.channel;
    Ok(vec![ConversationEvent::MessageCorrected { contact, channel, correction }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use super::Correction;
    use crate::EventId;
    use crate::conversation::state::samples::{
        CHANNEL, CONTACT, OTHER, opened, opened_with_group, received, received_in_group, text,
    };
    use crate::conversation::{
        Conversation, ConversationCommand, ConversationEvent, ConversationRefusal, MessageContent,
    };

    fn correction() -> Correction {
        let content = MessageContent::Text { body: "Is the red one still there?".to_owned().into() };
        Correction { content, ..Correction::as_received(EventId::from_uuid(Uuid::from_u128(5)), text("a")) }
    }

    #[test]
    fn what_it_says_is_corrected_and_nothing_else_happens() {
        let corrected =
            ConversationEvent::MessageCorrected { contact: CONTACT, channel: CHANNEL, correction: correction() };
        for status in [vec![], vec![ConversationEvent::Resolved {}]] {
            TestFramework::<Conversation>::with(())
                .given([vec![opened(), received("a")], status].concat())
                .when(ConversationCommand::CorrectMessage { contact: CONTACT, correction: correction() })
                .then_expect_events(vec![corrected.clone()]);
        }
    }

    #[test]
    fn in_a_group_it_is_of_whoever_wrote_it() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened_with_group(), received_in_group(CONTACT, "a"), received_in_group(OTHER, "b")])
            .when(ConversationCommand::CorrectMessage { contact: OTHER, correction: correction() })
            .then_expect_events(vec![ConversationEvent::MessageCorrected {
                contact: OTHER,
                channel: CHANNEL,
                correction: correction(),
            }]);
    }

    #[test]
    fn where_nobody_ever_wrote_there_is_nothing_to_correct() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(ConversationCommand::CorrectMessage { contact: CONTACT, correction: correction() })
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
