//! `GET /{version}/{id}`: what is told of a number, of a medium, of a page, or of what somebody filled in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::call::{Call, Head};
use super::leads;
use super::media;
use super::played::Played;
use super::refusal::Refusal;

pub(super) async fn node(State(played): State<Arc<Played>>, head: Head) -> Response {
    let fields = head.query.get("fields").cloned().unwrap_or_default();
    let kind = {
        let state = played.state();
        match &head.node {
            id if state.numbers.contains_key(id) => "number",
            id if state.pages.get(id).is_some() => "page",
            id if state.pages.lead(id).is_some() => "lead",
            _ => "node",
        }
    };
    let call = match head.begin(kind, None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let done = match (kind, media::medium(&call)) {
        ("page", _) => leads::page(&call, &fields),
        ("lead", _) => leads::lead(&call, &fields),
        (_, Some(medium)) => medium,
        (_, None) => number(&call, &fields),
    };
    call.end(done).await
}

fn number(call: &Call, fields: &str) -> Result<Value, Refusal> {
    call.reaches_number(&call.node)?;
    let number = call.played.state().number(&call.node)?.clone();
    let mut told = Map::from_iter([("id".to_owned(), json!(call.node))]);
    for field in fields.split(',').filter(|field| !field.is_empty()) {
        let value = match field {
            "id" => continue,
            "display_phone_number" => number.business.display_phone.as_str(),
            "verified_name" => number.verified_name.as_str(),
            "quality_rating" => "GREEN",
            _ => {
                let details =
                    format!("Tried accessing nonexisting field ({field}) on node type (WhatsAppBusinessPhoneNumber)");
                return Err(Refusal::new(100, details));
            }
        };
        told.insert(field.to_owned(), json!(value));
    }
    Ok(Value::Object(told))
}
