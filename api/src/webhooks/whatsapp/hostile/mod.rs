//! Requests made to hurt, over real sockets, against the webhooks' door alone: what is refused, how, and that nothing of
//! it is kept.

mod apps;
mod bodies;
mod connections;
mod handshake;
mod signatures;
mod whatever;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use leadflow_domain::channel::AppKey;
use leadflow_event_store::testing;
use leadflow_gateways::whatsapp::signature::{self, sign};
use sqlx::PgPool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{PATH, routes};
use crate::config::{MetaApp, SecretText};
use crate::http::{self, HttpLimits};
use crate::webhooks::google::SourceKeys;
use crate::webhooks::{Bodies, Intake, Refusals, WebhookEdge};

const SECRET: &str = "the default app's secret";
const PREVIOUS: &str = "the default app's secret before that";
const SHOP_SECRET: &str = "the shop app's secret";
const VERIFY_TOKEN: &str = "the default app's verify token";
const SHOP_VERIFY_TOKEN: &str = "the shop app's verify token";
const MOST_BYTES: usize = 100_000;
/// Longer than any test that passes.
const PATIENCE: Duration = Duration::from_secs(20);
/// For what is waited for to its end.
const SHORT: Duration = Duration::from_millis(50);

/// A server with nothing but the webhooks' routes, before a database of its own.
struct Door {
    address: SocketAddr,
    edge: Arc<WebhookEdge>,
    pool: PgPool,
    _open: DropGuard,
}

struct Limits {
    http: HttpLimits,
    body_time: Duration,
    aliases: bool,
}

impl Default for Limits {
    fn default() -> Self {
        let http = HttpLimits { header_time: PATIENCE, ..HttpLimits::with_connections(64) };
        Self { http, body_time: PATIENCE, aliases: false }
    }
}

fn secret(text: &str) -> Option<SecretText> {
    Some(SecretText::new(text.to_owned()))
}

impl Door {
    async fn open() -> Self {
        Self::within(Limits::default()).await
    }

    async fn within(limits: Limits) -> Self {
        let pool = testing::pool().await;
        let default = MetaApp {
            app_secret: secret(SECRET),
            app_secret_previous: secret(PREVIOUS),
            verify_token: secret(VERIFY_TOKEN),
        };
        let shop = MetaApp {
            app_secret: secret(SHOP_SECRET),
            app_secret_previous: None,
            verify_token: secret(SHOP_VERIFY_TOKEN),
        };
        let key = |key| Some(AppKey::parse(key).unwrap());
        let edge = Arc::new(WebhookEdge {
            intake: Intake::start(pool.clone(), testing::keys()),
            apps: BTreeMap::from([(None, default), (key("shop"), shop), (key("unset"), MetaApp::default())]),
            bodies: Bodies::new(MOST_BYTES, limits.body_time, 1 << 20),
            forms: Bodies::new(MOST_BYTES, limits.body_time, 1 << 20),
            sources: SourceKeys::new(pool.clone()),
            doors: crate::testing::external_doors(&pool),
            limits: crate::testing::limits(&pool, "1000/1m"),
            refusals: Refusals::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let router = routes(Arc::clone(&edge), limits.aliases);
        tokio::spawn(http::serve(listener, router, limits.http, stop.clone()));
        Self { address, edge, pool, _open: stop.drop_guard() }
    }

    /// The apps that brought what is stored, in its order.
    async fn stored(&self) -> Vec<Option<String>> {
        let apps = sqlx::query_scalar("select app from webhook_deliveries order by id").fetch_all(&self.pool);
        apps.await.unwrap()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends these bytes and reads until the server hangs up.
    async fn ask(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect().await;
        // It may answer and hang up before all is sent.
        let _ = stream.write_all(request).await;
        Answer::read(&mut stream).await
    }
}

/// A request, as it stands on the wire. The server hangs up after its answer.
fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: door\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    if method == "POST" && !headers.iter().any(|(name, _)| matches!(*name, "content-length" | "transfer-encoding")) {
        write!(head, "content-length: {}\r\n", body.len()).unwrap();
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

fn post(headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    request("POST", PATH, headers, body)
}

/// One that is taken.
fn signed(body: &[u8]) -> Vec<u8> {
    post(&[(signature::HEADER, &sign(SECRET.as_bytes(), body))], body)
}

struct Answer {
    /// 0 where there was none.
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    /// All that comes until the server hangs up.
    async fn read(stream: &mut TcpStream) -> Self {
        let mut answer = Vec::new();
        // It may hang up on bytes of ours that it never read.
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it hangs up");
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
        Self { status, head: head.to_lowercase(), body: body.to_owned() }
    }
}
