//! `POST /imports/chats`: the text of a chat comes as the body of a request, and what is said of it in the URL. It is imported when it is
//! answered; whoever does not hear the answer brings it again.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use leadflow_domain::{ChannelId, E164, ShortText, Zone};
use leadflow_gateways::whatsapp::export::NoExport;
use serde_json::{Value, json};

use super::answer::told;
use super::asked::Asked;
use super::importer::Importer;
use super::not_imported::NotImported;
use super::take_in::MOST_BYTES;
use crate::auth::Viewer;
use crate::graphql::{self, edge};
use crate::lead_imports::{Desk, Refused, read_in_vain, who};
use crate::limits::{LimitKey, LimitKind};
use crate::server::Edge;

/// Its route.
pub(crate) fn routes() -> Router<Arc<Edge>> {
    Router::new().route("/imports/chats", post(import))
}

impl From<NotImported> for Refused {
    fn from(error: NotImported) -> Self {
        let message = format!("{error}.");
        let unprocessable = |code, message| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message);
        match &error {
            NotImported::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", message),
            NotImported::NoText(_) => Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NO_TEXT", message),
            NotImported::EndedEarly => Self::new(StatusCode::BAD_REQUEST, "ENDED_EARLY", message),
            NotImported::TooSlow => Self::new(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", message),
            NotImported::TooMany => Self::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_IMPORTS", message),
            NotImported::NoExport(NoExport::AmbiguousDays(_)) => {
                unprocessable("DATE_ORDER", format!("{message} The parameter is `dateOrder`."))
            }
            NotImported::NoExport(_) => unprocessable("NO_CHAT", message),
            NotImported::Group { .. } => unprocessable("GROUP", message),
            NotImported::Names { .. } => {
                unprocessable("NAMES", format!("{message} The parameters are `business` and `customerName`."))
            }
            NotImported::NoChannel => Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message),
            NotImported::NoZone => unprocessable("TIME_ZONE", format!("{message} The parameter is `timeZone`.")),
            NotImported::Erased => Self::new(StatusCode::CONFLICT, "ERASED", message),
            NotImported::NotNow(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", message),
            NotImported::Database(cause) => {
                tracing::error!(error = %cause, "chat_imports: the database can't be asked");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", message)
            }
        }
    }
}

/// What is said of a file in the URL.
fn said(query: &str, viewer: &Viewer) -> Result<Asked, String> {
    let (mut customer, mut channel) = (None, None);
    let (mut business_name, mut customer_name, mut zone, mut order) = (None, None, None, None);
    let mut is_dry_run = false;
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let of_it = |error: &dyn std::fmt::Display| format!("`{key}` {error}");
        let name = || ShortText::<1, 200>::parse(&value).map(String::from).map_err(|error| of_it(&error));
        match key.as_ref() {
            // A plus in a URL is a blank.
            "customer" => {
                let written = value.strip_prefix(' ').map_or_else(|| value.to_string(), |rest| format!("+{rest}"));
                customer = Some(E164::parse_written(&written).map_err(|error| of_it(&error))?);
            }
            "channel" => {
                let id = graphql::id_of_channel(&value).ok_or_else(|| of_it(&"is no channel's id"))?;
                channel = Some(ChannelId::from_uuid(id));
            }
            "business" => business_name = Some(name()?),
            "customerName" => customer_name = Some(name()?),
            "timeZone" => zone = Some(Zone::parse(&value).map_err(|error| of_it(&error))?),
            "dateOrder" => order = Some(value.parse().map_err(|error| of_it(&error))?),
            "dryRun" => is_dry_run = value.parse().map_err(|_| of_it(&"must be true or false"))?,
            _ => {
                let known = "customer, channel, business, customerName, timeZone, dateOrder and dryRun";
                return Err(of_it(&format_args!("is unknown; there are {known}")));
            }
        }
    }
    Ok(Asked {
        tenant: viewer.tenant(),
        actor: viewer.actor(),
        customer: customer.ok_or("`customer` must be the phone of whom the chat was with")?,
        channel: channel.ok_or("`channel` must be the id of the number that the chat was with")?,
        business_name,
        customer_name,
        zone,
        order,
        is_dry_run,
    })
}

async fn import(State(shown): State<Arc<Edge>>, headers: HeaderMap, RawQuery(query): RawQuery, body: Body) -> Response {
    let viewer = match who(&shown.doors, &headers).await {
        Ok(viewer) => viewer,
        Err(refused) => return refused.answer(&headers),
    };
    if let Err(limited) = shown.limits.check(LimitKind::Api, LimitKey::Id(viewer.id())).await {
        return edge::too_often(limited.seconds(), &headers);
    }
    let asked = match said(&query.unwrap_or_default(), &viewer) {
        Ok(asked) => asked,
        Err(message) => return Refused::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message).answer(&headers),
    };
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let message = "The file must come as it is, without a content encoding.";
        return Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NO_TEXT", message).answer(&headers);
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let is_too_large = length.is_some_and(|length| length > MOST_BYTES);
    let (desk, importer) = (Arc::clone(&shown.lead_imports), shown.chat_imports.clone());
    // A task of its own: what was begun is brought to its end, also when whoever brought it goes away.
    let taking = tokio::spawn(async move { take(&desk, &importer, &asked, body, is_too_large).await });
    match taking.await {
        Ok(Ok(answer)) => ([(CACHE_CONTROL, "no-store")], Json(answer)).into_response(),
        Ok(Err(refused)) => refused.answer(&headers),
        Err(_) => Refused::unavailable().answer(&headers),
    }
}

async fn take(
    desk: &Desk,
    importer: &Importer,
    asked: &Asked,
    body: Body,
    is_too_large: bool,
) -> Result<Value, Refused> {
    let mut pieces = body.into_data_stream();
    let imported = if is_too_large {
        Err(NotImported::TooLarge.into())
    } else {
        match desk.place(asked.tenant) {
            Ok(_place) => Box::pin(importer.import(asked, &mut pieces, |_| {})).await.map_err(Refused::from),
            Err(no_place) => Err(no_place.into()),
        }
    };
    match imported {
        Ok(imported) => Ok(json!({ "import": told(&imported) })),
        Err(refused) => {
            read_in_vain(&mut pieces).await;
            Err(refused)
        }
    }
}
