//! Decisions. State and command in, events or a refusal out.
//!
//! Nothing here reads a clock, draws a random number, or speaks to a network or a database: time, ids and the
//! provider's facts arrive in commands. One folder per aggregate, one file per decision.

mod aggregate;
pub mod api_key;
pub mod channel;
pub mod contact;
pub mod conversation;
mod country;
mod data_subject;
mod email;
mod event;
mod event_type;
pub mod group;
mod ids;
pub mod lead;
pub mod member;
pub mod outbound_message;
mod personal;
mod phone;
mod refusal;
mod reservation;
pub mod response_template;
pub mod role;
pub mod routing;
pub mod source;
pub mod team;
pub mod template;
pub mod tenant;
mod text;
pub mod upcast;
mod zone;

pub use aggregate::Decide;
pub use country::{Country, UnknownCountry};
pub use data_subject::DataSubject;
pub use email::{EmailAddress, NotAnEmailAddress};
pub use event::Event;
pub use event_type::EventType;
pub use ids::{
    ApiKeyId, ChannelId, CommandId, ContactId, ConversationId, CredentialId, DataSubjectId, EventId, GroupId, LeadId,
    MemberId, OutboundMessageId, PoolId, ResponseTemplateId, RoleId, RoutingId, SourceId, StreamId, SubmissionId,
    TeamId, TemplateId, TenantId,
};
pub use personal::{ERASED_MARK, PERSONAL_MARK, Personal, SEALED_MARK};
pub use phone::{E164, NotAPhoneNumber};
pub use refusal::{Refusal, RefusalCode};
pub use reservation::{Assertion, IdentifierHash, Reservation, ReservationChange, Scope};
pub use text::{LongText, ShortText, TextLength};
pub use upcast::{UnknownVersion, upcast};
pub use zone::{UnknownZone, Zone};

#[cfg(test)]
mod golden;
