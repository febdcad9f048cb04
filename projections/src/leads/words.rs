//! The words in the leads' columns.

use leadflow_domain::lead::LeadSource;

use crate::word::Word;

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadStatus {
    /// Captured; nobody has judged it yet.
    New,
}

impl Word for LeadStatus {
    const ALL: &'static [Self] = &[Self::New];

    fn word(self) -> &'static str {
        match self {
            Self::New => "new",
        }
    }
}

impl Word for LeadSource {
    const ALL: &'static [Self] = &[Self::WhatsApp];

    fn word(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
        }
    }
}
