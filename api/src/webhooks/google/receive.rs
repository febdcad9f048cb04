//! `POST /webhooks/google/SOURCE`: the source's key is in it, then it is durable, then 200. Nothing else of it is read here.
//!
//! Google tells whoever set up the form the `message` of a 4xx, and sends again after a 5xx alone.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leadflow_domain::SourceId;
use leadflow_gateways::google::lead_form::{NotPresented, presented};
use serde_json::json;

use super::PROVIDER;
use super::keys::Fits;
use crate::webhooks::whole::Whole;
use crate::webhooks::{Bringer, Refused, WebhookEdge};

/// Takes a delivery.
pub(super) async fn receive(
    State(edge): State<Arc<WebhookEdge>>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (source, without_key, _held) = match authentic(&edge, &source, &headers, body).await {
        Ok(authentic) => authentic,
        Err(NotTaken::Refused(refused)) => {
            edge.refusals.count(refused);
            let (status, message) = refused.answer();
            return refused.answered((status, Json(json!({ "message": message.trim_end() }))));
        }
        Err(NotTaken::Unasked(error)) => {
            tracing::error!(error = %error, "webhook.receive: the source's key can't be asked for");
            return later();
        }
    };
    match edge.intake.store(PROVIDER, Bringer::Source(source), without_key.into()).await {
        Ok(id) => {
            tracing::debug!(delivery = id, "webhook.receive: stored");
            Json(json!({})).into_response()
        }
        Err(_) => later(),
    }
}

fn later() -> Response {
    let message = json!({ "message": "it could not be stored; send it again" });
    (StatusCode::SERVICE_UNAVAILABLE, Json(message)).into_response()
}

/// Why a delivery is not taken.
enum NotTaken {
    /// It is not for us to take.
    Refused(Refused),
    /// Nobody can tell now.
    Unasked(sqlx::Error),
}

impl From<Refused> for NotTaken {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// The source whose key the body shows, and the body without it; its memory is counted until it is stored. What can be refused
/// without the database is.
async fn authentic(
    edge: &WebhookEdge,
    source: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<(SourceId, Vec<u8>, Whole), NotTaken> {
    let source: SourceId = source.parse().map_err(|_| Refused::UnknownSource)?;
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Refused::Encoded.into());
    }
    let whole = edge.forms.whole(body).await?;
    let presented = presented(&whole.bytes).map_err(|why| match why {
        NotPresented::NotAnObject => Refused::NotAForm,
        NotPresented::NoKey => Refused::Key,
    })?;
    match edge.sources.fits(source, &presented).await.map_err(NotTaken::Unasked)? {
        Fits::Yes => Ok((source, presented.rest, whole)),
        Fits::No => Err(Refused::Key.into()),
        Fits::NoSource => Err(Refused::UnknownSource.into()),
    }
}
