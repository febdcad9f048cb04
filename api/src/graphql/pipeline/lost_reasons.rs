//! `addLostReason`, `renameLostReason` and `removeLostReason`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::LostReasonId;
use leadflow_domain::pipeline::{LostReasonText, PipelineCommand};

use super::mutate::{Of, PipelineOutcome, mutate};
use crate::graphql::command::{answer, valid};
use crate::graphql::plain_id::read_id;

/// The mutations.
#[derive(Default)]
pub(in crate::graphql) struct ListLostReasons;

/// What `addLostReason` takes.
#[derive(InputObject)]
struct AddLostReasonInput {
    /// What it is called, 1 to 100 characters; no other is called so, in capitals or not. Nothing about a person belongs into it.
    name: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `addLostReason` answers.
#[derive(SimpleObject)]
struct AddLostReasonPayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

/// What `renameLostReason` takes.
#[derive(InputObject)]
struct RenameLostReasonInput {
    /// Which reason: its id, a uuid.
    lost_reason_id: ID,
    /// What it is called, 1 to 100 characters; no other is called so, in capitals or not.
    name: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The pipeline's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `renameLostReason` answers.
#[derive(SimpleObject)]
struct RenameLostReasonPayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

/// What `removeLostReason` takes.
#[derive(InputObject)]
struct RemoveLostReasonInput {
    /// Which reason: its id, a uuid.
    lost_reason_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The pipeline's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `removeLostReason` answers.
#[derive(SimpleObject)]
struct RemoveLostReasonPayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

#[Object]
impl ListLostReasons {
    /// Leads may be lost for one reason more; 50 at most.
    async fn add_lost_reason(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is to be; and the request's key, where wanted.")] input: AddLostReasonInput,
    ) -> Option<Result<AddLostReasonPayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: None };
            mutate(context, of, |command| {
                let text = valid("name", LostReasonText::parse(&input.name))?;
                Ok(PipelineCommand::AddLostReason { reason: LostReasonId::added_by(command), text })
            })
            .await
        });
        answer(done, |outcome| AddLostReasonPayload { outcome }).await
    }

    /// A reason is called something else, also of leads that were lost for it before.
    async fn rename_lost_reason(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RenameLostReasonInput,
    ) -> Option<Result<RenameLostReasonPayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: input.expected_version };
            mutate(context, of, |_| {
                let reason = LostReasonId::from_uuid(read_id("lostReasonId", &input.lost_reason_id)?);
                let text = valid("name", LostReasonText::parse(&input.name))?;
                Ok(PipelineCommand::RenameLostReason { reason, text })
            })
            .await
        });
        answer(done, |outcome| RenameLostReasonPayload { outcome }).await
    }

    /// No more leads are lost for a reason. Those that were stay so.
    async fn remove_lost_reason(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RemoveLostReasonInput,
    ) -> Option<Result<RemoveLostReasonPayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: input.expected_version };
            mutate(context, of, |_| {
                let reason = LostReasonId::from_uuid(read_id("lostReasonId", &input.lost_reason_id)?);
                Ok(PipelineCommand::RemoveLostReason { reason })
            })
            .await
        });
        answer(done, |outcome| RemoveLostReasonPayload { outcome }).await
    }
}
