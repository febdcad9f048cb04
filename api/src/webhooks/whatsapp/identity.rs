//! Who is it? From what the provider calls a person to the contact she is.
//!
//! A person is known by a phone, by a WhatsApp user id, or by both. Where they lead to two contacts, the user id wins: a
//! number may have gone to somebody else, an id never does. The conflict is recorded, and nobody is merged.

use std::collections::{HashMap, HashSet};

use leadflow_domain::contact::{ContactCommand, ContactRefusal, HeldIdentifier, Identifier, IdentifierKind};
use leadflow_domain::{CommandId, ContactId, TenantId};
use leadflow_event_store::{CommandContext, Done, ExecuteError, Keys, Receipt, reservation_owners};
use sqlx::PgPool;

use super::message::Party;
use super::social::ScopedUser;
use crate::commands::Commands;

/// Contacts of several tenants, as the reservations said when they were asked.
#[derive(Debug, Default)]
pub(super) struct KnownContacts(HashMap<(TenantId, HeldIdentifier), ContactId>);

/// What a party is known by, phone first. What she is called at an account is known for that account alone.
pub(super) fn identifiers(keys: &Keys, party: &Party) -> Vec<Identifier> {
    let phone = party.phone.as_ref().map(|phone| Identifier::phone(phone, keys.phone_hash(phone)));
    let user_id = party.user_id.as_deref().map(|id| Identifier::whatsapp_user_id(id, keys.whatsapp_user_id_hash(id)));
    let scoped = party.scoped.as_ref().map(|ScopedUser { network, account, id }| {
        Identifier::scoped_user_id(id, keys.scoped_user_hash(network.word(), account, id))
    });
    phone.into_iter().chain(user_id).chain(scoped).collect()
}

impl KnownContacts {
    /// Asks once for all.
    pub(super) async fn of(
        pool: &PgPool,
        people: impl Iterator<Item = (TenantId, HeldIdentifier)>,
    ) -> Result<Self, sqlx::Error> {
        let people: HashSet<_> = people.collect();
        let (people, asked): (Vec<_>, Vec<_>) = people
            .into_iter()
            .map(|(tenant, held)| {
                let reservation = held.reservation();
                ((tenant, held), (tenant, reservation))
            })
            .unzip();
        let owners = reservation_owners(pool, &asked).await?;
        let known = people
            .into_iter()
            .zip(owners)
            .filter_map(|(person, owner)| Some((person, ContactId::from_uuid(owner?.stream.as_uuid()))));
        Ok(Self(known.collect()))
    }

    pub(super) fn get(&self, tenant: TenantId, held: &HeldIdentifier) -> Option<ContactId> {
        self.0.get(&(tenant, held.clone())).copied()
    }
}

/// Who a message is from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Introduced {
    pub(super) contact: ContactId,
    /// Her introduction by this message was in the log before.
    pub(super) before: bool,
}

/// Finds contacts, and introduces those whom nobody knows.
pub(super) struct Identify<'a, C> {
    pub(super) commands: &'a Commands,
    pub(super) known: &'a KnownContacts,
    pub(super) tenant: TenantId,
    /// The context of a command that is derived from the message and this word.
    pub(super) context: C,
}

type Refused = ExecuteError<ContactRefusal>;

impl<C: Fn(&str) -> CommandContext> Identify<'_, C> {
    /// The contact that `party` is, introduced if nobody knows her; what she is known by is hers from then on.
    pub(super) async fn find(
        &self,
        phone: Option<&Identifier>,
        user_id: Option<&Identifier>,
    ) -> Result<Introduced, Refused> {
        let known = |identifier: Option<&Identifier>| {
            identifier.and_then(|identifier| self.known.get(self.tenant, &identifier.held))
        };
        let introduced = |contact| Introduced { contact, before: false };
        match (phone, user_id) {
            (Some(phone), None) => match known(Some(phone)) {
                Some(contact) => Ok(introduced(contact)),
                None => self.introduce(phone).await,
            },
            (None, Some(user_id)) => match known(Some(user_id)) {
                Some(contact) => Ok(introduced(contact)),
                None => self.introduce(user_id).await,
            },
            (Some(phone), Some(user_id)) => match (known(Some(phone)), known(Some(user_id))) {
                (Some(one), Some(other)) if one == other => Ok(introduced(one)),
                (_, Some(contact)) => {
                    self.add_phone(contact, phone).await?;
                    Ok(introduced(contact))
                }
                (contact, None) => {
                    let found = match contact {
                        Some(contact) => introduced(contact),
                        None => self.introduce(phone).await?,
                    };
                    self.add_user_id(found, phone, user_id).await
                }
            },
            // A party has one of both.
            (None, None) => Err(ExecuteError::Unstorable { reason: "it names no sender".to_owned() }),
        }
    }

    /// The contact who is known by this alone, introduced if nobody is.
    pub(super) async fn find_by(&self, identifier: &Identifier) -> Result<Introduced, Refused> {
        match self.known.get(self.tenant, &identifier.held) {
            Some(contact) => Ok(Introduced { contact, before: false }),
            None => self.introduce(identifier).await,
        }
    }

    async fn execute(&self, word: &str, contact: ContactId, command: ContactCommand) -> Result<Receipt, Refused> {
        self.commands.contacts.execute(contact, command, (self.context)(word)).await
    }

    async fn introduce(&self, by: &Identifier) -> Result<Introduced, Refused> {
        use IdentifierKind::{Email, Phone, ProviderLead, ScopedUserId, WhatsAppUserId};

        let word = match by.held.kind {
            WhatsAppUserId => "introduce_by_user_id",
            Phone | Email | ProviderLead | ScopedUserId => "introduce",
        };
        let proposed = ContactId::proposed_by((self.context)(word).id);
        let hash = by.held.hash.clone();
        let command = match by.held.kind {
            Phone => match leadflow_domain::E164::parse(&by.value) {
                Ok(phone) => ContactCommand::IntroduceByPhone { phone, phone_hash: hash },
                Err(error) => return Err(ExecuteError::Unstorable { reason: error.to_string() }),
            },
            WhatsAppUserId => ContactCommand::IntroduceByUserId { user_id: by.value.clone(), user_id_hash: hash },
            Email | ProviderLead | ScopedUserId => ContactCommand::Introduce { identifier: by.clone() },
        };
        match self.execute(word, proposed, command).await {
            Ok(receipt) => Ok(Introduced { contact: proposed, before: receipt.done == Done::Before }),
            Err(ExecuteError::Reserved { holder }) => {
                Ok(Introduced { contact: ContactId::from_uuid(holder.as_uuid()), before: false })
            }
            Err(error) => Err(error),
        }
    }

    /// The user id led to `contact`; the phone is hers, unless somebody else holds it.
    async fn add_phone(&self, contact: ContactId, phone: &Identifier) -> Result<(), Refused> {
        let command = ContactCommand::AddIdentifier { identifier: phone.clone() };
        match self.execute("add_phone", contact, command).await {
            Err(ExecuteError::Reserved { holder }) => self.conflict(contact, phone, holder.as_uuid()).await,
            added => added.map(|_| ()),
        }
    }

    /// The phone led to `found`, and nobody was known by the user id.
    async fn add_user_id(
        &self,
        found: Introduced,
        phone: &Identifier,
        user_id: &Identifier,
    ) -> Result<Introduced, Refused> {
        let command = ContactCommand::AddIdentifier { identifier: user_id.clone() };
        let other = match self.execute("add_user_id", found.contact, command).await {
            Ok(_) => return Ok(found),
            // Somebody was faster: she is who has the id.
            Err(ExecuteError::Reserved { holder }) => {
                Introduced { contact: ContactId::from_uuid(holder.as_uuid()), before: false }
            }
            // By this very message, before: what it says can't be recorded for her, and is parked for that.
            Err(ExecuteError::Refused(ContactRefusal::Erased)) if found.before => return Ok(found),
            // The number was somebody's who has another id: it has gone to somebody new.
            Err(ExecuteError::Refused(ContactRefusal::AnotherUserId)) => self.introduce(user_id).await?,
            Err(error) => return Err(error),
        };
        self.conflict(other.contact, phone, found.contact.as_uuid()).await?;
        Ok(other)
    }

    async fn conflict(&self, contact: ContactId, identifier: &Identifier, holder: uuid::Uuid) -> Result<(), Refused> {
        let holder = ContactId::from_uuid(holder);
        let command = ContactCommand::RecordConflict { identifier: identifier.held.clone(), holder };
        let word = match identifier.held.kind {
            IdentifierKind::Phone => "conflict_of_phone",
            IdentifierKind::WhatsAppUserId => "conflict_of_user_id",
            IdentifierKind::Email | IdentifierKind::ProviderLead | IdentifierKind::ScopedUserId => "conflict",
        };
        self.execute(word, contact, command).await.map(|_| ())
    }

    /// She is known by something else from now on: `from` became `to`.
    pub(super) async fn change(
        &self,
        contact: ContactId,
        from: &[Identifier],
        to: &[Identifier],
    ) -> Result<(), Refused> {
        for to in to {
            let from = from.iter().find(|from| from.held.kind == to.held.kind);
            let command = match from {
                Some(from) => ContactCommand::ChangeIdentifier { from: from.held.hash.clone(), to: to.clone() },
                None => ContactCommand::AddIdentifier { identifier: to.clone() },
            };
            let word = match to.held.kind {
                IdentifierKind::Phone => "change_phone",
                IdentifierKind::WhatsAppUserId => "change_user_id",
                IdentifierKind::Email | IdentifierKind::ProviderLead | IdentifierKind::ScopedUserId => "change",
            };
            match self.execute(word, contact, command).await {
                Ok(_) => {}
                Err(ExecuteError::Reserved { holder }) => self.conflict(contact, to, holder.as_uuid()).await?,
                // She has another one meanwhile, and a later change told so.
                Err(ExecuteError::Refused(ContactRefusal::SomebodyElse | ContactRefusal::AnotherUserId)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The id of the command that a message leads to under `word`.
pub(super) fn command_id(tenant: TenantId, word: &str, channel: &str, message: &str) -> CommandId {
    CommandId::derive(tenant, &format!("whatsapp.{word}"), &[channel, message])
}
