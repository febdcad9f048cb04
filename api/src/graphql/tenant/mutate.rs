//! What both mutations of the hours have in common: the command, the wait, the answer.

use async_graphql::{Context, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::tenant::TenantCommand;
use leadflow_projections::analytics;

use super::business_hours::BusinessHours;
use super::queries::read;
use super::types::{Tenant, of_viewer};
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, lagging};
use crate::graphql::payload::{Staleness, UserError, staleness};
use crate::graphql::position::Position;

/// What a mutation of the hours answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct HoursOutcome {
    /// The hours as they are now; null when there are none, when it was refused, unless for another version, and when they can't
    /// be shown yet (see `stale`).
    business_hours: Option<BusinessHours>,
    /// The business as it is now; null when it was refused, unless for another version.
    tenant: Option<Tenant>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The business's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `businessHours` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for HoursOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// Decides `command`, waits for analytics to measure by it, and reads the hours back.
pub(super) async fn mutate(
    context: &Context<'_>,
    idempotency_key: Option<&str>,
    expected_version: Option<i64>,
    command: TenantCommand,
) -> Result<HoursOutcome, NotDone> {
    let request = Request::of(context)?;
    let api = &request.api;
    let command_context =
        command_context(context, request, Permission::ManageSettings, idempotency_key, expected_version).await?;
    let answer = api.commands.tenants.execute(request.viewer.tenant(), command, command_context).await;
    let CameTo { user_errors, position, shows } = came_to(answer, "business", "input")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(api, &[&analytics::DEFINITION], shows).await;
    let (business_hours, freshness) = match read(context).await {
        Ok(hours) => (hours, freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    let (tenant, freshness) = match of_viewer(context).await {
        Ok(tenant) => (tenant, freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(HoursOutcome { business_hours, tenant, user_errors, position, stale: staleness(freshness) })
}
