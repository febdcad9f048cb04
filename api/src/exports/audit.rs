//! `GET /exports/audit`: what was done in the business, newest first, as a file.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::stream;
use jiff::Timestamp;
use leadflow_domain::role::Permission;
use leadflow_projections::audit::{self, ActField, ActNumbers, ActRow};
use leadflow_projections::{Condition, TimeIs};
use serde::{Deserialize, Serialize};

use super::format::{Exported, Format};
use super::reader::reader;
use crate::auth::Doors;
use crate::graphql::Shared;
use crate::graphql::edge;
use crate::limits::{LimitKey, LimitKind};
use crate::server::Edge;

/// What whoever reads may do.
const MAY_READ: Option<Permission> = Some(Permission::SeeAudit);

/// Rows that are read at a time.
const PAGE: i64 = 1_000;

/// What a request may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    format: Format,
    /// Recorded then or later.
    from: Option<Timestamp>,
    /// Recorded then or earlier.
    until: Option<Timestamp>,
}

/// A row of the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    recorded_at: Timestamp,
    actor: String,
    #[serde(rename = "type")]
    what: String,
    thing_kind: String,
    thing: String,
    source_address: Option<String>,
    correlation_id: String,
    causation_id: Option<String>,
    command: Option<String>,
    event: String,
    position: i64,
}

impl Exported for Line {
    const COLUMNS: &'static [&'static str] = &[
        "recordedAt",
        "actor",
        "type",
        "thingKind",
        "thing",
        "sourceAddress",
        "correlationId",
        "causationId",
        "command",
        "event",
        "position",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.recorded_at.to_string(),
            self.actor.clone(),
            self.what.clone(),
            self.thing_kind.clone(),
            self.thing.clone(),
            self.source_address.clone().unwrap_or_default(),
            self.correlation_id.clone(),
            self.causation_id.clone().unwrap_or_default(),
            self.command.clone().unwrap_or_default(),
            self.event.clone(),
            self.position.to_string(),
        ]
    }
}

/// Answers with the file; what goes wrong on the way ends the connection, so that half a file is not taken for a whole one.
pub(super) async fn export(
    State(shown): State<Arc<Edge>>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let refuse = |status, code, message: &str| edge::refusal(status, code, message, &headers);
    let viewer = match reader(&shown.doors, &headers, MAY_READ).await {
        Ok(viewer) => viewer,
        Err(error) => return error.answer("exports.audit", &headers),
    };
    if let Err(limited) = shown.limits.check(LimitKind::Api, LimitKey::Id(viewer.id())).await {
        return edge::too_often(limited.seconds(), &headers);
    }
    let Query(Asked { format, from, until }) = match asked {
        Ok(asked) => asked,
        Err(rejection) => return refuse(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", &rejection.body_text()),
    };
    let times = [from.map(TimeIs::From), until.map(TimeIs::Until)];
    let filter = Condition::All(times.into_iter().flatten().map(|is| Condition::Is(ActField::At(is))).collect());
    let reading = Reading {
        shared: shown.api.shared(),
        doors: shown.doors.clone(),
        shown: headers.clone(),
        filter,
        format,
        below: Some(i64::MAX),
        is_begun: false,
    };
    let mut response = Response::new(Body::from_stream(stream::try_unfold(reading, Reading::next)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, format.content_type());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"audit.{}\"", format.extension())) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    response
}

/// A file that is being read.
struct Reading {
    shared: Arc<Shared>,
    doors: Doors,
    /// What proves who reads, for each page anew: whoever is put out meanwhile gets no more.
    shown: HeaderMap,
    filter: Condition<ActField>,
    format: Format,
    /// The next page is of these positions and of those below; `None` when there is none.
    below: Option<i64>,
    is_begun: bool,
}

impl Reading {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        let Some(below) = self.below else { return Ok(None) };
        let written = self.page(below).await.map_err(|error| {
            tracing::error!(error = %error, "exports.audit: ended before its end");
            io::Error::other("the export ended before its end")
        })?;
        Ok(Some((written.into(), self)))
    }

    async fn page(&mut self, below: i64) -> anyhow::Result<Vec<u8>> {
        let numbers = ActNumbers { within: 1..=below, from_oldest: false, limit: PAGE };
        let viewer = reader(&self.doors, &self.shown, MAY_READ).await?;
        let rows = audit::acts(&self.shared.reads, viewer.context(), &self.filter, &numbers).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
        self.below = rows.last().filter(|_| !is_last).map(|row| row.position - 1);
        let sealed: Vec<_> = rows.iter().filter_map(ActRow::asked_from).collect();
        let mut addresses = self.shared.log.sources(viewer.tenant(), &sealed).await?.into_iter();
        let lines: Vec<Line> = rows
            .iter()
            .map(|row| {
                let address = row.asked_from().and_then(|_| addresses.next().flatten());
                line(row, address.map(|address| address.to_string()))
            })
            .collect();
        let mut written = if self.is_begun { Vec::new() } else { self.format.head::<Line>()? };
        self.is_begun = true;
        written.extend(self.format.rows(&lines)?);
        Ok(written)
    }
}

fn line(row: &ActRow, source_address: Option<String>) -> Line {
    Line {
        recorded_at: row.at,
        actor: row.actor.clone(),
        what: row.what.clone(),
        thing_kind: row.thing_kind.clone(),
        thing: row.thing.to_string(),
        source_address,
        correlation_id: row.correlation.clone(),
        causation_id: row.causation.clone(),
        command: row.command.map(|command| command.to_string()),
        event: row.event.to_string(),
        position: row.position,
    }
}
