//! A template.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::template::Components;
use leadflow_projections::templates::{CategoryWord, QualityWord, StatusWord, TemplateRow};

use super::components::TemplateComponents;
use super::form::TemplateForm;

/// A message that WhatsApp has looked over, or is to, in one language, with gaps to fill in. It may be sent to whoever has not
/// written for a day.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct MessageTemplate {
    /// Its id, a uuid.
    id: ID,
    /// What messages name it by.
    name: String,
    /// Its language, such as `it` or `en_US`.
    language: String,
    /// WhatsApp's id of the account that has it.
    waba_id: String,
    /// WhatsApp's id of it; null for a draft, and while it was not told.
    provider_id: Option<String>,
    /// How it stands; null while that was not told.
    status: Option<TemplateStatus>,
    /// Why it was rejected, in WhatsApp's word; or how it stands, where that is `OTHER`.
    status_detail: Option<String>,
    /// When that was told; of a draft, when it was written.
    status_at: Option<Timestamp>,
    /// Whether WhatsApp takes messages of it.
    sendable: bool,
    /// What it is for, which decides what it costs; null while that was not told.
    category: Option<TemplateCategory>,
    /// What it will be for before long, as WhatsApp said; null where it said nothing.
    announced_category: Option<TemplateCategory>,
    /// What people who got it think of it; null while that was not told.
    quality: Option<TemplateQuality>,
    /// What it consists of; null while it was only told of: `syncTemplates` asks for it.
    components: Option<TemplateComponents>,
    /// What has to be filled in to send it; null while it is not known what it consists of.
    parameters: Option<TemplateForm>,
    /// How many contents it had; each is in the log.
    contents: i32,
    /// When it was first heard of.
    introduced_at: Timestamp,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
}

/// How a template stands with WhatsApp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "StatusWord")]
pub(in crate::graphql) enum TemplateStatus {
    /// It was written here, and WhatsApp knows nothing of it yet.
    Draft,
    /// It may be sent.
    Approved,
    /// It is being looked over.
    Pending,
    /// It may not be sent; `statusDetail` has why.
    Rejected,
    /// Too many people disliked it: it may not be sent for some hours.
    Paused,
    /// It may not be sent any more.
    Disabled,
    /// It may be sent, and soon not any more if people go on disliking it.
    Flagged,
    /// The business contests that it may not be sent.
    InAppeal,
    /// It is about to be gone.
    PendingDeletion,
    /// It is gone.
    Deleted,
    /// The account has as many as it may have.
    LimitExceeded,
    /// Nobody used it for long.
    Archived,
    /// In a word of WhatsApp's that nothing here knows; `statusDetail` has it.
    Other,
}

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CategoryWord")]
pub(in crate::graphql) enum TemplateCategory {
    /// It sells something.
    Marketing,
    /// It tells of something that the customer asked for.
    Utility,
    /// It brings a code to prove oneself with.
    Authentication,
    /// In a word of WhatsApp's that nothing here knows.
    Other,
}

/// What people who got a template think of it, as WhatsApp sums it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "QualityWord")]
pub(super) enum TemplateQuality {
    /// Few disliked it.
    Green,
    /// Some did.
    Yellow,
    /// Many did.
    Red,
    /// Too few got it to say.
    Unknown,
    /// In a word of WhatsApp's that nothing here knows.
    Other,
}

impl From<TemplateRow> for MessageTemplate {
    fn from(row: TemplateRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            language: row.language,
            waba_id: row.waba_id,
            provider_id: row.provider_id,
            status: row.status.map(TemplateStatus::from),
            status_detail: row.status_detail,
            status_at: row.status_at,
            sendable: row.status.is_some_and(StatusWord::is_sendable),
            category: row.category.map(TemplateCategory::from),
            announced_category: row.announced_category.map(TemplateCategory::from),
            quality: row.quality.map(TemplateQuality::from),
            parameters: row.components.as_ref().map(Components::form).map(TemplateForm::from),
            components: row.components.map(TemplateComponents::from),
            contents: row.contents,
            introduced_at: row.introduced_at,
            version: row.version,
        }
    }
}
