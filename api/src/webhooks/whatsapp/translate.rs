//! From items to commands: route, introduce the contact, receive the message.
//!
//! A batch asks once for all its numbers, once for what the log has already, and once for all its contacts. Messages of one contact go in their order;
//! contacts don't wait for each other. An item that is refused is parked alone; only an outage holds a delivery back.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::join_all;
use leadflow_domain::channel::phone_number_id_reservation;
use leadflow_domain::contact::{ContactCommand, phone_reservation};
use leadflow_domain::conversation::{ConversationCommand, InboundMessage, MessageContent};
use leadflow_domain::{
    Assertion, ChannelId, CommandId, ContactId, ConversationId, IdentifierHash, Refusal, Reservation, StreamId,
    TenantId,
};
use leadflow_event_store::{Actor, CommandContext, Done, ExecuteError, Keys, LogReader, reservation_owners};
use sqlx::PgPool;
use tokio::sync::Semaphore;

use super::PROVIDER;
use super::apps::{self, Apps};
use super::envelope::{EnvelopeItem, Reading, read};
use super::text::InboundText;
use crate::commands::Commands;
use crate::webhooks::items::{Item, ItemState};
use crate::webhooks::translator::{Translated, Waiting};

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
    let parsed = tokio::task::spawn_blocking(move || {
        waiting.into_iter().map(|delivery| (delivery.id, delivery.app, parse(&delivery.body))).collect::<Vec<_>>()
    });
    let deliveries = parsed.await.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    let texts = || {
        deliveries.iter().flat_map(|(_, _, items)| items).filter_map(|item| match &item.reading {
            Reading::Text(text) => Some(text.as_ref()),
            Reading::NotReadYet(_) | Reading::Unreadable(_) => None,
        })
    };
    let routes = routes(pool, texts()).await?;
    let apps = apps::of(reader, routes.values().map(|route| route.channel)).await?;
    // In this order: whom the log knows now may be erased before it is asked for her messages, and not the other way.
    let contacts = known_contacts(pool, keys, &routes, texts()).await?;
    let asked: Vec<CommandId> =
        texts().filter_map(|text| Some(command_id(*routes.get(&text.phone_number_id)?, RECEIVE, text))).collect();
    let settled = reader.known(&asked).await?;
    let batch = Batch { commands, keys, routes, apps, settled, contacts, turns: Semaphore::new(AT_ONCE) };
    let translated = deliveries.into_iter().map(|(id, app, items)| {
        let delivering = AssertUnwindSafe(batch.deliver(id, app, items)).catch_unwind();
        async move {
            let panicked = || Translated { id, items: Err("its translation panicked".to_owned()) };
            delivering.await.unwrap_or_else(|_| panicked())
        }
    });
    Ok(join_all(translated).await)
}

/// A panic is a bug of ours and parks that delivery's body, not the process.
fn parse(body: &[u8]) -> Vec<EnvelopeItem> {
    std::panic::catch_unwind(|| read(body)).unwrap_or_else(|_| {
        let reading = Reading::Unreadable("reading it panicked".to_owned());
        vec![EnvelopeItem { pointer: String::new(), kind: "unreadable".to_owned(), reading }]
    })
}

/// Conversations of a batch that are worked on at once: enough for full commits, few enough that a delivery of
/// thousands leaves room for everybody else's.
const AT_ONCE: usize = 128;

/// Where a number leads.
#[derive(Debug, Clone, Copy)]
struct Route {
    tenant: TenantId,
    channel: ChannelId,
}

async fn routes(
    pool: &PgPool,
    texts: impl Iterator<Item = &InboundText>,
) -> Result<HashMap<String, Route>, sqlx::Error> {
    let mut numbers: Vec<&str> = texts.map(|text| text.phone_number_id.as_str()).collect();
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

type Contacts = HashMap<(TenantId, IdentifierHash), ContactId>;

async fn known_contacts(
    pool: &PgPool,
    keys: &Keys,
    routes: &HashMap<String, Route>,
    texts: impl Iterator<Item = &InboundText>,
) -> Result<Contacts, sqlx::Error> {
    let people: std::collections::HashSet<(TenantId, IdentifierHash)> = texts
        .filter_map(|text| Some((routes.get(&text.phone_number_id)?.tenant, keys.phone_hash(&text.from))))
        .collect();
    let (people, asked): (Vec<_>, Vec<_>) = people
        .into_iter()
        .map(|(tenant, hash)| {
            let reservation = phone_reservation(&hash);
            ((tenant, hash), (tenant, reservation))
        })
        .unzip();
    let owners = reservation_owners(pool, &asked).await?;
    Ok(people
        .into_iter()
        .zip(owners)
        .filter_map(|(person, owner)| Some((person, ContactId::from_uuid(owner?.stream.as_uuid()))))
        .collect())
}

/// Who writes to which number.
type Thread = (TenantId, ChannelId, IdentifierHash);

struct Batch<'a> {
    commands: &'a Commands,
    keys: &'a Keys,
    routes: HashMap<String, Route>,
    apps: Apps,
    /// What the log has already, each with its last position. A person who was erased since is not introduced anew
    /// by an old message that comes again.
    settled: HashMap<CommandId, i64>,
    contacts: Contacts,
    turns: Semaphore,
}

impl Batch<'_> {
    async fn deliver(&self, id: i64, app: Option<String>, items: Vec<EnvelopeItem>) -> Translated {
        let correlation = format!("webhook:{id}");
        let mut outcomes: Vec<Option<(Option<TenantId>, Outcome)>> = items.iter().map(|_| None).collect();
        // By conversation, each with its messages in their order.
        let mut threads: HashMap<Thread, Vec<(usize, &InboundText)>> = HashMap::new();
        for (nth, item) in items.iter().enumerate() {
            let settled = match &item.reading {
                Reading::Text(text) => match self.routes.get(&text.phone_number_id) {
                    None => ItemState::UnknownNumber,
                    Some(route) if !self.apps.may_bring(app.as_deref(), route.channel) => {
                        ItemState::Parked { reason: apps::ANOTHER_APP.to_owned() }
                    }
                    Some(route) => {
                        let command = command_id(*route, RECEIVE, text);
                        if let Some(&position) = self.settled.get(&command) {
                            let applied = ItemState::Applied { command, position };
                            outcomes[nth] = Some((Some(route.tenant), Ok(applied)));
                            continue;
                        }
                        let person = self.keys.phone_hash(&text.from);
                        threads.entry((route.tenant, route.channel, person)).or_default().push((nth, text));
                        continue;
                    }
                },
                Reading::NotReadYet(reason) => ItemState::NotReadYet { reason: (*reason).to_owned() },
                Reading::Unreadable(reason) => ItemState::Parked { reason: reason.clone() },
            };
            outcomes[nth] = Some((None, Ok(settled)));
        }
        let received = join_all(threads.into_iter().map(|((tenant, channel, person), texts)| {
            let correlation = correlation.as_str();
            async move {
                let outcomes = self.receive(Route { tenant, channel }, person, &texts, correlation).await;
                (tenant, texts, outcomes)
            }
        }))
        .await;
        for (tenant, texts, thread_outcomes) in received {
            for ((nth, _), outcome) in texts.into_iter().zip(thread_outcomes) {
                outcomes[nth] = Some((Some(tenant), outcome));
            }
        }
        let items = items
            .iter()
            .zip(outcomes)
            .map(|(item, outcome)| {
                let (tenant, state) = outcome.ok_or("an item was not accounted for")?;
                Ok(Item { pointer: item.pointer.clone(), kind: item.kind.clone(), tenant, state: state? })
            })
            .collect();
        Translated { id, items }
    }

    /// Receives the texts of one conversation, in their order.
    async fn receive(
        &self,
        route: Route,
        person: IdentifierHash,
        texts: &[(usize, &InboundText)],
        correlation: &str,
    ) -> Vec<Outcome> {
        // Nobody closes the semaphore.
        let _turn = self.turns.acquire().await.ok();
        let Introduced { contact, before } = match self.contact(route, person, texts[0].1, correlation).await {
            Ok(contact) => contact,
            Err(outcome) => return texts.iter().map(|_| outcome.clone()).collect(),
        };
        let conversation = StreamId::from(ConversationId::between(contact, route.channel));
        // All submitted before the first is awaited: each has its place in the conversation's queue.
        let submitted: Vec<_> = texts
            .iter()
            .map(|(_, text)| {
                let context = context(route, command_id(route, RECEIVE, text), text, correlation);
                let command = ConversationCommand::ReceiveMessage {
                    contact,
                    channel: route.channel,
                    message: InboundMessage {
                        provider_message_id: text.id.clone().into(),
                        sent_at: text.sent_at,
                        sender_name: text.name.clone().map(Into::into),
                        content: MessageContent::Text { body: text.body.clone().into() },
                    },
                };
                (context.id, self.commands.conversations.submit(conversation, command, context))
            })
            .collect();
        let mut outcomes = Vec::with_capacity(submitted.len());
        for (nth, (command, receipt)) in submitted.into_iter().enumerate() {
            outcomes.push(match receipt.await {
                Ok(receipt) => Ok(ItemState::Applied { command, position: receipt.position }),
                // She was erased between her introduction by this very message and its receipt.
                Err(error @ ExecuteError::Erased) if before && nth == 0 => {
                    Ok(ItemState::Parked { reason: error.to_string() })
                }
                Err(error) => unsuccessful(&error),
            });
        }
        outcomes
    }

    /// The contact with this phone, introduced by `text` if nobody knows her.
    async fn contact(
        &self,
        route: Route,
        person: IdentifierHash,
        text: &InboundText,
        correlation: &str,
    ) -> Result<Introduced, Outcome> {
        let person = (route.tenant, person);
        if let Some(contact) = self.contacts.get(&person) {
            return Ok(Introduced { contact: *contact, before: false });
        }
        let context = context(route, command_id(route, "whatsapp.introduce", text), text, correlation);
        let proposed = ContactId::proposed_by(context.id);
        let command = ContactCommand::IntroduceByPhone { phone: text.from.clone(), phone_hash: person.1 };
        match self.commands.contacts.execute(proposed, command, context).await {
            Ok(receipt) => Ok(Introduced { contact: proposed, before: receipt.done == Done::Before }),
            Err(ExecuteError::Reserved { holder }) => {
                Ok(Introduced { contact: ContactId::from_uuid(holder.as_uuid()), before: false })
            }
            Err(error) => Err(unsuccessful(&error)),
        }
    }
}

/// Who a message is from.
struct Introduced {
    contact: ContactId,
    /// Her introduction by this message was in the log before.
    before: bool,
}

/// What a message's command is derived from.
const RECEIVE: &str = "whatsapp.message";

/// The id of what a message leads to. The same message again is the same command again.
fn command_id(route: Route, origin: &str, text: &InboundText) -> CommandId {
    CommandId::derive(route.tenant, origin, &[&route.channel.to_string(), &text.id])
}

/// The command stands only while the number leads to this channel.
fn context(route: Route, id: CommandId, text: &InboundText, correlation: &str) -> CommandContext {
    CommandContext::new(route.tenant, id, Actor::Provider(PROVIDER), correlation).asserting(Assertion {
        reservation: phone_number_id_reservation(&text.phone_number_id),
        holder: route.channel.into(),
    })
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
