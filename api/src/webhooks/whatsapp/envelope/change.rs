//! One change of a body: what field it stands under, which of its lists hold items, and what each of them is read as.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{
    EnvelopeItem, LONGEST_KIND, Object, Reading, array, error, for_each, item, misshapen, object, reading, text, whole,
};
use crate::webhooks::whatsapp::echo::Echo;
use crate::webhooks::whatsapp::fact::Fact;
use crate::webhooks::whatsapp::health_update::HealthUpdate;
use crate::webhooks::whatsapp::message::{Everybody, Inbound, kind_of};
use crate::webhooks::whatsapp::status::Status;
use crate::webhooks::whatsapp::template_update::TemplateUpdate;
use crate::webhooks::whatsapp::{group_reading, health_update, history, json, template_update};

/// Reads a change of an account's `entry`; it may come without.
pub(super) fn read_change(entry: Option<&Object<'_>>, change: &RawValue, at: &str, items: &mut Vec<EnvelopeItem>) {
    let change = object(change);
    let value = change.get("value").map(|value| object(value)).unwrap_or_default();
    // It may stand inside the value, or nowhere: then it shows by what there is.
    let field = text(&change, "field").or_else(|| text(&value, "field")).unwrap_or_else(|| {
        let shown = |list: &str| value.contains_key(list);
        let field = if shown("messages") || shown("statuses") {
            "messages"
        } else if shown("message_echoes") {
            "message_echoes"
        } else if shown("history") {
            "history"
        } else if shown("calls") {
            "calls"
        } else if shown("user_preferences") {
            "user_preferences"
        } else if shown("state_sync") {
            "smb_app_state_sync"
        } else {
            "no_field"
        };
        field.to_owned()
    });
    let before = items.len();
    let lists: &[&str] = match field.as_str() {
        // While an agent of Meta's holds a thread, what comes in it stands under another name.
        "messages" | "standby" => &["messages", "statuses", "errors"],
        "smb_message_echoes" | "message_echoes" => &["message_echoes", "errors"],
        "history" => &["history", "messages", "errors"],
        "calls" => &["calls", "statuses", "errors"],
        "user_preferences" => &["user_preferences", "errors"],
        "smb_app_state_sync" => &["state_sync", "errors"],
        field if group_reading::FIELDS.contains(&field) => &["groups", "errors"],
        _ => &[],
    };
    if !lists.is_empty() {
        if !change.get("value").is_some_and(|value| value.get().starts_with('{')) {
            items.push(misshapen(at, &field));
            return;
        }
        let everybody = everybody(&value);
        for list in lists {
            if value.contains_key(*list) {
                for_each(&value, &format!("{at}/value"), list, items, |element, at, items| match *list {
                    "history" => history::read_chunk(&everybody, element, at, items),
                    "messages" if field == "history" => {
                        items.push(history::read_message(&everybody, None, element, at));
                    }
                    "groups" => items.extend(group_reading::read(&field, &everybody, element, at)),
                    list => items.push(read_element(&field, &everybody, list, element, at)),
                });
            }
        }
    }
    if items.len() == before {
        let of_account = of_template(entry, &field, &change).or_else(|| of_health(entry, &field, &change));
        let reading = of_account.unwrap_or_else(|| Reading::Notice(notice(&value)));
        items.push(item(at, &field, reading));
    }
}

/// What a change of this field tells of a template; nothing where it is about something else, or names no account.
fn of_template(entry: Option<&Object<'_>>, field: &str, change: &Object<'_>) -> Option<Reading> {
    if !template_update::FIELDS.contains(&field) {
        return None;
    }
    let (account, time, value) = of_account(entry, change)?;
    Some(reading(TemplateUpdate::read(&account, time.as_ref(), &value), Reading::Template))
}

/// What a change of this field tells of how a number, or its account, stands; nothing where it is about something else, or names no
/// account.
fn of_health(entry: Option<&Object<'_>>, field: &str, change: &Object<'_>) -> Option<Reading> {
    if !health_update::FIELDS.contains(&field) {
        return None;
    }
    let (account, time, value) = of_account(entry, change)?;
    Some(reading(HealthUpdate::read(field, &account, time.as_ref(), &value)?, Reading::Health))
}

/// Of which account a change is, when it was told, and what it says.
fn of_account(entry: Option<&Object<'_>>, change: &Object<'_>) -> Option<(String, Option<Value>, Value)> {
    let whole = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).ok();
    let account = json::text(whole(entry?.get("id")?).as_ref())?;
    let time = entry?.get("time").and_then(|time| whole(time));
    Some((account, time, change.get("value").and_then(|value| whole(value)).unwrap_or_default()))
}

/// What is told of everybody in a change, as far as it can be read: an odd word about one of them, or about the number,
/// takes nothing from the others.
fn everybody(value: &Object<'_>) -> Everybody {
    let metadata = value.get("metadata").map(|metadata| sound_members(metadata)).unwrap_or_default();
    let contacts = array(value, "contacts").unwrap_or_default();
    Everybody::of(&metadata, &contacts.into_iter().map(sound_members).collect::<Vec<_>>())
}

/// An object without what is nested too deep or out of range.
fn sound_members(raw: &RawValue) -> Value {
    let members = object(raw).into_iter();
    Value::Object(members.filter_map(|(name, raw)| Some((name, serde_json::from_str(raw.get()).ok()?))).collect())
}

/// What a change is about that nothing acts on: the provider's own words, of closed lists and of the business's
/// templates.
fn notice(value: &Object<'_>) -> String {
    let said: Vec<String> = ["event", "decision", "message_template_name", "message_template_language", "reason"]
        .iter()
        .filter_map(|name| text(value, name))
        .map(|word| word.chars().take(LONGEST_KIND).collect())
        .collect();
    if said.is_empty() { "nothing acts on changes of this kind".to_owned() } else { said.join(", ") }
}

fn read_element(field: &str, everybody: &Everybody, list: &str, element: &RawValue, at: &str) -> EnvelopeItem {
    let value = match whole(list, element, at) {
        Ok(value) => value,
        Err(odd) => return odd,
    };
    if let Some((word, read)) = Fact::read(field, everybody, list, &value) {
        let kind = word.map_or_else(|| list.to_owned(), |word| format!("{list}.{word}"));
        return item(at, &kind, reading(read, Reading::Fact));
    }
    match list {
        "messages" | "message_echoes" => {
            let kind = kind_of(&value).map_or_else(|| list.to_owned(), |kind| format!("{list}.{kind}"));
            let reading = if list == "messages" {
                reading(Inbound::read(everybody, &value), Reading::Inbound)
            } else {
                reading(Echo::read(field, everybody, &value), Reading::Echo)
            };
            item(at, &kind, reading)
        }
        "statuses" => {
            let kind = value.get("status").and_then(Value::as_str);
            let kind = kind.map_or_else(|| list.to_owned(), |kind| format!("{list}.{kind}"));
            item(at, &kind, reading(Status::read(everybody, &value), Reading::Status))
        }
        _ => item(at, list, Reading::Notice(error(value))),
    }
}
