//! Plays an issuer: people sign in there, and their codes are exchanged for ID tokens; or for what no issuer should answer.

mod claims;
mod grant;
mod key;

pub use key::Key;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use grant::Grant;

/// Where it says what it is.
pub const CONFIGURATION: &str = "/.well-known/openid-configuration";
/// Where its keys are.
pub const KEYS: &str = "/keys";
/// Where codes are exchanged.
pub const TOKEN: &str = "/token";

/// What is answered in the place of what the simulator would say by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Something else.
    Other {
        /// The status.
        status: u16,
        /// All that it says.
        body: String,
        /// Where it leads.
        location: Option<String>,
    },
    /// Nothing, ever.
    Silence,
}

#[derive(Debug)]
struct Played {
    url: String,
    client_id: String,
    client_secret: String,
    now: i64,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    answers: VecDeque<(&'static str, Answer)>,
    requests: Vec<String>,
    /// Codes that were given so far, and what those that were not exchanged were given for.
    given: usize,
    grants: HashMap<String, Grant>,
    /// What is said beside what would be, or instead of it; null is not said.
    claims: Map<String, Value>,
    published: Vec<Key>,
    signs_with: Option<Key>,
    takes_basic: bool,
}

/// A server that speaks as an issuer does, until it is dropped.
#[derive(Debug)]
pub struct IssuerSimulator {
    played: Arc<Played>,
    server: JoinHandle<()>,
}

impl IssuerSimulator {
    /// Listens on this machine, for a client of this id and secret. It is `now` so many seconds since 1970, for good.
    ///
    /// # Errors
    /// When it can't listen.
    pub async fn start(client_id: &str, client_secret: &str, now: i64) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address: SocketAddr = listener.local_addr()?;
        let key = Key::ed25519(1)?;
        let seen = Seen { published: vec![key.clone()], signs_with: Some(key), takes_basic: true, ..Seen::default() };
        let played = Arc::new(Played {
            url: format!("http://{address}"),
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            now,
            seen: Mutex::new(seen),
        });
        let routes = Router::new()
            .route(CONFIGURATION, get(answer))
            .route(KEYS, get(answer))
            .route(TOKEN, axum::routing::post(answer))
            .with_state(Arc::clone(&played));
        let server = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { played, server })
    }

    /// What it is called.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.played.url
    }

    /// Somebody signs in whom a browser brought to `url`: where it is led then, with a code. What is asked wrongly is said
    /// instead.
    ///
    /// # Errors
    /// What is wrong with `url`.
    pub fn signs_in(&self, url: &Url, address: &str) -> Result<Url, String> {
        let mut seen = self.played.seen();
        seen.given += 1;
        // Codes are not of letters and digits alone.
        let code = format!("4/0A+{}=", seen.given);
        let (grant, back) = Grant::asked_for(&self.played, url, address, &code)?;
        seen.grants.insert(code, grant);
        Ok(back)
    }

    /// Says this, too or instead, in all ID tokens to come; what is null it does not say.
    pub fn says(&self, claims: &Value) {
        self.played.seen().claims = claims.as_object().cloned().unwrap_or_default();
    }

    /// Signs with this from now on; with nothing, it does not sign.
    pub fn signs_with(&self, key: Option<Key>) {
        self.played.seen().signs_with = key;
    }

    /// Has these keys, as far as others can see.
    pub fn publishes(&self, keys: impl IntoIterator<Item = Key>) {
        self.played.seen().published = keys.into_iter().collect();
    }

    /// Wants to be told in the form who exchanges a code.
    pub fn takes_no_basic(&self) {
        self.played.seen().takes_basic = false;
    }

    /// Answers the next request at this place so.
    pub fn answers(&self, place: &'static str, answer: Answer) {
        self.played.seen().answers.push_back((place, answer));
    }

    /// How many requests came to this place.
    #[must_use]
    pub fn requests(&self, place: &str) -> usize {
        self.played.seen().requests.iter().filter(|request| *request == place).count()
    }
}

impl Drop for IssuerSimulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Played {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Nothing panics while it is held.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was planned for this request, if anything.
    fn planned(&self, place: &str) -> Option<Answer> {
        let mut seen = self.seen();
        seen.requests.push(place.to_owned());
        let planned = seen.answers.iter().position(|(at, _)| *at == place)?;
        seen.answers.remove(planned).map(|(_, answer)| answer)
    }

    fn configuration(&self) -> Value {
        let url = &self.url;
        let method = if self.seen().takes_basic { "client_secret_basic" } else { "client_secret_post" };
        json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}{TOKEN}"),
            "jwks_uri": format!("{url}{KEYS}"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "EdDSA"],
            "token_endpoint_auth_methods_supported": [method],
        })
    }
}

async fn answer(State(played): State<Arc<Played>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    match played.planned(uri.path()) {
        Some(Answer::Other { status, body, location }) => return other(status, body, location),
        Some(Answer::Silence) => return std::future::pending().await,
        None => {}
    }
    match uri.path() {
        CONFIGURATION => Json(played.configuration()).into_response(),
        KEYS => {
            let keys: Vec<Value> = played.seen().published.iter().map(|key| key.public.clone()).collect();
            Json(json!({ "keys": keys })).into_response()
        }
        _ => match grant::exchanged(&played, &headers, &body) {
            Ok(id_token) => {
                Json(json!({ "access_token": "opaque", "token_type": "Bearer", "id_token": id_token })).into_response()
            }
            Err(error) => {
                let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
                (status, Json(json!({ "error": error, "error_description": "Ada's code" }))).into_response()
            }
        },
    }
}

fn other(status: u16, body: String, location: Option<String>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, body).into_response();
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}
