//! `POST /imports/leads`: a file comes as the body of a request, and what is said of it in the URL. `GET /imports/leads/{id}`: how far
//! it has come; `GET /imports/leads/{id}/errors`: the rows that could not be read, as CSV.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{StreamExt, stream};
use leadflow_domain::role::Permission;
use leadflow_domain::{Country, ShortText, TenantId};
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use super::columns::parse_said;
use super::desk::{Desk, NoPlace};
use super::files::Files;
use super::imports::Import;
use super::records::Delimiter;
use super::row::RowError;
use super::take_in::{Brought, MOST_BYTES, NotTaken, take_in};
use crate::auth::{Caller, Doors, Unauthenticated, Viewer, authenticate};
use crate::exports::tame;
use crate::graphql::edge;
use crate::limits::{LimitKey, LimitKind};
use crate::server::Edge;

/// How long it may take to say who asks.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many bytes of a file that is refused are still read, and thrown away, and for how long: who hangs up on a sender takes the
/// answer from under its eyes.
const READ_IN_VAIN: usize = 160 << 20;
const IN_VAIN_FOR: Duration = Duration::from_secs(10);

/// Their routes.
pub(crate) fn routes() -> Router<Arc<Edge>> {
    Router::new()
        .route("/imports/leads", post(import))
        .route("/imports/leads/{id}", get(show))
        .route("/imports/leads/{id}/errors", get(errors))
}

/// An answer that says why not.
pub(crate) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refused {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(crate) fn answer(&self, headers: &HeaderMap) -> Response {
        edge::refusal(self.status, self.code, &self.message, headers)
    }

    pub(crate) fn unavailable() -> Self {
        let message = "The database can't be asked now; ask again.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", message)
    }

    fn unfound() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is no such import.")
    }
}

impl From<NotTaken> for Refused {
    fn from(error: NotTaken) -> Self {
        let message = format!("{error}.");
        match &error {
            NotTaken::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", message),
            NotTaken::NoText(_) => Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NO_TEXT", message),
            NotTaken::Unmapped(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "COLUMNS", message),
            NotTaken::TooMany => Self::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_IMPORTS", message),
            NotTaken::EndedEarly => Self::new(StatusCode::BAD_REQUEST, "ENDED_EARLY", message),
            NotTaken::TooSlow => Self::new(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", message),
            NotTaken::Database(cause) => {
                tracing::error!(error = %cause, "lead_imports.take_in: a file can't be stored");
                Self::unavailable()
            }
        }
    }
}

impl From<NoPlace> for Refused {
    fn from(error: NoPlace) -> Self {
        let message = format!("{error}.");
        match error {
            NoPlace::OfTheBusiness => Self::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_IMPORTS", message),
            NoPlace::AtAll => Self::new(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", message),
        }
    }
}

/// Who asks, if she may.
pub(crate) async fn who(doors: &Doors, headers: &HeaderMap) -> Result<Viewer, Refused> {
    let nobody = || Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "A valid bearer token is needed.");
    let caller = timeout(PATIENCE, authenticate(doors, headers)).await.map_err(|_| Refused::unavailable())?;
    match caller {
        Ok(Some(Caller::Viewer(viewer))) if viewer.permissions().contains(Permission::ManageChannels) => Ok(viewer),
        Ok(Some(Caller::Viewer(_) | Caller::Operator(_))) => {
            let message = "This needs the permission MANAGE_CHANNELS.";
            Err(Refused::new(StatusCode::FORBIDDEN, "FORBIDDEN", message))
        }
        Ok(None) | Err(Unauthenticated::NoValidToken) => Err(nobody()),
        Err(error @ (Unauthenticated::Unavailable(_) | Unauthenticated::NoKeys(_))) => {
            tracing::error!(error = %error, "lead_imports: the token can't be checked");
            Err(Refused::unavailable())
        }
    }
}

/// What is said of a file in the URL.
fn said(query: &str, viewer: &Viewer) -> Result<Brought, String> {
    let mut brought = Brought {
        tenant: viewer.tenant(),
        actor: viewer.actor(),
        name: None,
        is_dry_run: false,
        columns: vec![],
        delimiter: None,
        encoding: None,
        country: None,
    };
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let of_it = |error: &dyn std::fmt::Display| format!("`{key}` {error}");
        match key.as_ref() {
            "name" => {
                let name = ShortText::<1, 200>::parse(&value).map_err(|error| of_it(&error))?;
                brought.name = Some(name.into());
            }
            "dryRun" => brought.is_dry_run = value.parse().map_err(|_| of_it(&"must be true or false"))?,
            "map" => brought.columns.push(parse_said(&value).map_err(|error| of_it(&error))?),
            "delimiter" => {
                let delimiter = Delimiter::parse(&value).ok_or_else(|| of_it(&"must be comma, semicolon or tab"))?;
                brought.delimiter = Some(delimiter);
            }
            "encoding" => brought.encoding = Some(value.parse().map_err(|error| of_it(&error))?),
            "country" => brought.country = Some(Country::parse(&value).map_err(|error| of_it(&error))?),
            _ => return Err(of_it(&"is unknown; there are name, dryRun, map, delimiter, encoding and country")),
        }
    }
    Ok(brought)
}

async fn import(State(shown): State<Arc<Edge>>, headers: HeaderMap, RawQuery(query): RawQuery, body: Body) -> Response {
    let viewer = match who(&shown.doors, &headers).await {
        Ok(viewer) => viewer,
        Err(refused) => return refused.answer(&headers),
    };
    if let Err(limited) = shown.limits.check(LimitKind::Api, LimitKey::Id(viewer.id())).await {
        return edge::too_often(limited.seconds(), &headers);
    }
    let brought = match said(&query.unwrap_or_default(), &viewer) {
        Ok(brought) => brought,
        Err(message) => {
            return Refused::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message).answer(&headers);
        }
    };
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let message = "The file must come as it is, without a content encoding.";
        return Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NO_TEXT", message).answer(&headers);
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let is_too_large = length.is_some_and(|length| length > MOST_BYTES);
    let desk = Arc::clone(&shown.lead_imports);
    // A task of its own: when whoever brings it goes away, what is stored of it is taken away.
    let taking = tokio::spawn(async move { take(&desk, &brought, body, is_too_large).await });
    match taking.await {
        Ok(Ok((status, answer))) => (status, Json(answer)).into_response(),
        Ok(Err(refused)) => refused.answer(&headers),
        Err(_) => Refused::unavailable().answer(&headers),
    }
}

async fn take(desk: &Desk, brought: &Brought, body: Body, is_too_large: bool) -> Result<(StatusCode, Value), Refused> {
    let mut pieces = body.into_data_stream();
    let taken = if is_too_large {
        Err(NotTaken::TooLarge.into())
    } else {
        match desk.place(brought.tenant) {
            Ok(_place) => take_in(&desk.files, brought, &mut pieces, |_| {}).await.map_err(Refused::from),
            Err(no_place) => Err(no_place.into()),
        }
    };
    let taken = match taken {
        Ok(taken) => taken,
        Err(refused) => {
            read_in_vain(&mut pieces).await;
            return Err(refused);
        }
    };
    let import = found(&desk.files, brought.tenant, taken.import).await?;
    let status = if taken.is_known { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, json!({ "import": told(&import), "isKnown": taken.is_known })))
}

/// Reads what is left of a body that is refused, within bounds.
pub(crate) async fn read_in_vain(pieces: &mut BodyDataStream) {
    let in_vain = async {
        let mut read = 0;
        while let Some(Ok(piece)) = pieces.next().await
            && read < READ_IN_VAIN
        {
            read += piece.len();
        }
    };
    // What was not read by then is not read.
    let _ = timeout(IN_VAIN_FOR, in_vain).await;
}

async fn found(files: &Files, tenant: TenantId, id: Uuid) -> Result<Import, Refused> {
    let found = files.import(tenant, id).await.map_err(|error| Refused::from(NotTaken::Database(error)))?;
    found.ok_or_else(Refused::unfound)
}

/// Who asks for which import.
async fn asked(shown: &Edge, headers: &HeaderMap, id: &str) -> Result<(Viewer, Import), Response> {
    let viewer = who(&shown.doors, headers).await.map_err(|refused| refused.answer(headers))?;
    if let Err(limited) = shown.limits.check(LimitKind::Api, LimitKey::Id(viewer.id())).await {
        return Err(edge::too_often(limited.seconds(), headers));
    }
    let found = match id.parse() {
        Ok(id) => found(&shown.lead_imports.files, viewer.tenant(), id).await,
        Err(_) => Err(Refused::unfound()),
    };
    found.map(|import| (viewer, import)).map_err(|refused| refused.answer(headers))
}

async fn show(State(shown): State<Arc<Edge>>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    match asked(&shown, &headers, &id).await {
        Ok((_, import)) => ([(CACHE_CONTROL, "no-store")], Json(json!({ "import": told(&import) }))).into_response(),
        Err(refused) => refused,
    }
}

async fn errors(State(shown): State<Arc<Edge>>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let import = match asked(&shown, &headers, &id).await {
        Ok((_, import)) => import,
        Err(refused) => return refused,
    };
    let files = Arc::clone(&shown.lead_imports.files);
    let next = move |after: Option<i64>| {
        let files = Arc::clone(&files);
        async move { page(&files, import.id, after).await }
    };
    let mut response = Response::new(Body::from_stream(stream::try_unfold(None, next)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let disposition = "attachment; filename=\"import-errors.csv\"";
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    response
}

/// The next errors of an import, behind the row `after`, or the names of the columns first. What goes wrong on the way ends the
/// connection, so that half a file is not taken for a whole one.
async fn page(files: &Files, import: Uuid, after: Option<i64>) -> io::Result<Option<(Bytes, Option<i64>)>> {
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(error = %error, "lead_imports.errors: ended before its end");
        io::Error::other("the list ended before its end")
    };
    let Some(after) = after else {
        return Ok(Some((errors_as_csv(&[], true).map_err(|error| failed(&error))?.into(), Some(0))));
    };
    let found = files.errors(import, after).await.map_err(|error| failed(&error))?;
    let Some((row, errors)) = found else { return Ok(None) };
    Ok(Some((errors_as_csv(&errors, false).map_err(|error| failed(&error))?.into(), Some(row))))
}

/// Rows that could not be read, as CSV that a spreadsheet takes for text; with the names of its columns, or without.
pub(crate) fn errors_as_csv(errors: &[RowError], is_named: bool) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    if is_named {
        out.write_record(["row", "column", "reason"])?;
    }
    for RowError { row, column, reason } in errors {
        let column = column.as_deref().unwrap_or_default();
        out.write_record([&row.to_string(), tame(column).as_ref(), tame(reason).as_ref()])?;
    }
    out.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// An import, as JSON.
pub(crate) fn told(import: &Import) -> Value {
    let about = import.about.as_ref();
    let columns = about.map(|about| {
        let columns = about.layout.columns.iter();
        columns.map(|column| json!({ "column": column.name, "field": column.field.as_str() })).collect::<Vec<_>>()
    });
    json!({
        "id": import.id,
        "state": import.state.as_str(),
        "dryRun": import.is_dry_run,
        "fileName": about.and_then(|about| about.name.as_ref()),
        "fileBytes": import.file_bytes,
        "encoding": about.map(|about| about.encoding.as_str()),
        "delimiter": about.map(|about| about.layout.delimiter.as_str()),
        "country": about.and_then(|about| about.country.as_ref()),
        "notice": notice(import),
        "columns": columns,
        "progress": import.progress(),
        "rowsRead": import.counts.read,
        "rowsNew": import.counts.new,
        "rowsKnown": import.counts.known,
        "rowsInvalid": import.counts.invalid,
        "createdAt": import.created_at,
        "startedAt": import.started_at,
        "cancelledAt": import.cancelled_at,
        "endedAt": import.ended_at,
        "failure": import.failure,
    })
}

/// What whoever looks what would become of a file is to know before she brings it; none where there is nothing.
pub(crate) fn notice(import: &Import) -> Option<String> {
    let country = import.about.as_ref()?.country.as_ref()?;
    import.is_dry_run.then(|| of_country(country))
}

fn of_country(country: &str) -> String {
    format!(
        "Numbers without their country's code are read as those of {country}. See that this is right before you bring the file: a row \
         that was taken is known by what stands in it, so bringing it again with another country does not correct it."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_text_for_spreadsheets_whatever_a_column_is_called() {
        let error = |row, column: Option<&str>| RowError {
            row,
            column: column.map(str::to_owned),
            reason: "is no number, at all".to_owned(),
        };
        let csv = errors_as_csv(&[error(2, None), error(3, Some("=HYPERLINK(\"x\")"))], true).unwrap();
        let expected = "row,column,reason\n2,,\"is no number, at all\"\n\
                        3,\"'=HYPERLINK(\"\"x\"\")\",\"is no number, at all\"\n";
        assert_eq!(String::from_utf8(csv).unwrap(), expected);
    }
}
