//! The event store as the product opens it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::{StreamExt, TryStreamExt, stream};
use leadflow_domain::channel::{
    Channel, ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber, phone_number_id_reservation,
};
use leadflow_domain::contact::{Contact, ContactCommand};
use leadflow_domain::conversation::Conversation;
use leadflow_domain::{Assertion, CommandId, E164};
use leadflow_event_store::{Actor, CommandContext, EventStore, Executor, Installation, Keys, MasterKey, database};
use sqlx::postgres::PgConnectOptions;
use sqlx::{PgPool, Row};

use crate::BenchError;
use crate::bed::Database;
use crate::closed_loop::{Client, Pace, Seen, closed_loop};
use crate::message::{Customer, Message, PHONE_NUMBER_ID, TENANT, Workload, channel};

/// What `serve` leaves to the log of its default of 20 connections; the rest is for the API's reads.
const CONNECTIONS: u32 = 14;

/// The product's own default, `aggregate_cache_mib`.
pub(crate) const CACHE: usize = 32 << 20;

/// Commands on their way at once while something is prepared.
pub(crate) const AT_ONCE: usize = 512;

/// What is asked of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) workload: Workload,
    pub(crate) clients: u32,
    /// Each command stands only while the number leads to the channel, as the translator of webhooks sends them.
    pub(crate) asserting: bool,
}

/// Every answered message is looked for in the log afterwards.
pub(crate) async fn measure(database: &Database, load: Load, pace: Pace) -> Result<(Seen, LogFacts), BenchError> {
    let ours = Ours::open(database.options.clone(), CACHE, 0).await?;
    let mut clients = ours.clients(load.workload, load.clients).await?;
    if load.asserting {
        let assertion = ours.connect_channel().await?;
        clients.iter_mut().for_each(|client| client.assertion = Some(assertion.clone()));
    }
    let seen = closed_loop(clients, pace).await?;
    let facts = ours.facts(seen.commands).await?;
    ours.close().await;
    Ok((seen, facts))
}

/// One process's event store.
pub(crate) struct Ours {
    pub(crate) pool: PgPool,
    pub(crate) store: EventStore,
    pub(crate) conversations: Executor<Conversation>,
    contacts: Executor<Contact>,
    keys: Arc<Keys>,
    /// Customers are counted, so that no two write under one name.
    next: AtomicU32,
}

impl Ours {
    pub(crate) async fn open(options: PgConnectOptions, cache: usize, first: u32) -> Result<Self, BenchError> {
        let pool = database::app_pool(options, CONNECTIONS).await?;
        // No secret: the database is gone in a moment, and a second process must open it too.
        let keys = Arc::new(Installation::open(&pool, &MasterKey::from_bytes([7; 32])).await?.keys);
        let store = EventStore::open(&pool, Arc::clone(&keys), cache);
        Ok(Self {
            conversations: Executor::new(&store),
            contacts: Executor::new(&store),
            store,
            pool,
            keys,
            next: AtomicU32::new(first),
        })
    }

    pub(crate) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys)
    }

    /// So many new customers, introduced.
    pub(crate) async fn customers(&self, count: u32) -> Result<Vec<Customer>, BenchError> {
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        stream::iter(first..first + count).map(|number| self.introduce(number)).buffered(AT_ONCE).try_collect().await
    }

    async fn introduce(&self, number: u32) -> Result<Customer, BenchError> {
        let customer = Customer::new(number);
        let phone = E164::parse(&customer.phone()).map_err(failed)?;
        let command = ContactCommand::IntroduceByPhone { phone_hash: self.keys.phone_hash(&phone), phone };
        let id = CommandId::derive(TENANT, "bench.introduce", &[&number.to_string()]);
        let context = CommandContext::new(TENANT, id, Actor::Provider("whatsapp"), "bench");
        self.contacts.execute(customer.contact(), command, context).await.map_err(failed)?;
        Ok(customer)
    }

    /// Clients of a workload.
    pub(crate) async fn clients(&self, workload: Workload, count: u32) -> Result<Vec<Writer>, BenchError> {
        let writer =
            |customer| Writer { conversations: self.conversations.clone(), customer, workload, assertion: None };
        Ok(self.customers(count).await?.into_iter().map(writer).collect())
    }

    /// Has the business's number lead to its channel.
    async fn connect_channel(&self) -> Result<Assertion, BenchError> {
        let number = WhatsAppNumber {
            phone_number_id: ProviderId::parse(PHONE_NUMBER_ID).map_err(failed)?,
            waba_id: ProviderId::parse("102290129340398").map_err(failed)?,
            display_phone: DisplayPhone::parse("+39 02 1234 5678").map_err(failed)?,
            app: None,
        };
        let id = CommandId::derive(TENANT, "bench.connect", &[]);
        let context = CommandContext::new(TENANT, id, Actor::CommandLine, "bench");
        let command = ChannelCommand::ConnectWhatsAppNumber(number);
        Executor::<Channel>::new(&self.store).execute(channel(), command, context).await.map_err(failed)?;
        Ok(Assertion { reservation: phone_number_id_reservation(PHONE_NUMBER_ID), holder: channel().into() })
    }

    /// Sends a message and waits until it is durable.
    pub(crate) async fn receive(conversations: &Executor<Conversation>, message: Message) -> Result<(), BenchError> {
        let Message { conversation, command, context } = message;
        conversations.execute(conversation, command, context).await.map_err(failed)?;
        Ok(())
    }

    /// That every message that was answered is in the log, and what the log looks like.
    pub(crate) async fn facts(&self, messages: u64) -> Result<LogFacts, BenchError> {
        let row = sqlx::query(
            "select count(*) as messages, count(distinct recorded_at) as commits, \
                    coalesce(avg(length(payload::text)), 0)::float8 as payload_bytes \
             from events where event_type = 'conversation.message_received'",
        )
        .fetch_one(&self.pool)
        .await?;
        let logged: i64 = row.try_get("messages")?;
        if u64::try_from(logged) != Ok(messages) {
            return Err(BenchError::Void(format!("{messages} messages were answered, {logged} are in the log")));
        }
        let commits: i64 = row.try_get("commits")?;
        Ok(LogFacts {
            payload_bytes: row.try_get("payload_bytes")?,
            commands_a_commit: logged as f64 / (commits as f64).max(1.0),
        })
    }

    pub(crate) async fn close(self) {
        self.store.close().await;
        self.pool.close().await;
    }
}

/// What a log looks like after a load.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LogFacts {
    /// A message's event, as JSON.
    pub(crate) payload_bytes: f64,
    pub(crate) commands_a_commit: f64,
}

pub(crate) fn failed(error: impl std::error::Error) -> BenchError {
    BenchError::Command { contender: "ours", reason: error.to_string() }
}

/// A customer who writes to ours.
pub(crate) struct Writer {
    conversations: Executor<Conversation>,
    customer: Customer,
    workload: Workload,
    assertion: Option<Assertion>,
}

impl Client for Writer {
    async fn command(&mut self) -> Result<(), BenchError> {
        let mut message = self.customer.writes(self.customer.thread(self.workload));
        message.context.assertions.extend(self.assertion.clone());
        Ours::receive(&self.conversations, message).await
    }
}
