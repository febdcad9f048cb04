//! `POST /webhooks/external/SOURCE`: it shows the source's token, comes from where it may and not too often, is signed if it is to be, and
//! can be read; then it is durable, then 202. What it means is found out later: told twice it is 202 twice, and one submission.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leadflow_domain::SourceId;
use leadflow_gateways::external::{self, Mismatch};
use serde_json::{Value, json};

use super::PROVIDER;
use super::body::MediaType;
use super::doors::{Door, Opens, Untold};
use crate::client_address::ClientAddress;
use crate::limits::{LimitKey, LimitKind, Limited};
use crate::webhooks::whole::Whole;
use crate::webhooks::{Bringer, Refused, WebhookEdge};

/// Where the token may stand, beside `Authorization: Bearer`.
const TOKEN: &str = "x-leadflow-token";

/// The longest that is looked at as a token.
const MOST_OF_A_TOKEN: usize = 200;

/// Takes a delivery.
pub(super) async fn receive(
    State(edge): State<Arc<WebhookEdge>>,
    Path(source): Path<String>,
    request: Request,
) -> Response {
    let (source, body, _held) = match taken(&edge, &source, request).await {
        Ok(taken) => taken,
        Err(NotTaken::Refused(refused)) => {
            edge.refusals.count(refused);
            let (status, message) = refused.answer();
            return refused.answered((status, told(refused.name(), message.trim_end())));
        }
        Err(NotTaken::TooOften(limited)) => {
            edge.refusals.count(Refused::TooOften);
            let (status, message) = Refused::TooOften.answer();
            let seconds = HeaderValue::from(limited.seconds());
            let answer = told(Refused::TooOften.name(), message.trim_end());
            return (status, [(header::RETRY_AFTER, seconds)], answer).into_response();
        }
        Err(NotTaken::Unasked(error)) => {
            tracing::error!(error = %error, "webhook.receive: what the door of a source goes by can't be asked for");
            return later();
        }
    };
    match edge.intake.store(PROVIDER, Bringer::Source(source), body.into()).await {
        Ok(id) => {
            tracing::debug!(delivery = id, "webhook.receive: stored");
            (StatusCode::ACCEPTED, Json(json!({ "status": "ACCEPTED" }))).into_response()
        }
        Err(_) => later(),
    }
}

fn later() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, told("notStored", "it could not be stored; send it again")).into_response()
}

/// What a program is told: a word to switch on, and a sentence for people.
fn told(name: &str, message: &str) -> Json<Value> {
    let mut code = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            code.push('_');
        }
        code.push(letter.to_ascii_uppercase());
    }
    Json(json!({ "code": code, "message": message }))
}

/// Why a delivery is not taken.
enum NotTaken {
    /// It is not for us to take.
    Refused(Refused),
    /// It came too often.
    TooOften(Limited),
    /// Nobody can tell now.
    Unasked(Untold),
}

impl From<Refused> for NotTaken {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// Where it is posted, and what is stored of it; its memory is counted until that is done. Of what does not show the token nothing is told
/// but that, also where there is no such source.
async fn taken(edge: &WebhookEdge, source: &str, request: Request) -> Result<(SourceId, Vec<u8>, Whole), NotTaken> {
    let token = token(request.headers()).ok_or(Refused::Token)?;
    let source: SourceId = source.parse().map_err(|_| Refused::Token)?;
    let door = match edge.doors.shown(source, token).await.map_err(NotTaken::Unasked)? {
        Opens::Door(door) => door,
        Opens::Closed => return Err(Refused::UnknownSource.into()),
        Opens::Nothing => return Err(Refused::Token.into()),
    };
    match admitted(edge, source, &door, request).await {
        Ok((body, whole)) => Ok((source, body, whole)),
        Err(refused) => {
            match &refused {
                // That is ours.
                NotTaken::Refused(Refused::NoRoom) => {}
                NotTaken::Refused(refused) => edge.doors.note(source, refused.name()).await,
                NotTaken::TooOften(_) => edge.doors.note(source, Refused::TooOften.name()).await,
                NotTaken::Unasked(_) => {}
            }
            Err(refused)
        }
    }
}

/// What is stored of what has shown the token. Cheap reasons to refuse it come first.
async fn admitted(
    edge: &WebhookEdge,
    source: SourceId,
    door: &Door,
    request: Request,
) -> Result<(Vec<u8>, Whole), NotTaken> {
    if !door.networks().admit(ClientAddress::of(request.extensions()).ip()) {
        return Err(Refused::Network.into());
    }
    let limited = edge.limits.check(LimitKind::ExternalSource, LimitKey::Id(source.as_uuid())).await;
    limited.map_err(NotTaken::TooOften)?;
    let (head, body) = request.into_parts();
    let mut encodings = head.headers.get_all(header::CONTENT_ENCODING).iter();
    if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Refused::Encoded.into());
    }
    let media_type = MediaType::of(&head.headers).ok_or(Refused::MediaType)?;
    let whole = edge.forms.whole(body).await?;
    if let Some(secret) = door.secret() {
        let said = |name| only(&head.headers, name).and_then(|value| str::from_utf8(value).ok());
        let (Some(at), Some(signature)) = (said(external::TIMESTAMP), said(external::SIGNATURE)) else {
            return Err(Refused::Signature.into());
        };
        external::verify(secret, at, signature, door.now(), &whole.bytes).map_err(|mismatch| match mismatch {
            Mismatch::Malformed | Mismatch::Wrong => Refused::Signature,
            Mismatch::Stale => Refused::Stale,
        })?;
    }
    let fields = media_type.read(&whole.bytes).ok_or(Refused::Unreadable)?;
    let stored = match media_type {
        MediaType::Json => whole.bytes.to_vec(),
        MediaType::Form => Value::Object(fields).to_string().into_bytes(),
    };
    Ok((stored, whole))
}

/// The token that a request shows, in one place.
fn token(headers: &HeaderMap) -> Option<&[u8]> {
    let bearer = only(headers, header::AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, token) = value.split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then_some(token.trim_ascii())
    });
    bearer.or_else(|| only(headers, TOKEN)).filter(|token| (1..=MOST_OF_A_TOKEN).contains(&token.len()))
}

/// The value of a header that comes once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then_some(value.as_bytes())
}
