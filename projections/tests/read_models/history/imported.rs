//! What a history tells of a thread from before its number was connected: of messages that were told before, or that will be,
//! with their files or without.

use leadflow_domain::conversation::{ConversationCommand, InboundMessage, MessageContent, Occasion};
use leadflow_domain::lead::{Capture, LeadSource};
use leadflow_domain::outbound_message::{
    DeliveryStatus, EchoedMessage, OutboundMessageCommand, ReportedStatus, Thread, Via,
};
use leadflow_domain::{ContactId, Personal, TenantId};
use rand::Rng;
use rand::seq::IndexedRandom;

use super::outbound::{MESSAGES, own_id};
use super::{CONTACTS, Play, at, channel, introduce};
use crate::support::context;

/// Messages of the customer in each thread that a history tells of: few, so that each is told in several ways.
const HERS: u32 = 3;

impl Play<'_> {
    /// A history tells of a message of either side; of hers perhaps after it was received, or before.
    pub(super) async fn import(&mut self, tenant: TenantId, who: u128, number: u32) {
        let key = self.next_key();
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        let thread = Thread::between(contact, channel(tenant, number));
        self.log.contacts.execute(contact, introduce(who), context(tenant, &key)).await.unwrap();
        if self.rng.random_bool(0.4) {
            self.import_of_business(tenant, who, thread).await;
        } else {
            self.import_of_customer(tenant, who, contact, thread).await;
        }
    }

    async fn import_of_customer(&mut self, tenant: TenantId, who: u128, contact: ContactId, thread: Thread) {
        let text = |text: String| if who + 1 == CONTACTS { Personal::Erased } else { Personal::Known(text) };
        let (nth, way) = (self.rng.random_range(0..HERS), self.rng.random_range(0..5));
        let content = match way {
            0 | 1 => MessageContent::MediaPlaceholder {},
            _ => MessageContent::Text { body: text(format!("{way} told of {nth}")) },
        };
        // The file of a placeholder may be told of with another time.
        let sent_at = at(i64::from((nth + way) % 5));
        // What she called herself then, and now.
        let sender_name = (way > 0).then(|| text(format!("Name {way}")));
        let message = InboundMessage { sender_name, ..InboundMessage::new(text(format!("é{nth}")), sent_at, content) };
        let Thread { channel, conversation, .. } = thread;
        let command = match way {
            1 | 4 => ConversationCommand::ReceiveMessage { contact, channel, group: None, message },
            _ => ConversationCommand::ImportMessage { contact, channel, message },
        };
        if way == 4 {
            let capture = Capture::by_message(contact, LeadSource::WhatsApp, conversation, sent_at);
            self.uncaptured.push((tenant, capture));
        }
        // Each telling of a message is one command.
        let key = format!("{contact} {} {nth} {way}", thread.channel);
        self.log.conversations.execute(thread.conversation, command, context(tenant, &key)).await.unwrap();
    }

    async fn import_of_business(&mut self, tenant: TenantId, who: u128, thread: Thread) {
        let key = self.next_key();
        let open = ConversationCommand::Open { contact: thread.contact, channel: thread.channel };
        self.log.conversations.execute(thread.conversation, open, context(tenant, &key)).await.unwrap();
        let key = self.next_key();
        let text = |text: String| if who + 1 == CONTACTS { Personal::Erased } else { Personal::Known(text) };
        let nth = self.rng.random_range(0..MESSAGES);
        let content = match self.rng.random_bool(0.5) {
            true => MessageContent::MediaPlaceholder {},
            false => MessageContent::Text { body: text(format!("told {key}")) },
        };
        let message = EchoedMessage {
            occasion: Occasion {
                provider_message_id: text(own_id(nth)),
                sent_at: at(self.rng.random_range(0..5)),
                received_at: None,
                odd_timestamp: None,
            },
            via: Via::BusinessApp,
            recipient_name: None,
            content,
            replies_to: None,
            forwarded: None,
            errors: vec![],
        };
        let status = match self.rng.random_range(0..4) {
            0 => None,
            1 => Some(ReportedStatus::Other("PENDING".to_owned())),
            _ => Some(ReportedStatus::Reached(*DeliveryStatus::ALL.choose(&mut self.rng).unwrap())),
        };
        let command = OutboundMessageCommand::RecordImport { thread, message, status };
        self.log.outbound_messages.execute(Self::stream(thread, nth), command, context(tenant, &key)).await.unwrap();
    }
}
