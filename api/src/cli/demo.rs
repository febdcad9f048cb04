//! `leadflow demo`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use futures_util::future::try_join_all;
use indicatif::{ProgressBar, ProgressStyle};
use leadflow_domain::channel::{DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::tenant::TenantName;
use leadflow_event_store::entropy;
use leadflow_gateways::whatsapp::simulator::Director;

use super::output::say;
use super::signals::asked_to_stop;
use super::{channel, output, tenant};
use crate::app::App;
use crate::auth::{self, Bearer};
use crate::config::{Config, SecretText};
use crate::demo::{Client, Inbox, PlayedTalk, Player, Recording, Talk, Tempo, meta};
use crate::serving::Serving;
use crate::settle::settle;
use crate::storage::{Purpose, data_dir};

/// How long the demo's token is valid.
const TOKEN_LIFETIME: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// How long it may take until the business and its number can be seen.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// Registers a tenant, plays a recorded day of conversations as signed webhooks, has customers write and be answered through a
/// simulated Meta, and shows inbox, leads and these conversations as a GraphQL client reads them.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Address and port to listen on; port 0 takes a free one [env: LEADFLOW_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,
    /// End after printing, instead of staying up for the playground
    #[arg(long)]
    once: bool,
    /// Play this recording instead of the built-in one
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
}

impl Demo {
    pub(super) async fn run(&self, mut config: Config) -> anyhow::Result<ExitCode> {
        if config.database_url.is_some() {
            bail!("the demo plays in a database of its own and leaves yours alone: unset DATABASE_URL");
        }
        let recording = Recording::load(self.recording.as_deref())?;
        // Never in the installation itself, whose log keeps what it is told.
        config.data_dir = Some(data_dir(&config)?.join("demo"));
        if self.once && self.listen.is_none() {
            // Nobody will visit; any free port does.
            config.listen.set_port(0);
        }
        let app_secret = hex::encode(entropy::bytes::<32>());
        config.meta_app_secret = Some(SecretText::new(app_secret.clone()));
        let tempo = if self.once { Tempo::unwatched() } else { Tempo::watched() };
        let meta = meta::start(&recording, &app_secret, tempo.statuses.clone()).await;
        let meta = meta.context("Meta can't be played on this machine")?;
        config.graph_url = meta.url().parse()?;

        let serving = Serving::start(App::open(config, Purpose::Serve).await?).await?;
        meta.posts_to(&format!("http://{}/webhooks/whatsapp", serving.address()));
        let shown = show(&serving, &recording, &meta, &tempo, &app_secret).await;
        let stayed = match &shown {
            Ok(token) if !self.once => stay(&serving, &recording, token).await,
            Ok(_) | Err(_) => Ok(()),
        };
        serving.stop().await?;
        shown?;
        stayed?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Plays the recording and prints what came of it; returns the demo's token.
async fn show(
    serving: &Serving,
    recording: &Recording,
    meta: &Director,
    tempo: &Tempo,
    app_secret: &str,
) -> anyhow::Result<String> {
    let app = serving.app();
    let business = recording.tenant_id();
    tenant::register(app, business, TenantName::parse(&recording.tenant)?).await?;
    let number = recording.business_number();
    let connected = WhatsAppNumber {
        phone_number_id: ProviderId::parse(&number.phone_number_id)?,
        waba_id: ProviderId::parse(&number.waba_id)?,
        display_phone: DisplayPhone::parse(&number.display_phone)?,
        app: None,
    };
    channel::connect(app, business, connected).await?;
    let token = auth::issue(&app.pool, Bearer::Owner(business), TOKEN_LIFETIME).await?.token;
    let client = Client::new(serving.address(), token.clone());
    if !settle(&app.pool, PATIENCE).await? {
        bail!("the business can't be seen after {} s; see `leadflow projections status`", PATIENCE.as_secs());
    }
    meta::enter_credentials(recording, &client).await?;

    let player = Player::new(serving.address(), app_secret.to_owned());
    player.play(recording, &app.pool).await?;
    let talks = talk(recording, meta, tempo, &client).await?;
    let inbox = Inbox::read(&client).await?;
    say!("\n{}: the inbox, read back through GraphQL", recording.tenant);
    output::table(&Inbox::HEADINGS, inbox.conversation_rows(), "The recording holds no message.")?;
    say!("\nLeads");
    output::table(&Inbox::LEAD_HEADINGS, inbox.lead_rows(), "The recording holds no message.")?;
    for (talk, played) in recording.talks.iter().zip(&talks) {
        say!("\n{} writes, and is answered", talk.name);
        output::table(&Talk::HEADINGS, played.rows(&talk.name, &recording.tenant), "Nothing was said.")?;
    }
    say!(
        "\n{} conversations, {} messages, {} leads.",
        inbox.conversations.len(),
        inbox.message_count(),
        inbox.leads.len()
    );
    Ok(token)
}

/// Has the recording's customers write and be answered, all at once.
async fn talk(
    recording: &Recording,
    meta: &Director,
    tempo: &Tempo,
    client: &Client,
) -> anyhow::Result<Vec<PlayedTalk>> {
    let messages: usize = recording.talks.iter().map(Talk::length).sum();
    let bar = ProgressBar::new(messages as u64);
    bar.set_style(
        ProgressStyle::with_template("Customers write, and are answered {wide_bar} {pos}/{len} messages")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let number = recording.business_number().phone_number_id;
    let talks = recording.talks.iter().map(|talk| talk.play(meta, &number, client, tempo, &bar));
    let played = try_join_all(talks).await?;
    bar.finish();
    Ok(played)
}

async fn stay(serving: &Serving, recording: &Recording, token: &str) -> anyhow::Result<()> {
    let address = serving.address();
    say!("\nPlayground  http://{address}/playground#token={token}");
    say!("Token       {token}   (valid for a day)");
    if !recording.talks.is_empty() {
        say!("Write       \"Write to a customer\" in the playground; she answers within seconds");
    }
    say!("Stop        Ctrl-C");
    asked_to_stop().await
}
