//! From items to commands: route, find who it is, carry what she wrote or did to her conversation.
//!
//! A batch asks once for all its numbers, once for what the log has already, and once for all its contacts. What one person does goes in its order;
//! people don't wait for each other. An item that is refused is parked alone; only an outage holds a delivery back.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::channel::{ProviderId, phone_number_id_reservation};
use leadflow_domain::contact::{HeldIdentifier, Identifier, IdentifierKind};
use leadflow_domain::conversation::{ConversationCommand, Edit, InboundMessage, Occasion, Reaction, Revocation};
use leadflow_domain::{
    Assertion, ChannelId, CommandId, ContactId, ConversationId, Refusal, Reservation, StreamId, TenantId,
};
use leadflow_event_store::{Actor, CommandContext, ExecuteError, Keys, KnownCommand, LogReader, reservation_owners};
use sqlx::PgPool;

use super::PROVIDER;
use super::apps::{self, Apps};
use super::envelope::{EnvelopeItem, Reading, read};
use super::identity::{Identify, Introduced, KnownContacts, command_id, identifiers};
use super::message::{Act, Inbound, ToldAt};
use crate::commands::Commands;
use crate::webhooks::items::{Awaited, Item, ItemState};
use crate::webhooks::translator::{Translated, Waiting};
use crate::webhooks::turns::Turns;

/// What one item came to: its state, or why the delivery must wait.
type Outcome = Result<ItemState, String>;

/// Translates a batch of deliveries.
pub(in crate::webhooks) async fn translate(
    pool: &PgPool,
    reader: &LogReader,
    commands: &Commands,
    keys: &Arc<Keys>,
    waiting: Vec<Waiting>,
) -> Result<Vec<Translated>, sqlx::Error> {
    // Bodies are up to megabytes long: parsed where they hold up nobody.
    let parsed = tokio::task::spawn_blocking(move || waiting.into_iter().map(Parsed::of).collect::<Vec<_>>());
    let deliveries = parsed.await.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    let inbound = || deliveries.iter().flat_map(Parsed::inbound);
    let routes = routes(pool, inbound()).await?;
    let apps = apps::of(reader, routes.values().map(|route| route.channel)).await?;
    let routed = || inbound().filter_map(|inbound| Some((*routes.get(&inbound.phone_number_id)?, inbound)));
    // In this order: whom the log knows now may be erased before it is asked for her messages, and not the other way.
    let people = routed().flat_map(|(route, inbound)| {
        identifiers(keys, &inbound.sender).into_iter().map(move |identifier| (route.tenant, identifier.held))
    });
    let known = KnownContacts::of(pool, people).await?;
    let asked: Vec<CommandId> = routed().map(|(route, inbound)| route.command(RECEIVE, inbound)).collect();
    let settled = reader.known(&asked).await?;
    let turns = Turns::between(routes.values().map(|route| route.tenant));
    let batch = Batch { commands, keys, routes, apps, settled, known, turns };
    let translated = deliveries.into_iter().map(|delivery| {
        let id = delivery.id;
        let delivering = AssertUnwindSafe(batch.deliver(delivery)).catch_unwind();
        async move {
            let panicked = || Translated { id, items: Err("its translation panicked".to_owned()) };
            delivering.await.unwrap_or_else(|_| panicked())
        }
    });
    Ok(join_all(translated).await)
}

/// A delivery, taken apart.
struct Parsed {
    id: i64,
    app: Option<String>,
    received_at: Timestamp,
    items: Vec<EnvelopeItem>,
}

impl Parsed {
    fn of(Waiting { id, app, received_at, body }: Waiting) -> Self {
        Self { id, app, received_at, items: parse(&body) }
    }

    fn inbound(&self) -> impl Iterator<Item = &Inbound> {
        inbound(&self.items)
    }
}

/// A panic is a bug of ours and parks that delivery's body, not the process.
pub(super) fn parse(body: &[u8]) -> Vec<EnvelopeItem> {
    std::panic::catch_unwind(|| read(body)).unwrap_or_else(|_| {
        let reading = Reading::Unreadable("reading it panicked".to_owned());
        vec![EnvelopeItem { pointer: String::new(), kind: "unreadable".to_owned(), reading }]
    })
}

/// What customers wrote or did, of `items`.
pub(super) fn inbound(items: &[EnvelopeItem]) -> impl Iterator<Item = &Inbound> {
    items.iter().filter_map(|item| match &item.reading {
        Reading::Inbound(inbound) => Some(inbound.as_ref()),
        Reading::Notice(_) | Reading::Unreadable(_) => None,
    })
}

/// What a message's command is derived from.
pub(super) const RECEIVE: &str = "message";

/// Where a number leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Route {
    tenant: TenantId,
    channel: ChannelId,
}

impl Route {
    /// The id of what a message leads to. The same message again is the same command again.
    pub(super) fn command(self, word: &str, inbound: &Inbound) -> CommandId {
        command_id(self.tenant, word, &self.channel.to_string(), &inbound.id)
    }
}

pub(super) async fn routes(
    pool: &PgPool,
    inbound: impl Iterator<Item = &Inbound>,
) -> Result<HashMap<String, Route>, sqlx::Error> {
    let mut numbers: Vec<&str> = inbound.map(|inbound| inbound.phone_number_id.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    // A fact of the installation: no tenant takes part in asking for it.
    let nobody = TenantId::from_uuid(uuid::Uuid::nil());
    let asked: Vec<(TenantId, Reservation)> =
        numbers.iter().map(|number| (nobody, phone_number_id_reservation(number))).collect();
    let owners = reservation_owners(pool, &asked).await?;
    Ok(numbers
        .into_iter()
        .zip(owners)
        .filter_map(|(number, owner)| {
            let owner = owner?;
            let channel = ChannelId::from_uuid(owner.stream.as_uuid());
            Some((number.to_owned(), Route { tenant: owner.tenant, channel }))
        })
        .collect())
}

/// What was found out about an item.
struct Found {
    tenant: Option<TenantId>,
    contact: Option<ContactId>,
    outcome: Outcome,
}

/// What one person wrote or did to one number in a delivery, in its order, each with its place among the items.
struct Thread<'a> {
    route: Route,
    inbound: Vec<(usize, &'a Inbound)>,
}

struct Batch<'a> {
    commands: &'a Commands,
    keys: &'a Keys,
    routes: HashMap<String, Route>,
    apps: Apps,
    /// What the log has already. A person who was erased since is not introduced anew
    /// by an old message that comes again.
    settled: HashMap<CommandId, KnownCommand>,
    known: KnownContacts,
    turns: Turns,
}

impl Batch<'_> {
    async fn deliver(&self, delivery: Parsed) -> Translated {
        let Parsed { id, app, received_at, items } = delivery;
        let correlation = format!("webhook:{id}");
        let mut found: Vec<Option<Found>> = items.iter().map(|_| None).collect();
        let mut threads: HashMap<(Route, Option<HeldIdentifier>), Thread<'_>> = HashMap::new();
        for (nth, item) in items.iter().enumerate() {
            let state = match &item.reading {
                Reading::Inbound(inbound) => match self.routes.get(&inbound.phone_number_id) {
                    None => without_channel(&inbound.phone_number_id),
                    Some(route) if !self.apps.may_bring(app.as_deref(), route.channel) => {
                        ItemState::Parked { reason: apps::ANOTHER_APP.to_owned() }
                    }
                    Some(&route) => {
                        let command = route.command(RECEIVE, inbound);
                        if let Some(&KnownCommand { position, subject }) = self.settled.get(&command) {
                            let contact = subject.map(|subject| ContactId::from_uuid(subject.as_uuid()));
                            let outcome = Ok(ItemState::Applied { command, position });
                            found[nth] = Some(Found { tenant: Some(route.tenant), contact, outcome });
                        } else {
                            let person = identifiers(self.keys, &inbound.sender).pop().map(|last| last.held);
                            let thread = threads.entry((route, person));
                            thread.or_insert_with(|| Thread { route, inbound: vec![] }).inbound.push((nth, inbound));
                        }
                        continue;
                    }
                },
                Reading::Notice(reason) => ItemState::Notice { reason: reason.clone() },
                Reading::Unreadable(reason) => ItemState::Parked { reason: reason.clone() },
            };
            found[nth] = Some(Found { tenant: None, contact: None, outcome: Ok(state) });
        }
        let received = threads.into_values().map(|thread| {
            let during = During { batch: self, route: thread.route, received_at, correlation: &correlation };
            async move { during.receive(thread.inbound).await }
        });
        for (nth, result) in join_all(received).await.into_iter().flatten() {
            found[nth] = Some(result);
        }
        let items = items
            .iter()
            .zip(found)
            .map(|(item, found)| {
                let Found { tenant, contact, outcome } = found.ok_or("an item was not accounted for")?;
                let (pointer, kind) = (item.pointer.clone(), item.kind.clone());
                Ok(Item { pointer, kind, tenant, contact, state: outcome? })
            })
            .collect();
        Translated { id, items }
    }
}

/// One person's turn.
#[derive(Clone, Copy)]
struct During<'a> {
    batch: &'a Batch<'a>,
    route: Route,
    received_at: Timestamp,
    correlation: &'a str,
}

impl During<'_> {
    /// Receives what one person wrote or did, in its order.
    async fn receive(self, inbound: Vec<(usize, &Inbound)>) -> Vec<(usize, Found)> {
        let _turn = self.batch.turns.take(self.route.tenant).await;
        let mut found = Vec::with_capacity(inbound.len());
        let mut submitted = Vec::with_capacity(inbound.len());
        let tenant = Some(self.route.tenant);
        let mut who: Option<(&Inbound, Introduced)> = None;
        for (nth, inbound) in inbound {
            // What she is known by may change between two messages, and mostly does not.
            let introduced = match who {
                Some((before, introduced)) if before.sender == inbound.sender && !changes_identity(before) => {
                    introduced
                }
                _ => match self.who_is(inbound).await {
                    Ok(introduced) => introduced,
                    Err(outcome) => {
                        found.push((nth, Found { tenant, contact: None, outcome }));
                        continue;
                    }
                },
            };
            let first = who.is_none();
            who = Some((inbound, introduced));
            let context = self.context(RECEIVE, inbound);
            let (contact, command) = (introduced.contact, context.id);
            let conversation = StreamId::from(ConversationId::between(contact, self.route.channel));
            let asked = self.command(contact, inbound);
            // All submitted before the first is awaited: each has its place in the conversation's queue.
            let receipt = self.batch.commands.conversations.submit(conversation, asked, context);
            submitted.push((nth, contact, command, first && introduced.before, receipt));
        }
        for (nth, contact, command, introduced_before, receipt) in submitted {
            let outcome = match receipt.await {
                Ok(receipt) => Ok(ItemState::Applied { command, position: receipt.position }),
                // She was erased between her introduction by this very message and its receipt.
                Err(error @ ExecuteError::Erased) if introduced_before => {
                    Ok(ItemState::Parked { reason: error.to_string() })
                }
                Err(error) => unsuccessful(&error),
            };
            found.push((nth, Found { tenant, contact: Some(contact), outcome }));
        }
        found
    }

    /// The contact behind a message, introduced if nobody knows her.
    async fn who_is(self, inbound: &Inbound) -> Result<Introduced, Outcome> {
        let identify = Identify {
            commands: self.batch.commands,
            known: &self.batch.known,
            tenant: self.route.tenant,
            context: |word: &str| self.context(word, inbound),
        };
        let sender = identifiers(self.batch.keys, &inbound.sender);
        let one = |kind| sender.iter().find(|identifier: &&Identifier| identifier.held.kind == kind);
        let (phone, user_id) = (one(IdentifierKind::Phone), one(IdentifierKind::WhatsAppUserId));
        let Some(now) = now_known_by(inbound) else {
            return identify.find(phone, user_id).await.map_err(|error| unsuccessful(&error));
        };
        // Whom nobody knows by what she gave up is not introduced by it: it may be somebody else's by now.
        let known = |identifier: Option<&Identifier>| self.batch.known.get(self.route.tenant, &identifier?.held);
        let now = identifiers(self.batch.keys, now);
        match known(user_id).or_else(|| known(phone)) {
            Some(contact) => {
                identify.change(contact, &sender, &now).await.map_err(|error| unsuccessful(&error))?;
                Ok(Introduced { contact, before: false })
            }
            None => {
                let one = |kind| now.iter().find(|identifier: &&Identifier| identifier.held.kind == kind);
                let (phone, user_id) = (one(IdentifierKind::Phone), one(IdentifierKind::WhatsAppUserId));
                identify.find(phone, user_id).await.map_err(|error| unsuccessful(&error))
            }
        }
    }

    fn command(self, contact: ContactId, inbound: &Inbound) -> ConversationCommand {
        let (channel, occasion) = (self.route.channel, self.occasion(inbound));
        match &inbound.act {
            Act::Message(written) => {
                let message = InboundMessage {
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
                };
                ConversationCommand::ReceiveMessage { contact, channel, message }
            }
            Act::Reaction { to, emoji } => {
                let emoji = emoji.clone().map(Into::into);
                let reaction = Reaction { occasion, to: to.clone().into(), emoji };
                ConversationCommand::React { contact, channel, reaction }
            }
            Act::Edit { original, content } => {
                let edit = Edit { occasion, original: original.clone().into(), content: content.clone() };
                ConversationCommand::EditMessage { contact, channel, edit }
            }
            Act::Revocation { original } => {
                let revocation = Revocation { occasion, original: original.clone().into() };
                ConversationCommand::RevokeMessage { contact, channel, revocation }
            }
        }
    }

    /// When it was, as far as that can be believed.
    fn occasion(self, inbound: &Inbound) -> Occasion {
        let latest = self.received_at.saturating_add(DAY).unwrap_or(Timestamp::MAX);
        let (sent_at, odd_timestamp) = match &inbound.told_at {
            ToldAt::At(at) if *at <= latest => (*at, None),
            ToldAt::At(at) => (self.received_at, Some(at.as_second().to_string())),
            ToldAt::Odd(given) => (self.received_at, Some(given.clone())),
        };
        let provider_message_id = inbound.id.clone().into();
        Occasion { provider_message_id, sent_at, received_at: Some(self.received_at), odd_timestamp }
    }

    /// The command stands only while the number leads to this channel.
    fn context(self, word: &str, inbound: &Inbound) -> CommandContext {
        let id = self.route.command(word, inbound);
        CommandContext::new(self.route.tenant, id, Actor::Provider(PROVIDER), self.correlation).asserting(Assertion {
            reservation: phone_number_id_reservation(&inbound.phone_number_id),
            holder: self.route.channel.into(),
        })
    }
}

/// What becomes of an item whose number nobody has connected.
pub(super) fn without_channel(phone_number_id: &str) -> ItemState {
    match ProviderId::parse(phone_number_id) {
        // As it stands there, or connecting the number would not find it.
        Ok(number) if number.as_str() == phone_number_id => ItemState::Waiting {
            for_what: Awaited::Number(number),
            reason: "no connected channel has this phone number id".to_owned(),
        },
        _ => ItemState::Parked { reason: "its phone number id is none that a channel can have".to_owned() },
    }
}

/// A time that is further ahead of when we heard of it is none.
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn now_known_by(inbound: &Inbound) -> Option<&super::message::Party> {
    match &inbound.act {
        Act::Message(written) => written.now_known_by.as_ref(),
        Act::Reaction { .. } | Act::Edit { .. } | Act::Revocation { .. } => None,
    }
}

fn changes_identity(inbound: &Inbound) -> bool {
    now_known_by(inbound).is_some()
}

/// Parked, when asking again would not help; else the delivery waits.
fn unsuccessful<R: Refusal>(error: &ExecuteError<R>) -> Outcome {
    match error {
        ExecuteError::Refused(_)
        | ExecuteError::RefusedBefore(_)
        | ExecuteError::Reserved { .. }
        | ExecuteError::ForeignStream
        | ExecuteError::KeyReused
        | ExecuteError::Unstorable { .. } => Ok(ItemState::Parked { reason: error.to_string() }),
        // The number leads elsewhere since it was looked up, or the person was erased since: the next look shows it.
        // A stream that this program can't read was written by a newer one, which will take the delivery.
        ExecuteError::NotHeld
        | ExecuteError::Erased
        | ExecuteError::Contended
        | ExecuteError::Unavailable { .. }
        | ExecuteError::Unreadable(_)
        | ExecuteError::Stopping(_) => Err(error.to_string()),
    }
}
