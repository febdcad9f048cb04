//! Answers, in the shape and with the status that the media type asks for.

use std::collections::BTreeMap;

use async_graphql::{ServerError, Value};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::cost::Charge;
use super::negotiate::Answer;
use super::{Code, Limits, Rejection, piece, present};

/// The header in which the outer layers hand us the request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An id longer than this is not ours: a client made it up, and it is not repeated. Ours are UUIDs of 36.
const MAX_REQUEST_ID: usize = 64;

/// What we know of the client when we answer it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client<'a> {
    pub(super) answer: Answer,
    pub(super) request_id: Option<&'a str>,
}

impl<'a> Client<'a> {
    /// A client that accepts nothing we write is told so in `application/json`.
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let request_id = headers
            .get(REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(|id| !id.is_empty() && id.len() <= MAX_REQUEST_ID);
        Self { answer: Answer::accepted(headers).unwrap_or(Answer::Json), request_id }
    }
}

/// Refuses a request before it is looked at as GraphQL, in the shape of a GraphQL answer:
/// `{"errors":[{"message","extensions":{"code","requestId"}}]}`.
///
/// For authentication, rate limits and the like. The status stands, whatever the client accepts. Add the headers that
/// belong to it (`WWW-Authenticate`, `Retry-After`). `headers` are the request's, for `Accept` and [`REQUEST_ID`].
#[must_use]
pub fn refusal(status: StatusCode, code: &str, message: &str, headers: &HeaderMap) -> Response {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code);
    without_data(Client::of(headers), status, vec![error], None, &Limits::default())
}

/// Refuses a request because its caller has sent too many lately, as [`refusal`] does.
#[must_use]
pub fn too_often(seconds: u64, headers: &HeaderMap) -> Response {
    let message = format!("Too many requests came in a short time: ask again in {seconds} seconds.");
    let error = ask_again(message, seconds);
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut answer = without_data(Client::of(headers), status, vec![error], None, &Limits::default());
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// What was asked is right, and too early by so many seconds.
pub(super) fn ask_again(message: String, seconds: u64) -> ServerError {
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", Code::RateLimited.as_str());
    extensions.set("retryAfter", seconds);
    error
}

/// Answers a request that [`Rejection`] stopped.
pub(super) fn rejected(client: Client<'_>, rejection: Rejection, cost: Value, limits: &Limits) -> Response {
    let status = match &rejection {
        Rejection::Malformed(_) | Rejection::TooComplex(_) => StatusCode::BAD_REQUEST,
        Rejection::Document { .. } => request_error_status(client.answer),
    };
    without_data(client, status, vec![rejection.into()], Some(cost), limits)
}

/// Answers a request that its owner had not points enough for. Its status stands, whatever the client accepts: whoever
/// retries must see it.
pub(super) fn rate_limited(client: Client<'_>, errors: Vec<ServerError>, charge: &Charge, limits: &Limits) -> Response {
    let wait = charge.retry_after();
    let mut answer = without_data(client, StatusCode::TOO_MANY_REQUESTS, errors, Some(charge.settle(0)), limits);
    if let Some(seconds) = wait {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// Answers a request that the library refused.
pub(super) fn refused(client: Client<'_>, errors: Vec<ServerError>, cost: Value, limits: &Limits) -> Response {
    without_data(client, request_error_status(client.answer), errors, Some(cost), limits)
}

/// Answers a request that was executed.
pub(super) fn result(
    client: Client<'_>,
    mut response: async_graphql::Response,
    cost: Value,
    limits: &Limits,
) -> Response {
    let omitted = present(&mut response.errors, true, client.request_id, limits);
    tell(&mut response.extensions, client, Some(cost), omitted);
    let body = Answered { errors: response.errors, data: Some(response.data), extensions: response.extensions };
    let mut answer = render(client.answer, StatusCode::OK, &body);
    for (name, value) in &response.http_headers {
        answer.headers_mut().append(name, value.clone());
    }
    answer
}

/// Answers with errors alone: nothing was executed, or nothing came of it.
pub(super) fn without_data(
    client: Client<'_>,
    status: StatusCode,
    mut errors: Vec<ServerError>,
    cost: Option<Value>,
    limits: &Limits,
) -> Response {
    let omitted = present(&mut errors, false, client.request_id, limits);
    let mut extensions = BTreeMap::new();
    tell(&mut extensions, client, cost, omitted);
    render(client.answer, status, &Answered { errors, data: None, extensions })
}

/// GraphQL over HTTP §6.4: a well-formed request answered in `application/json` is 200 whatever came of it, since a
/// client could not tell our 400 from a proxy's.
fn request_error_status(answer: Answer) -> StatusCode {
    failure_status(answer, StatusCode::BAD_REQUEST)
}

/// `status`, where the media type lets a status speak.
pub(super) fn failure_status(answer: Answer, status: StatusCode) -> StatusCode {
    match answer {
        Answer::GraphQl => status,
        Answer::Json => StatusCode::OK,
    }
}

/// What every answer says of itself: its request's id, what it cost if it was read, how many errors are not in it.
fn tell(extensions: &mut BTreeMap<String, Value>, client: Client<'_>, cost: Option<Value>, omitted: usize) {
    if let Some(id) = client.request_id {
        extensions.insert("requestId".to_owned(), Value::from(id));
    }
    if let Some(cost) = cost {
        extensions.insert("cost".to_owned(), cost);
    }
    if omitted > 0 {
        extensions.insert("omittedErrors".to_owned(), Value::from(omitted));
    }
}

/// Errors come first, where a reader and a truncated log see them (GraphQL §7.1).
#[derive(Serialize)]
struct Answered {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: BTreeMap<String, Value>,
}

/// Bytes that most answers have beside what is written of them already.
const BESIDE: usize = 1024;

/// Bytes that are written already.
fn written(data: &Value) -> usize {
    match data {
        Value::Binary(piece) => piece.len(),
        Value::List(list) => list.iter().map(written).sum(),
        Value::Object(object) => object.values().map(written).sum(),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Enum(_) => 0,
    }
}

fn render(answer: Answer, status: StatusCode, body: &Answered) -> Response {
    let mut text = Vec::with_capacity(body.data.as_ref().map_or(0, written) + BESIDE);
    let (status, body) = match piece::write(body, &mut text) {
        Ok(()) => (status, text),
        Err(error) => {
            tracing::error!(name: "graphql.unwritable_answer", %error, "an answer could not be written as JSON");
            let body =
                br#"{"errors":[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL"}}]}"#;
            (StatusCode::INTERNAL_SERVER_ERROR, body.to_vec())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type()));
    // Answers are a tenant's own.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
