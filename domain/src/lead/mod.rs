//! A lead: a contact's interest in buying.

mod assess;
mod assessment;
mod capture;
mod command;
mod event;
mod refusal;
mod state;

pub use assessment::{Assessment, LeadStatus, NotAScore, Reason, ReasonText, Score};
pub use command::LeadCommand;
pub use event::LeadEvent;
pub use refusal::LeadRefusal;
pub use state::Lead;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContactId, ConversationId};

/// Where a lead came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadSource {
    /// The contact wrote to a WhatsApp number.
    WhatsApp,
}

/// How a contact's interest was first seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// Who is interested.
    pub contact: ContactId,
    /// Where she came from.
    pub source: LeadSource,
    /// The thread she wrote in; breaks ties between threads that began in the same second.
    pub conversation: ConversationId,
    /// When she wrote, by the provider's clock.
    pub captured_at: Timestamp,
}
