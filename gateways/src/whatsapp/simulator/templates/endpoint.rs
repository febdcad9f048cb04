//! `/{version}/{waba_id}/message_templates`.

use axum::body::Bytes;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::call::{Call, Head};
use super::super::refusal::Refusal;
use super::create;

/// Most templates that an account has.
const MOST_TEMPLATES: usize = 250;
/// Most of them that are told at once.
const LONGEST_PAGE: usize = 1_000;

pub(in super::super) async fn listed(head: Head) -> Response {
    let (query, path) = (head.query.clone(), head.address());
    let call = match head.begin("templates", None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let said = |key: &str| query.get(key).map(String::as_str);
    let done = page(&call, said, &path);
    call.end(done).await
}

fn page<'q>(call: &Call, said: impl Fn(&str) -> Option<&'q str>, address: &str) -> Result<Value, Refusal> {
    call.reaches_account(&call.node)?;
    let limit = said("limit").unwrap_or("25").parse().ok().filter(|limit| (1..=LONGEST_PAGE).contains(limit));
    let limit = limit.ok_or_else(|| Refusal::new(100, "Param limit must be a number from 1 to 1000."))?;
    let asked_for = said("fields").unwrap_or("name,language,status,category,components,parameter_format");
    let fields: Vec<&str> = asked_for.split(',').filter(|field| !field.is_empty()).collect();
    let state = call.played.state();
    let filtered = state.templates.of(&call.node).iter().filter(|template| {
        ["name", "language", "status", "category"]
            .into_iter()
            .all(|key| said(key).is_none_or(|wanted| template.field(key) == Some(json!(wanted))))
    });
    let all: Vec<_> = filtered.collect();
    let begin = match said("after") {
        Some(after) => place_of(after).ok_or_else(|| Refusal::new(100, "Param after is no cursor."))?,
        None => 0,
    };
    let rest = all.get(begin..).unwrap_or_default();
    let mut data = Vec::new();
    for template in rest.iter().take(limit) {
        // The id is always told.
        let mut told = Map::from_iter([("id".to_owned(), json!(template.id))]);
        for field in &fields {
            let value = template.field(field).ok_or_else(|| {
                Refusal::new(
                    100,
                    format!("Tried accessing nonexisting field ({field}) on node type (WhatsAppMessageTemplate)"),
                )
            })?;
            told.insert((*field).to_owned(), value);
        }
        data.push(Value::Object(told));
    }
    let end = begin + data.len();
    let mut paging = json!({});
    if !data.is_empty() {
        paging["cursors"] = json!({ "before": cursor(begin), "after": cursor(end) });
    }
    if end < all.len() {
        let next =
            format!("{}{address}?fields={}&limit={limit}&after={}", call.played.url, fields.join("%2C"), cursor(end));
        paging["next"] = json!(next);
    }
    Ok(json!({ "data": data, "paging": paging }))
}

/// Opaque, as there.
fn cursor(place: usize) -> String {
    STANDARD.encode(format!("at:{place}")).replace('=', "")
}

fn place_of(cursor: &str) -> Option<usize> {
    let padded = format!("{cursor}{}", "=".repeat((4 - cursor.len() % 4) % 4));
    let bytes = STANDARD.decode(padded).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("at:")?.parse().ok()
}

pub(in super::super) async fn created(head: Head, body: Bytes) -> Response {
    let call = match head.begin("template_create", None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let done = create(&call, &body);
    call.end(done).await
}

fn create(call: &Call, body: &[u8]) -> Result<Value, Refusal> {
    call.reaches_account(&call.node)?;
    let said: Value = serde_json::from_slice(body).map_err(|_| Refusal::new(100, "The body is no JSON."))?;
    let mut template = create::check(&said)?;
    let told = call.played.change(|state| {
        if state.templates.named(&call.node, &template.name, &template.language).is_some() {
            let refusal = Refusal::new(100, "Content in this language already exists.");
            return Err(Refusal { subcode: Some(2_388_024), ..refusal });
        }
        let templates = state.templates.of_mut(&call.node);
        if templates.len() >= MOST_TEMPLATES {
            let refusal = Refusal::new(100, "The limit of message templates has been reached.");
            return Err(Refusal { subcode: Some(2_388_019), ..refusal });
        }
        template.id = state.ids.id();
        let told = json!({ "id": template.id, "status": template.status, "category": template.category });
        templates.push(template);
        Ok(told)
    })?;
    call.played.is_reviewed(told["id"].as_str().unwrap_or_default());
    Ok(told)
}

pub(in super::super) async fn deleted(head: Head) -> Response {
    let query = head.query.clone();
    let call = match head.begin("template_delete", None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let done = delete(&call, query.get("name").map(String::as_str), query.get("hsm_id").map(String::as_str));
    call.end(done).await
}

/// By name it goes in all languages, by id in one.
fn delete(call: &Call, name: Option<&str>, id: Option<&str>) -> Result<Value, Refusal> {
    call.reaches_account(&call.node)?;
    let name = name.ok_or_else(|| Refusal::new(100, "The parameter name is required."))?;
    call.played.change(|state| {
        let templates = state.templates.of_mut(&call.node);
        let before = templates.len();
        templates.retain(|template| template.name != name || id.is_some_and(|id| template.id != id));
        if templates.len() == before {
            let refusal = Refusal::new(100, "Message template was not found.");
            return Err(Refusal { subcode: Some(2_593_002), ..refusal });
        }
        Ok(json!({ "success": true }))
    })
}
