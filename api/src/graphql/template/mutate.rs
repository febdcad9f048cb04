//! What the mutations of a template have in common: the command, the wait, the answer.

use async_graphql::SimpleObject;
use jiff::Timestamp;
use leadflow_domain::TemplateId;
use leadflow_domain::template::{Template, TemplateCommand};
use leadflow_event_store::CommandContext;
use leadflow_projections::templates;

use super::queries::find;
use super::types::MessageTemplate;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, lagging};
use crate::graphql::failure::internal;
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;

/// What a mutation of a template answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct TemplateOutcome {
    /// The template as it is now; null when it was refused, unless for another version, and when it can't be shown yet (see
    /// `stale`).
    template: Option<MessageTemplate>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The template's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `template` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for TemplateOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// What the log says of a template of the viewer's business: what a mutation asks of WhatsApp hangs on what is so now. Nothing where
/// it is at another version than the mutation is for.
pub(super) async fn known(
    request: &Request,
    id: TemplateId,
    expected_version: Option<i64>,
) -> Result<Option<Template>, NotDone> {
    if find(request, id).await?.is_none() {
        return Err(NotDone::refused(UserErrorCode::NotFound, "there is no such template", "templateId"));
    }
    let loaded = request.api.log.load::<Template>(id.into()).await;
    let loaded = loaded.map_err(|error| internal("template", &error))?;
    Ok(expected_version.is_none_or(|expected| expected == loaded.version).then_some(loaded.state))
}

/// Says that the template is at another version, or what the same request came to before: WhatsApp is asked for nothing.
pub(super) async fn of_another_version(
    request: &Request,
    id: TemplateId,
    command_context: CommandContext,
) -> Result<TemplateOutcome, NotDone> {
    // The version is looked at first, so it is never decided; and if it were, it would mean nothing.
    mutate(request, id, TemplateCommand::Miss { at: Timestamp::UNIX_EPOCH }, command_context).await
}

/// Decides `command`, waits for templates to show it, and reads the template back.
pub(super) async fn mutate(
    request: &Request,
    id: TemplateId,
    command: TemplateCommand,
    command_context: CommandContext,
) -> Result<TemplateOutcome, NotDone> {
    let api = &request.api;
    let answer = api.commands.templates.execute(id, command, command_context).await;
    let CameTo { user_errors, position, shows } = came_to(answer, "template", "templateId")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(api, &[&templates::DEFINITION], shows).await;
    let (template, freshness) = match find(request, id).await {
        Ok(found) => (found.map(MessageTemplate::from), freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(TemplateOutcome { template, user_errors, position, stale: staleness(freshness) })
}
