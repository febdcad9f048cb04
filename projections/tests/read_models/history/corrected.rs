//! Messages of either side, and of groups, that are understood otherwise than when they came.

use leadflow_domain::conversation::{
    ConversationCommand, ConversationEvent, Correction, Media, MediaFile, MessageContent,
};
use leadflow_domain::outbound_message::{OutboundMessageCommand, OutboundMessageEvent};
use leadflow_domain::{ContactId, Event, EventId, Personal, StreamId, TenantId};
use leadflow_event_store::{ExecuteError, RecordedEvent};
use rand::Rng;
use rand::seq::IndexedRandom;

use super::Play;
use crate::support::context;

/// A telling of a message.
struct Telling {
    tenant: TenantId,
    stream: StreamId,
    event: EventId,
    /// Who wrote it, if it is not the business's.
    contact: Option<ContactId>,
}

fn telling(recorded: &RecordedEvent) -> Option<Telling> {
    let contact = match &recorded.event {
        Event::Conversation(
            ConversationEvent::MessageReceived { contact, message, .. }
            | ConversationEvent::MessageImported { contact, message, .. },
        ) => {
            message.provider_message_id.known()?;
            Some(*contact)
        }
        Event::OutboundMessage(
            OutboundMessageEvent::Echoed { message, .. } | OutboundMessageEvent::Imported { message, .. },
        ) => {
            message.occasion.provider_message_id.known()?;
            None
        }
        Event::Tenant(_)
        | Event::Channel(_)
        | Event::Contact(_)
        | Event::Conversation(_)
        | Event::OutboundMessage(_)
        | Event::Lead(_)
        | Event::Group(_) => return None,
    };
    Some(Telling { tenant: recorded.tenant, stream: recorded.stream, event: recorded.id, contact })
}

impl Play<'_> {
    /// Some telling is corrected, perhaps not for the first time; not of whoever was erased since.
    pub(super) async fn correct(&mut self) {
        self.keep_up().await;
        let tellings: Vec<Telling> = self.seen.iter().filter_map(telling).collect();
        let Some(told) = tellings.choose(&mut self.rng) else { return };
        let key = self.next_key();
        let text = || Personal::Known(format!("corrected {key}"));
        let content = match self.rng.random_bool(0.5) {
            true => MessageContent::Text { body: text() },
            false => MessageContent::Image(Media {
                mime_type: Some("image/png".to_owned()),
                file: MediaFile { id: Some("7".to_owned()), ..MediaFile::default() }.into(),
                caption: Some(text()),
            }),
        };
        let correction = Correction {
            event: told.event,
            content,
            replies_to: self.rng.random_bool(0.5).then(text),
            product: None,
            forwarded: None,
            referral: None,
            errors: vec![],
        };
        let context = context(told.tenant, &key);
        let is_erased = match told.contact {
            Some(contact) => {
                let command = ConversationCommand::CorrectMessage { contact, correction };
                match self.log.conversations.execute(told.stream, command, context).await {
                    Ok(_) => false,
                    Err(ExecuteError::Erased) => true,
                    Err(error) => panic!("{error}"),
                }
            }
            None => {
                let command = OutboundMessageCommand::CorrectMessage { correction };
                match self.log.outbound_messages.execute(told.stream, command, context).await {
                    Ok(_) => false,
                    Err(ExecuteError::Erased) => true,
                    Err(error) => panic!("{error}"),
                }
            }
        };
        assert!(!is_erased || self.erased.values().any(|times| *times > 0), "nobody was erased yet");
    }
}
