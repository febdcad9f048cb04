//! What the mutations of an answer have in common: the command, the wait, the answer.

use async_graphql::SimpleObject;
use leadflow_domain::ResponseTemplateId;
use leadflow_domain::response_template::ResponseTemplateCommand;
use leadflow_event_store::{CommandContext, ExecuteError};
use leadflow_projections::templates;

use super::queries::find;
use super::types::ResponseTemplate;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, lagging};
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;

/// What a mutation of a response template answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct ResponseTemplateOutcome {
    /// The response template as it is now; null when it was removed, when it was refused, unless for another version, and when it
    /// can't be shown yet (see `stale`).
    response_template: Option<ResponseTemplate>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The response template's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `responseTemplate` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for ResponseTemplateOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// Decides `command`, waits for templates to show it, and reads the answer back.
pub(super) async fn mutate(
    request: &Request,
    id: ResponseTemplateId,
    command: ResponseTemplateCommand,
    command_context: CommandContext,
) -> Result<ResponseTemplateOutcome, NotDone> {
    let api = &request.api;
    let answer = api.commands.response_templates.execute(id, command, command_context).await;
    if let Err(ExecuteError::Reserved { .. }) = &answer {
        let message = "another response template is called so".to_owned();
        return Ok(vec![UserError::new(UserErrorCode::Taken, message, Some("title"))].into());
    }
    let CameTo { user_errors, position, shows } = came_to(answer, "response template", "responseTemplateId")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(api, &[&templates::DEFINITION], shows).await;
    let (response_template, freshness) = match find(request, id).await {
        Ok(found) => (found.map(ResponseTemplate::from), freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(ResponseTemplateOutcome { response_template, user_errors, position, stale: staleness(freshness) })
}
