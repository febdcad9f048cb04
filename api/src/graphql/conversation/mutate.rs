//! What all mutations of a conversation have in common: the command, the wait, the answer.

use async_graphql::{Context, ID, SimpleObject};
use leadflow_domain::conversation::ConversationCommand;
use leadflow_domain::role::Permission;
use leadflow_domain::{ConversationId, MemberId};
use leadflow_projections::inbox;
use leadflow_projections::people::{self, MemberState};

use super::pages;
use super::queries::by_ids;
use super::types::Conversation;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, lagging};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;
use crate::graphql::seen::must_see;
use crate::graphql::team::must_be_a_team;

/// What a mutation of a conversation answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct Outcome {
    /// The conversation as it is now; null when it was refused, unless for another version, when it can't be shown yet (see
    /// `stale`), and when you don't see it any more.
    conversation: Option<Conversation>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The conversation's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `conversation` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for Outcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// What every mutation of a conversation is told.
pub(super) struct Asked {
    pub(super) conversation_id: ID,
    pub(super) idempotency_key: Option<String>,
    pub(super) expected_version: Option<i64>,
}

/// Decides `command` for whoever may do `needed`, waits for the inbox to show it, and reads the conversation back.
pub(super) async fn mutate(
    context: &Context<'_>,
    asked: Asked,
    needed: Permission,
    command: ConversationCommand,
) -> Result<Outcome, NotDone> {
    let request = Request::of(context)?;
    let selected = context.look_ahead().field("conversation");
    pages::check(&selected)?;
    let id = ConversationId::from_uuid(decode_as(Kind::Conversation, "conversationId", &asked.conversation_id)?);
    let (key, expected_version) = (asked.idempotency_key.as_deref(), asked.expected_version);
    let mut command_context = command_context(context, request, needed, key, expected_version).await?;
    must_see(request, Kind::Conversation, id.as_uuid(), ("conversation", "conversationId")).await?;
    let conversations = &request.api.commands.conversations;
    let mut before = None;
    if let ConversationCommand::Assign { member } = &command {
        before = conversations.before(&command_context).await;
        if before.is_none() {
            must_work_here(request, *member).await?;
        }
    } else if let ConversationCommand::AssignToTeam { team } = &command {
        before = conversations.before(&command_context).await;
        if before.is_none() {
            command_context = command_context.asserting(must_be_a_team(request, *team).await?);
        }
    }
    let answer = match before {
        Some(before) => before,
        None => conversations.execute(id, command, command_context).await,
    };
    let CameTo { user_errors, position, shows } = came_to(answer, "conversation", "conversationId")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(&request.api, &[&inbox::DEFINITION], shows).await;
    let (conversation, freshness) = match by_ids(context, &[id.as_uuid()], &selected).await {
        Ok(mut found) => (found.pop(), freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(Outcome { conversation, user_errors, position, stale: staleness(freshness) })
}

/// That whoever is to see to a conversation is let in here.
///
/// # Errors
/// `NOT_FOUND`, also of another business's member, and of one who was put out or has not joined.
pub(in crate::graphql) async fn must_work_here(request: &Request, member: MemberId) -> Result<(), NotDone> {
    let found = people::members_by_id(&request.api.reads, request.viewer.context(), &[member]).await;
    let found = found.map_err(|error| internal("assignee", &error))?;
    if found.iter().any(|row| row.state == MemberState::Active) {
        return Ok(());
    }
    let message = "nobody with this id works for the business".to_owned();
    Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::NotFound, message, Some("memberId"))]))
}
