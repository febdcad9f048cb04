//! `qualifyLead`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::lead::LeadCommand;

use super::assess::{Asked, LeadOutcome, assess};
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct QualifyLead;

/// What `qualifyLead` takes.
#[derive(InputObject)]
struct QualifyLeadInput {
    /// Which lead is worth pursuing.
    lead_id: ID,
    /// Why, 1 to 500 characters. It is about the contact, and is erased with her.
    reason: Option<String>,
    /// How good it is, 0 to 100.
    score: Option<i32>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `qualifyLead` answers.
#[derive(SimpleObject)]
struct QualifyLeadPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

#[Object]
impl QualifyLead {
    /// Somebody of the business finds a lead worth pursuing, and may say why and how good it is. Whoever says so again
    /// otherwise has changed her mind. What was disqualified stands where it was worked on last.
    async fn qualify_lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: QualifyLeadInput,
    ) -> Option<Result<QualifyLeadPayload, Error>> {
        let done = async {
            let QualifyLeadInput { lead_id, reason, score, idempotency_key, expected_version } = input;
            let asked = Asked { lead_id, reason, score, idempotency_key, expected_version };
            assess(context, asked, |reason, score, _| LeadCommand::Qualify { reason, score }).await
        };
        answer(done, |outcome| QualifyLeadPayload { outcome }).await
    }
}
