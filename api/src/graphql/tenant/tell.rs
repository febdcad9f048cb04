//! What the mutations of what a business says of itself have in common: the command, the wait, the answer.

use async_graphql::{Context, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::tenant::TenantCommand;
use leadflow_projections::{Definition, people};

use super::types::{Tenant, of_viewer};
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, lagging};
use crate::graphql::payload::{Staleness, UserError, staleness};
use crate::graphql::position::Position;

/// What such a mutation answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct TenantOutcome {
    /// The business as it is now; null when it was refused, unless for another version, and when it can't be shown now (see
    /// `stale`).
    tenant: Option<Tenant>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The business's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when what it says may not hold yet, or `tenant` can't be shown.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for TenantOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// How a mutation is asked for: its key, and the version that it is for.
pub(super) struct Asked {
    pub(super) idempotency_key: Option<String>,
    pub(super) expected_version: Option<i64>,
}

/// Decides `command`, and reads the business back. What it says is in the log at once; how it works says also what people see,
/// which is asked of people with their next request.
pub(super) async fn tell(
    context: &Context<'_>,
    asked: Asked,
    command: TenantCommand,
) -> Result<TenantOutcome, NotDone> {
    let request = Request::of(context)?;
    let api = &request.api;
    let Asked { idempotency_key, expected_version } = asked;
    let key = idempotency_key.as_deref();
    let command_context = command_context(context, request, Permission::ManageSettings, key, expected_version).await?;
    let models: &[&Definition] =
        if matches!(command, TenantCommand::SetSettings { .. }) { &[&people::DEFINITION] } else { &[] };
    let answer = api.commands.tenants.execute(request.viewer.tenant(), command, command_context).await;
    let CameTo { user_errors, position, shows } = came_to(answer, "business", "input")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(api, models, shows).await;
    let (tenant, freshness) = match of_viewer(context).await {
        Ok(tenant) => (tenant, freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(TenantOutcome { tenant, user_errors, position, stale: staleness(freshness) })
}
