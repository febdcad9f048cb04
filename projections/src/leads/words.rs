//! The words in the leads' columns.

use leadflow_domain::lead::LeadSource;

use crate::word::Words;

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadStatus {
    /// Captured; nobody has judged it yet.
    New,
}

pub(super) const STATUS: &Words<LeadStatus> = &[(LeadStatus::New, "new")];

pub(super) const SOURCE: &Words<LeadSource> = &[(LeadSource::WhatsApp, "whatsapp")];
