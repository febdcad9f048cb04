//! All events of the product in one type. A match over it without `_` is what makes a new event a compile error
//! until every reader has taken a stand.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Deserializer};

use crate::api_key::{ApiKey, ApiKeyEvent};
use crate::channel::{Channel, ChannelEvent};
use crate::contact::{Contact, ContactEvent};
use crate::conversation::{Conversation, ConversationEvent};
use crate::group::{Group, GroupEvent};
use crate::lead::{Lead, LeadEvent};
use crate::member::{Member, MemberEvent};
use crate::outbound_message::{OutboundMessage, OutboundMessageEvent};
use crate::pipeline::{Pipeline, PipelineEvent};
use crate::response_template::{ResponseTemplate, ResponseTemplateEvent};
use crate::role::{Role, RoleEvent};
use crate::routing::{Routing, RoutingEvent};
use crate::source::{Source, SourceEvent};
use crate::team::{Team, TeamEvent};
use crate::template::{Template, TemplateEvent};
use crate::tenant::{Tenant, TenantEvent};
use crate::{DataSubject, Decide, EventType, ReservationChange, StreamId};

macro_rules! streams {
    ($($variant:ident($state:ident, $event:ident) => $kind:literal),*) => {
        /// Any event of the log.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $(#[doc = concat!("Of a `", $kind, "` stream.")] $variant($event)),*
        }

        impl Event {
            /// Every kind of event, in its newest version.
            pub fn types() -> impl Iterator<Item = EventType> {
                std::iter::empty()$(.chain($event::TYPES.iter().copied()))*
            }

            /// The newest version of a kind of event; `None` for one that this program doesn't know.
            pub(crate) fn current_version(kind: &str) -> Option<&'static str> {
                None$(.or_else(|| $event::current_version(kind)))*
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

            /// Its stored name, such as `conversation.opened`.
            #[must_use]
            pub fn event_type(&self) -> String {
                match self { $(Self::$variant(event) => event.event_type()),* }
            }

            /// The type of the streams that such events are of.
            #[must_use]
            pub fn aggregate_type(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind),* }
            }

            /// Whose personal values this event of `stream` holds or ends.
            #[must_use]
            pub fn data_subject(&self, stream: StreamId) -> DataSubject {
                match self { $(Self::$variant(event) => $state::data_subject(stream, event)),* }
            }

            /// The unique facts that this event of `stream` takes or gives up for it.
            #[must_use]
            pub fn reservations(&self, stream: StreamId) -> Vec<ReservationChange> {
                match self { $(Self::$variant(event) => $state::reservations(stream, event)),* }
            }
        }

        $(impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Self::$variant(event)
            }
        })*
    };
}

streams! {
    Tenant(Tenant, TenantEvent) => "tenant",
    Channel(Channel, ChannelEvent) => "channel",
    Contact(Contact, ContactEvent) => "contact",
    Conversation(Conversation, ConversationEvent) => "conversation",
    OutboundMessage(OutboundMessage, OutboundMessageEvent) => "outbound_message",
    Lead(Lead, LeadEvent) => "lead",
    Group(Group, GroupEvent) => "group",
    Member(Member, MemberEvent) => "member",
    Team(Team, TeamEvent) => "team",
    Role(Role, RoleEvent) => "role",
    ApiKey(ApiKey, ApiKeyEvent) => "api_key",
    Template(Template, TemplateEvent) => "template",
    ResponseTemplate(ResponseTemplate, ResponseTemplateEvent) => "response_template",
    Routing(Routing, RoutingEvent) => "routing",
    Source(Source, SourceEvent) => "source",
    Pipeline(Pipeline, PipelineEvent) => "pipeline"
}
