//! Values about a person, marked in the type wherever they appear in an event.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value about a person: a name, a phone, what she wrote.
///
/// Stored as `{"$personal": value}`, so that the event store finds it wherever it sits in a payload. It never
/// shows its value in logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Personal<T> {
    /// The value is there.
    #[serde(rename = "$personal")]
    Known(T),
    /// The person was erased; the fact remains, its value does not.
    #[serde(rename = "$erased")]
    Erased,
}

impl<T> Personal<T> {
    /// The value, unless it was erased.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Erased => None,
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
            Self::Erased => "Personal(erased)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_stored_under_its_mark_and_comes_back() {
        let name = Personal::from("Ada".to_owned());
        let json = serde_json::to_string(&name).unwrap();
        assert_eq!(json, r#"{"$personal":"Ada"}"#);
        assert_eq!(serde_json::from_str::<Personal<String>>(&json).unwrap(), name);
        let erased = serde_json::to_string(&Personal::<String>::Erased).unwrap();
        assert_eq!(erased, r#""$erased""#);
        assert_eq!(serde_json::from_str::<Personal<String>>(&erased).unwrap().known(), None);
    }

    #[test]
    fn it_keeps_its_value_out_of_logs() {
        assert_eq!(format!("{:?}", Personal::from("Ada")), "Personal(..)");
    }
}
