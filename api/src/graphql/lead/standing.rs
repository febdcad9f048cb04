//! `moveLead` and `convertLead`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::lead::{Currency, LeadCommand, Worth};
use leadflow_domain::pipeline::{Pipeline, Stage, StageKind};
use leadflow_domain::role::Permission;
use leadflow_domain::{LostReasonId, StageId};
use uuid::Uuid;

use super::assess::LeadOutcome;
use super::work::{Begun, Of, begin, pipeline_of};
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone, answer};
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;

/// The mutations.
#[derive(Default)]
pub(in crate::graphql) struct MoveLead;

/// What `moveLead` takes.
#[derive(InputObject)]
struct MoveLeadInput {
    /// Which lead.
    lead_id: ID,
    /// Where it stands now: the id of a stage, a uuid.
    stage_id: ID,
    /// Why it is lost: the id of one of the business's reasons, a uuid; of other stages none.
    lost_reason_id: Option<ID>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `moveLead` answers.
#[derive(SimpleObject)]
struct MoveLeadPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

/// What `convertLead` takes.
#[derive(InputObject)]
struct ConvertLeadInput {
    /// Which lead.
    lead_id: ID,
    /// Where it stands now: the id of a stage of what is won, a uuid; the first of these, when not given.
    stage_id: Option<ID>,
    /// What it is worth, in the currency's smallest unit (cents, say), 0 or more; what was said before, when not given.
    amount_minor: Option<i64>,
    /// The currency of that amount, by its three capital letters.
    currency: Option<String>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `convertLead` answers.
#[derive(SimpleObject)]
struct ConvertLeadPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

#[Object]
impl MoveLead {
    /// A lead stands at another stage. Where what is won stands it is converted, and qualified, if it was not; where what is lost
    /// stands it is lost, for a reason or for none. What is disqualified is qualified before it is worked on again.
    async fn move_lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: MoveLeadInput,
    ) -> Option<Result<MoveLeadPayload, Error>> {
        let done = Box::pin(async {
            let of = Of {
                lead_id: input.lead_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            match begin(context, of, Permission::JudgeLeads).await? {
                Begun::Before(outcome) => Ok(*outcome),
                Begun::Now(ask) => {
                    let request = Request::of(context)?;
                    let stage = StageId::from_uuid(read_id("stageId", &input.stage_id)?);
                    let reason = input.lost_reason_id.as_ref().map(|id| read_id("lostReasonId", id)).transpose()?;
                    let pipeline = pipeline_of(request).await?;
                    let reason = reason.map(LostReasonId::from_uuid);
                    let stage = move_to(&pipeline, stage, reason, ["stageId", "lostReasonId"])?;
                    ask.execute(context, to(stage, reason)).await
                }
            }
        });
        answer(done, |outcome| MoveLeadPayload { outcome }).await
    }

    /// Somebody has bought: her lead is won, and qualified, if it was not.
    async fn convert_lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ConvertLeadInput,
    ) -> Option<Result<ConvertLeadPayload, Error>> {
        let done = Box::pin(async {
            let of = Of {
                lead_id: input.lead_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            match begin(context, of, Permission::JudgeLeads).await? {
                Begun::Before(outcome) => Ok(*outcome),
                Begun::Now(ask) => {
                    let request = Request::of(context)?;
                    let stage: Option<Uuid> = input.stage_id.as_ref().map(|id| read_id("stageId", id)).transpose()?;
                    let worth = worth(input.amount_minor, input.currency.as_deref())?;
                    let pipeline = pipeline_of(request).await?;
                    let stage = match stage.map(StageId::from_uuid) {
                        Some(stage) => pipeline.stage(stage).filter(|stage| stage.kind == StageKind::Won),
                        None => pipeline.first(StageKind::Won),
                    };
                    let stage = stage.ok_or_else(|| none("stage of what is won", "stageId"))?.stage;
                    let command = LeadCommand::Convert { stage, worth };
                    ask.execute(context, command).await
                }
            }
        });
        answer(done, |outcome| ConvertLeadPayload { outcome }).await
    }
}

/// The stage that leads are moved to, if there is one, and a reason as it may have: what is not there, and what only leads that are
/// lost have, is told by the names of their fields.
///
/// # Errors
/// `NOT_FOUND`, and `INVALID`.
pub(in crate::graphql) fn move_to<'a>(
    pipeline: &'a Pipeline,
    stage: StageId,
    reason: Option<LostReasonId>,
    [stage_field, reason_field]: [&str; 2],
) -> Result<&'a Stage, NotDone> {
    let stage = pipeline.stage(stage).ok_or_else(|| none("stage", stage_field))?;
    let Some(reason) = reason else { return Ok(stage) };
    pipeline.lost_reason(reason).ok_or_else(|| none("lost reason", reason_field))?;
    match stage.kind {
        StageKind::Lost => Ok(stage),
        StageKind::Open | StageKind::Won => {
            Err(NotDone::Invalid(vec![UserError::invalid(reason_field, &"is for stages of what is lost alone")]))
        }
    }
}

fn to(stage: &Stage, reason: Option<LostReasonId>) -> LeadCommand {
    let Stage { stage, kind, .. } = *stage;
    match kind {
        StageKind::Open => LeadCommand::Advance { stage },
        StageKind::Won => LeadCommand::Convert { stage, worth: None },
        StageKind::Lost => LeadCommand::Lose { stage, reason },
    }
}

fn worth(minor: Option<i64>, currency: Option<&str>) -> Result<Option<Worth>, NotDone> {
    let mut form = Form::default();
    let currency = currency.map(|letters| form.read("currency", Currency::parse(letters)));
    if minor.is_some_and(|minor| minor < 0) {
        form.read::<(), _>("amountMinor", Err("must be 0 or more"));
    }
    if minor.is_some() != currency.is_some() {
        let missing = if minor.is_some() { "currency" } else { "amountMinor" };
        form.read::<(), _>(missing, Err("must be given with the other"));
    }
    form.all(Some(minor.zip(currency.flatten()).map(|(minor, currency)| Worth { minor, currency })))
}

/// There is no such thing of the business's pipeline.
fn none(what: &str, field: &str) -> NotDone {
    NotDone::Invalid(vec![UserError::new(UserErrorCode::NotFound, format!("there is no such {what}"), Some(field))])
}
