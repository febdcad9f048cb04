//! One request to the Graph API, from its arrival to its answer: who asks, and what was planned for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::fault::{self, Answer, Mishap};
use super::line::Knife;
use super::played::Played;
use super::refusal::{Refusal, status_code};
use super::seen::{Outcome, Request};

/// What a request says before its body.
pub(super) struct Head {
    played: Arc<Played>,
    knife: Knife,
    method: Method,
    path: String,
    /// Nothing where what is asked for is no node of the API's.
    version: Option<String>,
    /// Meta's id of what it is about.
    pub(super) node: String,
    pub(super) query: BTreeMap<String, String>,
    token: Option<String>,
}

impl FromRequestParts<Arc<Played>> for Head {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, played: &Arc<Played>) -> Result<Self, Response> {
        let refused = IntoResponse::into_response;
        let ConnectInfo(knife) = ConnectInfo::<Knife>::from_request_parts(parts, played).await.map_err(refused)?;
        let Path(places) = Path::<BTreeMap<String, String>>::from_request_parts(parts, played)
            .await
            .map_err(IntoResponse::into_response)?;
        let Query(query) = Query::<BTreeMap<String, String>>::from_request_parts(parts, played)
            .await
            .map_err(IntoResponse::into_response)?;
        let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = authorization.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned);
        let said = query.iter().filter(|(name, _)| *name != "access_token");
        let said: Vec<String> = said.map(|(name, value)| format!("{name}={value}")).collect();
        let mut path = parts.uri.path().to_owned();
        if !said.is_empty() {
            path = format!("{path}?{}", said.join("&"));
        }
        let (version, node) = (places.get("version").cloned(), places.get("id").cloned().unwrap_or_default());
        Ok(Self { played: Arc::clone(played), knife, method: parts.method.clone(), path, version, node, query, token })
    }
}

/// A request that is let in.
pub(super) struct Call {
    pub(super) played: Arc<Played>,
    knife: Knife,
    place: (u64, usize),
    pub(super) token: String,
    pub(super) node: String,
    pub(super) mishap: Option<Mishap>,
}

impl Head {
    /// The path without what is asked for.
    pub(super) fn address(&self) -> String {
        self.path.split('?').next().unwrap_or_default().to_owned()
    }

    /// Remembers the request, and lets it in unless something else was planned, or the token is none.
    pub(super) async fn begin(self, kind: &str, to: Option<&str>) -> Result<Call, Response> {
        let Self { played, knife, method, path, version, node, query: _, token } = self;
        let request = Request {
            at: played.at(),
            method: method.to_string(),
            path,
            node: node.clone(),
            to: to.map(str::to_owned),
            kind: kind.to_owned(),
            outcome: Outcome::Open,
        };
        let place = played.requested(request);
        let (planned, out) = {
            let mut state = played.state();
            (state.answers.pop_front(), state.out)
        };
        let known = token.clone().unwrap_or_default();
        let mut call = Call { played, knife, place, token: known, node, mishap: None };
        if token.is_none() {
            return Err(call.refuse(&call.bad_token(104)));
        }
        match planned {
            Some(Answer::Refused { status, code }) => {
                return Err(call.refuse(&Refusal { status, ..call.bad_token(code) }));
            }
            Some(Answer::Other { status, body, location }) => return Err(call.other(status, body, location)),
            Some(Answer::Silence) => return Err(call.silence().await),
            None => {}
        }
        if out {
            return Err(call.refuse(&Refusal::new(2, "The service is temporarily unavailable.")));
        }
        let is_version = |version: &str| version.strip_prefix('v').is_some_and(|number| number.parse::<f32>().is_ok());
        if let Some(version) = version.filter(|version| !is_version(version)) {
            return Err(call.refuse(&Refusal::new(2_500, format!("Unknown path components: /{version}"))));
        }
        if !call.played.state().tokens.contains_key(&call.token) {
            return Err(call.refuse(&call.bad_token(190)));
        }
        let mishap = fault::next(&mut call.played.state().faults, &call.node, to, kind);
        call.mishap = mishap;
        match call.mishap.clone() {
            Some(Mishap::Refused { code, status, details }) => {
                let details = details.unwrap_or_else(|| format!("As planned: {code}."));
                let refusal = Refusal::new(code, details);
                Err(call.refuse(&Refusal { status: status.unwrap_or(refusal.status), ..refusal }))
            }
            Some(Mishap::Page { status }) => Err(call.answered(page(status))),
            Some(Mishap::Json { status, body }) => {
                Err(call.answered((status_code(status), Json(body)).into_response()))
            }
            Some(Mishap::NoMessages { accepted: false }) => Err(call.answered(no_messages())),
            Some(Mishap::Dropped) => Err(call.silence().await),
            Some(Mishap::ClosedBefore) => Err(call.close().await),
            _ => Ok(call),
        }
    }
}

impl Call {
    /// Answers it, unless it was planned otherwise.
    pub(super) async fn end(self, done: Result<Value, Refusal>) -> Response {
        self.end_with(done.map(|said| Json(said).into_response())).await
    }

    pub(super) async fn end_with(self, done: Result<Response, Refusal>) -> Response {
        let response = match done {
            Ok(response) => response,
            Err(refusal) => return self.refuse(&refusal),
        };
        match &self.mishap {
            Some(Mishap::NoMessages { .. }) => self.answered(no_messages()),
            Some(Mishap::PageAfter { status }) => self.answered(page(*status)),
            Some(Mishap::RefusedAfter { code }) => self.refuse(&Refusal::new(*code, "As planned, though it was done.")),
            Some(Mishap::SilentAfter) => self.silence().await,
            Some(Mishap::ClosedAfter) => self.close().await,
            Some(Mishap::Slow { millis }) => {
                tokio::time::sleep(Duration::from_millis(*millis)).await;
                self.answered(response)
            }
            _ => self.answered(response),
        }
    }

    /// Whether the token reaches the number.
    pub(super) fn reaches_number(&self, id: &str) -> Result<(), Refusal> {
        let state = self.played.state();
        let reached = state.tokens.get(&self.token).is_some_and(|numbers| numbers.contains(id));
        if reached { Ok(()) } else { Err(Refusal::unreachable(id)) }
    }

    /// Whether the token reaches a number of the account.
    pub(super) fn reaches_account(&self, waba_id: &str) -> Result<(), Refusal> {
        let state = self.played.state();
        let mut reached = state.tokens.get(&self.token).into_iter().flatten();
        let is_of_account = |id: &String| state.number(id).is_ok_and(|number| number.business.waba_id == waba_id);
        if reached.any(is_of_account) { Ok(()) } else { Err(Refusal::unreachable(waba_id)) }
    }

    fn bad_token(&self, code: i64) -> Refusal {
        // As there, the words may repeat what was shown.
        let details = format!("Invalid OAuth access token: cannot parse access token {}", self.token);
        let status = if code == 104 { 401 } else { Refusal::new(code, "").status };
        Refusal { status, code, subcode: None, details }
    }

    fn refuse(&self, refusal: &Refusal) -> Response {
        self.played.became(self.place, Outcome::Refused(refusal.code));
        let trace = self.played.state().ids.trace();
        refusal.response(&trace)
    }

    fn answered(&self, response: Response) -> Response {
        self.played.became(self.place, Outcome::Answered(response.status().as_u16()));
        response
    }

    fn other(&self, status: u16, body: String, location: Option<String>) -> Response {
        let mut answer = (status_code(status), body).into_response();
        if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
            answer.headers_mut().insert(header::LOCATION, location);
        }
        self.answered(answer)
    }

    async fn silence(&self) -> Response {
        self.played.became(self.place, Outcome::Silent);
        std::future::pending().await
    }

    async fn close(&self) -> Response {
        self.played.became(self.place, Outcome::Closed);
        self.knife.cut();
        std::future::pending().await
    }
}

fn page(status: u16) -> Response {
    let page = "<!doctype html><title>Error</title><h1>Sorry, something went wrong.</h1>";
    (status_code(status), Html(page)).into_response()
}

fn no_messages() -> Response {
    Json(json!({ "messaging_product": "whatsapp", "contacts": [], "messages": [] })).into_response()
}
