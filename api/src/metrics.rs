//! `GET /metrics` on the private listener: what a monitoring system reads, in `OpenMetrics`' text format. Names and
//! units follow Prometheus's conventions: base units, `_total` for what only grows. What it tells of the log and its
//! followers is the installation's, whichever process is asked; the rest is the asked process's.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leadflow_projections::{CheckpointState, ConsumerStatus, inbox, statuses};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use sqlx::PgPool;

use crate::health::is_ours;
use crate::jobs::{self, Counts};
use crate::mail::{self, Standing};
use crate::pause;
use crate::reads::Reads;
use crate::security_headers;
use crate::server::Edge;

/// The format's media type.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Bounds of the durations' buckets in seconds. The product promises 10 ms for taking a webhook, and gives up on an
/// operation after 10 s.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// How long the database may take to say how far the followers are. A monitoring system waits for 10 s as a rule, and is
/// to hear that there is no database.
const DATABASE: Duration = Duration::from_secs(2);

/// Of which request. Nothing of it is the caller's to choose: each series stays for as long as the process.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u16,
}

type Requests = Family<Request, Histogram, fn() -> Histogram>;

/// What this process measures of itself while it works.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Requests,
}

impl Default for Metrics {
    fn default() -> Self {
        let requests = Requests::new_with_constructor(|| Histogram::new(BUCKETS));
        let mut registry = Registry::with_prefix("leadflow");
        registry.register_with_unit(
            "http_request_duration",
            "From a request's headers to its answer's",
            Unit::Seconds,
            requests.clone(),
        );
        Self { registry, requests }
    }
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let method = match *method {
            Method::GET => "GET",
            Method::POST => "POST",
            Method::OPTIONS => "OPTIONS",
            Method::HEAD => "HEAD",
            _ => "other",
        };
        let request = Request { method, route: route.to_owned(), status: status.as_u16() };
        self.requests.get_or_create(&request).observe(took.as_secs_f64());
    }
}

/// The routes of the private listener.
pub fn routes(edge: Arc<Edge>) -> Router {
    Router::new().route("/metrics", get(metrics)).layer(from_fn(security_headers::added)).with_state(edge)
}

async fn metrics(State(edge): State<Arc<Edge>>) -> Response {
    let mut now = Registry::with_prefix("leadflow");
    let refused = Family::<[(&str, &str); 1], Counter>::default();
    for (reason, times) in edge.webhooks.refusals.counts() {
        refused.get_or_create(&[("reason", reason)]).inc_by(times);
    }
    now.register("webhooks_refused", "Webhook requests that were refused before they were authentic", refused);
    let limited = Family::<[(&str, &str); 1], Counter>::default();
    for (kind, times) in edge.limits.refused() {
        limited.get_or_create(&[("kind", kind.as_str())]).inc_by(times);
    }
    now.register("limited", "What was refused because it was done too often", limited);
    let Reads { tenants, others, callers, .. } = &edge.health.reads;
    connections(
        &mut now,
        &[
            ("work", &edge.health.pool, open_and_idle(&edge.health.pool)),
            ("reads", tenants.pool(), tenants.open_and_idle()),
            ("others", others, open_and_idle(others)),
            ("callers", callers.pool(), callers.open_and_idle()),
        ],
    );
    let asked = async {
        let pool = &edge.health.pool;
        let (jobs, numbers) = (jobs::counts(pool), numbers(pool));
        tokio::try_join!(statuses(pool), mail::standing(pool), jobs, numbers, pause::paused(pool))
    };
    let answered = tokio::time::timeout(DATABASE, asked).await.ok().and_then(Result::ok);
    now.register("database_up", "Whether the database answers", ConstGauge::new(i64::from(answered.is_some())));
    if let Some((mut statuses, standing, counts, (stopped, closed), paused)) = answered {
        statuses.retain(|status| is_ours(&status.consumer));
        followers(&mut now, &statuses);
        letters(&mut now, standing);
        outside_work(&mut now, &counts);
        let help = "Connected numbers from which WhatsApp takes nothing until somebody sees to them";
        now.register("numbers_stopped", help, ConstGauge::new(stopped));
        let help = "Connected numbers whose account is disabled, offboarded or deleted, as WhatsApp told last";
        now.register("numbers_closed", help, ConstGauge::new(closed));
        let help = "Whether reactors, jobs and letters wait because the database was restored or cloned";
        now.register("paused", help, ConstGauge::new(i64::from(paused.is_some())));
    }
    let mut text = String::new();
    let encoded = encode_registry(&mut text, &edge.metrics.registry)
        .and_then(|()| encode_registry(&mut text, &now))
        .and_then(|()| encode_eof(&mut text));
    match encoded {
        Ok(()) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Connections that are open, and how many of them nobody uses.
fn open_and_idle(pool: &PgPool) -> (u32, usize) {
    (pool.size(), pool.num_idle())
}

fn connections(registry: &mut Registry, pools: &[(&'static str, &PgPool, (u32, usize))]) {
    let open = Family::<[(&str, &str); 2], Gauge>::default();
    let most = Family::<[(&str, &str); 1], Gauge>::default();
    for (name, pool, (open_now, idle)) in pools {
        let idle = *idle;
        let busy = i64::from(*open_now).saturating_sub_unsigned(idle as u64).max(0);
        open.get_or_create(&[("pool", name), ("state", "idle")]).set(idle.try_into().unwrap_or(i64::MAX));
        open.get_or_create(&[("pool", name), ("state", "busy")]).set(busy);
        most.get_or_create(&[("pool", name)]).set(pool.options().get_max_connections().into());
    }
    registry.register("database_connections", "Connections to the database that are open", open);
    registry.register("database_connections_most", "Most connections that may be open", most);
}

fn outside_work(registry: &mut Registry, counts: &[Counts]) {
    let number = Family::<[(&str, String); 2], Gauge>::default();
    let overdue = Family::<[(&str, String); 1], Gauge<f64, AtomicU64>>::default();
    for of_kind in counts {
        for (state, jobs) in [
            ("waiting", of_kind.waiting),
            ("stopped", of_kind.stopped),
            ("running", of_kind.running),
            ("failed", of_kind.failed),
        ] {
            number.get_or_create(&[("kind", of_kind.kind.clone()), ("state", state.to_owned())]).set(jobs);
        }
        overdue.get_or_create(&[("kind", of_kind.kind.clone())]).set(of_kind.oldest_s);
    }
    registry.register(
        "jobs",
        "Outside work that waits, waits for somebody to see to its number, is being done, or failed in the last 7 days",
        number,
    );
    registry.register_with_unit(
        "jobs_overdue",
        "How long the oldest job has waited whose time and turn have come",
        Unit::Seconds,
        overdue,
    );
}

/// Connected numbers that the provider has stopped, and those whose account it told to be closed, whether or not anything waits for them.
async fn numbers(pool: &PgPool) -> Result<(i64, i64), sqlx::Error> {
    let sql = format!(
        "select count(*) filter (where stopped_at is not null), \
                count(*) filter (where told ->> 'waba_id' = waba_id \
                                   and told #>> '{{account,what}}' in ('disabled', 'offboarded', 'deleted')) \
         from {}.channels, lateral (select health::jsonb) as h (told) where status = 'connected'",
        inbox::SCHEMA
    );
    sqlx::query_as(&sql).fetch_one(pool).await
}

fn followers(registry: &mut Registry, statuses: &[ConsumerStatus]) {
    type OfFollower = [(&'static str, String); 1];
    let head = statuses.iter().map(|status| status.head).max().unwrap_or_default();
    registry.register("log_head", "Position of the newest event of the log", ConstGauge::new(head));

    let mut numbers = |name: &str, help: &str, number: fn(&ConsumerStatus) -> i64| {
        let family = Family::<OfFollower, Gauge>::default();
        for status in statuses {
            family.get_or_create(&[("follower", status.consumer.clone())]).set(number(status));
        }
        registry.register(name, help, family);
    };
    numbers("follower_position", "Up to here each event was dealt with or is parked", |status| status.position);
    numbers("follower_applied", "Events that were dealt with", |status| status.applied);
    numbers("follower_parked", "Events that are parked", |status| status.parked);
    numbers("follower_complete", "Whether those applied and parked are as many as the position says", |status| {
        status.is_complete().into()
    });
    numbers("follower_live", "Whether it has caught up once, and works", |status| {
        (status.state == CheckpointState::Live).into()
    });
    let lag = Family::<OfFollower, Gauge<f64, AtomicU64>>::default();
    for status in statuses {
        lag.get_or_create(&[("follower", status.consumer.clone())]).set(status.lag.as_secs_f64());
    }
    let help = "For how long the first event that it has not dealt with has been waiting for it";
    registry.register_with_unit("follower_lag", help, Unit::Seconds, lag);
}

fn letters(registry: &mut Registry, Standing { waiting, longest, given_up }: Standing) {
    registry.register("letters_waiting", "Letters that are to be sent", ConstGauge::new(waiting));
    let help = "For how long the first letter that is to be sent has been waiting";
    registry.register_with_unit("letters_lag", help, Unit::Seconds, ConstGauge::new(longest.as_secs_f64()));
    registry.register("letters_given_up", "Letters that were given up since yesterday", ConstGauge::new(given_up));
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use leadflow_domain::channel::{
        AccountStanding, ChannelCommand, DisplayPhone, HealthNews, ProviderId, StopReason, WhatsAppNumber,
    };
    use leadflow_domain::{ChannelId, CommandId, StreamId, TenantId};
    use leadflow_event_store::{Actor, CommandContext};
    use sqlx::Executor;
    use uuid::Uuid;

    use super::*;
    use crate::jobs::NewJob;
    use crate::sending::SEND;
    use crate::testing::{managed, serve};

    async fn read(url: String) -> (StatusCode, String) {
        let answer = reqwest::get(url).await.unwrap();
        (StatusCode::from_u16(answer.status().as_u16()).unwrap(), answer.text().await.unwrap())
    }

    /// The value of the series that is written so.
    fn value(text: &str, series: &str) -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {series} in\n{text}")).parse().unwrap()
    }

    #[tokio::test]
    async fn a_monitoring_system_reads_what_was_asked_and_how_far_the_followers_are() {
        let (owner, config) = managed(|_| vec![("LEADFLOW_PRIVATE_LISTEN", "127.0.0.1:0".to_owned())]).await;
        let serving = serve(config).await.unwrap();
        let public = format!("http://{}", serving.address());
        let private = format!("http://{}", serving.private_address().unwrap());
        assert_eq!(read(format!("{public}/metrics")).await.0, StatusCode::NOT_FOUND, "it is nobody else's business");
        assert_eq!(read(format!("{private}/graphql")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(read(format!("{public}/health/live")).await.0, StatusCode::OK);
        // Whoever takes up the work tries what is parked, so it is parked once the work was taken up.
        let is_live = "leadflow_follower_live{follower=\"projector/usage/2\"} 1\n";
        let taken_up = async { while !read(format!("{private}/metrics")).await.1.contains(is_live) {} };
        tokio::time::timeout(Duration::from_secs(30), taken_up).await.unwrap();
        owner
            .execute(
                "insert into parked_events (consumer, position, tenant_id, aggregate_type, stream_id) \
                 values ('projector/usage/2', 1, gen_random_uuid(), 'planted', gen_random_uuid())",
            )
            .await
            .unwrap();

        let (status, text) = read(format!("{private}/metrics")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.ends_with("# EOF\n"), "{text}");
        let live = "leadflow_http_request_duration_seconds_count{method=\"GET\",route=\"/health/live\",status=\"200\"}";
        assert!((value(&text, live) - 1.0).abs() < f64::EPSILON);
        for (series, expected) in [
            ("leadflow_database_up", 1.0),
            ("leadflow_log_head", 0.0),
            ("leadflow_follower_parked{follower=\"projector/usage/2\"}", 1.0),
            ("leadflow_follower_complete{follower=\"projector/usage/2\"}", 0.0),
            ("leadflow_follower_complete{follower=\"projector/inbox/17\"}", 1.0),
            ("leadflow_follower_lag_seconds{follower=\"reactor/capture_lead\"}", 0.0),
            ("leadflow_paused", 0.0),
            ("leadflow_letters_waiting", 0.0),
            ("leadflow_letters_lag_seconds", 0.0),
            ("leadflow_letters_given_up", 0.0),
        ] {
            assert!((value(&text, series) - expected).abs() < f64::EPSILON, "{series} in\n{text}");
        }
        assert!(value(&text, "leadflow_database_connections_most{pool=\"work\"}") >= 3.0);
        assert!(value(&text, "leadflow_database_connections_most{pool=\"callers\"}") >= 1.0);

        serving.app().pool.close().await;
        let (status, text) = read(format!("{private}/metrics")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(value(&text, "leadflow_database_up").abs() < f64::EPSILON, "{text}");
        assert!(value(&text, live) >= 1.0 && !text.contains("leadflow_follower"), "{text}");
        serving.stop().await.unwrap();
    }

    /// What it reads, once `line` is in it.
    async fn once(url: &str, line: &str) -> String {
        let mut text = String::new();
        let told = async {
            while !text.lines().any(|told| told == line) {
                text = read(url.to_owned()).await.1;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(30), told).await;
        assert!(in_time.is_ok(), "no {line} in\n{text}");
        text
    }

    fn job(subject: u128, lane: &str, after: Duration) -> NewJob {
        NewJob {
            tenant: TenantId::from_uuid(Uuid::from_u128(1)),
            kind: SEND,
            queue: subject.to_string(),
            lane: lane.to_owned(),
            subject: StreamId::from_uuid(Uuid::from_u128(subject)),
            position: 1,
            after,
        }
    }

    #[tokio::test]
    async fn a_number_that_was_stopped_is_told_and_so_is_what_waits_for_it() {
        let (_, config) = managed(|_| vec![("LEADFLOW_PRIVATE_LISTEN", "127.0.0.1:0".to_owned())]).await;
        let serving = serve(config).await.unwrap();
        let url = format!("http://{}/metrics", serving.private_address().unwrap());
        let tenant = TenantId::from_uuid(Uuid::from_u128(1));
        let channel = ChannelId::whatsapp(tenant, "10");
        let channels = serving.app().commands.channels.clone();
        let does = async |command: ChannelCommand, what: &str| {
            let id = CommandId::derive(tenant, "test", &[what]);
            let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
            channels.execute(channel, command, context).await.unwrap();
        };
        let number = WhatsAppNumber {
            phone_number_id: ProviderId::parse("10").unwrap(),
            waba_id: ProviderId::parse("20").unwrap(),
            display_phone: DisplayPhone::parse("15550000001").unwrap(),
            app: None,
        };
        does(ChannelCommand::ConnectWhatsAppNumber(number), "connect").await;
        once(&url, "leadflow_numbers_stopped 0").await;
        does(ChannelCommand::StopSending { reason: StopReason { code: 190, title: None } }, "stop").await;
        let text = once(&url, "leadflow_numbers_stopped 1").await;
        assert!(!text.contains("leadflow_jobs{"), "nothing waits for it\n{text}");
        let tell = |standing, second: i64| ChannelCommand::TellHealth {
            waba_id: ProviderId::parse("20").unwrap(),
            news: vec![HealthNews::Account(standing)],
            at: Timestamp::from_second(1_763_712_000 + second).unwrap(),
        };
        once(&url, "leadflow_numbers_closed 0").await;
        does(tell(AccountStanding::ToBeDisabled { on: None }, 0), "warn").await;
        does(tell(AccountStanding::Offboarded, 1), "close").await;
        once(&url, "leadflow_numbers_closed 1").await;
        does(tell(AccountStanding::ToBeDisabled { on: None }, 2), "warn again").await;
        once(&url, "leadflow_numbers_closed 0").await;

        let lane = jobs::lane_of(channel);
        let mut rows = serving.app().pool.begin().await.unwrap();
        jobs::stop_lane(&mut rows, &lane, "it was stopped").await.unwrap();
        let nobodys = job(4, "another", Duration::ZERO);
        let [first, second] = [2, 3].map(|subject| job(subject, &lane, Duration::ZERO));
        jobs::enqueue(&mut rows, &[job(1, "another", Duration::from_secs(3600)), first, second, nobodys])
            .await
            .unwrap();
        rows.commit().await.unwrap();
        // There is no such message: it fails at once.
        let text = once(&url, "leadflow_jobs{kind=\"send_message\",state=\"failed\"} 1").await;
        for (state, expected) in [("waiting", 1.0), ("stopped", 2.0), ("running", 0.0)] {
            let series = format!("leadflow_jobs{{kind=\"send_message\",state=\"{state}\"}}");
            assert!((value(&text, &series) - expected).abs() < f64::EPSILON, "{series} in\n{text}");
        }
        let overdue = "leadflow_jobs_overdue_seconds{kind=\"send_message\"}";
        assert!(value(&text, overdue).abs() < f64::EPSILON, "what is stopped or not due is not late\n{text}");

        does(ChannelCommand::ResumeSending, "resume").await;
        once(&url, "leadflow_jobs{kind=\"send_message\",state=\"failed\"} 3").await;
        once(&url, "leadflow_numbers_stopped 0").await;
        does(ChannelCommand::StopSending { reason: StopReason { code: 190, title: None } }, "stop again").await;
        once(&url, "leadflow_numbers_stopped 1").await;
        does(ChannelCommand::Disconnect, "disconnect").await;
        once(&url, "leadflow_numbers_stopped 0").await;
        serving.stop().await.unwrap();
    }

    #[tokio::test]
    async fn without_a_private_listener_nobody_reads_it() {
        let (_, config) = managed(|_| Vec::new()).await;
        let serving = serve(config).await.unwrap();
        assert_eq!(serving.private_address(), None);
        assert_eq!(read(format!("http://{}/metrics", serving.address())).await.0, StatusCode::NOT_FOUND);
        serving.stop().await.unwrap();
    }

    #[test]
    fn a_stranger_s_method_makes_no_series_of_its_own() {
        let metrics = Metrics::default();
        for method in [&b"BREW"[..], b"POUR"] {
            let method = Method::from_bytes(method).unwrap();
            metrics.answered(&method, "none", StatusCode::NOT_FOUND, Duration::from_millis(1));
        }
        let mut text = String::new();
        encode_registry(&mut text, &metrics.registry).unwrap();
        assert_eq!(text.matches("_count{").count(), 1, "{text}");
    }
}
