//! What a lead is linked to: forms that its contact filled in, and what somebody of the business entered.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::contact;
use leadflow_projections::leads::{AnswerRow, SubmissionRow};

use super::types::LeadSource;

/// Answers that are shown of a submission.
pub(super) const MOST_ANSWERS: usize = 20;

/// What a contact told by a form at once, or somebody of the business entered of her.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadSubmission {
    /// Its id, a uuid.
    id: ID,
    /// What kind of place it came from.
    source: LeadSource,
    /// The id of the source; null where it was entered by hand.
    source_id: Option<ID>,
    /// Whether the lead began with it.
    status: LeadSubmissionStatus,
    /// When, by the provider's clock; where that does not say, when it was received.
    submitted_at: Timestamp,
    /// What she is called there; null when that was not said, and when she was erased.
    name: Option<String>,
    /// The provider's id of the form.
    form_id: Option<String>,
    /// The provider's id of the campaign.
    campaign_id: Option<String>,
    /// The provider's id of the group of ads.
    ad_group_id: Option<String>,
    /// The provider's id of the ad.
    ad_id: Option<String>,
    /// The provider's id of the group of what the ad was made of.
    asset_group_id: Option<String>,
    /// The provider's id of this; null when it has none, and when she was erased.
    provider_lead_id: Option<String>,
    /// The provider's id of her click on the ad; null when it was not told, and when she was erased.
    click_id: Option<String>,
    /// What was asked and answered, in the form's order and as it was given, 20 at most; empty when she was erased. What a form has
    /// beyond is in the log.
    #[graphql(complexity = "1 + MOST_ANSWERS * child_complexity")]
    answers: Vec<LeadAnswer>,
    /// What she became known by with it.
    added: Vec<IdentifierKind>,
}

/// A question of a form and its answer.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadAnswer {
    /// The form's key of the question; null where it has none.
    key: Option<String>,
    /// How it was asked; null where that was not told.
    question: Option<String>,
    /// What was answered.
    answer: String,
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum LeadSubmissionStatus {
    /// The lead began with it.
    Created,
    /// The lead was there, and it was linked to that.
    Linked,
}

/// What somebody may be known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "contact::IdentifierKind")]
pub(in crate::graphql) enum IdentifierKind {
    /// A phone number.
    Phone,
    /// WhatsApp's id of her.
    #[graphql(name = "WHATSAPP_USER_ID")]
    WhatsAppUserId,
    /// An address of electronic mail.
    Email,
    /// A provider's id of what she filled in, for want of anything else.
    ProviderLead,
    /// What Meta calls her at one account of Messenger or Instagram.
    ScopedUserId,
}

impl From<SubmissionRow> for LeadSubmission {
    fn from(row: SubmissionRow) -> Self {
        let answer = |AnswerRow { key, question, answer }| LeadAnswer { key, question, answer };
        Self {
            id: row.id.to_string().into(),
            source: row.source.into(),
            source_id: row.from.map(|source| source.to_string().into()),
            status: if row.created_lead { LeadSubmissionStatus::Created } else { LeadSubmissionStatus::Linked },
            submitted_at: row.submitted_at,
            name: row.name,
            form_id: row.form_id,
            campaign_id: row.campaign_id,
            ad_group_id: row.ad_group_id,
            ad_id: row.ad_id,
            asset_group_id: row.asset_group_id,
            provider_lead_id: row.provider_lead_id,
            click_id: row.click_id,
            answers: row.answers.into_iter().take(MOST_ANSWERS).map(answer).collect(),
            added: row.added.into_iter().map(IdentifierKind::from).collect(),
        }
    }
}
