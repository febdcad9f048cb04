//! A lead: a contact's interest in buying.

mod assess;
mod assessment;
mod capture;
mod command;
mod details;
mod event;
mod quality;
mod refusal;
mod spam;
mod standing;
mod state;
mod submission;
mod submit;
mod tag;
mod transfer;

pub use assessment::{Assessment, LeadStatus, NotAScore, Reason, ReasonText, Score};
pub use command::LeadCommand;
pub use details::{AttributeValue, Company, CompanyName, LeadNote};
pub use event::LeadEvent;
pub use quality::{Ground, LeadFacts, Quality};
pub use refusal::LeadRefusal;
pub use standing::{Currency, NotACurrency, Worth};
pub use state::Lead;
#[cfg(test)]
pub(crate) use submission::samples;
pub use submission::{Answer, Origin, Submission};
pub use tag::{MAX_TAGS, Tag};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContactId, ConversationId, SubmissionId};

/// Where a lead came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadSource {
    /// The contact wrote to a WhatsApp number.
    WhatsApp,
    /// She filled in a lead form in Google's ads.
    GoogleForm,
    /// She filled in a lead form of a page, on Facebook or Instagram.
    MetaForm,
    /// She filled in a form of ours, behind a QR code.
    WalkIn,
    /// A program of the business's own, or of somebody it works with, posted what she told.
    External,
    /// Somebody of the business entered her.
    Manual,
    /// She stood in a file that the business brought.
    Import,
    /// She wrote to a page in Messenger.
    Messenger,
    /// She wrote to an account of Instagram.
    Instagram,
}

/// How a contact's interest was first seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// Who is interested.
    pub contact: ContactId,
    /// Where she came from.
    pub source: LeadSource,
    /// The thread she wrote in, where she wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// What she told by a form, or was entered of her, where that was it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<SubmissionId>,
    /// When, by the provider's clock.
    pub captured_at: Timestamp,
}

impl Capture {
    /// She wrote in `conversation`.
    #[must_use]
    pub fn by_message(contact: ContactId, source: LeadSource, conversation: ConversationId, at: Timestamp) -> Self {
        Self { contact, source, conversation: Some(conversation), submission: None, captured_at: at }
    }

    /// By when interests compare: of one moment, forms come before threads, and each by its id.
    fn order(&self) -> (Timestamp, Option<ConversationId>, Option<SubmissionId>) {
        (self.captured_at, self.conversation, self.submission)
    }
}
