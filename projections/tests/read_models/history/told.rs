//! What is told of people beside messages: calls, what they want, what the business calls them.

use leadflow_domain::contact::{ContactCommand, MarketingPreference, Telling, Wants};
use leadflow_domain::conversation::{Call, CallDirection, CallNews, CallReport, ConversationCommand, Occasion};
use leadflow_domain::{ConversationId, Personal, TenantId};
use rand::Rng;
use rand::seq::IndexedRandom;

use super::{CONTACTS, Play, at, channel, introduce};
use crate::support::context;

impl Play<'_> {
    /// Something is told of a call, in no order.
    pub(super) async fn call(&mut self, tenant: TenantId, who: u128, number: u32) {
        let key = self.next_key();
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        let channel = channel(tenant, number);
        self.log.contacts.execute(contact, introduce(who), context(tenant, &key)).await.unwrap();
        let text = |text: String| if who + 1 == CONTACTS { Personal::Erased } else { Personal::Known(text) };
        let told = CallNews::of(["connect", "connect", "terminate", "RINGING"].choose(&mut self.rng).unwrap());
        let name = *[None, Some("Ada"), Some("Zoë")].choose(&mut self.rng).unwrap();
        let call = Call {
            occasion: Occasion {
                provider_message_id: text(format!("call{key}")),
                sent_at: at(self.rng.random_range(0..5)),
                received_at: None,
                odd_timestamp: None,
            },
            customer_name: name.map(|name| text(name.to_owned())),
            callback_data: None,
            report: CallReport {
                direction: if self.rng.random_bool(0.6) {
                    CallDirection::FromCustomer
                } else {
                    CallDirection::FromBusiness
                },
                outcome: (told == CallNews::Terminate).then(|| "COMPLETED".to_owned()),
                told,
                started_at: None,
                ended_at: None,
                duration_seconds: None,
                errors: vec![],
            },
        };
        let key = self.next_key();
        let command = ConversationCommand::RecordCall { contact, channel, call };
        let conversation = ConversationId::between(contact, channel);
        self.log.conversations.execute(conversation, command, context(tenant, &key)).await.unwrap();
    }

    /// What she wants, or what the business calls her, in no order.
    pub(super) async fn told_of(&mut self, tenant: TenantId, who: u128, number: u32) {
        let key = self.next_key();
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        let channel = channel(tenant, number);
        self.log.contacts.execute(contact, introduce(who), context(tenant, &key)).await.unwrap();
        let telling = Telling { told_at: at(self.rng.random_range(0..3)), received_at: None, odd_timestamp: None };
        let command = match self.rng.random_range(0..6) {
            0..3 => {
                let word = ["stop", "resume", "stop", "resume", "signup"].choose(&mut self.rng).unwrap();
                let category = ["marketing_messages", "marketing_messages", "coupons"].choose(&mut self.rng).unwrap();
                let preference = MarketingPreference {
                    wants: Wants::of(word),
                    category: (*category).to_owned(),
                    telling,
                    detail: None,
                };
                ContactCommand::TellMarketingPreference { channel, preference }
            }
            3..5 => {
                // Byte order and dictionary order differ.
                let name = ["ada", "Bo", "Çelik", "Zoë"].choose(&mut self.rng).unwrap();
                ContactCommand::List { channel, name: (*name).to_owned().into(), first_name: None, telling }
            }
            _ => ContactCommand::Unlist { channel, telling },
        };
        let key = self.next_key();
        self.log.contacts.execute(contact, command, context(tenant, &key)).await.unwrap();
    }

    /// The business writes somebody down.
    pub(super) async fn list(&mut self, tenant: TenantId, who: u128, number: u32, name: &str) {
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        let telling = Telling { told_at: at(1), received_at: None, odd_timestamp: None };
        let channel = channel(tenant, number);
        let command = ContactCommand::List { channel, name: name.to_owned().into(), first_name: None, telling };
        for command in [introduce(who), command] {
            let key = self.next_key();
            self.log.contacts.execute(contact, command, context(tenant, &key)).await.unwrap();
        }
    }
}
