//! Opening a payload in its text. What is not sealed is copied as it stands: taking all of it apart first would cost
//! several times as much, and whoever folds much of the log opens every event.
//!
//! It relies on the text being JSON, as a `jsonb` column's is. Of any other text it makes some other text that is none.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use leadflow_domain::{ERASED_MARK, PERSONAL_MARK, SEALED_MARK};

use super::{FORM, NotOpened, Place, associated};
use crate::keys::DataSubjectKey;

/// As [`open`](super::open), of a payload's text.
pub(crate) fn open_text(text: &str, place: Place, key: Option<&DataSubjectKey>) -> Result<String, NotOpened> {
    let opened = String::with_capacity(text.len());
    let mut walk = Walk { text, at: 0, copied: 0, path: String::new(), opened, place, key };
    walk.value()?;
    walk.opened.push_str(&text[walk.copied..]);
    Ok(walk.opened)
}

struct Walk<'a> {
    text: &'a str,
    /// How far it has been looked at, and how far it has been copied. Both stand beside ASCII characters.
    at: usize,
    copied: usize,
    /// A JSON pointer to where it is.
    path: String,
    opened: String,
    place: Place,
    key: Option<&'a DataSubjectKey>,
}

impl<'a> Walk<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Whether `byte` comes next, past which it goes then.
    fn next_is(&mut self, byte: u8) -> bool {
        self.skip_space();
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// A string with its quotes.
    fn string(&mut self) -> &'a str {
        let from = self.at;
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => break,
                // What is escaped is ASCII.
                b'\\' => self.at += 1,
                _ => {}
            }
        }
        self.at = self.at.min(self.text.len());
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn value(&mut self) -> Result<(), NotOpened> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => {
                self.string();
                Ok(())
            }
            _ => {
                while self.peek().is_some_and(|byte| !matches!(byte, b',' | b'}' | b']')) {
                    self.at += 1;
                }
                Ok(())
            }
        }
    }

    /// Goes past a value without looking into it.
    fn skip(&mut self) {
        let mut depth = 0_usize;
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'"') => {
                    self.string();
                }
                Some(b'{' | b'[') => (depth, self.at) = (depth + 1, self.at + 1),
                Some(b'}' | b']') if depth > 0 => (depth, self.at) = (depth - 1, self.at + 1),
                None | Some(b'}' | b']') => return,
                Some(b',') if depth == 0 => return,
                Some(_) => self.at += 1,
            }
        }
    }

    fn array(&mut self) -> Result<(), NotOpened> {
        self.at += 1;
        if self.next_is(b']') {
            return Ok(());
        }
        let length = self.path.len();
        for nth in 0.. {
            // Writing to a String can't fail.
            let _ = write!(self.path, "/{nth}");
            self.value()?;
            self.path.truncate(length);
            if !self.next_is(b',') {
                self.next_is(b']');
                break;
            }
        }
        Ok(())
    }

    fn object(&mut self) -> Result<(), NotOpened> {
        let from = self.at;
        self.at += 1;
        if self.next_is(b'}') {
            return Ok(());
        }
        let length = self.path.len();
        let mut is_first = true;
        while self.peek() == Some(b'"') {
            let name = self.string();
            self.next_is(b':');
            if std::mem::take(&mut is_first) && self.mark(from, name.trim_matches('"'))? {
                break;
            }
            self.enter(name);
            self.value()?;
            self.path.truncate(length);
            if !self.next_is(b',') {
                self.next_is(b'}');
                break;
            }
            self.skip_space();
        }
        Ok(())
    }

    /// Whether the object that begins at `from`, whose first field is `name`, is a mark and nothing else. Then it goes
    /// past it, and what was sealed is opened.
    fn mark(&mut self, from: usize, name: &str) -> Result<bool, NotOpened> {
        if name != SEALED_MARK && name != PERSONAL_MARK {
            return Ok(false);
        }
        self.skip_space();
        let begins = self.at;
        self.skip();
        let value = self.text[begins..self.at].trim_end();
        if !self.next_is(b'}') {
            // One field of several.
            self.at = begins;
            return Ok(false);
        }
        if name == SEALED_MARK {
            self.opened.push_str(&self.text[self.copied..from]);
            self.put_opened(value)?;
            self.copied = self.at;
        }
        Ok(true)
    }

    fn put_opened(&mut self, sealed: &str) -> Result<(), NotOpened> {
        let Some(key) = self.key else {
            let _ = write!(self.opened, "\"{ERASED_MARK}\"");
            return Ok(());
        };
        let in_clear = sealed
            .strip_prefix('"')
            .and_then(|sealed| STANDARD_NO_PAD.decode(sealed.strip_suffix('"')?).ok())
            .and_then(|bytes| match bytes.split_first()? {
                (&FORM, sealed) => key.open(&associated(self.place, &self.path), sealed).ok(),
                _ => None,
            })
            .and_then(|json| String::from_utf8(json).ok());
        let in_clear = in_clear.ok_or_else(|| NotOpened { path: self.path.clone() })?;
        let _ = write!(self.opened, "{{\"{PERSONAL_MARK}\":{in_clear}}}");
        Ok(())
    }

    /// Goes into the field of this name, which stands in its quotes.
    fn enter(&mut self, name: &str) {
        self.path.push('/');
        if name.contains(['\\', '~', '/']) {
            let name: String = serde_json::from_str(name).unwrap_or_default();
            self.path.push_str(&name.replace('~', "~0").replace('/', "~1"));
        } else {
            self.path.push_str(name.trim_matches('"'));
        }
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::{EventId, TenantId};
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};
    use uuid::Uuid;

    use super::super::{open, seal};
    use super::*;
    use crate::keys::NONCE_LENGTH;

    fn place() -> Place {
        Place { tenant: TenantId::from_uuid(Uuid::from_u128(1)), event: EventId::from_uuid(Uuid::from_u128(2)) }
    }

    fn key() -> DataSubjectKey {
        DataSubjectKey::from_bytes([1; 32])
    }

    /// What comes of it in its text, and what comes of it taken apart.
    fn both(payload: &Value, key: Option<&DataSubjectKey>) -> (Option<Value>, Option<Value>) {
        let text = serde_json::to_string_pretty(payload).unwrap();
        let in_text = open_text(&text, place(), key).ok().map(|text| serde_json::from_str(&text).unwrap());
        let mut apart = payload.clone();
        let apart = open(&mut apart, place(), key).ok().map(|()| apart);
        (in_text, apart)
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof![Just(PERSONAL_MARK.to_owned()), Just(SEALED_MARK.to_owned()), "[a-z~/\"\\\\é ]{0,4}",]
    }

    fn payload() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z\"\\\\{}\\[\\]:,é\n]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name(), inner.clone()), 0..4)
                    .prop_map(|fields| Value::Object(Map::from_iter(fields))),
                inner.prop_map(|value| json!({ PERSONAL_MARK: value })),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_comes_to_the_same_as_taking_the_payload_apart(mut payload in payload(), erased: bool) {
            seal(&mut payload, place(), &key(), || [3; NONCE_LENGTH]);
            let key = (!erased).then(key);
            let (in_text, apart) = both(&payload, key.as_ref());
            prop_assert_eq!(in_text, apart, "{}", payload);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[{}\\[\\]:,\"\\\\$sealdé 1]{0,40}") {
            let _ = open_text(&text, place(), Some(&key()));
        }
    }

    #[test]
    fn what_does_not_open_is_told_with_its_place() {
        let mut payload = json!({ "a/b": [{ PERSONAL_MARK: "Ada" }] });
        seal(&mut payload, place(), &key(), || [3; NONCE_LENGTH]);
        let told = open_text(&payload.to_string(), place(), Some(&DataSubjectKey::from_bytes([2; 32]))).unwrap_err();
        assert!(told.to_string().contains("/a~1b/0"), "{told}");
    }
}
