//! What the mutations of a lead have in common: the assessment, the command, the wait, the answer.

use async_graphql::{Context, Error, ID, Lookahead, SimpleObject};
use leadflow_domain::LeadId;
use leadflow_domain::lead::{LeadCommand, NotAScore, Reason, ReasonText, Score};
use leadflow_domain::role::Permission;
use leadflow_projections::{inbox, leads};
use uuid::Uuid;

use super::pages;
use super::queries::by_ids;
use super::types::Lead;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, Form, NotDone, came_to, command_context, lagging, must_be_allowed};
use crate::graphql::conversation;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{Staleness, UserError, staleness};
use crate::graphql::position::Position;
use crate::graphql::seen::must_see;

/// What a mutation of a lead answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct LeadOutcome {
    /// The lead as it is now; null when it was refused, unless for another version, and when it can't be shown yet (see
    /// `stale`).
    lead: Option<Lead>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The lead's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `lead` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for LeadOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// What every mutation of a lead is told.
pub(super) struct Asked {
    pub(super) lead_id: ID,
    pub(super) reason: Option<String>,
    pub(super) score: Option<i32>,
    pub(super) idempotency_key: Option<String>,
    pub(super) expected_version: Option<i64>,
}

/// Decides what `command` makes of the assessment, waits for the leads to show it, and reads the lead back.
pub(super) async fn assess(
    context: &Context<'_>,
    asked: Asked,
    command: fn(Option<Reason>, Option<Score>) -> LeadCommand,
) -> Result<LeadOutcome, NotDone> {
    let request = Request::of(context)?;
    let api = &request.api;
    let selected = context.look_ahead().field("lead");
    check(&selected)?;
    let id = LeadId::from_uuid(decode_as(Kind::Lead, "leadId", &asked.lead_id)?);
    must_be_allowed(context, request, Permission::JudgeLeads).await?;
    let mut form = Form::default();
    let reason = asked.reason.map(|said| form.read("reason", ReasonText::parse(&said)));
    let score = asked.score.map(|number| form.read("score", score(number)));
    let (reason, score) = form.all(Some((reason.flatten(), score.flatten())))?;
    let reason = reason.map(|text| Reason { hash: api.keys.reason_hash(id, text.as_str()), text: text.into() });
    let (key, expected_version) = (asked.idempotency_key.as_deref(), asked.expected_version);
    let command_context = command_context(context, request, Permission::JudgeLeads, key, expected_version).await?;
    must_see(request, Kind::Lead, id.as_uuid(), ("lead", "leadId")).await?;
    let answer = api.commands.leads.execute(id, command(reason, score), command_context).await;
    Ok(shown(context, request, Some(id), came_to(answer, "lead", "leadId")?, &selected).await)
}

/// What a command came to, with the lead `id`, once the leads show it.
pub(super) async fn shown(
    context: &Context<'_>,
    request: &Request,
    id: Option<LeadId>,
    came_to: CameTo,
    selected: &Lookahead<'_>,
) -> LeadOutcome {
    let CameTo { user_errors, position, shows } = came_to;
    let Some(shows) = shows else { return user_errors.into() };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    // Whose it is, and who sees it, the inbox knows.
    let freshness = request.patience.shows(&request.api, &[&leads::DEFINITION, &inbox::DEFINITION], shows).await;
    let ids: Vec<Uuid> = id.into_iter().map(LeadId::as_uuid).collect();
    let (lead, freshness) = match by_ids(context, &ids, selected).await {
        Ok(mut found) => (found.pop(), freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    LeadOutcome { lead, user_errors, position, stale: staleness(freshness) }
}

/// Fails when more is asked of the lead than may be, before anything is done.
pub(super) fn check(selected: &Lookahead<'_>) -> Result<(), Error> {
    pages::check(selected)?;
    conversation::check(&selected.field("conversation"))
}

fn score(number: i32) -> Result<Score, NotAScore> {
    u8::try_from(number).map_err(|_| NotAScore).and_then(Score::try_from)
}
