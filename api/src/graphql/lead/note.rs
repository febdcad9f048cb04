//! What people of the business put down about a lead.

use async_graphql::SimpleObject;
use jiff::Timestamp;
use leadflow_projections::leads::LeadNoteRow;

use crate::graphql::log_id::LogId;

/// What somebody of the business put down about a lead, which its contact does not see.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadNote {
    /// The id of the event that tells of it, in the log.
    event: LogId,
    /// What it says; null when the contact was erased.
    text: Option<String>,
    /// When it was put down.
    noted_at: Timestamp,
}

impl From<LeadNoteRow> for LeadNote {
    fn from(LeadNoteRow { id, body, noted_at }: LeadNoteRow) -> Self {
        Self { event: LogId(id), text: body, noted_at }
    }
}
