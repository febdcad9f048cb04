//! Over a database: what a file becomes, once, and what it leaves alone.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use leadflow_domain::channel::{ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::{ConversationCommand, InboundMessage, MessageContent};
use leadflow_domain::{ChannelId, CommandId, ContactId, ConversationId, E164, TenantId, Zone};
use leadflow_event_store::{Actor, CommandContext, EventStore, PersonalValues, database, testing as log_testing};
use leadflow_gateways::whatsapp::export::{DateOrder, NoExport};
use leadflow_projections::inbox::{DEFINITION, InboxProjector};
use leadflow_projections::{Projector, ProjectorProgress, testing};
use sqlx::{Executor as _, PgPool};
use uuid::Uuid;

use super::*;
use crate::commands::Commands;
use crate::lead_imports::Files;
use crate::submissions::{self, KnownBy};

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

const CHAT: &str = "30/11/23, 14:04 - Messages and calls are end-to-end encrypted.\n\
    30/11/23, 14:05 - Ada: Is it still there?\n\
    30/11/23, 14:05 - The Shop: It is.\n\
    30/11/23, 14:06 - The Shop: ok\n\
    30/11/23, 14:06 - The Shop: ok\n\
    30/11/23, 14:07 - Ada: <Media omitted>\n\
    30/11/23, 14:08 - Ada: This message was deleted\n";

const LATER: &str = "01/12/23, 09:00 - Ada: I take it\n01/12/23, 09:01 - The Shop: See you at five\n";

struct Bed {
    pool: PgPool,
    store: EventStore,
    commands: Commands,
    importer: Importer,
}

fn channel() -> ChannelId {
    ChannelId::whatsapp(TENANT, "10")
}

fn asked() -> Asked {
    Asked {
        tenant: TENANT,
        actor: Actor::CommandLine,
        customer: E164::parse("+393331234567").unwrap(),
        channel: channel(),
        business_name: Some("The Shop".to_owned()),
        customer_name: None,
        zone: Zone::parse("Europe/Rome").ok(),
        order: None,
        is_dry_run: false,
    }
}

fn context(key: &str) -> CommandContext {
    CommandContext::new(TENANT, CommandId::derive(TENANT, "test", &[key]), Actor::CommandLine, "test")
}

fn pieces(text: &[u8]) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> + use<> {
    let pieces: Vec<_> = text.chunks(10_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Bed {
    async fn new() -> Self {
        let pool = database::app_pool(testing::database().await.connect_options(), 8).await.unwrap();
        let store = log_testing::event_store(&pool);
        let commands = Commands::new(&store);
        let importer = Importer {
            files: Arc::new(Files::new(pool.clone(), log_testing::keys())),
            log: store.reader().clone(),
            commands: commands.clone(),
            pool: pool.clone(),
            keys: log_testing::keys(),
            progress: ProjectorProgress::default(),
        };
        let bed = Self { pool, store, commands, importer };
        let number = WhatsAppNumber {
            phone_number_id: ProviderId::parse("10").unwrap(),
            waba_id: ProviderId::parse("20").unwrap(),
            display_phone: DisplayPhone::parse("+39 02 1").unwrap(),
            app: None,
        };
        let connect = ChannelCommand::ConnectWhatsAppNumber(number);
        bed.commands.channels.execute(channel(), connect, context("connect")).await.unwrap();
        bed.show().await;
        bed
    }

    /// The inbox shows all that the log has.
    async fn show(&self) {
        let shown: i64 = sqlx::query_scalar("select position from checkpoints where consumer = $1")
            .bind(DEFINITION.consumer())
            .fetch_one(&self.pool)
            .await
            .unwrap();
        let raw = self.store.reader().after(shown, i64::MAX).await.unwrap();
        let events = self.store.reader().read(raw, PersonalValues::Opened).await.unwrap();
        let Some(last) = events.last().map(|event| event.position) else { return };
        let mut tx = self.pool.begin().await.unwrap();
        tx.execute(format!("set local search_path = {}, public", DEFINITION.schema()).as_str()).await.unwrap();
        InboxProjector.apply(&mut tx, &events).await.unwrap();
        sqlx::query("update checkpoints set position = $1 where consumer = $2")
            .bind(last)
            .bind(DEFINITION.consumer())
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// What comes of `work`, while the inbox shows what the log has.
    async fn showing<T>(&self, work: impl Future<Output = T>) -> T {
        let is_done = AtomicBool::new(false);
        let shows = async {
            while !is_done.load(Ordering::SeqCst) {
                self.show().await;
                tokio::task::yield_now().await;
            }
        };
        let works = async {
            let came = work.await;
            is_done.store(true, Ordering::SeqCst);
            came
        };
        let (came, ()) = futures_util::join!(works, shows);
        self.show().await;
        came
    }

    async fn import_as(&self, text: &str, asked: &Asked) -> Result<Imported, NotImported> {
        self.showing(self.importer.import(asked, pieces(text.as_bytes()), |_| {})).await
    }

    async fn import(&self, text: &str) -> Counts {
        self.import_as(text, &asked()).await.unwrap().counts
    }

    async fn many(&self, of: &str) -> i64 {
        sqlx::query_scalar(&format!("select count(*) from {of}")).fetch_one(&self.pool).await.unwrap()
    }

    async fn events(&self, of: &str) -> i64 {
        self.many(&format!("events where event_type = '{of}'")).await
    }

    /// Messages of either side that the log has by imports.
    async fn told(&self) -> (i64, i64) {
        (self.events("conversation.message_imported").await, self.events("outbound_message.imported").await)
    }

    /// Who has the number.
    async fn holder(&self) -> Option<ContactId> {
        let known_by = KnownBy::new(&log_testing::keys(), Some(&asked().customer), None);
        submissions::owner(&self.pool, TENANT, &known_by).await.unwrap()
    }

    /// What the inbox shows of the thread with whoever has the number, earliest first.
    async fn thread(&self) -> Vec<(String, String, Option<String>)> {
        let conversation = ConversationId::between(self.holder().await.unwrap(), channel());
        let schema = DEFINITION.schema();
        let sql = format!(
            "select sent_at, kind, body from {schema}.messages where conversation_id = $1 order by sent_at, mark"
        );
        let rows: Vec<(jiff_sqlx::Timestamp, String, Option<String>)> =
            sqlx::query_as(&sql).bind(conversation.as_uuid()).fetch_all(&self.pool).await.unwrap();
        rows.into_iter().map(|(at, kind, body)| (at.to_jiff().to_string(), kind, body)).collect()
    }

    /// She writes, as a webhook tells.
    async fn receive(&self, id: &str, at: Timestamp) {
        let contact = match self.holder().await {
            Some(contact) => contact,
            None => {
                let contact = ContactId::proposed_by(context(id).id);
                let phone = asked().customer;
                let phone_hash = log_testing::keys().phone_hash(&phone);
                let introduce = ContactCommand::IntroduceByPhone { phone, phone_hash };
                self.commands.contacts.execute(contact, introduce, context(&format!("introduce {id}"))).await.unwrap();
                contact
            }
        };
        let message = InboundMessage::new(id.to_owned(), at, MessageContent::Text { body: id.to_owned().into() });
        let receive = ConversationCommand::ReceiveMessage { contact, channel: channel(), group: None, message };
        let conversation = ConversationId::between(contact, channel());
        self.commands.conversations.execute(conversation, receive, context(id)).await.unwrap();
        self.show().await;
    }

    async fn erase(&self) {
        let holder = self.holder().await.unwrap();
        self.commands.contacts.execute(holder, ContactCommand::Erase, context(&holder.to_string())).await.unwrap();
        self.show().await;
    }

    /// Nothing of a file is left where files are kept.
    async fn holds_no_file(&self) {
        assert_eq!((self.many("lead_imports").await, self.many("lead_import_chunks").await), (0, 0));
    }
}

fn counts(of: [u64; 4], notices: u64) -> Counts {
    let [messages, imported, known, deleted] = of;
    Counts { messages, imported, known, deleted, notices, ..Counts::default() }
}

#[tokio::test]
async fn a_chat_becomes_part_of_the_conversation_once() {
    let bed = Bed::new().await;
    let first = bed.import_as(CHAT, &asked()).await.unwrap();
    assert_eq!(first.counts, counts([6, 5, 0, 1], 1));
    assert_eq!((first.order, first.zone.name()), (DateOrder::DayMonthYear, "Europe/Rome"));
    let (name, shop) = (first.customer_name.as_deref(), first.business_name.as_deref());
    assert_eq!((name, shop), (Some("Ada"), Some("The Shop")));
    assert_eq!(first.first_at, Some(at("2023-11-30T13:05:00Z")));
    let shown = |at: &str, kind: &str, body: Option<&str>| (at.to_owned(), kind.to_owned(), body.map(str::to_owned));
    let thread = [
        shown("2023-11-30T13:05:00Z", "text", Some("Is it still there?")),
        shown("2023-11-30T13:05:00.000001Z", "text", Some("It is.")),
        shown("2023-11-30T13:06:00Z", "text", Some("ok")),
        shown("2023-11-30T13:06:00.000001Z", "text", Some("ok")),
        shown("2023-11-30T13:07:00Z", "media_placeholder", None),
    ];
    assert_eq!(bed.thread().await, thread);
    bed.holds_no_file().await;

    let head = bed.store.reader().head().await.unwrap();
    assert_eq!(bed.import(CHAT).await, counts([6, 0, 5, 1], 1), "the same file again");
    let of_an_iphone = CHAT
        .lines()
        .map(|line| {
            format!("[{}", line.replacen(" - ", ":33] ", 1).replace("<Media omitted>", "\u{200e}image omitted"))
        })
        .collect::<Vec<_>>()
        .join("\r\n");
    assert_eq!(bed.import(&of_an_iphone).await, counts([6, 0, 5, 1], 1), "the same chat by another phone");
    assert_eq!(bed.store.reader().head().await.unwrap(), head, "nothing is told");

    assert_eq!(bed.import(&format!("{CHAT}{LATER}")).await, counts([8, 2, 5, 1], 1), "a longer one");
    assert_eq!(bed.import(&CHAT.lines().skip(4).map(|line| format!("{line}\n")).collect::<String>()).await.imported, 0);
    assert_eq!(bed.told().await, (3, 4));
    let of = |what: &str| {
        let sql = format!("select count(*) from events where {what}");
        let pool = bed.pool.clone();
        async move { sqlx::query_scalar::<_, i64>(&sql).fetch_one(&pool).await.unwrap() }
    };
    let by_it = format!("metadata ->> 'correlation' = 'import:{}'", first.import);
    assert_eq!(of(&by_it).await, 8, "whoever she is, what she is called, the thread, and five messages");
    assert_eq!(bed.events("contact.listed").await, 1);
}

#[tokio::test]
async fn nothing_asks_for_anybody() {
    let bed = Bed::new().await;
    bed.import(CHAT).await;
    for nothing in ["conversation.reopened", "conversation.assigned", "lead.captured", "conversation.message_received"]
    {
        assert_eq!(bed.events(nothing).await, 0, "{nothing}");
    }
    let schema = DEFINITION.schema();
    let unread: i32 = sqlx::query_scalar(&format!("select unread_count from {schema}.conversations"))
        .fetch_one(&bed.pool)
        .await
        .unwrap();
    assert_eq!(unread, 0);
}

#[tokio::test]
async fn what_is_here_by_webhooks_is_not_doubled() {
    let bed = Bed::new().await;
    bed.receive("I take it", at("2023-12-01T08:00:30Z")).await;
    let imported = bed.import_as(&format!("{CHAT}{LATER}"), &asked()).await.unwrap();
    assert_eq!(imported.here_since, Some(at("2023-12-01T08:00:30Z")));
    assert_eq!(imported.counts, Counts { here_already: 2, ..counts([8, 5, 0, 1], 1) });
    assert_eq!(bed.thread().await.len(), 6);
    // What was imported itself does not count as being here.
    assert_eq!(bed.import(&format!("{CHAT}{LATER}")).await, Counts { here_already: 2, ..counts([8, 0, 5, 1], 1) });
}

#[tokio::test]
async fn a_dry_run_leaves_no_trace() {
    let bed = Bed::new().await;
    let dry = Asked { is_dry_run: true, ..asked() };
    let head = bed.store.reader().head().await.unwrap();
    let looked = bed.import_as(CHAT, &dry).await.unwrap();
    assert_eq!((looked.counts, looked.conversation), (counts([6, 5, 0, 1], 1), None));
    assert_eq!(bed.store.reader().head().await.unwrap(), head);
    bed.holds_no_file().await;
    bed.import(CHAT).await;
    assert_eq!(bed.import_as(&format!("{CHAT}{LATER}"), &dry).await.unwrap().counts, counts([8, 2, 5, 1], 1));
    assert_eq!(bed.told().await, (2, 3));
}

/// A chat of so many messages of either side.
fn long(many: usize) -> String {
    (0..many)
        .map(|nth| {
            let (name, day, minute) = (["Ada", "The Shop"][nth % 2], nth / 1_440 + 13, nth % 1_440);
            format!("{day}/11/23, {:02}:{:02} - {name}: message {nth}\n", minute / 60, minute % 60)
        })
        .collect()
}

#[tokio::test]
async fn whoever_stopped_midway_goes_on() {
    let bed = Bed::new().await;
    let chat = long(3_000);
    let begun = async {
        while bed.many("events").await < 1_000 {
            tokio::task::yield_now().await;
        }
    };
    let asked = asked();
    tokio::select! {
        imported = bed.importer.import(&asked, pieces(chat.as_bytes()), |_| {}) => panic!("{imported:?}"),
        () = begun => {}
    }
    assert_eq!(bed.many("lead_imports where state = 'uploading'").await, 1, "what the upkeep takes away");
    let again = bed.import(&chat).await;
    assert_eq!(again.messages, 3_000);
    assert!(again.known >= 500 && again.imported > 0, "{again:?}");
    assert_eq!(bed.told().await, (1_500, 1_500));
    assert_eq!(bed.import(&chat).await.known, 3_000);
}

#[tokio::test]
async fn the_same_file_twice_at_once_is_one() {
    let bed = Bed::new().await;
    let chat = long(600);
    let (asked_once, asked_twice) = (asked(), asked());
    let once = bed.importer.import(&asked_once, pieces(chat.as_bytes()), |_| {});
    let twice = bed.importer.import(&asked_twice, pieces(chat.as_bytes()), |_| {});
    let (once, twice) = (Box::pin(once), Box::pin(twice));
    let (once, twice) = bed.showing(async { futures_util::join!(once, twice) }).await;
    assert!(once.is_ok() && twice.is_ok(), "{once:?} {twice:?}");
    assert_eq!(bed.told().await, (300, 300));
    assert_eq!(bed.events("contact.introduced_by_phone").await, 1);
}

#[tokio::test]
async fn nobody_who_was_erased_comes_back() {
    let bed = Bed::new().await;
    bed.import(CHAT).await;
    bed.erase().await;
    let head = bed.store.reader().head().await.unwrap();
    let refused = bed.import_as(&format!("{CHAT}{LATER}"), &asked()).await.unwrap_err();
    assert!(matches!(refused, NotImported::Erased), "{refused}");
    assert_eq!(bed.store.reader().head().await.unwrap(), head);
    // Somebody has the number by now: what was written before belongs to whoever was erased.
    bed.receive("Hello?", at("2023-12-24T12:00:00Z")).await;
    let imported = bed.import(&format!("{CHAT}{LATER}")).await;
    assert_eq!((imported.before_erasure, imported.imported), (7, 0), "{imported:?}");
    assert_eq!(bed.thread().await.len(), 1);
    bed.holds_no_file().await;
}

#[tokio::test]
async fn what_can_t_be_imported_says_why_and_leaves_nothing() {
    let bed = Bed::new().await;
    let head = bed.store.reader().head().await.unwrap();
    let refused = async |text: &[u8], asked: &Asked| {
        let refused = bed.importer.import(asked, pieces(text), |_| {}).await.unwrap_err();
        bed.holds_no_file().await;
        refused
    };
    let unnamed = Asked { business_name: None, ..asked() };
    assert!(matches!(refused(CHAT.as_bytes(), &unnamed).await, NotImported::Names { .. }));
    let group = format!("{CHAT}01/12/23, 09:00 - Bob: Me too\n");
    assert!(matches!(refused(group.as_bytes(), &asked()).await, NotImported::Group { .. }));
    let elsewhere = Asked { zone: None, ..asked() };
    assert!(matches!(refused(CHAT.as_bytes(), &elsewhere).await, NotImported::NoZone));
    let foreign = TenantId::from_uuid(Uuid::from_u128(2));
    for nowhere in
        [Asked { channel: ChannelId::from_uuid(Uuid::from_u128(9)), ..asked() }, Asked { tenant: foreign, ..asked() }]
    {
        assert!(matches!(refused(CHAT.as_bytes(), &nowhere).await, NotImported::NoChannel));
    }
    let ambiguous = "1/2/23, 14:05 - Ada: a\n2/3/23, 14:05 - The Shop: b\n";
    assert!(matches!(refused(ambiguous.as_bytes(), &asked()).await, NotImported::NoExport(NoExport::AmbiguousDays(_))));
    for (bytes, said) in [
        (b"PK\x03\x04rest".as_slice(), "unpack what WhatsApp exported"),
        ([0; 5_000].as_slice(), "zero bytes"),
        (b"".as_slice(), "nothing in the file"),
        (b"name,phone\nAda,1\n".as_slice(), "no chat as WhatsApp exports it"),
        ("31/12/23, 14:05 - è: a\n".as_bytes(), "which name"),
        (b"31/12/23, 14:05 - Ada: \xc3\xa8\n31/12/23, 14:05 - Ada: \xff\n".as_slice(), "byte 50 is not UTF-8"),
    ] {
        let refused = refused(bytes, &asked()).await.to_string();
        assert!(refused.contains(said), "{said}: {refused}");
    }
    let too_large = bed.importer.import_at_most(100, &asked(), pieces(CHAT.as_bytes()), |_| {}).await.unwrap_err();
    assert!(matches!(too_large, NotImported::TooLarge), "{too_large}");
    let breaks_off = stream::iter([Ok(Bytes::from_static(CHAT.as_bytes())), Err("gone")]);
    let ended = bed.importer.import(&asked(), breaks_off, |_| {}).await.unwrap_err();
    assert!(matches!(ended, NotImported::EndedEarly), "{ended}");
    bed.holds_no_file().await;
    assert_eq!(bed.store.reader().head().await.unwrap(), head);
}

#[tokio::test]
async fn zeros_and_long_texts_are_stored() {
    let bed = Bed::new().await;
    let long = "è".repeat(60_000);
    let text = format!("30/11/23, 14:05 - Ada: a\0b\n30/11/23, 14:06 - Ada: {long}\n30/11/23, 14:07 - The Shop: c\n");
    assert_eq!(bed.import(&text).await.imported, 3);
    let thread = bed.thread().await;
    assert_eq!(thread[0].2.as_deref(), Some("a\u{fffd}b"));
    assert_eq!(thread[1].2.as_deref().map(str::len), Some(120_000));
}
