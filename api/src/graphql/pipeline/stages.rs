//! `createLeadStage`, `renameLeadStage`, `reorderLeadStages` and `removeLeadStage`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::StageId;
use leadflow_domain::pipeline::{PipelineCommand, Stage, StageName};

use super::mutate::{Of, PipelineOutcome, mutate};
use super::types::LeadStageKind;
use crate::graphql::command::{answer, valid};
use crate::graphql::plain_id::read_id;

/// The mutations.
#[derive(Default)]
pub(in crate::graphql) struct ArrangeStages;

/// What `createLeadStage` takes.
#[derive(InputObject)]
struct CreateLeadStageInput {
    /// What it is called, 1 to 50 characters; no other is called so, in capitals or not.
    name: String,
    /// What it means to stand there. That never changes.
    kind: LeadStageKind,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `createLeadStage` answers.
#[derive(SimpleObject)]
struct CreateLeadStagePayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

/// What `renameLeadStage` takes.
#[derive(InputObject)]
struct RenameLeadStageInput {
    /// Which stage: its id, a uuid.
    stage_id: ID,
    /// What it is called, 1 to 50 characters; no other is called so, in capitals or not.
    name: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The pipeline's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `renameLeadStage` answers.
#[derive(SimpleObject)]
struct RenameLeadStagePayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

/// What `reorderLeadStages` takes.
#[derive(InputObject)]
struct ReorderLeadStagesInput {
    /// All stages in their order, each once: their ids, uuids.
    stage_ids: Vec<ID>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The pipeline's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `reorderLeadStages` answers.
#[derive(SimpleObject)]
struct ReorderLeadStagesPayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

/// What `removeLeadStage` takes.
#[derive(InputObject)]
struct RemoveLeadStageInput {
    /// Which stage: its id, a uuid.
    stage_id: ID,
    /// Where its leads stand then: the id of another stage of the same kind, a uuid.
    successor_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The pipeline's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `removeLeadStage` answers.
#[derive(SimpleObject)]
struct RemoveLeadStagePayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

#[Object]
impl ArrangeStages {
    /// Leads go through one stage more. It stands behind the others of its kind; 50 at most.
    async fn create_lead_stage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is to be; and the request's key, where wanted.")] input: CreateLeadStageInput,
    ) -> Option<Result<CreateLeadStagePayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: None };
            mutate(context, of, |command| {
                let name = valid("name", StageName::parse(&input.name))?;
                // The same request is about the same stage.
                Ok(PipelineCommand::CreateStage(Stage {
                    stage: StageId::created_by(command),
                    name,
                    kind: input.kind.into(),
                }))
            })
            .await
        });
        answer(done, |outcome| CreateLeadStagePayload { outcome }).await
    }

    /// A stage is called something else, also one of those that every business begins with.
    async fn rename_lead_stage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RenameLeadStageInput,
    ) -> Option<Result<RenameLeadStagePayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: input.expected_version };
            mutate(context, of, |_| {
                let stage = StageId::from_uuid(read_id("stageId", &input.stage_id)?);
                Ok(PipelineCommand::RenameStage { stage, name: valid("name", StageName::parse(&input.name))? })
            })
            .await
        });
        answer(done, |outcome| RenameLeadStagePayload { outcome }).await
    }

    /// The stages are in another order.
    async fn reorder_lead_stages(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ReorderLeadStagesInput,
    ) -> Option<Result<ReorderLeadStagesPayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: input.expected_version };
            mutate(context, of, |_| {
                let order = input.stage_ids.iter().map(|id| read_id("stageIds", id).map(StageId::from_uuid));
                Ok(PipelineCommand::ReorderStages { order: order.collect::<Result<_, _>>()? })
            })
            .await
        });
        answer(done, |outcome| ReorderLeadStagesPayload { outcome }).await
    }

    /// There is a stage less. Leads that stand there stand at its successor, and so does whatever is said to stand there later.
    /// There always is one stage of each kind.
    async fn remove_lead_stage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RemoveLeadStageInput,
    ) -> Option<Result<RemoveLeadStagePayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: input.expected_version };
            mutate(context, of, |_| {
                let stage = StageId::from_uuid(read_id("stageId", &input.stage_id)?);
                let successor = StageId::from_uuid(read_id("successorId", &input.successor_id)?);
                Ok(PipelineCommand::RemoveStage { stage, successor })
            })
            .await
        });
        answer(done, |outcome| RemoveLeadStagePayload { outcome }).await
    }
}
