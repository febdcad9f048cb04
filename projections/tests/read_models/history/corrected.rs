//! Messages that were understood wrongly are corrected, some of them again.

use leadflow_domain::Event;
use leadflow_domain::conversation::{ConversationCommand, ConversationEvent, Correction, MessageContent};
use leadflow_domain::outbound_message::{OutboundMessageCommand, OutboundMessageEvent};
use leadflow_event_store::{ExecuteError, RecordedEvent};
use rand::Rng;
use rand::seq::IndexedRandom;

use super::Play;
use crate::support::context;

impl Play<'_> {
    /// One message of all that were told is said to say something else.
    pub(super) async fn correct(&mut self) {
        self.keep_up().await;
        // As often one of the business, of which there are few.
        let of_business = self.rng.random_bool(0.5);
        let messages: Vec<&RecordedEvent> = self
            .seen
            .iter()
            .filter(|recorded| is_message(recorded) && is_of_business(recorded) == of_business)
            .collect();
        let Some(recorded) = messages.choose(&mut self.rng).map(|recorded| (*recorded).clone()) else { return };
        let nth = self.rng.random_range(0..100);
        let content = match nth % 3 {
            0 => MessageContent::MediaPlaceholder {},
            _ => MessageContent::Text { body: format!("in truth {nth}").into() },
        };
        let replies_to = (nth % 2 == 0).then(|| format!("a{nth}").into());
        let corrected = |told: Correction| Correction { content, replies_to, ..told };
        let (key, tenant, id) = (self.next_key(), recorded.tenant, recorded.id);
        let context = context(tenant, &key);
        let done = match recorded.event.clone() {
            Event::Conversation(
                ConversationEvent::MessageReceived { contact, message, .. }
                | ConversationEvent::MessageImported { contact, message, .. },
            ) => {
                let correction = corrected(Correction::as_received(id, message));
                let correct = ConversationCommand::CorrectMessage { contact, correction };
                self.log
                    .conversations
                    .execute(recorded.stream, correct, context)
                    .await
                    .map_err(|error| error.to_string())
            }
            Event::OutboundMessage(
                OutboundMessageEvent::Echoed { message, .. } | OutboundMessageEvent::Imported { message, .. },
            ) => {
                let correction = corrected(Correction::as_echoed(id, message));
                let correct = OutboundMessageCommand::CorrectMessage { correction };
                self.log
                    .outbound_messages
                    .execute(recorded.stream, correct, context)
                    .await
                    .map_err(|error| error.to_string())
            }
            Event::Tenant(_)
            | Event::Channel(_)
            | Event::Contact(_)
            | Event::Group(_)
            | Event::Conversation(_)
            | Event::OutboundMessage(_)
            | Event::Lead(_)
            | Event::Member(_)
            | Event::Team(_)
            | Event::Role(_)
            | Event::ApiKey(_)
            | Event::Template(_)
            | Event::ResponseTemplate(_)
            | Event::Pipeline(_)
            | Event::Source(_)
            | Event::Routing(_) => panic!("no message: {recorded:?}"),
        };
        // Who was erased is not corrected.
        let erased = ExecuteError::<std::convert::Infallible>::Erased.to_string();
        assert!(done.as_ref().map_or_else(|error| *error == erased, |_| true), "{done:?}");
    }
}

fn is_message(recorded: &RecordedEvent) -> bool {
    matches!(
        recorded.event,
        Event::Conversation(ConversationEvent::MessageReceived { .. } | ConversationEvent::MessageImported { .. })
            | Event::OutboundMessage(OutboundMessageEvent::Echoed { .. } | OutboundMessageEvent::Imported { .. })
    )
}

fn is_of_business(recorded: &RecordedEvent) -> bool {
    matches!(recorded.event, Event::OutboundMessage(_))
}
