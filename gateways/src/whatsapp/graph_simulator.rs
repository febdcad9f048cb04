//! Plays the Graph API: tells of numbers whoever shows a token that reaches them, and refuses as it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How a request is answered, in the place of what the simulator would do by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// As Meta refuses.
    Refused {
        /// The status.
        status: u16,
        /// What Meta counts it as.
        code: i64,
    },
    /// Something else answers than the API.
    Other {
        /// The status.
        status: u16,
        /// All that it says.
        body: String,
        /// Where it leads.
        location: Option<String>,
    },
    /// No answer comes.
    Silence,
}

/// A number that tokens reach.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reached {
    display_phone: String,
    verified_name: String,
}

#[derive(Debug, Default)]
struct Seen {
    /// By token and id.
    numbers: BTreeMap<(String, String), Reached>,
    answers: VecDeque<Answer>,
    asked: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Played(Arc<Mutex<Seen>>);

/// A server that speaks as the Graph API does, until it is dropped.
#[derive(Debug)]
pub struct GraphSimulator {
    address: SocketAddr,
    played: Played,
    server: JoinHandle<()>,
}

impl GraphSimulator {
    /// Listens on this machine. It knows no token and no number.
    ///
    /// # Errors
    /// When it can't listen.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let played = Played::default();
        let routes = Router::new().route("/{version}/{id}", get(node)).with_state(played.clone());
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

    /// From now on `token` reaches the number with this id.
    pub fn reaches(&self, token: &str, phone_number_id: &str, display_phone: &str, verified_name: &str) {
        let reached = Reached { display_phone: display_phone.to_owned(), verified_name: verified_name.to_owned() };
        self.played.seen().numbers.insert((token.to_owned(), phone_number_id.to_owned()), reached);
    }

    /// Answers the requests to come so, each once, in this order.
    pub fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.played.seen().answers.extend(answers);
    }

    /// What was asked for, without the tokens, in its order.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.played.seen().asked.clone()
    }
}

impl Drop for GraphSimulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Played {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a number, unless the token is none, or does not reach it.
    fn number(&self, token: &str, id: &str) -> Result<Reached, Box<Response>> {
        let seen = self.seen();
        if !seen.numbers.keys().any(|(known, _)| known == token) {
            return Err(Box::new(refused(401, 190, token)));
        }
        let known = seen.numbers.get(&(token.to_owned(), id.to_owned()));
        known.cloned().ok_or_else(|| Box::new(refused(400, 100, token)))
    }
}

async fn node(
    State(played): State<Played>,
    Path((version, id)): Path<(String, String)>,
    Query(said): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let fields = said.get("fields").map(String::as_str).unwrap_or_default();
    let planned = {
        let mut seen = played.seen();
        seen.asked.push(format!("/{version}/{id}?fields={fields}"));
        seen.answers.pop_front()
    };
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(token) = authorization.strip_prefix("Bearer ") else { return refused(401, 104, authorization) };
    match planned {
        Some(Answer::Refused { status, code }) => return refused(status, code, token),
        Some(Answer::Other { status, body, location }) => return other(status, body, location),
        Some(Answer::Silence) => std::future::pending::<()>().await,
        None => {}
    }
    let is_version = version.strip_prefix('v').is_some_and(|number| number.parse::<f32>().is_ok());
    if !is_version {
        return refused(400, 2500, token);
    }
    let Reached { display_phone, verified_name } = match played.number(token, &id) {
        Ok(reached) => reached,
        Err(refused) => return *refused,
    };
    let mut told = Map::from_iter([("id".to_owned(), Value::String(id))]);
    for field in fields.split(',').filter(|field| !field.is_empty()) {
        let value = match field {
            "id" => continue,
            "display_phone_number" => display_phone.clone(),
            "verified_name" => verified_name.clone(),
            "quality_rating" => "GREEN".to_owned(),
            // There is no such field of a number.
            _ => return refused(400, 100, token),
        };
        told.insert(field.to_owned(), Value::String(value));
    }
    Json(Value::Object(told)).into_response()
}

fn refused(status: u16, code: i64, token: &str) -> Response {
    // As there, the words may repeat what was shown.
    let message = format!("(#{code}) Invalid OAuth access token: cannot parse access token {token}");
    let error = json!({ "message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2" });
    (status_code(status), Json(json!({ "error": error }))).into_response()
}

fn other(status: u16, body: String, location: Option<String>) -> Response {
    let mut answer = (status_code(status), body).into_response();
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
