//! Who is measured.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use futures_util::future::try_join_all;
use leadflow_bench::{Bed, BenchError, Client, Figures, Seen, closed_loop};
use leadflow_domain::TenantId;
use leadflow_domain::channel::{DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::tenant::TenantName;
use leadflow_event_store::entropy;
use leadflow_gateways::whatsapp::signature;
use tokio::net::TcpListener;

use super::message::{Deliveries, number};
use super::poster::Poster;
use super::sustained::Until;
use super::{Plan, SECRET, sustained};
use crate::app::{self, App};
use crate::cli::{channel, tenant};
use crate::serving::Serving;
use crate::storage::{Purpose, Storage};
use crate::webhooks::{Bringer, Intake};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Contender {
    /// The limit of HTTP: the signature is checked, the body parsed, and nothing kept.
    AxumAlone,
    /// The limit of the disk: what is taken goes to the durable door at once, without HTTP.
    InsertOnly,
    /// Ours, where nobody translates.
    ApiAlone,
    /// Ours, translating, projecting and reacting meanwhile.
    WorkersOn,
    /// The same, where deliveries come in their time: what counts is when they are in the log.
    At(Pace),
}

/// How many deliveries come a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::cli::bench) enum Pace {
    /// As on a busy day.
    FiveHundred,
    /// Half of what is to be sustained.
    FifteenHundred,
    /// As many as are to be sustained.
    ThreeThousand,
}

impl Pace {
    pub(in crate::cli::bench) const ALL: [Self; 3] = [Self::FiveHundred, Self::FifteenHundred, Self::ThreeThousand];

    pub(in crate::cli::bench) fn per_second(self) -> u32 {
        match self {
            Self::FiveHundred => 500,
            Self::FifteenHundred => 1_500,
            Self::ThreeThousand => 3_000,
        }
    }

    /// As ids and progress say it.
    pub(in crate::cli::bench) fn name(self) -> &'static str {
        match self {
            Self::FiveHundred => "500-a-second",
            Self::FifteenHundred => "1500-a-second",
            Self::ThreeThousand => "3000-a-second",
        }
    }

    /// How long the way to every read model may take (T5), 99 times of 100; the log is on it.
    pub(in crate::cli::bench) fn longest_ms(self) -> f64 {
        match self {
            Self::FiveHundred => 100.0,
            Self::FifteenHundred | Self::ThreeThousand => 1_000.0,
        }
    }
}

impl Contender {
    /// Those of one round, in this order.
    pub(super) const ALL: [Self; 7] = [
        Self::AxumAlone,
        Self::InsertOnly,
        Self::ApiAlone,
        Self::WorkersOn,
        Self::At(Pace::FiveHundred),
        Self::At(Pace::FifteenHundred),
        Self::At(Pace::ThreeThousand),
    ];

    /// As ids and progress say it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AxumAlone => "axum-alone",
            Self::InsertOnly => "insert-only",
            Self::ApiAlone => "api-alone",
            Self::WorkersOn => "workers-on",
            Self::At(pace) => pace.name(),
        }
    }

    /// Measures it, on a database that has seen nothing yet.
    pub(super) async fn measure(self, plan: &Plan, bed: &Bed) -> anyhow::Result<Figures> {
        if self == Self::AxumAlone {
            return Ok(axum_alone(plan).await?.figures());
        }
        let database = bed.database().await?;
        let config = plan.config(bed, &database.url);
        app::migrate(&Storage::open(&config, Purpose::Serve).await?).await?;
        let app = App::open(config, Purpose::Serve).await?;
        let figures = match self {
            Self::InsertOnly => insert_only(plan, app).await?.figures(),
            Self::At(pace) => Box::pin(sustained::measure(pace, Until::Log, plan, app)).await?,
            Self::AxumAlone | Self::ApiAlone | Self::WorkersOn => Box::pin(ours(self, plan, app)).await?.figures(),
        };
        bed.drop(database).await?;
        Ok(figures)
    }
}

/// How long deliveries take until every read model shows them, on a database that has seen nothing yet.
pub(in crate::cli::bench) async fn until_shown(pace: Pace, plan: &Plan, bed: &Bed) -> anyhow::Result<Figures> {
    let database = bed.database().await?;
    let config = plan.config(bed, &database.url);
    app::migrate(&Storage::open(&config, Purpose::Serve).await?).await?;
    let app = App::open(config, Purpose::Serve).await?;
    let figures = Box::pin(sustained::measure(pace, Until::ReadModels, plan, app)).await?;
    bed.drop(database).await?;
    Ok(figures)
}

/// Everybody who posts to `address`.
pub(super) async fn posters(contender: Contender, plan: &Plan, address: SocketAddr) -> anyhow::Result<Vec<Poster>> {
    let posters = (0..plan.connections).map(|customer| Poster::connect(contender.name(), address, customer));
    try_join_all(posters).await.with_context(|| format!("{} can't be reached", contender.name()))
}

/// Lets everybody post to `address`.
async fn load(contender: Contender, plan: &Plan, address: SocketAddr) -> anyhow::Result<Seen> {
    Ok(closed_loop(posters(contender, plan, address).await?, plan.pace).await?)
}

async fn axum_alone(plan: &Plan) -> anyhow::Result<Seen> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/webhooks/whatsapp", post(take));
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let seen = load(Contender::AxumAlone, plan, address).await;
    serving.abort();
    seen
}

async fn take(headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get(signature::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let authentic = signature::verify(SECRET.as_bytes(), &body, signature).is_ok();
    if authentic && serde_json::from_slice::<serde_json::Value>(&body).is_ok() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    }
}

async fn insert_only(plan: &Plan, app: App) -> anyhow::Result<Seen> {
    let intake = Intake::start(app.pool.clone(), std::sync::Arc::clone(&app.keys));
    let storers = (0..plan.connections)
        .map(|customer| Storer { intake: intake.clone(), deliveries: Deliveries::of(customer) })
        .collect();
    let seen = closed_loop(storers, plan.pace).await?;
    all_are_there(&app, &seen).await?;
    app.close().await?;
    Ok(seen)
}

struct Storer {
    intake: Intake,
    deliveries: Deliveries,
}

impl Client for Storer {
    async fn command(&mut self) -> Result<(), BenchError> {
        let body = Bytes::copy_from_slice(self.deliveries.next());
        let stored = self.intake.store("whatsapp", Bringer::App(None), body).await;
        stored.map(drop).map_err(|error| BenchError::Command { contender: "insert-only", reason: error.to_string() })
    }
}

async fn ours(contender: Contender, plan: &Plan, app: App) -> anyhow::Result<Seen> {
    connect_number(&app).await?;
    let serving = match contender {
        Contender::WorkersOn => Serving::start(app).await?,
        Contender::AxumAlone | Contender::InsertOnly | Contender::ApiAlone | Contender::At(_) => {
            Serving::start_without_workers(app).await?
        }
    };
    let seen = match load(contender, plan, serving.address()).await {
        Ok(seen) => all_are_there(serving.app(), &seen).await.map(|()| seen),
        failed @ Err(_) => failed,
    };
    serving.stop().await?;
    seen
}

pub(super) async fn connect_number(app: &App) -> anyhow::Result<()> {
    let business = TenantId::from_uuid(entropy::uuid());
    tenant::register(app, business, TenantName::parse("Bench")?).await?;
    let number = number();
    let number = WhatsAppNumber {
        phone_number_id: ProviderId::parse(&number.phone_number_id)?,
        waba_id: ProviderId::parse(&number.waba_id)?,
        display_phone: DisplayPhone::parse(&number.display_phone)?,
        app: None,
    };
    channel::connect(app, business, number).await?;
    Ok(())
}

/// What was answered and is not there would void the measurement.
pub(super) async fn all_are_there(app: &App, seen: &Seen) -> anyhow::Result<()> {
    let stored: i64 = sqlx::query_scalar("select count(*) from webhook_deliveries").fetch_one(&app.pool).await?;
    if u64::try_from(stored) == Ok(seen.commands) {
        Ok(())
    } else {
        Err(BenchError::Void(format!("{stored} deliveries are stored of {} that were answered", seen.commands)).into())
    }
}
