//! What the business writes elsewhere, and what is told of it.

use leadflow_domain::conversation::{
    ConversationCommand, Edit, MessageContent, Occasion, ProviderError, Reaction, Revocation,
};
use leadflow_domain::outbound_message::{
    DeliveryStatus, EchoedMessage, OutboundMessageCommand, OutboundMessageRefusal, Participant, ReportedStatus,
    StatusReport, Thread, Via,
};
use leadflow_domain::{IdentifierHash, OutboundMessageId, Personal, TenantId};
use leadflow_event_store::ExecuteError;
use rand::Rng;
use rand::seq::IndexedRandom;

use super::{CONTACTS, Play, at, channel, introduce};
use crate::support::context;

/// Messages of the business in each thread: few, so that much is told of each.
pub(super) const MESSAGES: u32 = 2;

/// What the provider says of prices: nothing, nothing that is understood, and different things of one message.
pub(super) const PRICES: [Option<&str>; 5] = [
    None,
    Some("free"),
    Some(r#"{"billable":false}"#),
    Some(r#"{"billable":true,"category":"utility"}"#),
    Some(r#"{"billable":true,"category":"marketing"}"#),
];

/// The provider's id of one of them.
pub(super) fn own_id(message: u32) -> String {
    format!("M{message}")
}

pub(super) fn hash(of: String) -> IdentifierHash {
    IdentifierHash::from_hex(format!("hash of {of}"))
}

impl Play<'_> {
    /// Somebody of the business writes, changes something, or takes it back.
    pub(super) async fn outbound(&mut self, tenant: TenantId, who: u128, number: u32) {
        let key = self.next_key();
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        let thread = Thread::between(contact, channel(tenant, number));
        self.log.contacts.execute(contact, introduce(who), context(tenant, &key)).await.unwrap();
        let open = ConversationCommand::Open { contact, channel: thread.channel };
        let key = self.next_key();
        self.log.conversations.execute(thread.conversation, open, context(tenant, &key)).await.unwrap();

        let key = self.next_key();
        let text = |text: String| if who + 1 == CONTACTS { Personal::Erased } else { Personal::Known(text) };
        let message = self.rng.random_range(0..MESSAGES);
        // Before and after what the customer writes in the same second.
        let id = |word: &str| text(format!("{word}{key}"));
        let own_id = || text(own_id(message));
        let occasion = |provider_message_id, second| Occasion {
            provider_message_id,
            sent_at: at(second),
            received_at: None,
            odd_timestamp: None,
        };
        let second = self.rng.random_range(0..5);
        let command = match self.rng.random_range(0..8) {
            0..4 => {
                let name = *[None, Some("Ada"), Some("Zoë")].choose(&mut self.rng).unwrap();
                let message = EchoedMessage {
                    occasion: occasion(own_id(), second),
                    via: if second == 3 { Via::Bot } else { Via::BusinessApp },
                    recipient_name: name.map(|name| text(name.to_owned())),
                    content: MessageContent::Text { body: text(format!("answer {key}")) },
                    replies_to: Some(id("a")),
                    forwarded: None,
                    errors: vec![],
                };
                OutboundMessageCommand::RecordEcho { thread, message }
            }
            4 => {
                let reaction =
                    Reaction { occasion: occasion(id("r"), second), to: id("a"), emoji: Some(text("👍".to_owned())) };
                OutboundMessageCommand::RecordReaction { thread, reaction }
            }
            5 | 6 => {
                let content = MessageContent::Text { body: text(format!("changed {key}")) };
                let edit = Edit { occasion: occasion(id("act"), second), original: own_id(), content };
                OutboundMessageCommand::RecordEdit { thread, edit }
            }
            _ => {
                let revocation = Revocation { occasion: occasion(id("act"), second), original: own_id() };
                OutboundMessageCommand::RecordRevocation { thread, revocation }
            }
        };
        let stream = Self::stream(thread, message);
        self.log.outbound_messages.execute(stream, command, context(tenant, &key)).await.unwrap();
    }

    pub(super) fn stream(thread: Thread, message: u32) -> OutboundMessageId {
        OutboundMessageId::known_to_provider(thread.channel, &hash(format!("{} {message}", thread.contact)))
    }

    /// The provider tells of a message, also of one to somebody who was erased.
    pub(super) async fn status(&mut self, tenant: TenantId, who: u128, number: u32) {
        let key = self.next_key();
        let (now, erased) = (self.times_erased(tenant, who), self.rng.random_range(0..=self.times_erased(tenant, who)));
        let thread = Thread::between(Self::contact(tenant, who, erased), channel(tenant, number));
        let status = match self.rng.random_range(0..8) {
            0 => ReportedStatus::Other("warning".to_owned()),
            1..3 => ReportedStatus::Reached(DeliveryStatus::Failed),
            _ => ReportedStatus::Reached(*DeliveryStatus::ALL.choose(&mut self.rng).unwrap()),
        };
        let code = *["", "131026", "131047"].choose(&mut self.rng).unwrap();
        let details = self.rng.random_bool(0.3).then(|| "more".to_owned());
        let error = ProviderError { code: code.to_owned(), title: Some(format!("title {code}")), details };
        let is_of_group = self.rng.random_bool(0.2);
        let is_personal = erased == now && self.rng.random_bool(0.3);
        let report = StatusReport {
            participant: is_of_group.then(|| Participant { hash: hash(key.clone()), phone: None, user_id: None }),
            callback_data: is_personal.then(|| Personal::Known(key.clone())),
            errors: if code.is_empty() { vec![] } else { vec![error] },
            pricing: PRICES.choose(&mut self.rng).and_then(|price| Some((*price)?.to_owned())),
            ..StatusReport::new(status, at(self.rng.random_range(5..9)))
        };
        let stream = Self::stream(thread, self.rng.random_range(0..MESSAGES));
        let report = OutboundMessageCommand::ReportStatus { report, sent: None };
        match self.log.outbound_messages.execute(stream, report, context(tenant, &key)).await {
            Ok(_) | Err(ExecuteError::Refused(OutboundMessageRefusal::NotFound)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
