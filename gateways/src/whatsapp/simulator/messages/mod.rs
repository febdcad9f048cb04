//! `POST /{version}/{phone_number_id}/messages`.

mod content;
mod envelope;
mod interactive;
mod template;

use axum::body::Bytes;
use axum::response::Response;
use serde_json::{Value, json};

use super::call::{Call, Head};
use super::fault::Mishap;
use super::media;
use super::phones;
use super::played::{Played, State};
use super::refusal::Refusal;
use super::seen::{Accepted, MarkedRead};
use super::statuses::Status;
pub(super) use content::Uploaded;
use envelope::{Checked, Message, Recipient};

/// For how long after a customer wrote she may be written to freely, in microseconds.
const WINDOW: i64 = 24 * 60 * 60 * 1_000_000;

pub(super) async fn messages(head: Head, body: Bytes) -> Response {
    let said: Option<Value> = serde_json::from_slice(&body).ok();
    let word = |key: &str| said.as_ref().and_then(|said| said[key].as_str());
    let to = word("to").map(|to| phones::digits(to).unwrap_or_else(|| to.to_owned()));
    let to = to.or_else(|| word("recipient").map(str::to_owned));
    let kind = word("status").or_else(|| word("type")).unwrap_or("text").to_owned();
    let call = match head.begin(&kind, to.as_deref()).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let done = match said {
        Some(said) => taken(&call, &said).await,
        None => Err(Refusal::new(100, "The body is no JSON.")),
    };
    call.end(done).await
}

async fn taken(call: &Call, said: &Value) -> Result<Value, Refusal> {
    let number = &call.node;
    call.reaches_number(number)?;
    match envelope::check(said)? {
        Checked::Read { message_id, typing } => {
            let read = MarkedRead { number: number.clone(), message_id: message_id.to_owned(), typing };
            call.played.change(|state| state.seen.reads.push(read));
            Ok(json!({ "success": true }))
        }
        Checked::Message(message) => {
            let played = &call.played;
            let accepted = played.change(|state| accept(played, state, number, &message, said))?;
            let wamid = accepted.wamid.clone();
            let mut contact = json!({ "input": message.input });
            if let Some(wa_id) = &accepted.wa_id {
                contact["wa_id"] = json!(wa_id);
            }
            if let Recipient::User(id) = &message.to {
                contact["user_id"] = json!(id);
            }
            let mut told = json!({ "id": wamid });
            if message.template.is_some() {
                told["message_status"] = json!("accepted");
            }
            if let Some(Mishap::MessageStatus { says }) = &call.mishap {
                told["message_status"] = json!(says);
            }
            if call.mishap == Some(Mishap::SentFirst) {
                // It was accepted just now.
                let _ = call.played.tell(&[(&wamid, Status::Sent)]).await;
            }
            call.played.lives(&wamid, call.mishap.as_ref());
            Ok(json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [told] }))
        }
    }
}

/// Refuses a message for whom it is for, when, and how many there were; or accepts it.
fn accept(
    played: &Played,
    state: &mut State,
    number: &str,
    message: &Message<'_>,
    said: &Value,
) -> Result<Accepted, Refusal> {
    // Looked at while nobody else is let in: who is counted later came later.
    let (now, arrived) = (played.clock.micros(), played.clock.elapsed());
    let settings = &played.settings;
    let business = state.number(number)?.business.clone();
    state.seen.arrivals.entry(number.to_owned()).or_default().push(arrived);
    let wa_id = match &message.to {
        Recipient::Phone(digits) => Some(played.known_by(digits)),
        Recipient::User(id) => {
            let known = state.customers.keys();
            known.into_iter().find(|wa_id| phones::user_id(&business.waba_id, wa_id) == *id).cloned()
        }
    };
    let to = match &message.to {
        Recipient::Phone(digits) => digits.clone(),
        Recipient::User(id) => id.clone(),
    };
    let whom = wa_id.clone().unwrap_or_else(|| to.clone());
    if phones::digits(&business.display_phone).is_some_and(|own| played.known_by(&own) == whom) {
        return Err(Refusal::new(131_021, "Recipient phone number and sender phone number are the same."));
    }
    if state.nowhere.contains(&whom) {
        return Err(Refusal::new(131_026, "The recipient is not on WhatsApp, or can't receive the message."));
    }
    let day = media::Day::of(&played.clock);
    message.media.as_ref().map_or(Ok(()), |medium| state.media.may_send(number, medium, day))?;
    let wrote = state.wrote.get(&(number.to_owned(), whom.clone()));
    let is_open = settings.windows_open_for_all || wrote.is_some_and(|wrote| now - wrote < WINDOW);
    let category = match &message.template {
        Some(sent) => {
            let sent = template::check(&state.templates, &business.waba_id, sent)?;
            sent.media.iter().try_for_each(|medium| state.media.may_send(number, medium, day))?;
            if sent.category == "authentication" && matches!(message.to, Recipient::User(_)) {
                return Err(Refusal::new(131_062, "Authentication templates need a phone number."));
            }
            sent.category
        }
        None if is_open => "service".to_owned(),
        None => {
            let why = "More than 24 hours have passed since the customer last replied to this number.";
            return Err(Refusal::new(131_047, why));
        }
    };
    // Within the window, only what nobody asked for costs something.
    let billable = !(category == "service" || (category == "utility" && is_open));
    if settings.enforces_pace && !state.pace.number_may(number, now, settings.messages_per_second) {
        return Err(Refusal::new(130_429, "Cloud API message throughput has been reached."));
    }
    if !state.pace.take_of_pair(number, &whom, now) {
        state.seen.too_fast_for_pair.push((number.to_owned(), whom.clone()));
        if settings.enforces_pace {
            return Err(Refusal::new(131_056, "Too many messages sent from this number to the same recipient."));
        }
    }
    state.pace.count(number, now);
    let wamid = state.ids.wamid(wa_id.as_deref().unwrap_or("0"), false);
    let accepted = Accepted {
        number: number.to_owned(),
        to,
        wa_id,
        callback_data: message.callback_data.map(str::to_owned),
        wamid,
        kind: message.kind.to_owned(),
        category,
        billable,
        at: arrived / 1_000,
        body: said.clone(),
        told: Vec::new(),
    };
    state.seen.accept(accepted.clone());
    Ok(accepted)
}
