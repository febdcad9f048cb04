//! Why a message did not arrive.

use async_graphql::{Enum, SimpleObject};
use leadflow_gateways::whatsapp::ErrorClass;

use crate::graphql::edge::Word;
use crate::graphql::plain::{Asked, Plain, Writer, by};

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(in crate::graphql) struct MessageFailure {
    /// The provider's number of the reason, if it gave one.
    code: Option<String>,
    /// What follows from that number; null where there is none.
    class: Option<ProviderErrorClass>,
    /// The reason in the provider's words, if it gave one.
    title: Option<String>,
    /// More of it, likewise.
    details: Option<String>,
}

/// What follows when a provider refuses a message, by the number of its reason. One that FAILED may be sent again by `retryMessage` in each
/// case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum ProviderErrorClass {
    /// It may pass: the message is tried again by itself, ever later, and not for ever.
    Retry,
    /// Too much was sent: the message is sent later, at a slower pace.
    Pace,
    /// This message is never taken as it is.
    Never,
    /// Nothing more of the number is taken until somebody sees to it.
    Stop,
}

impl Plain for MessageFailure {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "code" => by(|failure: &Self, to| to.put(&failure.code)),
            "class" => by(|failure: &Self, to| to.put(&failure.class.map(Word))),
            "title" => by(|failure: &Self, to| to.put(&failure.title)),
            "details" => by(|failure: &Self, to| to.put(&failure.details)),
            _ => None,
        }
    }
}

impl MessageFailure {
    /// A reason with the provider's number and words.
    pub(super) fn of(code: Option<String>, title: Option<String>, details: Option<String>) -> Self {
        let number = code.as_deref().and_then(|code| code.trim().parse().ok());
        Self { class: number.map(|number| ErrorClass::of(number).into()), code, title, details }
    }
}

impl From<ErrorClass> for ProviderErrorClass {
    fn from(class: ErrorClass) -> Self {
        match class {
            ErrorClass::Retry { .. } => Self::Retry,
            ErrorClass::Pace { .. } => Self::Pace,
            ErrorClass::Never { .. } => Self::Never,
            ErrorClass::Stop { .. } => Self::Stop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_is_known_by_the_number() {
        let class = |code: Option<&str>| MessageFailure::of(code.map(str::to_owned), None, None).class;
        for (code, follows) in [
            ("131000", ProviderErrorClass::Retry),
            ("131056", ProviderErrorClass::Pace),
            ("131026", ProviderErrorClass::Never),
            ("131042", ProviderErrorClass::Stop),
        ] {
            assert_eq!(class(Some(code)), Some(follows), "{code}");
        }
        for none in [None, Some(""), Some("OAuthException"), Some("99999999999999999999")] {
            assert_eq!(class(none), None, "{none:?}");
        }
    }
}
