//! What both mutations of an API key have in common: the wait, the answer.

use async_graphql::{Error, SimpleObject};
use leadflow_domain::ApiKeyId;
use leadflow_domain::api_key::ApiKeyRefusal;
use leadflow_event_store::{ExecuteError, Receipt};
use leadflow_projections::people;

use super::queries::by_id;
use super::types::ApiKey;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, came_to, lagging};
use crate::graphql::payload::{Staleness, UserError, staleness};
use crate::graphql::position::Position;

/// What a mutation of an API key answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct ApiKeyOutcome {
    /// The key as it is now; null when it was refused, unless for another version, and when it can't be shown yet (see
    /// `stale`).
    api_key: Option<ApiKey>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The key's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `apiKey` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for ApiKeyOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// What a command that was decided comes to, once people show it.
pub(super) async fn outcome(
    request: &Request,
    key: ApiKeyId,
    answer: Result<Receipt, ExecuteError<ApiKeyRefusal>>,
) -> Result<ApiKeyOutcome, Error> {
    let CameTo { user_errors, position, shows } = came_to(answer, "API key", "apiKeyId")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(&request.api, &[&people::DEFINITION], shows).await;
    let (api_key, freshness) = match by_id(request, key).await {
        Ok(found) => (found, freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(ApiKeyOutcome { api_key, user_errors, position, stale: staleness(freshness) })
}
