//! What the mutations of routing have in common: the command, who may ask it, the answer.

use async_graphql::{Context, ID, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::routing::{RoutingCommand, RoutingOrder};
use leadflow_domain::{MemberId, PoolId, RoutingId};
use leadflow_event_store::CommandContext;
use leadflow_projections::people::{self, MemberState};

use super::queries::{pool, standing};
use super::types::{RoutingMember, RoutingPool};
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, own_command_context};
use crate::graphql::failure::internal;
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;
use crate::graphql::position::Position;

/// What a mutation of a pool answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct RoutingPoolOutcome {
    /// The pool as it is now; null when it was removed, and when it was refused.
    pool: Option<RoutingPool>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The routing's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
}

/// What a mutation of how a member is routed to answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct RoutingMemberOutcome {
    /// The member as she stands now; null when it was refused.
    member: Option<RoutingMember>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The routing's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
}

impl From<Vec<UserError>> for RoutingPoolOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

impl From<Vec<UserError>> for RoutingMemberOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// The context of a command that whoever says how the business works asks for.
pub(super) async fn of_a_manager(
    context: &Context<'_>,
    request: &Request,
    key: Option<&str>,
) -> Result<CommandContext, NotDone> {
    command_context(context, request, Permission::ManageSettings, key, None).await
}

/// The member that is meant, and the context of a command about when she is there: she asks it herself, or whoever says whose
/// conversations are.
pub(super) async fn of_herself(
    context: &Context<'_>,
    request: &Request,
    member: &ID,
    key: Option<&str>,
) -> Result<(MemberId, CommandContext), NotDone> {
    let member = MemberId::from_uuid(read_id("memberId", member)?);
    let command_context = if request.viewer.member() == Some(member) {
        own_command_context(context, request, key, None)?
    } else {
        command_context(context, request, Permission::AssignConversations, key, None).await?
    };
    Ok((member, command_context))
}

/// Decides what is asked about a pool, once each of those that are `named` works here, and reads the pool back.
pub(super) async fn mutate_pool(
    request: &Request,
    id: PoolId,
    what: RoutingOrder,
    named: (&'static str, &[MemberId]),
    command_context: CommandContext,
) -> Result<RoutingPoolOutcome, NotDone> {
    let CameTo { user_errors, position, shows } = decide(request, what, named, command_context).await?;
    if shows.is_none() {
        return Ok(user_errors.into());
    }
    Ok(RoutingPoolOutcome { pool: pool(request, id).await?, user_errors, position })
}

/// Decides what is asked about a member who works here, and reads back how she stands.
pub(super) async fn mutate_member(
    request: &Request,
    member: MemberId,
    what: RoutingOrder,
    command_context: CommandContext,
) -> Result<RoutingMemberOutcome, NotDone> {
    let CameTo { user_errors, position, shows } =
        decide(request, what, ("memberId", &[member]), command_context).await?;
    if shows.is_none() {
        return Ok(user_errors.into());
    }
    let (state, now) = standing(request).await?;
    Ok(RoutingMemberOutcome {
        member: Some(RoutingMember::of(member, &state.member(member, now))),
        user_errors,
        position,
    })
}

async fn decide(
    request: &Request,
    what: RoutingOrder,
    (field, named): (&'static str, &[MemberId]),
    command_context: CommandContext,
) -> Result<CameTo, NotDone> {
    let (routing, api) = (&request.api.commands.routing, &request.api);
    let answer = match routing.before(&command_context).await {
        Some(before) => before,
        None => {
            must_work_here(request, field, named).await?;
            let now = api.now().await.map_err(|error| internal("routing", &error))?;
            let id = RoutingId::of(request.viewer.tenant());
            routing.execute(id, RoutingCommand { what, now }, command_context).await
        }
    };
    Ok(came_to(answer, "pool", "poolId")?)
}

/// That each of them is let in here.
///
/// # Errors
/// `NOT_FOUND`, also of another business's member, and of one who was put out or has not joined.
async fn must_work_here(request: &Request, field: &'static str, named: &[MemberId]) -> Result<(), NotDone> {
    if named.is_empty() {
        return Ok(());
    }
    let found = people::members_by_id(&request.api.reads, request.viewer.context(), named).await;
    let found = found.map_err(|error| internal("members", &error))?;
    let works = |member: &&MemberId| found.iter().any(|row| row.id == **member && row.state == MemberState::Active);
    if named.iter().all(|member| works(&member)) {
        return Ok(());
    }
    let message = "nobody with this id works for the business".to_owned();
    Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::NotFound, message, Some(field))]))
}
