//! What the mutations that work a lead have in common: whom they are about, what was said before, the command, the answer.

use async_graphql::{Context, ID};
use leadflow_domain::lead::{LeadCommand, LeadRefusal};
use leadflow_domain::pipeline::Pipeline;
use leadflow_domain::role::Permission;
use leadflow_domain::{LeadId, PipelineId};
use leadflow_event_store::{CommandContext, ExecuteError, Receipt};

use super::assess::{LeadOutcome, check, shown};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, came_to, command_context, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::seen::must_see;

/// Which lead, and by which request.
pub(super) struct Of {
    pub(super) lead_id: ID,
    pub(super) idempotency_key: Option<String>,
    pub(super) expected_version: Option<i64>,
}

/// How far a request has come that is allowed.
pub(super) enum Begun {
    /// It was made before, and is told what it came to then, whatever became since of what it named.
    Before(Box<LeadOutcome>),
    /// It is made now, of a lead that is seen.
    Now(Box<Ask>),
}

/// What is asked of a lead.
pub(super) struct Ask {
    pub(super) lead: LeadId,
    pub(super) context: CommandContext,
}

/// Begins what whoever may do `needed` asks of a lead.
pub(super) async fn begin(context: &Context<'_>, of: Of, needed: Permission) -> Result<Begun, NotDone> {
    let request = Request::of(context)?;
    check(&context.look_ahead().field("lead"))?;
    must_be_allowed(context, request, needed).await?;
    let lead = LeadId::from_uuid(decode_as(Kind::Lead, "leadId", &of.lead_id)?);
    let (key, version) = (of.idempotency_key.as_deref(), of.expected_version);
    let command_context = command_context(context, request, needed, key, version).await?;
    if let Some(before) = request.api.commands.leads.before(&command_context).await {
        return Ok(Begun::Before(Box::new(told(context, lead, before).await?)));
    }
    must_see(request, Kind::Lead, lead.as_uuid(), ("lead", "leadId")).await?;
    Ok(Begun::Now(Box::new(Ask { lead, context: command_context })))
}

impl Ask {
    /// Decides `command`, and reads the lead back.
    pub(super) async fn execute(self, context: &Context<'_>, command: LeadCommand) -> Result<LeadOutcome, NotDone> {
        let leads = &Request::of(context)?.api.commands.leads;
        let answer = leads.execute(self.lead, command, self.context).await;
        told(context, self.lead, answer).await
    }
}

/// What a command came to, with the lead, once the leads show it.
pub(super) async fn told(
    context: &Context<'_>,
    lead: LeadId,
    answer: Result<Receipt, ExecuteError<LeadRefusal>>,
) -> Result<LeadOutcome, NotDone> {
    let request = Request::of(context)?;
    let selected = context.look_ahead().field("lead");
    Ok(shown(context, request, Some(lead), came_to(answer, "lead", "leadId")?, &selected).await)
}

/// How the viewer's business works its leads, as the log has it.
pub(in crate::graphql) async fn pipeline_of(request: &Request) -> Result<Pipeline, NotDone> {
    let stream = PipelineId::of(request.viewer.tenant()).into();
    let loaded = request.api.log.load::<Pipeline>(stream).await;
    Ok(loaded.map_err(|error| internal("pipeline", &error))?.state)
}
