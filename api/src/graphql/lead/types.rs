//! A lead.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::leads::LeadRow;

use crate::graphql::contact::Contact;
use crate::graphql::conversation::Conversation;
use crate::graphql::global_id::{Kind, encode};

/// A contact's interest in buying.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Lead {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// Where it stands.
    status: LeadStatus,
    /// Where it came from.
    source: LeadSource,
    /// Who is interested; null while the inbox has not come that far.
    contact: Option<Contact>,
    /// When the contact's earliest message was written, by the provider's clock.
    captured_at: Timestamp,
    /// The conversation it began in; null while the inbox has not come that far.
    conversation: Option<Conversation>,
}

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::lead::LeadStatus")]
pub(in crate::graphql) enum LeadStatus {
    /// Captured; nobody has judged it yet.
    New,
    /// Worth pursuing, as somebody of the business said.
    Qualified,
    /// Not worth pursuing, as somebody of the business said.
    Disqualified,
}

/// Where a lead came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::lead::LeadSource")]
pub(in crate::graphql) enum LeadSource {
    /// The contact wrote to a WhatsApp number.
    #[graphql(name = "WHATSAPP")]
    WhatsApp,
}

impl Lead {
    pub(super) fn new(row: &LeadRow, contact: Option<Contact>, conversation: Option<Conversation>) -> Self {
        Self {
            id: encode(Kind::Lead, row.id),
            status: row.status.into(),
            source: row.source.into(),
            contact,
            captured_at: row.captured_at,
            conversation,
        }
    }
}
