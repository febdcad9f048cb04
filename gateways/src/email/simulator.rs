//! Plays Resend: takes letters over HTTP, and refuses as it is told to.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::resend::IDEMPOTENCY_KEY;

/// How a request is answered, in the place of what the simulator would do by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The letter is not taken.
    Refused {
        /// The status.
        status: u16,
        /// What Resend calls it.
        name: &'static str,
        /// Seconds to wait.
        retry_after: Option<u64>,
    },
    /// Something else answers than the API, and takes nothing.
    Other {
        /// The status.
        status: u16,
        /// All that it says.
        body: &'static str,
        /// Where it leads.
        location: Option<String>,
    },
    /// The letter is taken, and no answer comes.
    TakenInSilence,
}

/// A letter that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its idempotency key.
    pub key: String,
    /// The request's body.
    pub letter: Value,
}

#[derive(Debug, Default)]
struct Seen {
    answers: VecDeque<Answer>,
    requests: usize,
    taken: Vec<Taken>,
}

#[derive(Debug, Clone)]
struct Played {
    key: Arc<str>,
    seen: Arc<Mutex<Seen>>,
}

/// A server that speaks as Resend does, until it is dropped.
#[derive(Debug)]
pub struct ResendSimulator {
    address: SocketAddr,
    played: Played,
    server: JoinHandle<()>,
}

impl ResendSimulator {
    /// Listens on this machine; `key` is the API key that it takes.
    ///
    /// # Errors
    /// When it can't listen.
    pub async fn start(key: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let played = Played { key: key.into(), seen: Arc::default() };
        let routes = Router::new().route("/emails", post(emails)).with_state(played.clone());
        let server = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, played, server })
    }

    /// The API's address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers the requests to come so, each once, in this order.
    pub fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.played.seen().answers.extend(answers);
    }

    /// How many requests came.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.played.seen().requests
    }

    /// The letters that were taken, each once.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.played.seen().taken.clone()
    }
}

impl Drop for ResendSimulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Played {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Nothing panics while it is held.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a letter, unless it has.
    fn take(&self, key: &str, letter: Value) -> Result<(), Box<Response>> {
        let mut seen = self.seen();
        match seen.taken.iter().find(|taken| taken.key == key) {
            Some(taken) if taken.letter != letter => Err(Box::new(refused(409, "invalid_idempotent_request", None))),
            Some(_) => Ok(()),
            None => {
                seen.taken.push(Taken { key: key.to_owned(), letter });
                Ok(())
            }
        }
    }
}

async fn emails(State(played): State<Played>, headers: HeaderMap, body: Bytes) -> Response {
    let planned = {
        let mut seen = played.seen();
        seen.requests += 1;
        seen.answers.pop_front()
    };
    match planned {
        Some(Answer::Refused { status, name, retry_after }) => return refused(status, name, retry_after),
        Some(Answer::Other { status, body, location }) => return other(status, body, location),
        Some(Answer::TakenInSilence) | None => {}
    }
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match said(header::AUTHORIZATION).map(|value| value.strip_prefix("Bearer ")) {
        None => return refused(401, "missing_api_key", None),
        Some(key) if key != Some(&*played.key) => return refused(403, "invalid_api_key", None),
        Some(_) => {}
    }
    // Whoever does not say what it is, is turned away before anybody reads on.
    if said(header::USER_AGENT).is_none() {
        return other(403, "error code: 1010", None);
    }
    let Ok(letter) = serde_json::from_slice::<Value>(&body) else { return refused(400, "validation_error", None) };
    if ["from", "to", "subject"].iter().any(|field| letter[field].is_null()) {
        return refused(422, "missing_required_field", None);
    }
    let key = said(HeaderName::from_static(IDEMPOTENCY_KEY)).unwrap_or_default();
    if let Err(refused) = played.take(key, letter) {
        return *refused;
    }
    if planned == Some(Answer::TakenInSilence) {
        std::future::pending::<()>().await;
    }
    Json(json!({ "id": key })).into_response()
}

fn refused(status: u16, name: &str, retry_after: Option<u64>) -> Response {
    let body = json!({
        "statusCode": status,
        "name": name,
        // As there, the words repeat what was asked.
        "message": "Invalid `to` field: ada@example.com",
    });
    let mut answer = (code(status), Json(body)).into_response();
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

fn other(status: u16, body: &'static str, location: Option<String>) -> Response {
    let mut answer = (code(status), body).into_response();
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
