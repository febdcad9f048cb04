//! What is told of people beside what they write: calls, what they want, what the business calls them.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leadflow_domain::contact::{ContactCommand, MarketingPreference, Telling};
use leadflow_domain::conversation::{Call, ConversationCommand};
use leadflow_domain::{CommandId, ConversationId, StreamId};
use leadflow_event_store::Keys;
use serde_json::Value;

use super::call::Called;
use super::identity::{Introduced, identifiers};
use super::listing::{Entry, Listing};
use super::message::{Everybody, Party, ToldAt, Unreceived};
use super::place::Place;
use super::preference::Preference;
use super::translate::{During, Found, Outcome, Route, outcome};

/// What is told of somebody.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// Of a call with her.
    Called(Called),
    /// What she wants to be sent.
    Preference(Preference),
    /// What the business calls her.
    Listing(Listing),
}

impl Fact {
    /// Reads an element of `list` in a change of this `field`, with the provider's word for what it tells; `None` where
    /// that list is not about such things.
    pub(super) fn read(
        field: &str,
        everybody: &Everybody,
        list: &str,
        element: &Value,
    ) -> Option<(Option<String>, Result<Self, Unreceived>)> {
        let word = |name: &str| element.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(match list {
            "calls" => (word("event"), Called::read(everybody, element).map(Self::Called)),
            "statuses" if field == "calls" => {
                (word("status"), Called::read_status(everybody, element).map(Self::Called))
            }
            "user_preferences" => (word("value"), Preference::read(everybody, element).map(Self::Preference)),
            "state_sync" => (word("action"), Listing::read(everybody, element).map(Self::Listing)),
            _ => return None,
        })
    }

    /// The business's number.
    pub(super) fn place(&self) -> Place {
        let id = match self {
            Self::Called(called) => &called.phone_number_id,
            Self::Preference(preference) => &preference.phone_number_id,
            Self::Listing(listing) => &listing.phone_number_id,
        };
        Place::Number(id.clone())
    }

    /// Who she is.
    pub(super) fn person(&self) -> &Party {
        match self {
            Self::Called(called) => &called.customer,
            Self::Preference(preference) => &preference.person,
            Self::Listing(listing) => &listing.person,
        }
    }

    /// The id of what it leads to: the same told again is the same command again. Nothing personal can be tried against
    /// it without the installation's key.
    pub(super) fn command(&self, route: Route, keys: &Keys) -> CommandId {
        let channel = route.channel.to_string();
        let known_by = identifiers(keys, self.person()).into_iter().next();
        let known_by = known_by.map(|identifier| identifier.held.hash);
        let hers = known_by.as_ref().map_or("", |hash| hash.as_str());
        match self {
            Self::Called(called) => {
                let told = called.report.told.word();
                CommandId::derive(route.tenant, "whatsapp.call", &[&channel, &called.id, told])
            }
            Self::Preference(preference) => {
                let Preference { category, wants, told_at, .. } = preference;
                let key = [&channel, hers, category, wants.word(), &told_at.given()];
                CommandId::derive(route.tenant, "whatsapp.preference", &key)
            }
            Self::Listing(listing) => {
                let entry = listing.entry.as_ref().map_or_else(
                    || "none".to_owned(),
                    |Entry { name, first_name }| {
                        let first_name = first_name.as_deref().unwrap_or_default();
                        keys.told_hash(&[name, first_name]).as_str().to_owned()
                    },
                );
                let key = [&channel, hers, &entry, &listing.told_at.given()];
                CommandId::derive(route.tenant, "whatsapp.listing", &key)
            }
        }
    }
}

impl During<'_> {
    /// Records what is told of one person, in its order.
    pub(super) async fn note(self, facts: Vec<(usize, &Fact)>) -> Vec<(usize, Found)> {
        let _turn = self.batch.turns.take(self.route.tenant).await;
        let tenant = Some(self.route.tenant);
        let mut found = Vec::with_capacity(facts.len());
        let mut submitted = Vec::with_capacity(facts.len());
        let mut who: Option<(&Party, Introduced)> = None;
        for (nth, fact) in facts {
            let command = fact.command(self.route, self.batch.keys);
            let introduced = match who {
                Some((before, introduced)) if before == fact.person() => introduced,
                _ => match self.whom(fact, command).await {
                    Ok(introduced) => introduced,
                    Err(outcome) => {
                        // Her erasure must find it, whatever became of it.
                        let contact = self.known(fact.person());
                        found.push((nth, Found { tenant, contact, outcome }));
                        continue;
                    }
                },
            };
            who = Some((fact.person(), introduced));
            // All submitted before the first is awaited: each has its place in its stream's queue.
            submitted.push((nth, introduced.contact, self.submit(fact, command, introduced)));
        }
        for (nth, contact, outcome) in submitted {
            found.push((nth, Found { tenant, contact: Some(contact), outcome: outcome.await }));
        }
        found
    }

    /// The contact that a fact is about, introduced if nobody knows her.
    async fn whom(self, fact: &Fact, command: CommandId) -> Result<Introduced, Outcome> {
        let id = command.to_string();
        let place = fact.place();
        self.find(fact.person(), false, |word| self.context(word, &place, &id)).await
    }

    fn submit(
        self,
        fact: &Fact,
        command: CommandId,
        Introduced { contact, before }: Introduced,
    ) -> BoxFuture<'static, Outcome> {
        let (commands, channel) = (self.batch.commands, self.route.channel);
        let context = self.context_of(command, &fact.place());
        let of_her = |asked, context| {
            let receipt = commands.contacts.submit(contact.into(), asked, context);
            receipt.map(move |receipt| outcome(receipt, command, before)).boxed()
        };
        match fact {
            Fact::Called(called) => {
                let conversation = StreamId::from(ConversationId::between(contact, channel));
                let call = Call {
                    occasion: self.occasion(&called.id, &called.told_at),
                    customer_name: called.name.clone().map(Into::into),
                    callback_data: called.callback_data.clone().map(Into::into),
                    report: called.report.clone(),
                };
                let asked = ConversationCommand::RecordCall { contact, channel, call };
                let receipt = commands.conversations.submit(conversation, asked, context);
                receipt.map(move |receipt| outcome(receipt, command, before)).boxed()
            }
            Fact::Preference(told) => {
                let preference = MarketingPreference {
                    wants: told.wants.clone(),
                    category: told.category.clone(),
                    telling: self.telling(&told.told_at),
                    detail: told.detail.clone().map(Into::into),
                };
                of_her(ContactCommand::TellMarketingPreference { channel, preference }, context)
            }
            Fact::Listing(listing) => {
                let telling = self.telling(&listing.told_at);
                let asked = match &listing.entry {
                    Some(Entry { name, first_name }) => {
                        let (name, first_name) = (name.clone().into(), first_name.clone().map(Into::into));
                        ContactCommand::List { channel, name, first_name, telling }
                    }
                    None => ContactCommand::Unlist { channel, telling },
                };
                of_her(asked, context)
            }
        }
    }

    fn telling(self, told_at: &ToldAt) -> Telling {
        let (told_at, odd_timestamp) = self.when(told_at);
        Telling { told_at, received_at: Some(self.received_at), odd_timestamp }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use leadflow_domain::{ChannelId, TenantId};
    use serde_json::json;
    use uuid::Uuid;

    use super::super::envelope::{Reading, read};
    use super::*;

    #[test]
    fn what_is_told_of_people_shows_by_its_field_or_by_what_there_is() {
        let metadata = json!({"phone_number_id": "10"});
        for (field, list, said, kind) in [
            ("calls", "calls", json!({"id": "a", "from": "393331234567", "event": "connect"}), "calls.connect"),
            (
                "calls",
                "statuses",
                json!({"id": "a", "recipient_id": "393331234567", "status": "RINGING"}),
                "statuses.RINGING",
            ),
            (
                "user_preferences",
                "user_preferences",
                json!({"wa_id": "393331234567", "category": "c", "value": "stop"}),
                "user_preferences.stop",
            ),
            (
                "smb_app_state_sync",
                "state_sync",
                json!({"type": "contact", "action": "remove", "contact": {"phone_number": "393331234567"}}),
                "state_sync.remove",
            ),
        ] {
            let value = json!({"metadata": metadata, (list): [said, null]});
            let named = json!({"field": field, "value": value});
            // Without its field, a status would be of a message.
            let bare = json!({"value": value});
            for change in [Some(named), Some(bare).filter(|_| list != "statuses")].into_iter().flatten() {
                let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]});
                let items = read(body.to_string().as_bytes());
                assert_eq!((items.len(), items[0].kind.as_str()), (2, kind));
                assert!(matches!(items[0].reading, Reading::Fact(_)), "{items:?}");
                assert!(matches!(items[1].reading, Reading::Unreadable(_)), "{items:?}");
            }
        }
    }

    #[test]
    fn each_thing_that_is_told_is_a_command_of_its_own_and_told_again_the_same() {
        let everybody = Everybody::of(&json!({"phone_number_id": "10"}), &[]);
        let listing = |name: Option<&str>, action: &str, second: i64| {
            let contact = json!({"phone_number": "393331234567", "full_name": name});
            let told =
                json!({"type": "contact", "action": action, "contact": contact, "metadata": {"timestamp": second}});
            ("state_sync", told)
        };
        let wants = |who: &str, word: &str, category: &str, second: i64| {
            let told = json!({"wa_id": who, "value": word, "category": category, "timestamp": second});
            ("user_preferences", told)
        };
        let call = |id: &str, event: &str| ("calls", json!({"id": id, "from": "393331234567", "event": event}));
        let told = [
            call("a", "connect"),
            call("a", "terminate"),
            call("b", "connect"),
            wants("393331234567", "stop", "marketing_messages", 1),
            wants("393331234567", "stop", "marketing_messages", 2),
            wants("393331234567", "resume", "marketing_messages", 1),
            wants("393331234567", "stop", "coupons", 1),
            wants("393337654321", "stop", "marketing_messages", 1),
            listing(Some("Ada"), "add", 1),
            listing(Some("Ada"), "add", 2),
            listing(Some("Ada Rossi"), "edit", 1),
            listing(None, "remove", 1),
        ];
        let route = Route {
            tenant: TenantId::from_uuid(Uuid::from_u128(1)),
            channel: ChannelId::from_uuid(Uuid::from_u128(2)),
        };
        let commands = |key: u8| {
            let keys = Keys::derive(&[key; 32]);
            let command = |(list, told): &(&str, Value)| {
                Fact::read("", &everybody, list, told).unwrap().1.unwrap().command(route, &keys)
            };
            told.iter().map(command).collect::<Vec<_>>()
        };
        assert_eq!(commands(1), commands(1));
        assert_eq!(commands(1).into_iter().collect::<HashSet<_>>().len(), told.len());
        // What is personal in it can't be tried without the key.
        let same = commands(1).into_iter().zip(commands(2)).filter(|(one, other)| one == other).count();
        assert_eq!(same, 3, "the calls'");
    }
}
