//! One serving process, from its parts to its orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::OptionFuture;
use leadflow_event_store::entropy;
use leadflow_gateways::whatsapp::Graph;
use leadflow_projections::{Bell, Follow, Runtime, TenantReads, project_all};
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::auth::{self, Doors, Providers};
use crate::chat_imports;
use crate::config::{Config, variable};
use crate::connections;
use crate::graphql::edge::{Allowance, AllowedOrigins, Budgets};
use crate::graphql::{Api, Manners, Shared};
use crate::health::{self, Health};
use crate::http::{self, HttpLimits};
use crate::jobs::{self, Jobs};
use crate::lead_changes::{self, ChangeLeads, LeadChanges};
use crate::lead_imports::{self, Desk, Files, ImportLeads};
use crate::limits::{self, Limits};
use crate::mail::{Post, SendLetters};
use crate::metrics;
use crate::page_leads::{self, BackfillLeads, LookDaily, ReadLead, Reading};
use crate::pause::Pause;
use crate::provider_credentials::{self, WhatsAppCredentials};
use crate::reactors::{
    CaptureLead, DestroyCredentials, EraseFromDeliveries, EraseTogether, HeedRefusals, ReadLeads, ResumeDeliveries,
    RouteWork, SendOutbound,
};
use crate::reads::Reads;
use crate::routing::AssignWaiting;
use crate::sending::{self, MarkRead, SettleOutbound, SyncTemplates};
use crate::server::{Edge, router};
use crate::waking::WakeConversations;
use crate::walk_in::WalkIns;
use crate::webhooks::external::ExternalDoors;
use crate::webhooks::google::SourceKeys;
use crate::webhooks::{Intake, Translator, Upkeep, WebhookEdge};

/// How long requests in flight may take to end.
const DRAIN: Duration = Duration::from_secs(10);

/// Translators of one process. While one writes its outcomes, the other decides.
const TRANSLATORS: usize = 2;

/// Connections to the private listener at once: monitoring systems are few.
const PRIVATE_CONNECTIONS: usize = 16;

/// How the API meets its callers, by `config`.
fn manners(config: &Config) -> Manners {
    let allowance = Allowance { capacity: config.graphql_budget, restore_rate: config.graphql_restore_rate };
    Manners { origins: AllowedOrigins::new(config.allowed_origins.to_vec()), budgets: Budgets::new(allowance) }
}

/// Where it listens.
struct Listeners {
    /// For the world.
    public: TcpListener,
    /// For operators.
    private: Option<TcpListener>,
}

/// Who is asked outside.
struct Outside {
    /// How letters leave.
    post: Post,
    /// Meta.
    graph: Graph,
    /// Say who somebody is.
    providers: Providers,
}

/// What was to be had before it serves.
struct Opened {
    listeners: Listeners,
    reads: Reads,
    outside: Outside,
    pause: Pause,
}

/// Meta's Graph API, by `config`.
fn graph(config: &Config) -> anyhow::Result<Graph> {
    let patience = Duration::from_millis(config.graph_timeout_ms);
    Graph::new(&config.graph_url, &config.graph_version, patience).context("graph_url or graph_version")
}

/// A process that serves.
pub struct Serving {
    app: App,
    doors: Doors,
    reads: TenantReads,
    others: PgPool,
    address: SocketAddr,
    private_address: Option<SocketAddr>,
    http: tokio::task::JoinHandle<()>,
    stop_http: CancellationToken,
    stop_work: CancellationToken,
    work: Vec<TaskTracker>,
}

impl Serving {
    /// Listens, and starts all that works behind the door.
    ///
    /// # Errors
    /// When the address can't be had.
    pub async fn start(app: App) -> anyhow::Result<Self> {
        Box::pin(Self::start_with(app, true)).await
    }

    /// Listens and stores what arrives; nobody translates it, and no follower of the log runs.
    ///
    /// # Errors
    /// When the address can't be had.
    pub async fn start_without_workers(app: App) -> anyhow::Result<Self> {
        Box::pin(Self::start_with(app, false)).await
    }

    async fn start_with(app: App, workers: bool) -> anyhow::Result<Self> {
        match Self::open(&app).await {
            Ok(opened) => Self::behind(app, opened, workers),
            Err(error) => {
                // What went wrong matters more than how the database is left.
                let _ = app.close().await;
                Err(error)
            }
        }
    }

    /// What may keep it from serving.
    async fn open(app: &App) -> anyhow::Result<Opened> {
        let outside = Outside {
            post: Post::configured(&app.config)?,
            graph: graph(&app.config)?,
            providers: Providers::configured(&app.config)?,
        };
        let public = TcpListener::bind(app.config.listen)
            .await
            .with_context(|| format!("can't listen on {}; choose another address with --listen", app.config.listen))?;
        let private = match app.config.private_listen {
            Some(address) => Some(
                TcpListener::bind(address)
                    .await
                    .with_context(|| format!("can't listen on {address}; choose another address as private_listen"))?,
            ),
            None => None,
        };
        let reads = Reads::for_serving(&app.storage, &app.config).await?;
        let pause = Pause::at_start(app).await.context("which database this is can't be asked")?;
        Ok(Opened { listeners: Listeners { public, private }, reads, outside, pause })
    }

    /// Starts all that works behind the door.
    fn behind(app: App, opened: Opened, workers: bool) -> anyhow::Result<Self> {
        let Opened { listeners, reads, outside, pause } = opened;
        let Outside { post, graph, providers } = outside;
        let address = listeners.public.local_addr()?;
        let private_address = listeners.private.as_ref().map(TcpListener::local_addr).transpose()?;
        let (tenant_reads, others) = (reads.tenants.clone(), reads.others.clone());
        let (stop_http, stop_work) = (CancellationToken::new(), CancellationToken::new());

        let alone = app.storage.serves_alone();
        let background = TaskTracker::new();
        let head = if workers && !alone {
            let (bell, head) = Bell::new(app.pool.clone(), app.store.head(), stop_work.clone());
            background.spawn(bell.run());
            head
        } else {
            app.store.head()
        };
        let wake = head.clone();
        let follow = Follow { reader: app.store.reader().clone(), head, stop: stop_work.clone() };
        let connections = connections::for_followers(app.config.database_connections) as usize;
        let mut runtime = Runtime::new(app.pool.clone(), follow, entropy::uuid(), alone, connections, pause.told());
        if workers {
            project_all(&mut runtime);
            runtime.follow(CaptureLead::new(app.commands.leads.clone(), app.store.reader().clone()));
            runtime.follow(EraseFromDeliveries::new(app.pool.clone(), Arc::clone(&app.keys)));
            runtime.follow(EraseTogether::new(app.commands.contacts.clone(), app.store.reader().clone()));
            runtime.follow(ResumeDeliveries);
            runtime.follow(DestroyCredentials);
            runtime.follow(SendOutbound::new(sending::pace(&app.config)));
            runtime.follow(RouteWork::new(app.store.reader().clone(), &app.commands));
            runtime.follow(HeedRefusals::new(app.commands.clone(), app.store.reader().clone()));
            runtime.follow(ReadLeads);
        }
        let (progress, followers) = runtime.started();

        let lead_changes = LeadChanges::new(app.pool.clone());
        let lead_imports = Arc::new(Files::new(app.pool.clone(), Arc::clone(&app.keys)));
        let whatsapp = WhatsAppCredentials::new(app.pool.clone(), Arc::clone(&app.keys), graph);
        if workers {
            let send = sending::SendOutbound::new(
                app.commands.clone(),
                app.store.reader().clone(),
                Arc::clone(&app.keys),
                whatsapp.clone(),
                app.pool.clone(),
                sending::pace(&app.config),
            );
            let reading = Reading {
                pool: app.pool.clone(),
                log: app.store.reader().clone(),
                commands: app.commands.clone(),
                keys: Arc::clone(&app.keys),
                credentials: whatsapp.clone(),
            };
            let jobs = Jobs::new(app.pool.clone(), wake, pause.told(), alone, stop_work.clone())
                .with(send)
                .with(SettleOutbound::new(app.commands.clone()))
                .with(MarkRead::new(app.store.reader().clone(), whatsapp.clone()))
                .with(SyncTemplates::new(
                    app.commands.clone(),
                    app.store.reader().clone(),
                    whatsapp.clone(),
                    app.pool.clone(),
                ))
                .with(ReadLead(reading.clone()))
                .with(BackfillLeads(reading))
                .with(ChangeLeads::new(
                    lead_changes.clone(),
                    app.pool.clone(),
                    app.store.reader().clone(),
                    tenant_reads.clone(),
                    app.commands.clone(),
                    pause.told(),
                ))
                .with(ImportLeads::new(
                    Arc::clone(&lead_imports),
                    app.store.reader().clone(),
                    app.commands.clone(),
                    pause.told(),
                ));
            background.spawn(jobs.run());
            background.spawn(jobs::Upkeep::new(app.pool.clone(), stop_work.clone()).run());
            background.spawn(page_leads::Upkeep::new(app.pool.clone(), stop_work.clone()).run());
            background.spawn(lead_changes::Upkeep::new(app.pool.clone(), stop_work.clone()).run());
            background.spawn(lead_imports::Upkeep::new(app.pool.clone(), stop_work.clone()).run());
            let (log, commands) = (app.store.reader().clone(), app.commands.clone());
            background.spawn(LookDaily::new(app.pool.clone(), log, commands, pause.told(), stop_work.clone()).run());
        }

        let intake = Intake::start(app.pool.clone(), Arc::clone(&app.keys));
        if workers {
            let days = app.config.webhook_retention_days;
            background.spawn(Upkeep::new(app.pool.clone(), Arc::clone(&app.keys), days, stop_work.clone()).run());
            let conversations = app.commands.conversations.clone();
            background.spawn(WakeConversations::new(app.pool.clone(), conversations, stop_work.clone()).run());
            let (log, routing) = (app.store.reader().clone(), app.commands.routing.clone());
            let told = pause.told();
            background.spawn(AssignWaiting::new(app.pool.clone(), log, routing, told, stop_work.clone()).run());
            if let Some(folder) = post.folder() {
                let folder = folder.path().display();
                tracing::warn!(
                    "serve.start: neither smtp_url nor resend_api_key is set, so letters are files in {folder}"
                );
            }
            let (pool, keys) = (app.pool.clone(), Arc::clone(&app.keys));
            background.spawn(SendLetters::new(pool, keys, post, pause.told(), stop_work.clone()).run());
        }
        for _ in 0..if workers { TRANSLATORS } else { 0 } {
            let translator = Translator::new(
                app.pool.clone(),
                app.store.reader().clone(),
                app.commands.clone(),
                Arc::clone(&app.keys),
                intake.stored(),
                app.config.translation_batch,
                stop_work.clone(),
            );
            background.spawn(translator.run());
        }
        let (pool, keys) = (app.pool.clone(), Arc::clone(&app.keys));
        let limits = Limits::start(pool, keys, app.config.limits, limits::PATIENCE);
        background.spawn(limits.clone().keep(stop_work.clone()));
        let doors = app.doors(reads.callers.clone(), limits.clone(), providers);
        if workers {
            background.spawn(auth::Upkeep::new(app.pool.clone(), stop_work.clone()).run());
            background.spawn(provider_credentials::Upkeep::new(app.pool.clone(), stop_work.clone()).run());
        }
        let walk_ins = WalkIns::new(
            reads.others.clone(),
            app.store.reader().through(reads.others.clone()),
            Arc::clone(&app.keys),
            limits.clone(),
            intake.clone(),
            app.config.forms_url().clone(),
        );
        background.spawn(walk_ins.refusals().keep(app.pool.clone(), stop_work.clone()));
        let is_whole = pause.is_whole();
        background.spawn(pause.keep(stop_work.clone()));
        background.close();

        let external = ExternalDoors::new(
            reads.others.clone(),
            app.pool.clone(),
            Arc::clone(&app.keys),
            app.store.reader().through(reads.others.clone()),
        );
        let keys = SourceKeys::new(reads.others.clone());
        let chat_imports = chat_imports::Importer {
            files: Arc::clone(&lead_imports),
            log: app.store.reader().clone(),
            commands: app.commands.clone(),
            pool: app.pool.clone(),
            keys: Arc::clone(&app.keys),
            progress: progress.clone(),
        };
        let edge = Arc::new(Edge {
            webhooks: Arc::new(WebhookEdge::new(&app.config, intake, keys, external.clone(), limits.clone())),
            webhook_aliases: app.config.webhook_aliases,
            walk_ins: Arc::new(walk_ins),
            lead_imports: Arc::new(Desk::new(Arc::clone(&lead_imports))),
            chat_imports,
            api: Api::new(
                Shared {
                    reads: tenant_reads.clone(),
                    pool: reads.others.clone(),
                    jobs: app.pool.clone(),
                    log: app.store.reader().through(reads.others.clone()),
                    commands: app.commands.clone(),
                    doors: doors.clone(),
                    external,
                    keys: Arc::clone(&app.keys),
                    lead_changes,
                    lead_imports,
                    meta_apps: app.config.meta_apps.keys().cloned().collect(),
                    whatsapp,
                    forms_url: app.config.forms_url().clone(),
                    progress,
                    patience: Duration::from_millis(app.config.read_your_writes_ms),
                },
                manners(&app.config),
            ),
            doors: doors.clone(),
            pool: app.pool.clone(),
            limits,
            trusted_proxies: Arc::new(app.config.trusted_proxies.clone()),
            health: Arc::new(Health {
                pool: app.pool.clone(),
                server: app.storage.server_state(),
                reads,
                patience: health::PATIENCE,
                copies_are_told: is_whole,
            }),
            metrics: Arc::default(),
        });
        for (key, meta_app) in &edge.webhooks.apps {
            if meta_app.secrets().next().is_none() {
                let variable = variable(key.as_ref(), "app_secret");
                tracing::warn!("serve.start: {variable} is not set, so webhooks answer 503");
            }
        }
        let limits = HttpLimits::with_connections(app.config.http_connections);
        let private = listeners.private.map(|listener| {
            let limits = HttpLimits::with_connections(PRIVATE_CONNECTIONS);
            http::serve(listener, metrics::routes(Arc::clone(&edge)), limits, stop_http.clone())
        });
        let public = http::serve(listeners.public, router(edge), limits, stop_http.clone());
        let http = tokio::spawn(async {
            tokio::join!(public, OptionFuture::from(private));
        });
        tracing::info!(address = %address, "serve.start: listening on http://{address}");
        if let Some(address) = private_address {
            tracing::info!(address = %address, "serve.start: metrics at http://{address}/metrics");
        }
        let work = vec![background, followers];
        Ok(Self { app, doors, reads: tenant_reads, others, address, private_address, http, stop_http, stop_work, work })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are read, if anywhere.
    #[must_use]
    pub fn private_address(&self) -> Option<SocketAddr> {
        self.private_address
    }

    /// The installation it serves.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// How people come in.
    #[must_use]
    pub fn doors(&self) -> &Doors {
        &self.doors
    }

    /// Ends in order: no new requests; those in flight are answered; what was begun is finished; the database is left.
    ///
    /// # Errors
    /// When the private server does not stop.
    pub async fn stop(self) -> anyhow::Result<()> {
        tracing::info!("serve.stop: finishing what was begun");
        self.stop_http.cancel();
        let mut http = self.http;
        if tokio::time::timeout(DRAIN, &mut http).await.is_err() {
            tracing::warn!("serve.stop: requests still in flight are cut off");
            http.abort();
        }
        self.stop_work.cancel();
        for tracker in self.work {
            if tokio::time::timeout(DRAIN, tracker.wait()).await.is_err() {
                tracing::warn!("serve.stop: work still going on is cut off; it is done again at the next start");
            }
        }
        self.reads.pool().close().await;
        self.others.close().await;
        self.doors.callers().close().await;
        self.app.close().await
    }
}
