//! `/{version}/{page_id}`, its `leadgen_forms` and `subscribed_apps`; `/{version}/{form_id}/leads` and `test_leads`; `/{version}/{lead_id}`.

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::call::{Call, Head};
use super::super::refusal::Refusal;
use super::{Fill, Lead};

/// Most rows that are told at once.
const LONGEST_PAGE: usize = 500;

/// What a page tells of itself.
pub(in super::super) fn page(call: &Call, fields: &str) -> Result<Value, Refusal> {
    call.reaches_number(&call.node)?;
    let state = call.played.state();
    let page = state.pages.get(&call.node).ok_or_else(|| Refusal::unreachable(&call.node))?;
    let mut told = json!({ "id": call.node });
    for field in fields.split(',').filter(|field| !matches!(*field, "" | "id")) {
        match field {
            "name" => told["name"] = json!(page.name),
            _ => return Err(nonexisting(field, "Page")),
        }
    }
    Ok(told)
}

/// What a lead tells of itself, to whom reaches its page.
pub(in super::super) fn lead(call: &Call, fields: &str) -> Result<Value, Refusal> {
    let lead = {
        let state = call.played.state();
        let (page, lead) = state.pages.lead(&call.node).ok_or_else(|| Refusal::unreachable(&call.node))?;
        (page.to_owned(), lead.clone())
    };
    let (page, lead) = lead;
    call.reaches_number(&page).map_err(|_| Refusal::unreachable(&call.node))?;
    told(&lead, &fields_of(fields))
}

fn fields_of(fields: &str) -> Vec<&str> {
    let fields: Vec<&str> = fields.split(',').filter(|field| !field.is_empty()).collect();
    if fields.is_empty() { vec!["created_time", "field_data"] } else { fields }
}

fn told(lead: &Lead, fields: &[&str]) -> Result<Value, Refusal> {
    lead.told(fields).map_err(|field| nonexisting(&field, "Lead"))
}

fn nonexisting(field: &str, of: &str) -> Refusal {
    Refusal::new(100, format!("Tried accessing nonexisting field ({field}) on node type ({of})"))
}

pub(in super::super) async fn forms(head: Head) -> Response {
    let (query, path) = (head.query.clone(), head.address());
    let call = match head.begin("lead_forms", None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let list = || {
        call.reaches_number(&call.node)?;
        let state = call.played.state();
        let page = state.pages.get(&call.node).ok_or_else(|| Refusal::unreachable(&call.node))?;
        Ok(page.forms.iter().map(|form| json!({ "id": form.id, "name": form.name })).collect::<Vec<_>>())
    };
    let done = list().and_then(|rows| paged(&call, &path, &rows, |key| query.get(key).map(String::as_str)));
    call.end(done).await
}

pub(in super::super) async fn leads(head: Head) -> Response {
    let (query, path) = (head.query.clone(), head.address());
    let call = match head.begin("leads", None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let said = |key: &str| query.get(key).map(String::as_str);
    let list = || {
        let since = said("filtering").map(since).transpose()?;
        let (page, leads) = {
            let state = &mut *call.played.state();
            let (page, _, form) = state.pages.form(&call.node).ok_or_else(|| Refusal::unreachable(&call.node))?;
            (page.to_owned(), form.leads.clone())
        };
        call.reaches_number(&page).map_err(|_| Refusal::unreachable(&call.node))?;
        let fields = fields_of(said("fields").unwrap_or_default());
        let newest_first = leads.iter().rev().filter(|lead| since.is_none_or(|since| lead.created > since));
        newest_first.map(|lead| told(lead, &fields)).collect::<Result<Vec<_>, _>>()
    };
    let done = list().and_then(|rows| paged(&call, &path, &rows, said));
    call.end(done).await
}

/// After when, of the one filter there is.
fn since(filtering: &str) -> Result<i64, Refusal> {
    let odd = || Refusal::new(100, "Param filtering must be a list of one filter by time_created.");
    let filters: Value = serde_json::from_str(filtering).map_err(|_| odd())?;
    let filter = &filters[0];
    let is_known = filter["field"] == "time_created" && filter["operator"] == "GREATER_THAN";
    filter["value"].as_i64().filter(|_| is_known).ok_or_else(odd)
}

/// Some of `rows`, as asked for.
fn paged<'q>(
    call: &Call,
    address: &str,
    rows: &[Value],
    said: impl Fn(&str) -> Option<&'q str>,
) -> Result<Value, Refusal> {
    let limit = said("limit").unwrap_or("25").parse().ok().filter(|limit| (1..=LONGEST_PAGE).contains(limit));
    let limit = limit.ok_or_else(|| Refusal::new(100, "Param limit must be a number from 1 to 500."))?;
    let begin = match said("after") {
        Some(after) => place_of(after).ok_or_else(|| Refusal::new(100, "Param after is no cursor."))?,
        None => 0,
    };
    let data: Vec<&Value> = rows.iter().skip(begin).take(limit).collect();
    let end = begin + data.len();
    let mut told = json!({ "data": data });
    if !data.is_empty() {
        told["paging"] = json!({ "cursors": { "before": cursor(begin), "after": cursor(end) } });
    }
    if end < rows.len() {
        told["paging"]["next"] = json!(format!("{}{address}?limit={limit}&after={}", call.played.url, cursor(end)));
    }
    Ok(told)
}

/// Opaque, as there.
fn cursor(place: usize) -> String {
    STANDARD.encode(format!("row:{place}")).replace('=', "")
}

fn place_of(cursor: &str) -> Option<usize> {
    let padded = format!("{cursor}{}", "=".repeat((4 - cursor.len() % 4) % 4));
    let bytes = STANDARD.decode(padded).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("row:")?.parse().ok()
}

pub(in super::super) async fn subscribed(head: Head) -> Response {
    let fields = head.query.get("subscribed_fields").cloned().unwrap_or_default();
    let call = match head.begin("subscribe", None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let subscribe = || {
        call.reaches_number(&call.node)?;
        let is_known =
            |field: &str| field == "leadgen" || field.starts_with("message") || field.starts_with("messaging_");
        if !fields.split(',').all(is_known) {
            return Err(Refusal::new(100, "Param subscribed_fields must name leadgen, or what tells of messages."));
        }
        call.played.change(|state| {
            let page = state.pages.0.get_mut(&call.node).ok_or_else(|| Refusal::unreachable(&call.node))?;
            // All that was subscribed to before is subscribed to no more.
            page.is_subscribed = fields.split(',').any(|field| field == "leadgen");
            Ok(json!({ "success": true }))
        })
    };
    let done = subscribe();
    call.end(done).await
}

/// One at a time, and told of as any other.
pub(in super::super) async fn test_lead(head: Head) -> Response {
    let call = match head.begin("test_lead", None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let page = call.played.state().pages.form(&call.node).map(|(page, ..)| page.to_owned());
    let reached = page.ok_or_else(|| Refusal::unreachable(&call.node)).and_then(|page| call.reaches_number(&page));
    let done = reached.and_then(|()| {
        let dummy = |key: &str| (key.to_owned(), json!(format!("<test lead: dummy data for {key}>")));
        let answers = vec![dummy("full_name"), dummy("phone_number"), ("email".to_owned(), json!("test@meta.com"))];
        let filled = call.played.fill_in(&call.node, Fill { answers, ..Fill::default() });
        filled.map_err(|_| Refusal::unreachable(&call.node))
    });
    if let Ok(id) = &done {
        let (played, id) = (std::sync::Arc::clone(&call.played), id.clone());
        call.played.beside(async move {
            // One that is gone by now is not told of.
            let _ = played.tell_leads(&[&id]).await;
        });
    }
    call.end(done.map(|id| json!({ "id": id }))).await
}
