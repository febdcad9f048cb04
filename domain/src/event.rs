//! All events of the product in one type. A match over it without `_` is what makes a new event a compile error
//! until every reader has taken a stand.

use serde::{Deserialize, Deserializer};

use crate::channel::ChannelEvent;
use crate::contact::ContactEvent;
use crate::conversation::ConversationEvent;
use crate::lead::LeadEvent;
use crate::tenant::TenantEvent;

macro_rules! events {
    ($($variant:ident($event:ident) => $kind:literal),*) => {
        /// Any event of the log.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $(#[doc = concat!("Of a `", $kind, "` stream.")] $variant($event)),*
        }

        impl Event {
            /// Every stored type and version.
            pub fn types() -> impl Iterator<Item = (&'static str, &'static str)> {
                std::iter::empty()$(.chain($event::TYPES.iter().copied()))*
            }

            /// Reads a payload of an `aggregate_type` stream; `None` for a type of stream this program doesn't know.
            ///
            /// # Errors
            /// The deserializer's, when the payload is no event of that type.
            pub fn deserialize<'de, D>(aggregate_type: &str, payload: D) -> Result<Option<Self>, D::Error>
            where
                D: Deserializer<'de>,
            {
                match aggregate_type {
                    $($kind => $event::deserialize(payload).map(|event| Some(Self::$variant(event))),)*
                    _ => Ok(None),
                }
            }
        }

        $(impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Self::$variant(event)
            }
        })*
    };
}

events! {
    Tenant(TenantEvent) => "tenant",
    Channel(ChannelEvent) => "channel",
    Contact(ContactEvent) => "contact",
    Conversation(ConversationEvent) => "conversation",
    Lead(LeadEvent) => "lead"
}
