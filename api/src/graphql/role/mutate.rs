//! What the mutations of a role have in common: the command, the wait, the answer.

use async_graphql::{Context, SimpleObject};
use leadflow_domain::RoleId;
use leadflow_domain::role::Permission;
use leadflow_domain::role::RoleCommand;
use leadflow_event_store::{CommandContext, ExecuteError};
use leadflow_projections::people;

use super::queries::by_id;
use super::types::Role;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, lagging};
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;

/// What a mutation of a role answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct RoleOutcome {
    /// The role as it is now; null when it was removed, when it was refused, unless for another version, and when it
    /// can't be shown yet (see `stale`).
    role: Option<Role>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The role's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `role` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for RoleOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// The context of a command that whoever manages people asks for.
pub(super) async fn of_a_manager(
    context: &Context<'_>,
    request: &Request,
    idempotency_key: Option<&str>,
    expected_version: Option<i64>,
) -> Result<CommandContext, NotDone> {
    command_context(context, request, Permission::ManagePeople, idempotency_key, expected_version).await
}

/// Decides `command`, waits for people to show it, and reads the role back.
pub(super) async fn mutate(
    request: &Request,
    id: RoleId,
    command: RoleCommand,
    command_context: CommandContext,
) -> Result<RoleOutcome, NotDone> {
    let api = &request.api;
    let answer = api.commands.roles.execute(id, command, command_context).await;
    if let Err(ExecuteError::Reserved { .. }) = &answer {
        let message = "another role is called so".to_owned();
        return Ok(vec![UserError::new(UserErrorCode::Taken, message, Some("name"))].into());
    }
    let CameTo { user_errors, position, shows } = came_to(answer, "role", "roleId")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(api, &[&people::DEFINITION], shows).await;
    let (role, freshness) = match by_id(request, id).await {
        Ok(found) => (found, freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(RoleOutcome { role, user_errors, position, stale: staleness(freshness) })
}
