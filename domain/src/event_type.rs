//! An event's stored name, its version, its documentation and its form, all in one place.

/// How one kind of event is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// The stored name, for ever, e.g. `conversation.opened`.
    pub kind: &'static str,
    /// The version in which it is written today.
    pub version: &'static str,
    /// What happened, for readers of the log.
    pub description: &'static str,
}

/// Defines an aggregate's events. Before each variant stand its documentation, its stored name and the version in
/// which it is written:
///
/// ```text
/// /// Somebody of the business said how much it matters.
/// "conversation.priority_set", "1" => PrioritySet {
///     /// How much.
///     priority: Priority,
/// },
/// ```
///
/// Names are for ever, and independent of Rust's. A variant always has its brackets (`Read {}`): a field may join them
/// later without changing the stored form of those before it.
macro_rules! events {
    (
        $(#[$about:meta])*
        $visible:vis enum $event:ident {
            $($(#[doc = $doc:literal])+ $kind:literal, $version:literal => $variant:ident $fields:tt),+ $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        $visible enum $event {
            $($(#[doc = $doc])+ #[serde(rename = $kind)] $variant $fields),+
        }

        impl $event {
            /// Every kind of these events, in its newest version.
            pub const TYPES: &'static [$crate::EventType] = &[$($crate::EventType {
                kind: $kind,
                version: $version,
                // Each line of the documentation begins with the space that joins it to the one before.
                description: concat!($($doc),+).trim_ascii_start(),
            }),+];

            /// The newest version of a kind of event, if it is one of these. Asked for every event that is read.
            pub(crate) fn current_version(kind: &str) -> Option<&'static str> {
                match kind {
                    $($kind => Some($version),)+
                    _ => None,
                }
            }
        }

        impl cqrs_es::DomainEvent for $event {
            fn event_type(&self) -> String {
                match self { $(Self::$variant { .. } => $kind.to_owned()),+ }
            }

            fn event_version(&self) -> String {
                match self { $(Self::$variant { .. } => $version.to_owned()),+ }
            }
        }
    };
}
pub(crate) use events;
