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
use leadflow_domain::outbound_message::OutboundMessage;
use leadflow_domain::{
    Assertion, ChannelId, CommandId, ContactId, ConversationId, DataSubjectId, Refusal, RefusalCode, Reservation,
    StreamId, TenantId,
};
use leadflow_event_store::{
    Actor, CommandContext, ExecuteError, Keys, KnownCommand, LogReader, Receipt, reservation_owners,
};
use sqlx::PgPool;

use super::PROVIDER;
use super::apps::{self, Apps};
use super::echo::Echo;
use super::envelope::{EnvelopeItem, Reading, read};
use super::identity::{Identify, Introduced, KnownContacts, command_id, identifiers};
use super::message::{Act, Inbound, Party, ToldAt};
use super::people::Together;
use super::status::Status;
use super::told::{RECEIVE, Told, told};
use crate::commands::Commands;
use crate::webhooks::items::{Awaited, Item, ItemState};
use crate::webhooks::translator::{Translated, Waiting};
use crate::webhooks::turns::Turns;

/// What one item came to: its state, or why the delivery must wait.
pub(super) type Outcome = Result<ItemState, String>;

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
    let told = || deliveries.iter().flat_map(Parsed::told);
    let routes = routes(pool, told()).await?;
    let apps = apps::of(reader, routes.values().map(|route| route.channel)).await?;
    let routed = || told().filter_map(|told| Some((*routes.get(told.phone_number_id())?, told)));
    // In this order: whom the log knows now may be erased before it is asked for her messages, and not the other way.
    let people = routed().flat_map(|(route, told)| {
        let held = told.party().map(|party| identifiers(keys, party)).unwrap_or_default();
        held.into_iter().map(move |identifier| (route.tenant, identifier.held))
    });
    let known = KnownContacts::of(pool, people).await?;
    let asked: Vec<CommandId> = routed().map(|(route, told)| told.command(route)).collect();
    let settled = reader.known(&asked).await?;
    let messages: Vec<StreamId> = routed().filter_map(|(route, told)| told.message(route, keys)).collect();
    let turns = Turns::between(routes.values().map(|route| route.tenant));
    let batch = Batch { pool, commands, keys, routes, apps, settled, known, turns };

    let received = join_all(deliveries.into_iter().map(|delivery| {
        let id = delivery.id;
        guarded(id, batch.receive(delivery))
    }));
    let received = received.await;
    // Only now: the messages of which statuses tell may have come beside them.
    let begun = reader.begun::<OutboundMessage>(&messages).await?;
    let reported = received.into_iter().map(|received| async {
        match received {
            Ok(received) => guarded(received.delivery.id, batch.report(received, &begun)).await,
            Err(panicked) => Err(panicked),
        }
    });
    Ok(join_all(reported).await.into_iter().map(|translated| translated.unwrap_or_else(|panicked| panicked)).collect())
}

/// A panic is a bug of ours and holds back its delivery, not the process.
async fn guarded<T>(id: i64, work: impl Future<Output = T>) -> Result<T, Translated> {
    let panicked = |_| Translated { id, items: Err("its translation panicked".to_owned()) };
    AssertUnwindSafe(work).catch_unwind().await.map_err(panicked)
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

    fn told(&self) -> impl Iterator<Item = Told<'_>> {
        told(&self.items)
    }
}

/// A panic is a bug of ours and parks that delivery's body, not the process.
pub(super) fn parse(body: &[u8]) -> Vec<EnvelopeItem> {
    std::panic::catch_unwind(|| read(body)).unwrap_or_else(|_| {
        let reading = Reading::Unreadable("reading it panicked".to_owned());
        vec![EnvelopeItem { pointer: String::new(), kind: "unreadable".to_owned(), reading }]
    })
}

/// Where a number leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Route {
    pub(super) tenant: TenantId,
    pub(super) channel: ChannelId,
}

impl Route {
    /// The id of what a message or act leads to. The same one again is the same command again.
    pub(super) fn command(self, word: &str, id: &str) -> CommandId {
        command_id(self.tenant, word, &self.channel.to_string(), id)
    }
}

pub(super) async fn routes(
    pool: &PgPool,
    told: impl Iterator<Item = Told<'_>>,
) -> Result<HashMap<String, Route>, sqlx::Error> {
    let mut numbers: Vec<&str> = told.map(Told::phone_number_id).collect();
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
pub(super) struct Found {
    pub(super) tenant: Option<TenantId>,
    pub(super) contact: Option<ContactId>,
    pub(super) outcome: Outcome,
}

/// Items of one kind in a delivery that belong together, in its order, each with its place among the items.
type Groups<K, T> = HashMap<K, Vec<(usize, T)>>;

/// A person as one number knows her.
type Person = (Route, HeldIdentifier);

/// A group shares its route: it is part of what its items have in common, and an item without any is alone.
fn of_one_route<T>(group: Vec<(usize, (Route, T))>) -> (Route, Vec<(usize, T)>) {
    let route = group[0].1.0;
    (route, group.into_iter().map(|(nth, (_, item))| (nth, item)).collect())
}

pub(super) struct Batch<'a> {
    pool: &'a PgPool,
    pub(super) commands: &'a Commands,
    pub(super) keys: &'a Keys,
    routes: HashMap<String, Route>,
    apps: Apps,
    /// What the log has already. A person who was erased since is not introduced anew
    /// by an old message that comes again.
    pub(super) settled: HashMap<CommandId, KnownCommand>,
    pub(super) known: KnownContacts,
    pub(super) turns: Turns,
}

/// A delivery whose messages were received, and whose statuses are to come.
struct Received {
    delivery: Parsed,
    correlation: String,
    found: Vec<Option<Found>>,
}

impl Batch<'_> {
    fn during<'a>(&'a self, route: Route, received_at: Timestamp, correlation: &'a str) -> During<'a> {
        During { batch: self, route, received_at, correlation }
    }

    /// Where an item leads, and what it tells; else what becomes of it.
    fn routed<'a>(&self, item: &'a EnvelopeItem, app: Option<&str>) -> Result<(Route, Told<'a>), ItemState> {
        let told = Told::of(&item.reading)?;
        match self.routes.get(told.phone_number_id()) {
            None => Err(without_channel(told.phone_number_id())),
            Some(route) if !self.apps.may_bring(app, route.channel) => {
                Err(ItemState::Parked { reason: apps::ANOTHER_APP.to_owned() })
            }
            Some(route) => Ok((*route, told)),
        }
    }

    /// Carries out what a delivery holds but statuses.
    async fn receive(&self, delivery: Parsed) -> Received {
        let correlation = format!("webhook:{}", delivery.id);
        let mut found: Vec<Option<Found>> = Vec::with_capacity(delivery.items.len());
        let mut written: Together<Person, (Route, &Inbound)> = Together::new();
        let mut echoed: Together<Person, (Route, &Echo)> = Together::new();
        for (nth, item) in delivery.items.iter().enumerate() {
            found.push(match self.routed(item, delivery.app.as_deref()) {
                Err(state) => Some(Found { tenant: None, contact: None, outcome: Ok(state) }),
                Ok((_, Told::Status(_))) => None,
                Ok((route, told)) => {
                    let command = told.command(route);
                    let settled = self.settled.get(&command).map(|known| {
                        let contact = known.subject.map(|subject| ContactId::from_uuid(subject.as_uuid()));
                        let outcome = Ok(ItemState::Applied { command, position: known.position });
                        Found { tenant: Some(route.tenant), contact, outcome }
                    });
                    if settled.is_none() {
                        let parties = told.party().into_iter().chain(told.now_known_by());
                        let known_by = parties.flat_map(|party| identifiers(self.keys, party));
                        let person = known_by.map(|identifier| (route, identifier.held)).collect();
                        match told {
                            Told::Inbound(inbound) => written.put(person, nth, (route, inbound)),
                            Told::Echo(echo) => echoed.put(person, nth, (route, echo)),
                            Told::Status(_) => {}
                        }
                    }
                    settled
                }
            });
        }
        let during = |route| self.during(route, delivery.received_at, &correlation);
        let received = join_all(written.groups().map(|group| {
            let (route, inbound) = of_one_route(group);
            during(route).receive(inbound)
        }));
        let recorded = join_all(echoed.groups().map(|group| {
            let (route, echoes) = of_one_route(group);
            during(route).record(echoes)
        }));
        let (received, recorded) = futures_util::join!(received, recorded);
        for (nth, result) in received.into_iter().chain(recorded).flatten() {
            found[nth] = Some(result);
        }
        Received { delivery, correlation, found }
    }

    /// Carries out its statuses, and says what became of all of it.
    async fn report(&self, received: Received, begun: &HashMap<StreamId, Option<DataSubjectId>>) -> Translated {
        let Received { delivery: Parsed { id, app, received_at, items }, correlation, mut found } = received;
        let mut messages: Groups<(Route, StreamId), &Status> = HashMap::new();
        for (nth, item) in items.iter().enumerate() {
            if let Ok((route, Told::Status(status))) = self.routed(item, app.as_deref()) {
                let stream = route.message(self.keys, &status.message);
                messages.entry((route, stream)).or_default().push((nth, status));
            }
        }
        let reported = messages.into_iter().map(|((route, stream), statuses)| {
            self.during(route, received_at, &correlation).report(stream, begun.get(&stream).copied(), statuses)
        });
        for (nth, result) in join_all(reported).await.into_iter().flatten() {
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

/// What is told of one person, or of one message.
#[derive(Clone, Copy)]
pub(super) struct During<'a> {
    pub(super) batch: &'a Batch<'a>,
    pub(super) route: Route,
    pub(super) received_at: Timestamp,
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
        // What was known when the batch began is not so any more once somebody's identifiers have changed.
        let mut changed = false;
        for (nth, inbound) in inbound {
            // What she is known by may change between two messages, and mostly does not.
            let introduced = match who {
                Some((before, introduced))
                    if before.sender == inbound.sender && !changes_identity(before) && !changes_identity(inbound) =>
                {
                    introduced
                }
                _ => match self.who_is(inbound, changed).await {
                    Ok(introduced) => introduced,
                    Err(outcome) => {
                        found.push((nth, Found { tenant, contact: None, outcome }));
                        continue;
                    }
                },
            };
            who = Some((inbound, introduced));
            changed |= changes_identity(inbound);
            let context = self.context(RECEIVE, &inbound.phone_number_id, &inbound.id);
            let (contact, command) = (introduced.contact, context.id);
            let conversation = StreamId::from(ConversationId::between(contact, self.route.channel));
            let asked = self.command(contact, inbound);
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
        let context = |word: &str| self.context(word, &inbound.phone_number_id, &inbound.id);
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

    /// Whom identifiers lead to now.
    async fn look_again(self, identifiers: &[Identifier]) -> Result<KnownContacts, Outcome> {
        let held = identifiers.iter().map(|identifier| (self.route.tenant, identifier.held.clone()));
        KnownContacts::of(self.batch.pool, held).await.map_err(|_| Err("the database can't be asked".to_owned()))
    }

    fn identify<'a, C>(&'a self, known: &'a KnownContacts, context: C) -> Identify<'a, C>
    where
        C: Fn(&str) -> CommandContext,
    {
        Identify { commands: self.batch.commands, known, tenant: self.route.tenant, context }
    }

    fn command(self, contact: ContactId, inbound: &Inbound) -> ConversationCommand {
        let (channel, occasion) = (self.route.channel, self.occasion(&inbound.id, &inbound.told_at));
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

    /// Which message or act, and when.
    pub(super) fn occasion(self, id: &str, told_at: &ToldAt) -> Occasion {
        let (sent_at, odd_timestamp) = self.when(told_at);
        let provider_message_id = id.to_owned().into();
        Occasion { provider_message_id, sent_at, received_at: Some(self.received_at), odd_timestamp }
    }

    /// When it was, as far as that can be believed, and what was told where it can't.
    pub(super) fn when(self, told_at: &ToldAt) -> (Timestamp, Option<String>) {
        let latest = self.received_at.saturating_add(DAY).unwrap_or(Timestamp::MAX);
        match told_at {
            ToldAt::At(at) if *at <= latest => (*at, None),
            ToldAt::At(at) => (self.received_at, Some(at.as_second().to_string())),
            ToldAt::Odd(given) => (self.received_at, Some(given.clone())),
        }
    }

    /// Of what a message or act leads to under `word`.
    pub(super) fn context(self, word: &str, phone_number_id: &str, id: &str) -> CommandContext {
        self.context_of(self.route.command(word, id), phone_number_id)
    }

    /// The command stands only while the number leads to this channel.
    pub(super) fn context_of(self, command: CommandId, phone_number_id: &str) -> CommandContext {
        let context = CommandContext::new(self.route.tenant, command, Actor::Provider(PROVIDER), self.correlation);
        context.asserting(Assertion {
            reservation: phone_number_id_reservation(phone_number_id),
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

/// What she is known by from now on, if it tells that.
pub(super) fn now_known_by(inbound: &Inbound) -> Option<&Party> {
    match &inbound.act {
        Act::Message(written) => written.now_known_by.as_ref(),
        Act::Reaction { .. } | Act::Edit { .. } | Act::Revocation { .. } => None,
    }
}

fn changes_identity(inbound: &Inbound) -> bool {
    now_known_by(inbound).is_some()
}

/// What a command came to. `or_erased` says that asking again would not help if she was erased.
pub(super) fn outcome<R: Refusal>(
    receipt: Result<Receipt, ExecuteError<R>>,
    command: CommandId,
    or_erased: bool,
) -> Outcome {
    match receipt {
        Ok(receipt) => Ok(ItemState::Applied { command, position: receipt.position }),
        Err(error @ ExecuteError::Erased) if or_erased => Ok(ItemState::Parked { reason: error.to_string() }),
        Err(error) => unsuccessful(&error),
    }
}

/// Parked, when asking again would not help; else the delivery waits.
pub(super) fn unsuccessful<R: Refusal>(error: &ExecuteError<R>) -> Outcome {
    match error {
        // She was erased since she was looked up: the next look finds nobody, or whoever has her number now.
        ExecuteError::Refused(refusal) if refusal.code() == RefusalCode::Erased => Err(error.to_string()),
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
