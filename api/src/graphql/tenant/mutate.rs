//! What both mutations of the hours have in common: the command, the wait, the answer.

use async_graphql::{Context, Error, SimpleObject};
use leadflow_domain::tenant::TenantCommand;
use leadflow_projections::{analytics, wait_until};

use super::business_hours::BusinessHours;
use super::queries::read;
use crate::graphql::api::Request;
use crate::graphql::command::{command_context, lagging, refused};
use crate::graphql::payload::{Staleness, UserError, staleness};
use crate::graphql::position::Position;

/// What a mutation of the hours answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct HoursOutcome {
    /// The hours as they are now; null when there are none, when it was refused, and when they can't be shown yet (see
    /// `stale`).
    business_hours: Option<BusinessHours>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The business's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `businessHours` may be older than `position`.
    stale: Option<Staleness>,
}

/// Decides `command`, waits for analytics to measure by it, and reads the hours back.
pub(super) async fn mutate(
    context: &Context<'_>,
    idempotency_key: Option<&str>,
    command: TenantCommand,
) -> Result<HoursOutcome, Error> {
    let request = Request::of(context)?;
    let api = &request.api;
    let command_context = command_context(context, request, idempotency_key)?;
    let receipt = match api.commands.tenants.execute(request.viewer.tenant(), command, command_context).await {
        Ok(receipt) => receipt,
        Err(error) => {
            let user_errors = vec![refused(error, "business", "input")?];
            return Ok(HoursOutcome { user_errors, ..HoursOutcome::default() });
        }
    };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = wait_until(&api.pool, &api.progress, &analytics::DEFINITION, receipt.position, api.patience)
        .await
        .unwrap_or_else(|error| lagging(&error));
    let (business_hours, freshness) = match read(context).await {
        Ok(hours) => (hours, freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(HoursOutcome {
        business_hours,
        user_errors: vec![],
        position: Some(Position(receipt.position)),
        stale: staleness(freshness),
    })
}
