//! What the mutations of a pipeline have in common: the command, the wait, the answer.

use async_graphql::{Context, SimpleObject};
use leadflow_domain::pipeline::{PipelineCommand, PipelineRefusal};
use leadflow_domain::role::Permission;
use leadflow_domain::{CommandId, PipelineId};
use leadflow_event_store::ExecuteError;
use leadflow_projections::leads;

use super::queries::find;
use super::types::LeadPipeline;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, lagging, must_be_allowed};
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;

/// What a mutation of how the business works its leads answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct PipelineOutcome {
    /// How the business works its leads now; null when it was refused, unless for another version, and when it can't be shown yet
    /// (see `stale`).
    lead_pipeline: Option<LeadPipeline>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The pipeline's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `leadPipeline` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for PipelineOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// By which request.
pub(super) struct Of {
    pub(super) idempotency_key: Option<String>,
    pub(super) expected_version: Option<i64>,
}

/// Decides the command that `command` makes of the request's id, waits for the leads to show it, and reads the pipeline back.
pub(super) async fn mutate(
    context: &Context<'_>,
    of: Of,
    command: impl FnOnce(CommandId) -> Result<PipelineCommand, NotDone>,
) -> Result<PipelineOutcome, NotDone> {
    let request = Request::of(context)?;
    let (api, needed) = (&request.api, Permission::ManageSettings);
    must_be_allowed(context, request, needed).await?;
    let (key, version) = (of.idempotency_key.as_deref(), of.expected_version);
    let command_context = command_context(context, request, needed, key, version).await?;
    let command = command(command_context.id)?;
    let id = PipelineId::of(request.viewer.tenant());
    let answer = api.commands.pipelines.execute(id, command, command_context).await;
    if let Err(ExecuteError::Refused(PipelineRefusal::NameTaken)) = &answer {
        let message = PipelineRefusal::NameTaken.to_string();
        return Ok(vec![UserError::new(UserErrorCode::Taken, message, Some("name"))].into());
    }
    let CameTo { user_errors, position, shows } = came_to(answer, "pipeline", "leadPipeline")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(api, &[&leads::DEFINITION], shows).await;
    let (lead_pipeline, freshness) = match find(request).await {
        Ok(found) => (Some(found), freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(PipelineOutcome { lead_pipeline, user_errors, position, stale: staleness(freshness) })
}
