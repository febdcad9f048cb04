//! An answer that a business keeps ready.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::response_template::Variable;
use leadflow_projections::templates::ResponseTemplateRow;

/// An answer that the business keeps ready for its people; WhatsApp knows nothing of it.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct ResponseTemplate {
    /// Its id, a uuid.
    id: ID,
    /// What it is called.
    title: String,
    /// What it answers, in a word such as `greeting`; null where that was not said.
    intent: Option<String>,
    /// What it says, with variables such as `{{contact.name|there}}`: `renderResponseTemplate` fills them in.
    body: String,
    /// When it was made.
    created_at: Timestamp,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
}

/// What an answer has filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Variable")]
#[expect(clippy::enum_variant_names, reason = "clients read them so, and others may come")]
pub(super) enum ResponseVariable {
    /// `contact.name`: what the customer is called.
    ContactName,
    /// `member.name`: what whoever asks is called.
    MemberName,
    /// `business.name`: what the business is called.
    BusinessName,
}

/// An answer, filled in for a conversation.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct RenderedResponse {
    /// The text to send; null where `missing` says why.
    pub(super) text: Option<String>,
    /// What nothing is known to fill in for, where the answer has nothing in its place; null where there is `text`.
    pub(super) missing: Option<ResponseVariable>,
}

impl From<ResponseTemplateRow> for ResponseTemplate {
    fn from(row: ResponseTemplateRow) -> Self {
        Self {
            id: row.id.into(),
            title: row.title,
            intent: row.intent,
            body: row.body,
            created_at: row.created_at,
            version: row.version,
        }
    }
}
