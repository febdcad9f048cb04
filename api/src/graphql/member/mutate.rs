//! What the mutations of a member have in common: whom they are about, the wait, the answer.

use async_graphql::{Context, Error, ID, SimpleObject};
use leadflow_domain::member::{MemberCommand, MemberRefusal};
use leadflow_domain::role::Permission;
use leadflow_domain::{Assertion, MemberId, Refusal};
use leadflow_event_store::{CommandContext, ExecuteError, Receipt};
use leadflow_projections::people::{self, MemberRow};
use leadflow_projections::{Definition, inbox};

use super::queries::{by_id, find};
use super::types::Member;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, lagging, own_command_context};
use crate::graphql::payload::{Staleness, UserError, staleness};
use crate::graphql::plain_id::read_id;
use crate::graphql::position::Position;

/// What a mutation of a member answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct MemberOutcome {
    /// The member as she is now; null when it was refused, unless for another version, and when she can't be shown yet (see
    /// `stale`).
    member: Option<Member>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The member's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `member` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for MemberOutcome {
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

impl Asked {
    /// The context of the command that whoever manages people asks for, and which stands only while all of `asserting` holds.
    pub(super) async fn of_a_manager(
        &self,
        context: &Context<'_>,
        request: &Request,
        asserting: impl IntoIterator<Item = Assertion>,
    ) -> Result<CommandContext, NotDone> {
        let (key, version) = (self.idempotency_key.as_deref(), self.expected_version);
        let command = command_context(context, request, Permission::ManagePeople, key, version).await?;
        Ok(asserting.into_iter().fold(command, CommandContext::asserting))
    }

    /// The context of the command that a member asks for of herself.
    pub(super) fn of_herself(&self, context: &Context<'_>, request: &Request) -> Result<CommandContext, NotDone> {
        own_command_context(context, request, self.idempotency_key.as_deref(), self.expected_version)
    }
}

/// The member whom an input names.
///
/// # Errors
/// `NOT_FOUND`, also of another business's.
pub(super) async fn named(request: &Request, id: &ID) -> Result<MemberRow, NotDone> {
    let row = find(request, MemberId::from_uuid(read_id("memberId", id)?)).await?;
    row.ok_or_else(|| NotDone::Invalid(vec![UserError::refused(&MemberRefusal::NotFound)]))
}

/// What the same request came to before, if it was asked before: it is not judged anew.
pub(super) async fn before(
    request: &Request,
    member: MemberId,
    command_context: &CommandContext,
) -> Option<Result<MemberOutcome, NotDone>> {
    let answer = request.api.commands.members.before(command_context).await?;
    Some(outcome(request, member, answer, &[&people::DEFINITION, &inbox::DEFINITION]).await.map_err(NotDone::from))
}

/// Decides `command`, waits for people to show it, and reads the member back.
pub(super) async fn mutate(
    request: &Request,
    member: MemberId,
    command: MemberCommand,
    command_context: CommandContext,
) -> Result<MemberOutcome, NotDone> {
    let moves = matches!(command, MemberCommand::MoveToTeam { .. });
    let answer = request.api.commands.members.execute(member, command, command_context).await;
    // With whom she works says also what she sees, which is asked of the inbox.
    let models: &[&Definition] =
        if moves { &[&people::DEFINITION, &inbox::DEFINITION] } else { &[&people::DEFINITION] };
    Ok(outcome(request, member, answer, models).await?)
}

/// What a command that was decided comes to, once `models` show it.
pub(super) async fn outcome<R: Refusal>(
    request: &Request,
    member: MemberId,
    answer: Result<Receipt, ExecuteError<R>>,
    models: &[&Definition],
) -> Result<MemberOutcome, Error> {
    let CameTo { user_errors, position, shows } = came_to(answer, "member", "memberId")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(&request.api, models, shows).await;
    let (member, freshness) = match by_id(request, member).await {
        Ok(found) => (found, freshness),
        Err(error) => (None, lagging(&error.message)),
    };
    Ok(MemberOutcome { member, user_errors, position, stale: staleness(freshness) })
}
