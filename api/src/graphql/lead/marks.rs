//! `markLeadSpam`, `unmarkLeadSpam`, `tagLead` and `untagLead`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::lead::{LeadCommand, Tag};
use leadflow_domain::role::Permission;

use super::assess::LeadOutcome;
use super::work::{Begun, Of, begin};
use crate::graphql::command::{answer, valid};

/// The mutations.
#[derive(Default)]
pub(in crate::graphql) struct MarkLead;

/// What `markLeadSpam` takes.
#[derive(InputObject)]
struct MarkLeadSpamInput {
    /// Which lead.
    lead_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `markLeadSpam` answers.
#[derive(SimpleObject)]
struct MarkLeadSpamPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

/// What `unmarkLeadSpam` takes.
#[derive(InputObject)]
struct UnmarkLeadSpamInput {
    /// Which lead.
    lead_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `unmarkLeadSpam` answers.
#[derive(SimpleObject)]
struct UnmarkLeadSpamPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

/// What `tagLead` takes.
#[derive(InputObject)]
struct TagLeadInput {
    /// Which lead.
    lead_id: ID,
    /// The mark, 1 to 50 characters, as it is typed: those that differ in a letter's case are two. It is about nobody.
    tag: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `tagLead` answers.
#[derive(SimpleObject)]
struct TagLeadPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

/// What `untagLead` takes.
#[derive(InputObject)]
struct UntagLeadInput {
    /// Which lead.
    lead_id: ID,
    /// The mark, 1 to 50 characters, as it is typed: those that differ in a letter's case are two. It is about nobody.
    tag: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `untagLead` answers.
#[derive(SimpleObject)]
struct UntagLeadPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

#[Object]
impl MarkLead {
    /// A lead is spam: its quality is none. Nothing else of it changes.
    async fn mark_lead_spam(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: MarkLeadSpamInput,
    ) -> Option<Result<MarkLeadSpamPayload, Error>> {
        let done = Box::pin(async {
            let of = Of {
                lead_id: input.lead_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            match begin(context, of, Permission::JudgeLeads).await? {
                Begun::Before(outcome) => Ok(*outcome),
                Begun::Now(ask) => {
                    let command = LeadCommand::MarkSpam;
                    ask.execute(context, command).await
                }
            }
        });
        answer(done, |outcome| MarkLeadSpamPayload { outcome }).await
    }

    /// A lead is no spam after all.
    async fn unmark_lead_spam(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: UnmarkLeadSpamInput,
    ) -> Option<Result<UnmarkLeadSpamPayload, Error>> {
        let done = Box::pin(async {
            let of = Of {
                lead_id: input.lead_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            match begin(context, of, Permission::JudgeLeads).await? {
                Begun::Before(outcome) => Ok(*outcome),
                Begun::Now(ask) => {
                    let command = LeadCommand::UnmarkSpam;
                    ask.execute(context, command).await
                }
            }
        });
        answer(done, |outcome| UnmarkLeadSpamPayload { outcome }).await
    }

    /// A lead is marked as being of some kind; 50 marks at most.
    async fn tag_lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: TagLeadInput,
    ) -> Option<Result<TagLeadPayload, Error>> {
        let done = Box::pin(async {
            let of = Of {
                lead_id: input.lead_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            match begin(context, of, Permission::WorkConversations).await? {
                Begun::Before(outcome) => Ok(*outcome),
                Begun::Now(ask) => {
                    let command = LeadCommand::Tag { tag: valid("tag", Tag::parse(&input.tag))? };
                    ask.execute(context, command).await
                }
            }
        });
        answer(done, |outcome| TagLeadPayload { outcome }).await
    }

    /// A mark is taken from a lead.
    async fn untag_lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: UntagLeadInput,
    ) -> Option<Result<UntagLeadPayload, Error>> {
        let done = Box::pin(async {
            let of = Of {
                lead_id: input.lead_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            match begin(context, of, Permission::WorkConversations).await? {
                Begun::Before(outcome) => Ok(*outcome),
                Begun::Now(ask) => {
                    let command = LeadCommand::Untag { tag: valid("tag", Tag::parse(&input.tag))? };
                    ask.execute(context, command).await
                }
            }
        });
        answer(done, |outcome| UntagLeadPayload { outcome }).await
    }
}
