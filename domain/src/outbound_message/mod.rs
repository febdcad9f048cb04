//! A message of the business to a contact: what it said, what became of it.
//!
//! Each is a short stream of its own, so that its statuses cost a conversation nothing. Of a message that was written elsewhere
//! the stream's id is derived from the provider's id of it: whatever is told of it, in whatever order, comes to the same stream. One
//! that is sent from here has its stream before the provider knows of it, carries the stream's id there and back, and holds a
//! reservation for each id that the provider gave it.

mod attempt;
mod cancel;
mod command;
mod conclude;
mod conditions;
mod correct;
mod echo;
mod event;
mod outcome;
mod outgoing;
mod queue;
mod record_act;
mod record_echo;
mod record_import;
mod refusal;
mod report_status;
mod retry;
mod sending;
mod split;
mod state;
mod status;

pub use command::OutboundMessageCommand;
pub use conditions::{Conditions, NumberStanding, TemplateStanding};
pub use echo::{EchoedMessage, Via};
pub use event::OutboundMessageEvent;
pub use outcome::{
    Evidence, FailureCause, MAX_ATTEMPTS, Outcome, ProviderMessage, RefusalClass, SendRefusal, UnknownCause,
};
pub(crate) use outgoing::is_secure_link;
pub use outgoing::{
    Frame, ListRow, ListSection, MediaKind, MediaSource, OutgoingContent, OutgoingMessage, Part, ProductSection,
    ReplyButton,
};
pub use refusal::OutboundMessageRefusal;
pub use report_status::SentAs;
pub use sending::Standing;
pub use split::{LONGEST_TEXT, split_text};
pub use state::{OutboundMessage, Thread};
pub use status::{DeliveryStatus, Participant, ReportedStatus, StatusReport};

use crate::{IdentifierHash, Reservation, Scope};

/// A provider's id of a message that was sent from here leads to that message.
#[must_use]
pub fn provider_message_reservation(hash: &IdentifierHash) -> Reservation {
    Reservation { scope: Scope::Tenant, kind: "outbound_message.provider_message", value: hash.as_str().to_owned() }
}
