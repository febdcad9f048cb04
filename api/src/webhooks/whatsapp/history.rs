//! Chats from before a number was connected here, as Meta tells them afterwards: chunk by chunk, each of many threads, and
//! later the files that had no room in them, one by one.
//!
//! A thread has two sides, and its id is the customer's number. What was written there is imported, not received; what was
//! done to messages there is told in the same words as when it happens.

use leadflow_domain::outbound_message::{DeliveryStatus, ReportedStatus, Via};
use serde_json::Value;
use serde_json::value::RawValue;

use super::echo::Echo;
use super::envelope::{EnvelopeItem, Object, Reading, array, error, for_each, item, misshapen, object, reading, whole};
use super::json::text;
use super::message::{Act, Everybody, Imported, Inbound, Party, Unreceived, act, id_of, kind_of, told_at};

/// What the provider calls it.
const HISTORY: &str = "history";

/// Longest word for a status that is kept; the provider's are some ten characters.
const LONGEST_WORD: usize = 64;

/// Reads a part of a history, which stands at `at`: its threads, and what the provider could not do.
pub(super) fn read_chunk(everybody: &Everybody, chunk: &RawValue, at: &str, items: &mut Vec<EnvelopeItem>) {
    if !chunk.get().starts_with('{') {
        items.push(misshapen(at, HISTORY));
        return;
    }
    let members = object(chunk);
    let before = items.len();
    if members.contains_key("errors") {
        for_each(&members, at, "errors", items, |raw, at, items| {
            items.push(match whole("errors", raw, at) {
                Ok(value) => item(at, "errors", Reading::Notice(error(value))),
                Err(odd) => odd,
            });
        });
    }
    if members.contains_key("threads") {
        for_each(&members, at, "threads", items, |thread, at, items| read_thread(everybody, thread, at, items));
    }
    if items.len() == before {
        items.push(item(at, HISTORY, Reading::Notice(progress(&members))));
    }
}

fn read_thread(everybody: &Everybody, thread: &RawValue, at: &str, items: &mut Vec<EnvelopeItem>) {
    let members = object(thread);
    if array(&members, "messages").is_some_and(|messages| messages.is_empty()) {
        return;
    }
    let id = members.get("id").and_then(|id| serde_json::from_str::<Value>(id.get()).ok());
    let customer = text(id.as_ref()).and_then(|id| customer(&id));
    for_each(&members, at, "messages", items, |message, at, items| {
        items.push(read_message(everybody, customer.as_ref(), message, at));
    });
}

/// Who is meant by the id of a thread: a number, or what WhatsApp calls somebody who has none.
fn customer(id: &str) -> Option<Party> {
    Party::new(Some(id), None).or_else(|| Party::new(None, Some(id)))
}

/// How far a history has come, for a part that holds no message.
fn progress(chunk: &Object<'_>) -> String {
    let metadata = chunk.get("metadata").map(|metadata| object(metadata)).unwrap_or_default();
    let said: Vec<String> = ["phase", "chunk_order", "progress"]
        .into_iter()
        .filter_map(|name| {
            let value: Value = serde_json::from_str(metadata.get(name)?.get()).ok()?;
            let said: String = text(Some(&value))?.chars().take(LONGEST_WORD).collect();
            Some(format!("{name} {said}"))
        })
        .collect();
    if said.is_empty() { "it holds no message".to_owned() } else { format!("it holds no message: {}", said.join(", ")) }
}

/// Reads a message of the thread with `customer`; or, without a thread, the file of one that was told before.
pub(super) fn read_message(
    everybody: &Everybody,
    customer: Option<&Party>,
    message: &RawValue,
    at: &str,
) -> EnvelopeItem {
    let message = match whole(HISTORY, message, at) {
        Ok(message) => message,
        Err(odd) => return odd,
    };
    let kind = kind_of(&message).map_or_else(|| HISTORY.to_owned(), |kind| format!("{HISTORY}.{kind}"));
    let read = read(everybody, customer, &message);
    let read = match read {
        Ok(Told::ByCustomer(inbound)) => reading(Ok(inbound), Reading::Inbound),
        Ok(Told::ByBusiness(echo)) => reading(Ok(echo), Reading::Echo),
        Err(unreceived) => reading(Err(unreceived), Reading::Inbound),
    };
    item(at, &kind, read)
}

/// Who wrote or did something.
#[derive(Debug, PartialEq)]
enum Told {
    ByCustomer(Inbound),
    ByBusiness(Echo),
}

fn read(everybody: &Everybody, customer: Option<&Party>, message: &Value) -> Result<Told, Unreceived> {
    use Unreceived::Broken;

    let kind = kind_of(message).ok_or(Broken("it says no type"))?;
    if text(message.get("group_id")).is_some() {
        return Err(Broken("histories hold no messages of groups"));
    }
    let id = id_of(message.get("id")).ok_or(Broken("it has no id of 1 to 512 bytes"))?;
    let place = everybody.number()?;
    let told_at = told_at(message.get("timestamp"));
    let of_business = is_of_business(everybody, customer, message)?;
    let act = match act(kind, message)? {
        Act::Message(written) => {
            let status = if of_business { status(message) } else { None };
            Act::Import(Box::new(Imported { written: *written, status }))
        }
        done @ (Act::Reaction { .. } | Act::Edit { .. } | Act::Revocation { .. } | Act::Import(_)) => done,
    };
    if of_business {
        let recipient = recipient(everybody, customer, message).ok_or(Broken("it names no recipient"))?;
        let name = everybody.person(&recipient).and_then(|person| person.name.clone());
        return Ok(Told::ByBusiness(Echo { place, id, recipient, name, told_at, via: Via::BusinessApp, act }));
    }
    let sender = sender(everybody, customer, message).ok_or(Broken("it names no sender"))?;
    let name = everybody.person(&sender).and_then(|person| person.name.clone());
    Ok(Told::ByCustomer(Inbound { place, id, group: None, sender, name, told_at, act }))
}

fn from(message: &Value) -> Option<Party> {
    Party::new(text(message.get("from")).as_deref(), text(message.get("from_user_id")).as_deref())
}

/// Whether the business wrote it: some say so, and the others by the number that they are from.
fn is_of_business(everybody: &Everybody, customer: Option<&Party>, message: &Value) -> Result<bool, Unreceived> {
    if let Some(from_me) = message.pointer("/history_context/from_me").and_then(Value::as_bool) {
        return Ok(from_me);
    }
    match from(message) {
        None => Err(Unreceived::Broken("it names no sender")),
        Some(from) if everybody.is_business(&from) => Ok(true),
        Some(from) if everybody.business.is_none() && customer.is_none_or(|customer| !customer.is(&from)) => {
            Err(Unreceived::Broken("its change does not name the business's number, so nobody knows who wrote it"))
        }
        Some(_) => Ok(false),
    }
}

/// The customer who wrote it, with all that she is known by.
fn sender(everybody: &Everybody, customer: Option<&Party>, message: &Value) -> Option<Party> {
    let from = from(message).filter(|from| !everybody.is_business(from));
    let sender = match (from, customer) {
        (Some(from), Some(customer)) if customer.is(&from) || from.phone.is_none() => Party {
            phone: from.phone.or_else(|| customer.phone.clone()),
            user_id: from.user_id.or_else(|| customer.user_id.clone()),
            scoped: None,
        },
        (Some(from), _) => from,
        (None, customer) => customer.filter(|customer| !everybody.is_business(customer))?.clone(),
    };
    Some(everybody.with_all_she_is_known_by(sender))
}

/// The customer whom the business wrote to, with all that she is known by.
fn recipient(everybody: &Everybody, customer: Option<&Party>, message: &Value) -> Option<Party> {
    let to = Party::new(text(message.get("to")).as_deref(), text(message.get("to_user_id")).as_deref());
    let alone = || match &everybody.people[..] {
        [person] => Some(person.party.clone()),
        _ => None,
    };
    let recipient = customer.cloned().or(to).or_else(alone).filter(|party| !everybody.is_business(party))?;
    Some(everybody.with_all_she_is_known_by(recipient))
}

/// How far a message of the business got. One that is not sent yet says nothing of that.
fn status(message: &Value) -> Option<ReportedStatus> {
    let word = message.pointer("/history_context/status")?.as_str().filter(|word| !word.is_empty())?;
    Some(ReportedStatus::Reached(match word.to_ascii_uppercase().as_str() {
        "SENT" => DeliveryStatus::Sent,
        "ERROR" => DeliveryStatus::Failed,
        "DELIVERED" => DeliveryStatus::Delivered,
        "READ" => DeliveryStatus::Read,
        "PLAYED" => DeliveryStatus::Played,
        _ => return Some(ReportedStatus::Other(word.chars().take(LONGEST_WORD).collect())),
    }))
}

#[cfg(test)]
mod tests;
