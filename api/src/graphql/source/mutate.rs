//! What the mutations of a source have in common: the wait, the answer.

use async_graphql::{Context, Error, ID, SimpleObject};
use leadflow_domain::SourceId;
use leadflow_domain::role::Permission;
use leadflow_domain::source::{SourceCommand, SourceRefusal};
use leadflow_event_store::{ExecuteError, Receipt};
use leadflow_projections::leads;

use super::queries::show;
use super::types::Source;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, lagging, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::payload::{Staleness, UserError, staleness};
use crate::graphql::plain_id::read_id;
use crate::graphql::position::Position;

/// What a mutation of a source answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct SourceOutcome {
    /// The source as it is now; null when it was refused, unless for another version, and when it can't be shown yet (see
    /// `stale`).
    source: Option<Source>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The source's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `source` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for SourceOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// What is asked of a source that there is.
pub(super) struct Asked {
    pub(super) source_id: ID,
    pub(super) idempotency_key: Option<String>,
    pub(super) expected_version: Option<i64>,
}

/// Decides `command`, and has the door know of it.
pub(super) async fn mutate(
    context: &Context<'_>,
    asked: Asked,
    command: SourceCommand,
) -> Result<SourceOutcome, NotDone> {
    let request = Request::of(context)?;
    let api = &request.api;
    must_be_allowed(context, request, Permission::ManageChannels).await?;
    let id = SourceId::from_uuid(read_id("sourceId", &asked.source_id)?);
    let (key, version) = (asked.idempotency_key.as_deref(), asked.expected_version);
    let command_context = command_context(context, request, Permission::ManageChannels, key, version).await?;
    let answer = api.commands.sources.execute(id, command, command_context).await;
    if answer.is_ok() {
        // At once, however far behind the read model is.
        api.doors.tell_door(&api.log, id).await.map_err(|error| internal("source", &error))?;
        api.external.tell(id).await.map_err(|error| internal("source", &error))?;
    }
    Ok(outcome(request, id, answer).await?)
}

/// What a command that was decided comes to, once the read model shows it.
pub(super) async fn outcome(
    request: &Request,
    id: SourceId,
    answer: Result<Receipt, ExecuteError<SourceRefusal>>,
) -> Result<SourceOutcome, Error> {
    let CameTo { user_errors, position, shows } = came_to(answer, "source", "sourceId")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(&request.api, &[&leads::DEFINITION], shows).await;
    let (source, freshness) = match show(request, id).await {
        Ok(found) => (found, freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(SourceOutcome { source, user_errors, position, stale: staleness(freshness) })
}
