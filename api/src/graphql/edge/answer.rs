//! One request, from the bytes to the answer.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Request, ServerError, Value};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request as HttpRequest};
use axum::http::header::{ALLOW, CONNECTION, HeaderValue, UPGRADE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::FutureExt;

use super::cost::{self, Account, Charge};
use super::guard::{Admitted, Documents, admit};
use super::handover::{HandedOver, twin};
use super::negotiate::{Answer, is_json, is_plain};
use super::respond::{Client, failure_status, rate_limited, refusal, refused, rejected, result, without_data};
use super::whole::validate;
use super::{Code, Limits, Parameters, Rejection};

/// A request, as far as HTTP is concerned.
#[derive(Debug, Clone)]
pub enum Sent {
    /// By GET: the URL's query, still encoded.
    Query(String),
    /// By POST: the body.
    Body(Bytes),
}

/// Answers one request: negotiates, guards, parses once, charges, executes.
///
/// `prepare` adds what belongs to this request (the tenant's context, loaders); it is called only for a request that
/// will be handed to the library, once as it is judged and once as it is executed. The request's id, for
/// `extensions.requestId`, is read from [`super::REQUEST_ID`] in `headers`. The executor is a schema with
/// [`super::Handover`] as the last of its extensions, or nothing is taken to be executed, and [`super::ChargeCost`] for
/// `account` to be charged.
///
/// An operation that takes longer than `at_most` is dropped where it stands, and so is one whose client goes away. A mutation may have been
/// carried out then: one with an `idempotencyKey` can be sent again, of any other one must look.
pub async fn answer<E: Executor>(
    executor: &E,
    documents: &Documents,
    at_most: Duration,
    headers: &HeaderMap,
    sent: Sent,
    account: Account,
    prepare: impl Fn(Request) -> Request,
) -> Response {
    let (client, limits) = (Client::of(headers), documents.limits());
    let charge = Charge::to(account);
    let answering = AssertUnwindSafe(answered(executor, documents, headers, &sent, &charge, prepare)).catch_unwind();
    match tokio::time::timeout(at_most, answering).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => {
            // The panic hook has logged where; the client must not wait for an answer that never comes.
            let (status, code) = (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal);
            failed(client, limits, status, code, "answering panicked", charge.settle_whole())
        }
        Err(_elapsed) => {
            let message = "The operation took too long and was given up. A mutation may have been carried out.";
            let (status, code) = (StatusCode::GATEWAY_TIMEOUT, Code::Timeout);
            failed(client, limits, status, code, message, charge.settle_whole())
        }
    }
}

async fn answered<E: Executor>(
    executor: &E,
    documents: &Documents,
    headers: &HeaderMap,
    sent: &Sent,
    charge: &Charge,
    prepare: impl Fn(Request) -> Request,
) -> Response {
    let (client, limits) = (Client::of(headers), documents.limits());
    if let Err(short) = charge.bill().take(cost::LEAST) {
        return rate_limited(client, vec![short], charge, limits);
    }
    let mut steps = 0;
    let Admitted { mut request, whole, judgement, .. } = match read(documents, headers, sent, &mut steps) {
        Ok(admitted) => admitted,
        Err(Refused::Http(response)) => {
            charge.settle(cost::LEAST);
            return *response;
        }
        Err(Refused::Request(rejection)) => return rejected(client, rejection, charge.settle_refused(steps), limits),
    };
    if let Some(whole) = whole
        && let Err(errors) = validate(executor, whole).await
    {
        return refused(client, errors, charge.settle_refused(steps), limits);
    }
    let executed = match twin(&mut request) {
        Ok(twin) => HandedOver::new(prepare(twin)),
        Err(error) => return refused(client, vec![error], charge.settle_refused(steps), limits),
    };
    let mut request = prepare(request).data(charge.bill().clone()).data(executed.clone());
    if let Some(judgement) = judgement {
        request = request.data(judgement);
    }
    let response = executor.execute(request).await;
    if charge.retry_after().is_some() {
        return rate_limited(client, response.errors, charge, limits);
    }
    if !executed.is_taken() {
        return refused(client, response.errors, charge.settle_refused(steps), limits);
    }
    // Where one failure took all the rest with it, that was done all the same.
    let cost =
        if response.data == Value::Null { charge.settle_whole() } else { charge.settle(cost::fields(&response.data)) };
    result(client, response, cost, limits)
}

/// A request stopped on its way to the library.
enum Refused {
    /// By HTTP's rules.
    Http(Box<Response>),
    /// By GraphQL's, or ours.
    Request(Rejection),
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::Request(rejection)
    }
}

fn read(documents: &Documents, headers: &HeaderMap, sent: &Sent, steps: &mut usize) -> Result<Admitted, Refused> {
    let limits = documents.limits();
    let refuse = |status, code: Code, message: &str| {
        Err(Refused::Http(Box::new(refusal(status, code.as_str(), message, headers))))
    };
    if Answer::accepted(headers).is_none() {
        let message = "Accept application/graphql-response+json or application/json.";
        return refuse(StatusCode::NOT_ACCEPTABLE, Code::BadUserInput, message);
    }
    let parameters = match sent {
        Sent::Query(query) => Parameters::from_query(query, limits)?,
        Sent::Body(_) if !is_json(headers) || !is_plain(headers) => {
            let message = "Send application/json in UTF-8, uncompressed.";
            return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadUserInput, message);
        }
        Sent::Body(body) if body.len() > limits.max_body_bytes => {
            let message = format!("The body is longer than {} bytes.", limits.max_body_bytes);
            return refuse(StatusCode::PAYLOAD_TOO_LARGE, Code::QueryTooComplex, &message);
        }
        Sent::Body(body) => Parameters::from_json(body, limits)?,
    };
    let admitted = admit(documents, parameters, steps)?;
    match (admitted.operation, sent) {
        (OperationType::Subscription, _) => Err(Rejection::document(NO_SUBSCRIPTIONS, None).into()),
        (OperationType::Mutation, Sent::Query(_)) => {
            // Links are followed, prefetched and tried again by whoever sees them.
            Err(Refused::Http(Box::new(not_allowed("Send mutations with POST.", "POST", headers))))
        }
        (OperationType::Mutation | OperationType::Query, _) => Ok(admitted),
    }
}

const NO_SUBSCRIPTIONS: &str = "This API has no subscriptions.";

fn failed(client: Client<'_>, limits: &Limits, status: StatusCode, code: Code, message: &str, cost: Value) -> Response {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code.as_str());
    without_data(client, failure_status(client.answer, status), vec![error], Some(cost), limits)
}

/// Answers any method but GET and POST.
#[must_use]
pub fn method_not_allowed(headers: &HeaderMap) -> Response {
    not_allowed("Send GraphQL requests with POST, or queries with GET.", "GET, POST", headers)
}

fn not_allowed(message: &str, allow: &'static str, headers: &HeaderMap) -> Response {
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, Code::BadUserInput.as_str(), message, headers);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}

/// Answers a client that wants another protocol on the connection, which for GraphQL is WebSocket's; `None` of any
/// other. It is told before it is asked who it is: a page can't show a token there.
#[must_use]
pub fn upgrade_refused(headers: &HeaderMap) -> Option<Response> {
    let wants = |name, word: &str| {
        let values = headers.get_all(name).iter().filter_map(|value: &HeaderValue| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(word))
    };
    if !wants(UPGRADE, "websocket") || !wants(CONNECTION, "upgrade") {
        return None;
    }
    let message =
        "This API has no subscriptions, and does not speak over WebSocket: send queries and mutations by POST.";
    Some(refusal(StatusCode::BAD_REQUEST, Code::BadUserInput.as_str(), message, headers))
}

/// The body of a request, if it comes whole, in time, and no longer than axum's `DefaultBodyLimit`.
///
/// # Errors
/// The answer, if it does not.
pub async fn body(request: HttpRequest, limits: &Limits) -> Result<Bytes, Response> {
    let headers = request.headers().clone();
    match tokio::time::timeout(limits.body_timeout, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(rejection)) => Err(unreadable(&rejection, &headers)),
        Err(_) => {
            let message = "The body took too long.";
            Err(refusal(StatusCode::REQUEST_TIMEOUT, Code::Timeout.as_str(), message, &headers))
        }
    }
}

fn unreadable(rejection: &BytesRejection, headers: &HeaderMap) -> Response {
    let status = rejection.status();
    let (code, message) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => (Code::QueryTooComplex, "The body is too long."),
        _ => (Code::BadUserInput, "The body could not be read to its end."),
    };
    refusal(status, code.as_str(), message, headers)
}
