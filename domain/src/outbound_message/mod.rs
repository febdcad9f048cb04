//! A message of the business to a contact: what it said, what became of it.
//!
//! Each is a short stream of its own, so that its statuses cost a conversation nothing. The stream's id is derived from
//! the provider's id of the message: whatever is told of it, in whatever order, comes to the same stream.

mod command;
mod correct;
mod echo;
mod event;
mod record_act;
mod record_echo;
mod record_import;
mod refusal;
mod report_status;
mod state;
mod status;

pub use command::OutboundMessageCommand;
pub use echo::{EchoedMessage, Via};
pub use event::OutboundMessageEvent;
pub use refusal::OutboundMessageRefusal;
pub use state::{OutboundMessage, Thread};
pub use status::{DeliveryStatus, Participant, ReportedStatus, StatusReport};
