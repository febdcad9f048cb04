//! A lead.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, Error, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::ContactId;
use leadflow_projections::leads::{LeadCounts as Counts, LeadRow};
use uuid::Uuid;

use super::pages::Loaded;
use super::submission::LeadSubmission;
use super::timeline::TimelineEvent;
use crate::graphql::connection::{Connection, Window, cost};
use crate::graphql::contact::Contact;
use crate::graphql::conversation::Conversation;
use crate::graphql::global_id::{Kind, encode};

/// A contact's interest in buying.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct Lead {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// Where it stands.
    status: LeadStatus,
    /// How good it is, 0 to 100, as was said with its status; null when it was not.
    score: Option<i32>,
    /// Why it stands there, as was said with its status; null when nothing was, and when the contact was erased.
    reason: Option<String>,
    /// When its status was said; null while it is NEW.
    assessed_at: Option<Timestamp>,
    /// Where it came from first; `submissions` has whatever came from elsewhere later.
    source: LeadSource,
    /// Who is interested; null while the inbox has not come that far.
    contact: Option<Box<Contact>>,
    /// When the contact's earliest message was written, or her earliest form filled in, by the provider's clock.
    captured_at: Timestamp,
    /// The conversation it began in; null where it began in a form, while the inbox has not come that far, and where you don't see
    /// it.
    conversation: Option<Conversation>,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
    #[graphql(skip)]
    uuid: Uuid,
    #[graphql(skip)]
    of: ContactId,
    #[graphql(skip)]
    loaded: Arc<Loaded>,
}

/// How many leads stand where.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadCounts {
    /// Captured; nobody has judged them yet.
    new: i64,
    /// Worth pursuing.
    qualified: i64,
    /// Not worth pursuing.
    disqualified: i64,
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
}

#[ComplexObject]
impl Lead {
    /// What happened with its contact, in whatever conversation that you see, latest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn timeline(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<TimelineEvent>, Error>> {
        Some(self.loaded.timeline(context, self.of.as_uuid(), &Window { first, after, last, before }).await)
    }

    /// What its contact told by forms, and what somebody of the business entered of her, latest first. What she wrote is in
    /// conversations.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn submissions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<LeadSubmission>, Error>> {
        Some(self.loaded.submissions(context, self.uuid, &Window { first, after, last, before }).await)
    }
}

impl Lead {
    /// `loaded` is what the list has loaded for all its rows at once.
    pub(super) fn new(
        row: LeadRow,
        contact: Option<Contact>,
        conversation: Option<Conversation>,
        loaded: Arc<Loaded>,
    ) -> Self {
        Self {
            id: encode(Kind::Lead, row.id),
            status: row.status.into(),
            score: row.score.map(i32::from),
            reason: row.reason,
            assessed_at: row.assessed_at,
            source: row.source.into(),
            contact: contact.map(Box::new),
            captured_at: row.captured_at,
            conversation,
            version: row.version,
            uuid: row.id,
            of: row.contact,
            loaded,
        }
    }

    /// Its id, as the read models know it.
    pub(in crate::graphql) fn uuid(&self) -> Uuid {
        self.uuid
    }
}

impl From<Counts> for LeadCounts {
    fn from(Counts { new, qualified, disqualified }: Counts) -> Self {
        Self { new, qualified, disqualified }
    }
}
