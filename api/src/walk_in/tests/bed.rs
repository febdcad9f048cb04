//! A form on a database of its own.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use jiff::SignedDuration;
use leadflow_domain::channel::{ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::source::{
    Asked, CallingCode, FormHeading, FormLanguage, FormQuestion, FormQuestionText, FormText, GreetingMessage,
    SourceCommand, SourceName, WalkInForm, WalkInSlug, WhatsAppLink,
};
use leadflow_domain::{ChannelId, CommandId, SourceId, TenantId};
use leadflow_event_store::{Actor, CommandContext, EventStore, Keys, database, testing as log_testing};
use leadflow_projections::testing;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client_address::ClientAddress;
use crate::commands::Commands;
use crate::config::{Overrides, load};
use crate::limits::{Limits, Rate, Rates};
use crate::walk_in::WalkIns;
use crate::walk_in::receive;
use crate::walk_in::stamp::Stamp;
use crate::webhooks::{Intake, Translator};

pub(super) const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
pub(super) const OTHER_TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(2));
pub(super) const SOURCE: SourceId = SourceId::from_uuid(Uuid::from_u128(70));

/// What visitors send whom nothing ails.
pub(super) const NORA: [(&str, &str); 5] = [
    ("name", "Nora Winter"),
    ("phone", "98200 45001"),
    ("email", "nora@example.com"),
    ("question-1", "A blue sofa"),
    ("consent", "yes"),
];

pub(super) struct Bed {
    pub(super) pool: PgPool,
    pub(super) owner: PgPool,
    pub(super) store: EventStore,
    pub(super) commands: Commands,
    pub(super) keys: Arc<Keys>,
    pub(super) door: Arc<WalkIns>,
}

/// An answer, read.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) page: String,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let page = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        Self { status: parts.status, headers: parts.headers, page }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The stamp of the form that is shown.
    pub(super) fn stamp(&self) -> &str {
        let (_, rest) = self.page.split_once("name=\"stamp\" value=\"").expect("a form");
        rest.split_once('"').unwrap().0
    }
}

/// The limits as they are by themselves, and how often a form may be sent: from a network, and in all.
pub(super) fn rates(from_a_network: &str, in_all: &str) -> Rates {
    let rate = |text: &str| text.parse::<Rate>().unwrap();
    let usual = load(&std::collections::HashMap::new(), &Overrides::default()).unwrap().limits;
    Rates { walk_in: rate(from_a_network), walk_in_source: rate(in_all), ..usual }
}

pub(super) fn form() -> WalkInForm {
    let question =
        |text: &str, required, long| FormQuestion { text: FormQuestionText::parse(text).unwrap(), required, long };
    WalkInForm {
        language: FormLanguage::English,
        heading: FormHeading::parse("Welcome to Saffron Sofas").unwrap(),
        greeting: FormText::parse("Tell us what you are looking for.\nWe call you back.").ok(),
        name: Asked::Always,
        phone: Asked::Always,
        calling_code: CallingCode::parse("+91").ok(),
        email: Asked::Optionally,
        questions: vec![question("What are you looking for?", true, false), question("Anything else?", false, true)],
        consent: FormText::parse("You may call me about this.").ok(),
        thanks: None,
        whatsapp: None,
    }
}

pub(super) fn slug() -> WalkInSlug {
    WalkInSlug::of(0x5eed)
}

impl Bed {
    pub(super) async fn new() -> Self {
        Self::limited(rates("1000/1m", "100000/1m")).await
    }

    /// With a form that is open.
    pub(super) async fn limited(rates: Rates) -> Self {
        let database = testing::database().await;
        let owner = database::owner_pool(database.connect_options());
        let pool = database::app_pool(database.connect_options(), 8).await.unwrap();
        let store = log_testing::event_store(&pool);
        let keys = log_testing::keys();
        let commands = Commands::new(&store);
        let door = door(&pool, &store, &keys, rates);
        let bed = Self { pool, owner, store, commands, keys, door };
        let open = SourceCommand::OpenWalkIn {
            name: SourceName::parse("Front desk").unwrap(),
            slug: slug(),
            form: Box::new(form()),
        };
        bed.tell(TENANT, SOURCE, open).await;
        bed
    }

    /// The same installation, through another process.
    pub(super) fn another_process(&self, rates: Rates) -> Arc<WalkIns> {
        door(&self.pool, &self.store, &self.keys, rates)
    }

    pub(super) async fn tell(&self, tenant: TenantId, source: SourceId, command: SourceCommand) {
        let id = CommandId::derive(tenant, "test", &[&format!("{source} {command:?}")]);
        let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
        self.commands.sources.execute(source, command, context).await.unwrap();
    }

    /// Has the form ask otherwise, and the door know of it.
    pub(super) async fn set(&mut self, form: WalkInForm) {
        self.tell(TENANT, SOURCE, SourceCommand::SetForm(Box::new(form))).await;
        self.door = self.another_process(rates("1000/1m", "100000/1m"));
    }

    /// A number of a business that answers.
    pub(super) async fn connect(&self, tenant: TenantId) -> ChannelId {
        let phone_number_id = format!("{}", tenant.as_uuid().as_u128());
        let channel = ChannelId::whatsapp(tenant, &phone_number_id);
        let command = ChannelCommand::ConnectWhatsAppNumber(WhatsAppNumber {
            phone_number_id: ProviderId::parse(&phone_number_id).unwrap(),
            waba_id: ProviderId::parse("20").unwrap(),
            display_phone: DisplayPhone::parse("+91 98200 00001").unwrap(),
            app: None,
        });
        self.tell_channel(tenant, channel, command).await;
        channel
    }

    pub(super) async fn tell_channel(&self, tenant: TenantId, channel: ChannelId, command: ChannelCommand) {
        let id = CommandId::derive(tenant, "test", &[&format!("{channel} {command:?}")]);
        let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
        self.commands.channels.execute(channel, command, context).await.unwrap();
    }

    pub(super) fn link(channel: ChannelId) -> WhatsAppLink {
        WhatsAppLink { channel, text: GreetingMessage::parse("Hello, I was at your shop").ok() }
    }

    /// The stamp of a form that was handed out so many seconds ago.
    pub(super) async fn stamp(&self, age: i64) -> String {
        self.stamp_of(&slug(), 1, age, 99).await
    }

    /// The same of another form, or of another copy.
    pub(super) async fn stamp_of(&self, slug: &WalkInSlug, form: u32, age: i64, nonce: u128) -> String {
        let now: jiff_sqlx::Timestamp =
            sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.owner).await.unwrap();
        let then = now.to_jiff() - SignedDuration::from_secs(age);
        Stamp::new(form, then, nonce).text(&self.keys, slug)
    }

    pub(super) async fn show(&self) -> Answer {
        let request = asked("198.51.100.7").body(Body::empty()).unwrap();
        Answer::of(receive::show(State(Arc::clone(&self.door)), Path(slug().to_string()), request).await).await
    }

    pub(super) async fn thanks(&self) -> Answer {
        let request = asked("198.51.100.7").body(Body::empty()).unwrap();
        Answer::of(receive::thank(State(Arc::clone(&self.door)), Path(slug().to_string()), request).await).await
    }

    /// Somebody sends these fields, in a form that she has had for a minute.
    pub(super) async fn send(&self, fields: &[(&str, &str)]) -> Answer {
        let stamp = self.stamp(60).await;
        self.send_stamped(&stamp, fields).await
    }

    pub(super) async fn send_stamped(&self, stamp: &str, fields: &[(&str, &str)]) -> Answer {
        self.send_body("198.51.100.7", encoded(stamp, fields)).await
    }

    pub(super) async fn send_body(&self, address: &str, body: impl Into<Body>) -> Answer {
        let request = asked(address).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.into());
        self.take(&slug().to_string(), request.unwrap()).await
    }

    pub(super) async fn take(&self, slug: &str, request: Request<Body>) -> Answer {
        take(&self.door, slug, request).await
    }

    /// What is stored comes to its end.
    pub(super) async fn translate(&self) {
        let stop = CancellationToken::new();
        let translator = Translator::new(
            self.pool.clone(),
            self.store.reader().clone(),
            self.commands.clone(),
            Arc::clone(&self.keys),
            self.door.intake.stored(),
            128,
            stop.clone(),
        );
        let running = tokio::spawn(translator.run());
        let waiting = "select count(*) from webhook_deliveries where translated_at is null and parked_at is null";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&self.owner).await.unwrap() > 0 {
            assert!(!running.is_finished());
            tokio::task::yield_now().await;
        }
        stop.cancel();
        running.await.unwrap();
    }

    /// How many forms are stored.
    pub(super) async fn stored(&self) -> i64 {
        let sql = "select count(*) from webhook_deliveries where provider = 'walk_in'";
        sqlx::query_scalar(sql).fetch_one(&self.owner).await.unwrap()
    }

    /// What was not taken, as the business is told.
    pub(super) async fn refused(&self) -> Vec<(&'static str, i64)> {
        self.door.refusals.put_down(&self.pool).await.unwrap();
        let counted = crate::walk_in::counted(&self.pool, TENANT, SOURCE).await.unwrap();
        counted.into_iter().map(|counted| (counted.reason.word(), counted.times)).collect()
    }
}

pub(super) async fn take(door: &Arc<WalkIns>, slug: &str, request: Request<Body>) -> Answer {
    Answer::of(receive::take(State(Arc::clone(door)), Path(slug.to_owned()), request).await).await
}

/// A request from an address.
pub(super) fn asked(address: &str) -> axum::http::request::Builder {
    let address: std::net::IpAddr = address.parse().unwrap();
    Request::builder().method("POST").extension(ClientAddress::from(address))
}

pub(super) fn encoded(stamp: &str, fields: &[(&str, &str)]) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("stamp", stamp).extend_pairs(fields);
    body.finish()
}

fn door(pool: &PgPool, store: &EventStore, keys: &Arc<Keys>, rates: Rates) -> Arc<WalkIns> {
    let patience = std::time::Duration::from_secs(60);
    let limits = Limits::start(pool.clone(), Arc::clone(keys), rates, patience);
    let intake = Intake::start(pool.clone(), Arc::clone(keys));
    let base = serde_json::from_value("https://forms.example/".into()).unwrap();
    Arc::new(WalkIns::new(pool.clone(), store.reader().clone(), Arc::clone(keys), limits, intake, base))
}
