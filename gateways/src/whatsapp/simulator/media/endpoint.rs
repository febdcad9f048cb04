//! `POST /{version}/{phone_number_id}/media`, what `GET /{version}/{media_id}` tells, and the bytes.

use axum::body::Bytes;
use axum::extract::Multipart;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::call::{Call, Head};
use super::super::refusal::Refusal;
use super::{ADDRESS_LASTS, Day, kind_of};

/// Most bytes of an upload: the largest document, and what is said around it.
pub(in super::super) const LARGEST_UPLOAD: usize = 101 << 20;

pub(in super::super) async fn uploaded(head: Head, form: Multipart) -> Response {
    let call = match head.begin("media", None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let done = upload(&call, form).await;
    call.end(done).await
}

async fn upload(call: &Call, mut form: Multipart) -> Result<Value, Refusal> {
    let number = &call.node;
    call.reaches_number(number)?;
    let unreadable = |_| Refusal::new(131_053, "The upload can't be read.");
    let (mut product, mut named, mut file) = (None, None, None);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name().unwrap_or_default() {
            "messaging_product" => product = Some(field.text().await.map_err(unreadable)?),
            "type" => named = Some(field.text().await.map_err(unreadable)?),
            "file" => {
                let of = field.content_type().map(str::to_owned);
                file = Some((of, field.bytes().await.map_err(unreadable)?));
            }
            other => return Err(Refusal::new(100, format!("Unexpected key \"{other}\"."))),
        }
    }
    if product.as_deref() != Some("whatsapp") {
        return Err(Refusal::new(100, "The parameter messaging_product is required."));
    }
    let Some((of, bytes)) = file else { return Err(Refusal::new(100, "The parameter file is required.")) };
    let mime_type = named.or(of).ok_or_else(|| Refusal::new(100, "The parameter type is required."))?;
    let unknown = || Refusal::new(100, format!("Param file must be a file of a supported type - got {mime_type}."));
    let kind = kind_of(&mime_type).ok_or_else(unknown)?;
    let most = kind.largest(&bytes);
    if bytes.is_empty() || bytes.len() > most {
        let details = format!("The file has {} bytes; it must have 1 to {most}.", bytes.len());
        return Err(Refusal::new(131_053, details));
    }
    let day = Day::of(&call.played.clock);
    Ok(call.played.change(|state| {
        let id = state.ids.id();
        state.media.keep(&id, number, &mime_type, bytes, false, day);
        json!({ "id": id })
    }))
}

/// What is told of a medium; nothing if there is none.
pub(in super::super) fn medium(call: &Call) -> Option<Result<Value, Refusal>> {
    let id = &call.node;
    let day = Day::of(&call.played.clock);
    let medium = call.played.state().media.find(id, day).cloned()?;
    if let Err(refusal) = call.reaches_number(&medium.number) {
        return Some(Err(refusal));
    }
    let state = &mut *call.played.state();
    let ticket = state.ids.id();
    state.media.addresses.insert(ticket.clone(), (id.clone(), day.0 + ADDRESS_LASTS));
    Some(Ok(json!({
        "messaging_product": "whatsapp",
        "url": format!("{}/_media/{ticket}", call.played.url),
        "mime_type": medium.mime_type,
        "sha256": hex::encode(&medium.sha256),
        "file_size": medium.bytes.len(),
        "id": id,
    })))
}

pub(in super::super) async fn downloaded(head: Head) -> Response {
    let call = match head.begin("download", None).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let done = download(&call);
    call.end_with(done).await
}

fn download(call: &Call) -> Result<Response, Refusal> {
    let day = Day::of(&call.played.clock);
    let gone = || Refusal { status: 404, ..Refusal::unreachable(&call.node) };
    let medium = {
        let state = call.played.state();
        let address = state.media.addresses.get(&call.node).filter(|(_, until)| day.0 < *until);
        address.and_then(|(id, _)| state.media.find(id, day)).cloned().ok_or_else(gone)?
    };
    call.reaches_number(&medium.number)?;
    let bytes: Bytes = medium.bytes;
    Ok(([(CONTENT_TYPE, medium.mime_type)], bytes).into_response())
}
