//! Values about a person, marked in the type wherever they appear in an event.

use std::fmt;
use std::marker::{PhantomData, PhantomPinned};

use serde::de::IgnoredAny;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The key over a personal value in clear: `{"$personal": value}`.
pub const PERSONAL_MARK: &str = "$personal";

/// The key over an encrypted value: `{"$sealed": text}`.
pub const SEALED_MARK: &str = "$sealed";

/// What stands in the place of an erased value: `"$erased"`.
pub const ERASED_MARK: &str = "$erased";

/// A value about a person: a name, a phone, what she wrote.
///
/// The event store finds it by its mark wherever it sits in a payload, and encrypts it on its way into the log. It
/// never shows its value in logs.
///
/// It belongs in commands and events and never in the state of an aggregate, which is kept in clear. The compiler sees
/// to that: a state must be [`Unpin`] (see [`Decide`](crate::Decide)), and of the types in use here this is the only one
/// that is not, so that it is found in whatever it sits. This has nothing to do with pinning: `Unpin` is merely a
/// trait that a type has if all its parts have it, and that nobody misses. Where it can't look (behind a `Box`, an
/// `Arc`, in a `BTreeMap`) the tests of the states look.
///
/// ```
/// # use leadflow_domain::IdentifierHash;
/// fn can_be_a_state<State: Unpin>() {}
///
/// struct Contact {
///     phone_hash: Option<IdentifierHash>,
/// }
/// can_be_a_state::<Contact>();
/// ```
///
/// ```compile_fail,E0277
/// # use leadflow_domain::{E164, Personal};
/// fn can_be_a_state<State: Unpin>() {}
///
/// struct Contact {
///     phones: Vec<Option<Personal<E164>>>,
/// }
/// can_be_a_state::<Contact>();
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum Personal<T> {
    /// The value is there.
    Known(T),
    /// The value is there, encrypted, and this reader has no key. It can't be written back.
    Sealed,
    /// The person was erased; the fact remains, its value does not.
    Erased,
}

/// Never [`Unpin`], whatever `T` is.
struct NotInAState<T>(PhantomData<T>, PhantomPinned);

// A written impl takes the place of the automatic one; its condition never holds.
impl<T> Unpin for Personal<T> where NotInAState<T>: Unpin {}

impl<T> Personal<T> {
    /// The value, if it is there and this reader may see it.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Sealed | Self::Erased => None,
        }
    }
}

impl<T> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(_) => "Personal(..)",
            Self::Sealed => "Personal(sealed)",
            Self::Erased => "Personal(erased)",
        })
    }
}

impl<T: Serialize> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => serializer.serialize_newtype_variant("Personal", 0, PERSONAL_MARK, value),
            Self::Sealed => Err(S::Error::custom("a personal value that was read without its key can't be written")),
            Self::Erased => serializer.serialize_unit_variant("Personal", 2, ERASED_MARK),
        }
    }
}

/// The stored forms. Their names are the marks above, as the tests show.
#[derive(Deserialize)]
enum Stored<T> {
    #[serde(rename = "$personal")]
    Known(T),
    #[serde(rename = "$sealed")]
    Sealed(IgnoredAny),
    #[serde(rename = "$erased")]
    Erased,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Known(value) => Self::Known(value),
            Stored::Sealed(_) => Self::Sealed,
            Stored::Erased => Self::Erased,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(stored: Value) -> Result<Personal<String>, serde_json::Error> {
        serde_json::from_value(stored)
    }

    #[test]
    fn it_is_stored_under_its_mark_and_comes_back() {
        let name = Personal::from("Ada".to_owned());
        let stored = serde_json::to_value(&name).unwrap();
        assert_eq!(stored, json!({ PERSONAL_MARK: "Ada" }));
        assert_eq!(stored.to_string(), r#"{"$personal":"Ada"}"#);
        assert_eq!(read(stored).unwrap(), name);
    }

    #[test]
    fn an_erased_value_stays_erased() {
        let stored = serde_json::to_value(Personal::<String>::Erased).unwrap();
        assert_eq!(stored, json!(ERASED_MARK));
        assert_eq!(stored.to_string(), r#""$erased""#);
        assert_eq!(read(stored).unwrap(), Personal::Erased);
    }

    #[test]
    fn an_encrypted_value_is_sealed_and_is_never_written_back() {
        let sealed = read(json!({ SEALED_MARK: "nonce and ciphertext" })).unwrap();
        assert_eq!(sealed, Personal::Sealed);
        assert_eq!(read(json!({ "$sealed": "" })).unwrap(), Personal::Sealed);
        assert_eq!(sealed.known(), None);
        serde_json::to_value(&sealed).unwrap_err();
    }

    #[test]
    fn what_bears_no_mark_is_no_personal_value() {
        for stored in [json!("Ada"), json!({}), json!(null), json!({ "$other": "Ada" }), json!({ PERSONAL_MARK: 7 })] {
            read(stored).unwrap_err();
        }
    }

    #[test]
    fn it_keeps_its_value_out_of_logs() {
        assert_eq!(format!("{:?}", Personal::from("Ada")), "Personal(..)");
        assert_eq!(format!("{:?}", Personal::<String>::Sealed), "Personal(sealed)");
        assert_eq!(format!("{:?}", Personal::<String>::Erased), "Personal(erased)");
    }
}
