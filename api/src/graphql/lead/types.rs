//! A lead.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, Error, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::pipeline::{MAX_ATTRIBUTES, MAX_STAGES};
use leadflow_domain::{ContactId, StageId};
use leadflow_projections::Condition;
use leadflow_projections::leads::{
    self, AttributeRow, LeadCounts as Counts, LeadField, LeadRow, PipelineRow, StageRow,
};
use uuid::Uuid;

use super::note::LeadNote;
use super::pages::Loaded;
use super::quality::LeadQuality;
use super::submission::LeadSubmission;
use super::timeline::TimelineEvent;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, Window, cost};
use crate::graphql::contact::Contact;
use crate::graphql::conversation::Conversation;
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::pipeline::{LeadStage, LostReason};

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
    /// The conversation it began in; where it began in a form, the one in which what she told last is answered. Null where there is
    /// none, while the inbox has not come that far, and where you don't see it.
    conversation: Option<Box<Conversation>>,
    /// The stage it stands at; null while that can't be told.
    stage: Option<LeadStage>,
    /// Since when it was said to stand there; since when there is the lead, where nobody has said.
    stands_since: Timestamp,
    /// Why it was lost; null when it was not, and when that was not said.
    lost_reason: Option<LostReason>,
    /// What it is worth; null when it is not won, and when that was not said.
    worth: Option<LeadWorth>,
    /// How promising it is by what is known of it. What somebody of the business thinks of it is its `score`.
    quality: LeadQuality,
    /// Whether somebody of the business marked it as spam.
    is_spam: bool,
    /// What it is marked with, in the order in which it was.
    tags: Vec<String>,
    /// Whom its contact works for; null when that is not known, and when she was erased.
    company: Option<String>,
    /// The values of its attributes, in the order in which the business defined these, 50 at most; empty when the contact was erased.
    #[graphql(complexity = "1 + MAX_ATTRIBUTES * child_complexity")]
    attributes: Vec<LeadAttributeValue>,
    /// The id of the member who is to see to it, a uuid; null when it is nobody in particular.
    owner_id: Option<ID>,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
    #[graphql(skip)]
    uuid: Uuid,
    #[graphql(skip)]
    of: ContactId,
    #[graphql(skip)]
    loaded: Arc<Loaded>,
}

/// What a lead is worth to the business.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadWorth {
    /// How much, in the currency's smallest unit (cents, say).
    amount_minor: i64,
    /// The currency, by its three letters.
    currency: String,
}

/// The value of an attribute.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadAttributeValue {
    /// The attribute's id, a uuid.
    attribute_id: ID,
    /// What the attribute is called.
    name: String,
    /// The value, as `setLeadAttribute` takes it.
    value: String,
}

/// How many leads stand at a stage.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadStageCount {
    /// The stage.
    stage: LeadStage,
    /// How many.
    leads: i64,
}

/// How many leads stand where.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct LeadCounts {
    #[graphql(skip)]
    filter: Condition<LeadField>,
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
    /// She wrote to a page in Messenger.
    Messenger,
    /// She wrote to an account of Instagram.
    Instagram,
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

    /// What people of the business put down about it, latest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn notes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<LeadNote>, Error>> {
        Some(self.loaded.notes(context, self.uuid, &Window { first, after, last, before }).await)
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

#[ComplexObject]
impl LeadCounts {
    /// How many stand at each stage, in the order of the stages, 50 at most; one at which none stands is left out.
    #[graphql(complexity = "1 + MAX_STAGES * child_complexity")]
    async fn stages(&self, context: &Context<'_>) -> Option<Result<Vec<LeadStageCount>, Error>> {
        let counted = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let failed = |error: sqlx::Error| internal("leadCounts.stages", &error);
            let pipeline = leads::pipeline(reads, viewer).await.map_err(failed)?;
            let counts = leads::count_leads_by_stage(reads, viewer, &self.filter).await.map_err(failed)?;
            let counts: HashMap<StageId, i64> = counts.into_iter().collect();
            let count =
                |row: &StageRow| counts.get(&row.id).map(|leads| LeadStageCount { stage: row.into(), leads: *leads });
            Ok(pipeline.stages.iter().filter_map(count).collect())
        };
        Some(counted.await)
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
        let pipeline = loaded.pipeline.as_ref();
        let quality = row.quality().into();
        let attributes = pipeline.map(|known| values(&row, known)).unwrap_or_default();
        Self {
            id: encode(Kind::Lead, row.id),
            status: row.status.into(),
            score: row.score.map(i32::from),
            reason: row.reason,
            assessed_at: row.assessed_at,
            source: row.source.into(),
            contact: contact.map(Box::new),
            captured_at: row.captured_at,
            conversation: conversation.map(Box::new),
            stage: pipeline
                .and_then(|known| known.stages.iter().find(|stage| stage.id == row.stage))
                .map(LeadStage::from),
            stands_since: row.stands_since,
            lost_reason: row
                .lost_reason
                .and_then(|reason| pipeline?.lost_reasons.iter().find(|known| known.id == reason))
                .map(LostReason::from),
            worth: row.worth.map(|(amount_minor, currency)| LeadWorth { amount_minor, currency }),
            quality,
            is_spam: row.facts.is_spam,
            attributes,
            tags: row.tags,
            company: row.company,
            owner_id: row.owner.map(|owner| owner.to_string().into()),
            version: row.version,
            uuid: row.id,
            of: row.contact,
            loaded: Arc::clone(&loaded),
        }
    }

    /// Its id, as the read models know it.
    pub(in crate::graphql) fn uuid(&self) -> Uuid {
        self.uuid
    }
}

impl LeadCounts {
    /// `filter` is what they were counted by.
    pub(super) fn counted(Counts { new, qualified, disqualified }: Counts, filter: Condition<LeadField>) -> Self {
        Self { filter, new, qualified, disqualified }
    }
}

/// The values of the attributes that there are, in their order.
fn values(row: &LeadRow, pipeline: &PipelineRow) -> Vec<LeadAttributeValue> {
    let value = |attribute: &AttributeRow| {
        Some(LeadAttributeValue {
            attribute_id: attribute.id.to_string().into(),
            name: attribute.name.clone(),
            value: row.attributes.get(&attribute.id)?.clone(),
        })
    };
    pipeline.attributes.iter().filter_map(value).collect()
}
