//! Personal values in a payload: found by their mark wherever they sit, encrypted on the way to the log, decrypted on
//! the way out.
//!
//! `{"$personal": VALUE}` becomes `{"$sealed": BASE64}`, the encrypted JSON of VALUE. The associated data binds it to
//! tenant, event and place: a sealed value that was moved elsewhere does not open.

mod text;

pub(crate) use text::open_text;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use leadflow_domain::{ERASED_MARK, EventId, PERSONAL_MARK, SEALED_MARK, TenantId};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::keys::{DataSubjectKey, NONCE_LENGTH};

/// First byte of what is sealed: AES-256-GCM, as `keys::cipher` lays it out.
const FORM: u8 = 1;

/// Where a payload belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) tenant: TenantId,
    pub(crate) event: EventId,
}

/// A sealed value can't be opened.
#[derive(Debug, Error)]
#[error("the sealed value at {path} was tampered with, or belongs elsewhere")]
pub struct NotOpened {
    /// Where it stands in the payload (RFC 6901).
    path: String,
}

/// Seals every personal value of `payload`; how many they are.
pub(crate) fn seal(
    payload: &mut Value,
    place: Place,
    key: &DataSubjectKey,
    mut nonce: impl FnMut() -> [u8; NONCE_LENGTH],
) -> usize {
    let mut sealed = 0;
    walk(payload, &mut String::new(), &mut |value, path| {
        if let Some(personal) = marked(value, PERSONAL_MARK) {
            let mut bytes = vec![FORM];
            bytes.extend(key.seal(nonce(), &associated(place, path), personal.to_string().as_bytes()));
            *value = mark(SEALED_MARK, Value::String(STANDARD_NO_PAD.encode(bytes)));
            sealed += 1;
        }
        Ok::<(), std::convert::Infallible>(())
    })
    .unwrap_or_else(|never| match never {});
    sealed
}

/// Whether `payload` holds a personal value in clear.
pub(crate) fn holds_personal(payload: &mut Value) -> bool {
    walk(payload, &mut String::new(), &mut |value, _| match marked(value, PERSONAL_MARK) {
        Some(_) => Err(()),
        None => Ok(()),
    })
    .is_err()
}

/// Opens every sealed value of `payload`; without a key, because it was destroyed, each is erased.
pub(crate) fn open(payload: &mut Value, place: Place, key: Option<&DataSubjectKey>) -> Result<(), NotOpened> {
    walk(payload, &mut String::new(), &mut |value, path| {
        let Some(sealed) = marked(value, SEALED_MARK) else { return Ok(()) };
        let Some(key) = key else {
            *value = Value::String(ERASED_MARK.to_owned());
            return Ok(());
        };
        let opened = opened(sealed, &associated(place, path), key);
        *value = mark(PERSONAL_MARK, opened.ok_or_else(|| NotOpened { path: path.to_owned() })?);
        Ok(())
    })
}

fn opened(sealed: &Value, associated: &[u8], key: &DataSubjectKey) -> Option<Value> {
    let bytes = STANDARD_NO_PAD.decode(sealed.as_str()?).ok()?;
    let (&FORM, sealed) = bytes.split_first()? else { return None };
    serde_json::from_slice(&key.open(associated, sealed).ok()?).ok()
}

fn associated(place: Place, path: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32 + path.len());
    bytes.extend_from_slice(place.tenant.as_uuid().as_bytes());
    bytes.extend_from_slice(place.event.as_uuid().as_bytes());
    bytes.extend_from_slice(path.as_bytes());
    bytes
}

fn marked<'a>(value: &'a Value, mark: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    if object.len() == 1 { object.get(mark) } else { None }
}

fn mark(mark: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(mark.to_owned(), value)]))
}

/// Calls `visit` for every value from the outside in, with its JSON pointer. What a visit puts in place is not entered.
fn walk<E>(
    value: &mut Value,
    path: &mut String,
    visit: &mut impl FnMut(&mut Value, &str) -> Result<(), E>,
) -> Result<(), E> {
    let is_mark = marked(value, PERSONAL_MARK).or_else(|| marked(value, SEALED_MARK)).is_some();
    visit(value, path)?;
    if is_mark {
        return Ok(());
    }
    let length = path.len();
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                path.push('/');
                path.push_str(&name.replace('~', "~0").replace('/', "~1"));
                walk(field, path, visit)?;
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (nth, item) in items.iter_mut().enumerate() {
                path.push('/');
                path.push_str(&nth.to_string());
                walk(item, path, visit)?;
                path.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    Ok(())
}

#[cfg(test)]
mod golden;

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn place(tenant: u128, event: u128) -> Place {
        Place {
            tenant: TenantId::from_uuid(Uuid::from_u128(tenant)),
            event: EventId::from_uuid(Uuid::from_u128(event)),
        }
    }

    fn key() -> DataSubjectKey {
        DataSubjectKey::from_bytes([1; 32])
    }

    fn payload() -> Value {
        json!({"x.y": {
            "name": {"$personal": "Ada"},
            "deep": [{"a/b": {"$personal": {"first": ["Ada", 7]}}}],
            "plain": 1,
            "gone": "$erased",
        }})
    }

    fn sealed() -> Value {
        let mut value = payload();
        assert_eq!(seal(&mut value, place(1, 2), &key(), || [3; NONCE_LENGTH]), 2);
        value
    }

    #[test]
    fn every_personal_value_is_sealed_wherever_it_sits_and_comes_back() {
        let mut value = sealed();
        let text = value.to_string();
        assert!(!text.contains("Ada") && !text.contains("$personal"), "{text}");
        assert_eq!(value["x.y"]["plain"], 1);
        assert!(holds_personal(&mut payload()) && !holds_personal(&mut value));
        open(&mut value, place(1, 2), Some(&key())).unwrap();
        assert_eq!(value, payload());
    }

    #[test]
    fn without_the_key_what_was_there_is_erased() {
        let mut value = sealed();
        open(&mut value, place(1, 2), None).unwrap();
        assert_eq!(
            value,
            json!({"x.y": {"name": "$erased", "deep": [{"a/b": "$erased"}], "plain": 1, "gone": "$erased"}})
        );
    }

    #[test]
    fn a_value_that_was_moved_does_not_open() {
        for elsewhere in [place(9, 2), place(1, 9)] {
            assert!(open(&mut sealed(), elsewhere, Some(&key())).is_err());
        }
        let mut value = sealed();
        value["x.y"]["other"] = value["x.y"]["name"].take();
        let told = open(&mut value, place(1, 2), Some(&key())).unwrap_err().to_string();
        assert!(told.contains("/x.y/other"), "{told}");
    }

    #[test]
    fn what_is_no_seal_does_not_open() {
        for broken in [json!(7), json!(""), json!("!"), json!("AgAA")] {
            let mut value = json!({ "a": { "$sealed": broken } });
            assert!(open(&mut value, place(1, 2), Some(&key())).is_err());
        }
    }
}
