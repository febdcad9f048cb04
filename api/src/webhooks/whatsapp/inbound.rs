//! What customers wrote and did: whose it is, and what it says to their conversations.

use leadflow_domain::contact::{Identifier, IdentifierKind};
use leadflow_domain::conversation::{
    ConversationCommand, Counterpart, Edit, InboundMessage, Occasion, Reaction, Revocation,
};
use leadflow_domain::{ContactId, GroupId, StreamId};
use leadflow_event_store::CommandContext;

use super::identity::{Identify, Introduced, KnownContacts, identifiers};
use super::message::{Act, Inbound, Party, Written};
use super::told::{RECEIVED, Told};
use super::translate::{During, Found, Outcome, outcome, unsuccessful};

impl During<'_> {
    /// Receives what one person wrote or did, in its order.
    pub(super) async fn receive(self, inbound: Vec<(usize, &Inbound)>) -> Vec<(usize, Found)> {
        let _turn = self.batch.turns.take(self.route.tenant).await;
        let mut found = Vec::with_capacity(inbound.len());
        let mut submitted = Vec::with_capacity(inbound.len());
        let tenant = Some(self.route.tenant);
        let mut who: Option<(&Inbound, Introduced)> = None;
        // What was known when the batch began is not so any more once somebody's identifiers have changed.
        let mut changed = false;
        for (nth, inbound) in inbound {
            // What she is known by may change between two messages, and mostly does not.
            let introduced = match (self.told_before(Told::Inbound(inbound)), who) {
                (Some(contact), _) => Introduced { contact, before: true },
                (None, Some((before, introduced)))
                    if before.sender == inbound.sender && !changes_identity(before) && !changes_identity(inbound) =>
                {
                    introduced
                }
                (None, _) => match self.who_is(inbound, changed).await {
                    Ok(introduced) => {
                        who = Some((inbound, introduced));
                        introduced
                    }
                    Err(outcome) => {
                        // Her erasure must find it, whatever became of it.
                        let contact = self.known(&inbound.sender);
                        found.push((nth, Found { tenant, contact, outcome }));
                        continue;
                    }
                },
            };
            changed |= changes_identity(inbound);
            let contact = introduced.contact;
            let group = match &inbound.group {
                None => None,
                Some(id) => match self.introduced_group(id, &inbound.place).await {
                    Ok(group) => Some(group),
                    Err(outcome) => {
                        found.push((nth, Found { tenant, contact: Some(contact), outcome }));
                        continue;
                    }
                },
            };
            let context = self.context(RECEIVED.of(&inbound.act), &inbound.place, &inbound.id);
            let command = context.id;
            let conversation = StreamId::from(Counterpart::of(contact, group).conversation(self.route.channel));
            let asked = self.command(contact, group, inbound);
            // All submitted before the first is awaited: each has its place in the conversation's queue.
            let receipt = self.batch.commands.conversations.submit(conversation, asked, context);
            submitted.push((nth, contact, command, introduced.before, receipt));
        }
        for (nth, contact, command, introduced_before, receipt) in submitted {
            let outcome = outcome(receipt.await, command, introduced_before);
            found.push((nth, Found { tenant, contact: Some(contact), outcome }));
        }
        found
    }

    /// The contact behind a message, introduced if nobody knows her.
    async fn who_is(self, inbound: &Inbound, changed: bool) -> Result<Introduced, Outcome> {
        let context = |word: &str| self.context(word, &inbound.place, &inbound.id);
        let Some(now) = now_known_by(inbound) else {
            return self.find(&inbound.sender, changed, context).await;
        };
        // Whom nobody knows by what she gave up is not introduced by it: it may be somebody else's by now.
        let sender = identifiers(self.batch.keys, &inbound.sender);
        let fresh = self.look_again(&sender).await?;
        let contact = sender.iter().rev().find_map(|identifier| fresh.get(self.route.tenant, &identifier.held));
        let Some(contact) = contact else {
            return self.find(now, true, context).await;
        };
        let now = identifiers(self.batch.keys, now);
        match self.identify(&fresh, context).change(contact, &sender, &now).await {
            Ok(()) => Ok(Introduced { contact, before: false }),
            Err(error) => Err(unsuccessful(&error)),
        }
    }

    /// The contact that `party` is, introduced if nobody knows her; `context` is that of a command under a word. What was
    /// known when the batch began serves, unless it has `changed` or does not lead to one person.
    pub(super) async fn find(
        self,
        party: &Party,
        changed: bool,
        context: impl Fn(&str) -> CommandContext,
    ) -> Result<Introduced, Outcome> {
        let known_by = identifiers(self.batch.keys, party);
        let one = |kind| known_by.iter().find(|identifier| identifier.held.kind == kind);
        if let Some(scoped) = one(IdentifierKind::ScopedUserId) {
            // Known by nothing else, and never by another.
            let found = self.identify(&self.batch.known, context).find_by(scoped).await;
            return found.map_err(|error| unsuccessful(&error));
        }
        let (phone, user_id) = (one(IdentifierKind::Phone), one(IdentifierKind::WhatsAppUserId));
        let contact = |identifier: &Identifier| self.batch.known.get(self.route.tenant, &identifier.held);
        let is_clear =
            known_by.len() == 1 || phone.and_then(contact).is_some_and(|one| user_id.and_then(contact) == Some(one));
        let found = if is_clear && !changed {
            self.identify(&self.batch.known, context).find(phone, user_id).await
        } else {
            let fresh = self.look_again(&known_by).await?;
            self.identify(&fresh, context).find(phone, user_id).await
        };
        found.map_err(|error| unsuccessful(&error))
    }

    /// Whom `party` led to when the batch began; her user id counts before her phone.
    pub(super) fn known(self, party: &Party) -> Option<ContactId> {
        let known_by = identifiers(self.batch.keys, party);
        known_by.iter().rev().find_map(|identifier| self.batch.known.get(self.route.tenant, &identifier.held))
    }

    /// Whom identifiers lead to now.
    pub(super) async fn look_again(self, identifiers: &[Identifier]) -> Result<KnownContacts, Outcome> {
        let held = identifiers.iter().map(|identifier| (self.route.tenant, identifier.held.clone()));
        KnownContacts::of(self.batch.pool, held).await.map_err(|_| Err("the database can't be asked".to_owned()))
    }

    fn identify<'a, C>(&'a self, known: &'a KnownContacts, context: C) -> Identify<'a, C>
    where
        C: Fn(&str) -> CommandContext,
    {
        Identify { commands: self.batch.commands, known, tenant: self.route.tenant, context }
    }

    fn command(self, contact: ContactId, group: Option<GroupId>, inbound: &Inbound) -> ConversationCommand {
        let (channel, occasion) = (self.route.channel, self.occasion(&inbound.id, &inbound.told_at));
        match &inbound.act {
            Act::Message(written) => {
                let message = message(occasion, inbound, written);
                ConversationCommand::ReceiveMessage { contact, channel, group, message }
            }
            Act::Import(imported) => {
                let message = message(occasion, inbound, &imported.written);
                ConversationCommand::ImportMessage { contact, channel, message }
            }
            Act::Reaction { to, emoji } => {
                let emoji = emoji.clone().map(Into::into);
                let reaction = Reaction { occasion, to: to.clone().into(), emoji };
                ConversationCommand::React { contact, channel, group, reaction }
            }
            Act::Edit { original, content } => {
                let edit = Edit { occasion, original: original.clone().into(), content: content.clone() };
                ConversationCommand::EditMessage { contact, channel, group, edit }
            }
            Act::Revocation { original } => {
                let revocation = Revocation { occasion, original: original.clone().into() };
                ConversationCommand::RevokeMessage { contact, channel, group, revocation }
            }
        }
    }
}

fn message(occasion: Occasion, inbound: &Inbound, written: &Written) -> InboundMessage {
    InboundMessage {
        provider_message_id: occasion.provider_message_id,
        sent_at: occasion.sent_at,
        received_at: occasion.received_at,
        odd_timestamp: occasion.odd_timestamp,
        sender_name: inbound.name.clone().map(Into::into),
        content: written.content.clone(),
        replies_to: written.replies_to.clone().map(Into::into),
        product: written.product.clone(),
        forwarded: written.forwarded,
        referral: written.referral.clone(),
        errors: written.errors.clone(),
    }
}

/// What she is known by from now on, if it tells that. What a history tells is long so.
pub(super) fn now_known_by(inbound: &Inbound) -> Option<&Party> {
    match &inbound.act {
        Act::Message(written) => written.now_known_by.as_ref(),
        Act::Reaction { .. } | Act::Edit { .. } | Act::Revocation { .. } | Act::Import(_) => None,
    }
}

fn changes_identity(inbound: &Inbound) -> bool {
    now_known_by(inbound).is_some()
}
