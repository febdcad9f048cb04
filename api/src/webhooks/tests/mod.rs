//! Deliveries on a real database, from the intake to their end, one step after the other.

mod at_once;
mod batches;
mod corrected;
mod erased;
mod external;
mod flows_on;
mod forms;
mod groups;
mod health;
mod moved;
mod page_leads;
mod retention;
mod social;
mod templates;
mod told_of_people;
mod tried_again;

use std::sync::Arc;

use leadflow_domain::channel::{ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::{ChannelId, CommandId, ContactId, E164, TenantId};
use leadflow_event_store::{Actor, CommandContext, EventStore, Keys, database, testing as log_testing};
use leadflow_gateways::whatsapp::simulator::{self, BusinessNumber, Text};
use leadflow_projections::testing;
use sqlx::{PgPool, Row};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::bodies::StoredBody;
use super::items::{self, Item, StoredItem};
use super::translator::{Round, Turn};
use super::{Awaited, Bringer, Intake, Translator, resume};
use crate::commands::Commands;

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

/// An installation without a door: deliveries are handed to the intake, and translated when a test says so.
struct Bed {
    owner: PgPool,
    pool: PgPool,
    keys: Arc<Keys>,
    store: EventStore,
    commands: Commands,
    intake: Intake,
}

impl Bed {
    async fn new() -> Self {
        let database = testing::database().await;
        let owner = database::owner_pool(database.connect_options());
        let pool = database::app_pool(database.connect_options(), 8).await.unwrap();
        let store = log_testing::event_store(&pool);
        let keys = log_testing::keys();
        let intake = Intake::start(pool.clone(), Arc::clone(&keys));
        Self { owner, pool, keys, commands: Commands::new(&store), store, intake }
    }

    fn translator(&self) -> Translator {
        Translator::new(
            self.pool.clone(),
            self.store.reader().clone(),
            self.commands.clone(),
            Arc::clone(&self.keys),
            self.intake.stored(),
            128,
            CancellationToken::new(),
        )
    }

    async fn deliver(&self, body: Vec<u8>) -> i64 {
        self.intake.store("whatsapp", Bringer::App(None), body.into()).await.unwrap()
    }

    /// What was never tried, then what is due; how many were claimed.
    async fn translate(&self) -> usize {
        let translator = self.translator();
        translator.round(Turn::New).await.unwrap().claimed + translator.round(Turn::Again).await.unwrap().claimed
    }

    async fn connect(&self, number: &BusinessNumber) {
        self.connect_to(TENANT, number).await;
    }

    async fn connect_to(&self, tenant: TenantId, number: &BusinessNumber) {
        let channel = ChannelId::whatsapp(tenant, &number.phone_number_id);
        let command = ChannelCommand::ConnectWhatsAppNumber(WhatsAppNumber {
            phone_number_id: ProviderId::parse(&number.phone_number_id).unwrap(),
            waba_id: ProviderId::parse(&number.waba_id).unwrap(),
            display_phone: DisplayPhone::parse(&number.display_phone).unwrap(),
            app: None,
        });
        let id = CommandId::derive(tenant, "test", &["connect", &number.phone_number_id]);
        let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
        self.commands.channels.execute(channel, command, context).await.unwrap();
    }

    async fn disconnect(&self, number: &BusinessNumber) {
        let channel = ChannelId::whatsapp(TENANT, &number.phone_number_id);
        let context = self.context("disconnect");
        self.commands.channels.execute(channel, ChannelCommand::Disconnect, context).await.unwrap();
    }

    fn context(&self, what: &str) -> CommandContext {
        CommandContext::new(TENANT, CommandId::derive(TENANT, "test", &[what]), Actor::CommandLine, "test")
    }

    /// The contact that `text` introduced.
    fn contact(&self, number: &BusinessNumber, text: &Text) -> ContactId {
        assert!(E164::parse(&text.from).is_ok());
        let channel = ChannelId::whatsapp(TENANT, &number.phone_number_id);
        let command = CommandId::derive(TENANT, "whatsapp.introduce", &[&channel.to_string(), &text.id]);
        ContactId::proposed_by(command)
    }

    /// What the reactor does once a number is connected.
    async fn resume(&self, awaited: &[Awaited]) {
        let mut tx = self.pool.begin().await.unwrap();
        resume(&mut tx, awaited).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn items(&self, delivery: i64) -> Vec<StoredItem> {
        items::of(&mut self.pool.acquire().await.unwrap(), &[delivery]).await.unwrap()
    }

    async fn states(&self, delivery: i64) -> Vec<&'static str> {
        self.items(delivery).await.iter().map(|StoredItem { item: Item { state, .. }, .. }| state.name()).collect()
    }

    async fn stored_body(&self, delivery: i64) -> StoredBody {
        let sql = format!(
            "select {} from webhook_deliveries d left join delivery_keys k on k.day = d.key_day where d.id = $1",
            StoredBody::COLUMNS
        );
        StoredBody::from_row(&sqlx::query(&sql).bind(delivery).fetch_one(&self.pool).await.unwrap()).unwrap()
    }

    async fn body(&self, delivery: i64) -> String {
        String::from_utf8(self.stored_body(delivery).await.open(&self.keys).unwrap()).unwrap()
    }

    /// A value of a delivery's row, as text.
    async fn column(&self, delivery: i64, expression: &str) -> Option<String> {
        let sql = format!("select ({expression})::text from webhook_deliveries where id = $1");
        sqlx::query(&sql).bind(delivery).fetch_one(&self.pool).await.unwrap().get(0)
    }

    async fn events(&self) -> i64 {
        self.store.reader().head().await.unwrap()
    }
}

fn number() -> BusinessNumber {
    BusinessNumber {
        phone_number_id: "106540352242922".to_owned(),
        waba_id: "102290129340398".to_owned(),
        display_phone: "15550783881".to_owned(),
    }
}

fn text(from: &str, id: &str) -> Text {
    Text {
        from: from.to_owned(),
        name: format!("Name of {from}"),
        id: id.to_owned(),
        timestamp: 1_763_712_000,
        body: format!("words of {id}"),
    }
}

fn texts(texts: &[Text]) -> Vec<u8> {
    simulator::texts(&number(), texts)
}

const ADA: &str = "393331234567";
const BICE: &str = "393337654321";

/// Waits until somebody waits for the lock between marking and looking.
async fn until_a_translator_waits_to_mark(owner: &PgPool, translating: &JoinHandle<Round>) {
    loop {
        let waits: bool = sqlx::query_scalar(
            "select exists (select from pg_locks l join pg_database d on d.oid = l.database \
             where not l.granted and l.locktype = 'advisory' and l.objid = 3 and d.datname = current_database())",
        )
        .fetch_one(owner)
        .await
        .unwrap();
        if waits {
            return;
        }
        assert!(!translating.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
}
