//! `GET /exports/leads`: the leads that somebody sees, latest captured first, as a file.

use std::collections::{BTreeMap, HashMap};
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
use leadflow_domain::ContactId;
use leadflow_projections::inbox::{self, ContactRow};
use leadflow_projections::leads::{self, LeadField, LeadList, LeadOrder, LeadRow, PipelineRow};
use leadflow_projections::{Condition, Keyset, PageRequest};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::format::{Exported, Format};
use super::reader::reader;
use crate::auth::Doors;
use crate::graphql::{Shared, edge, leads_asked_for, source_word, stage_word, status_word};
use crate::limits::{LimitKey, LimitKind};
use crate::server::Edge;

/// Rows that are read at a time.
const PAGE: u32 = 500;

/// What a request may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    format: Format,
    /// Which of them: a `LeadFilter`, as JSON.
    filter: Option<String>,
}

/// A row of the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    lead: Uuid,
    captured_at: Timestamp,
    source: String,
    status: String,
    score: Option<i16>,
    reason: Option<String>,
    stage: Option<String>,
    stage_kind: String,
    stands_since: Timestamp,
    lost_reason: Option<String>,
    worth_minor: Option<i64>,
    currency: Option<String>,
    quality: i32,
    is_spam: bool,
    tags: Vec<String>,
    owner: Option<Uuid>,
    contact: Uuid,
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    company: Option<String>,
    /// By what they are called.
    attributes: BTreeMap<String, String>,
}

impl Exported for Line {
    const COLUMNS: &'static [&'static str] = &[
        "lead",
        "capturedAt",
        "source",
        "status",
        "score",
        "reason",
        "stage",
        "stageKind",
        "standsSince",
        "lostReason",
        "worthMinor",
        "currency",
        "quality",
        "isSpam",
        "tags",
        "owner",
        "contact",
        "name",
        "phone",
        "email",
        "company",
        "attributes",
    ];

    fn cells(&self) -> Vec<String> {
        let attributes: Vec<String> = self.attributes.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        vec![
            self.lead.to_string(),
            self.captured_at.to_string(),
            self.source.clone(),
            self.status.clone(),
            self.score.map(|score| score.to_string()).unwrap_or_default(),
            self.reason.clone().unwrap_or_default(),
            self.stage.clone().unwrap_or_default(),
            self.stage_kind.clone(),
            self.stands_since.to_string(),
            self.lost_reason.clone().unwrap_or_default(),
            self.worth_minor.map(|minor| minor.to_string()).unwrap_or_default(),
            self.currency.clone().unwrap_or_default(),
            self.quality.to_string(),
            self.is_spam.to_string(),
            self.tags.join("; "),
            self.owner.map(|owner| owner.to_string()).unwrap_or_default(),
            self.contact.to_string(),
            self.name.clone().unwrap_or_default(),
            self.phone.clone().unwrap_or_default(),
            self.email.clone().unwrap_or_default(),
            self.company.clone().unwrap_or_default(),
            attributes.join("; "),
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
    let viewer = match reader(&shown.doors, &headers, None).await {
        Ok(viewer) => viewer,
        Err(error) => return error.answer("exports.leads", &headers),
    };
    if let Err(limited) = shown.limits.check(LimitKind::Api, LimitKey::Id(viewer.id())).await {
        return edge::too_often(limited.seconds(), &headers);
    }
    let Query(Asked { format, filter }) = match asked {
        Ok(asked) => asked,
        Err(rejection) => return refuse(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", &rejection.body_text()),
    };
    let filter = match leads_asked_for(filter.as_deref()) {
        Ok(filter) => filter,
        Err(message) => return refuse(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", &message),
    };
    let reading = Reading {
        shared: shown.api.shared(),
        doors: shown.doors.clone(),
        shown: headers.clone(),
        filter,
        format,
        after: None,
        is_begun: false,
        is_over: false,
    };
    let mut response = Response::new(Body::from_stream(stream::try_unfold(reading, Reading::next)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, format.content_type());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"leads.{}\"", format.extension())) {
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
    filter: Condition<LeadField>,
    format: Format,
    /// The row that ended the page before.
    after: Option<Keyset>,
    is_begun: bool,
    is_over: bool,
}

impl Reading {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        if self.is_over {
            return Ok(None);
        }
        let written = self.page().await.map_err(|error| {
            tracing::error!(error = %error, "exports.leads: ended before its end");
            io::Error::other("the export ended before its end")
        })?;
        Ok(Some((written.into(), self)))
    }

    async fn page(&mut self) -> anyhow::Result<Vec<u8>> {
        let viewer = reader(&self.doors, &self.shown, None).await?;
        let (reads, context) = (&self.shared.reads, viewer.context());
        let list = LeadList { filter: &self.filter, order: LeadOrder::LatestCaptured };
        let page = PageRequest { after: self.after, ..PageRequest::first(PAGE) };
        let mut rows = leads::leads(reads, context, list, page).await?;
        let most = usize::try_from(PAGE)?;
        // One more than asked for tells that there is more.
        self.is_over = rows.len() <= most;
        rows.truncate(most);
        self.after = rows.last().map(|row| LeadOrder::LatestCaptured.keyset(row));
        let contacts: Vec<ContactId> = rows.iter().map(|row| row.contact).collect();
        let contacts = inbox::contacts_by_id(reads, context, &contacts).await?;
        let contacts: HashMap<Uuid, ContactRow> = contacts.into_iter().map(|row| (row.id, row)).collect();
        let pipeline = leads::pipeline(reads, context).await?;
        let lines: Vec<Line> = rows
            .into_iter()
            .map(|row| {
                let contact = contacts.get(&row.contact.as_uuid());
                line(row, contact, &pipeline)
            })
            .collect();
        let mut written = if self.is_begun { Vec::new() } else { self.format.head::<Line>()? };
        self.is_begun = true;
        written.extend(self.format.rows(&lines)?);
        Ok(written)
    }
}

fn line(row: LeadRow, contact: Option<&ContactRow>, pipeline: &PipelineRow) -> Line {
    let quality = row.quality().points;
    let stage = pipeline.stages.iter().find(|known| known.id == row.stage);
    let lost_reason = row.lost_reason.and_then(|id| pipeline.lost_reasons.iter().find(|known| known.id == id));
    let attributes = pipeline.attributes.iter().filter_map(|known| {
        let value = row.attributes.get(&known.id)?;
        Some((known.name.clone(), value.clone()))
    });
    let attributes = attributes.collect();
    let (worth_minor, currency) = row.worth.unzip();
    Line {
        lead: row.id,
        captured_at: row.captured_at,
        source: source_word(row.source),
        status: status_word(row.status),
        score: row.score,
        reason: row.reason,
        stage: stage.map(|stage| stage.name.clone()),
        stage_kind: stage_word(row.facts.stage),
        stands_since: row.stands_since,
        lost_reason: lost_reason.map(|reason| reason.name.clone()),
        worth_minor,
        currency,
        quality,
        is_spam: row.facts.is_spam,
        tags: row.tags,
        owner: row.owner.map(leadflow_domain::MemberId::as_uuid),
        contact: row.contact.as_uuid(),
        name: contact.and_then(|contact| contact.listed_name.clone().or_else(|| contact.display_name.clone())),
        phone: contact.and_then(|contact| contact.phone.clone()),
        email: contact.and_then(|contact| contact.email.clone()),
        company: row.company,
        attributes,
    }
}
