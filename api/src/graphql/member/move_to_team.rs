//! `moveMemberToTeam`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::member::MemberCommand;
use leadflow_domain::role::Permission;
use leadflow_event_store::CommandContext;

use super::mutate::{Asked, MemberOutcome, before, mutate, named};
use super::standing::{is_team, must_see_to};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct MoveMemberToTeam;

/// What `moveMemberToTeam` takes.
#[derive(InputObject)]
struct MoveMemberToTeamInput {
    /// Who.
    member_id: ID,
    /// With whom; with nobody, when not given.
    team_id: Option<ID>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The member's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `moveMemberToTeam` answers.
#[derive(SimpleObject)]
struct MoveMemberToTeamPayload {
    #[graphql(flatten)]
    outcome: MemberOutcome,
}

#[Object]
impl MoveMemberToTeam {
    /// Somebody works with others, or with nobody: whoever sees a team's conversations sees hers from now on.
    async fn move_member_to_team(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: MoveMemberToTeamInput,
    ) -> Option<Result<MoveMemberToTeamPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let target = named(request, &input.member_id).await?;
            let asked = Asked { idempotency_key: input.idempotency_key, expected_version: input.expected_version };
            let command_context = asked.of_a_manager(context, request, None).await?;
            if let Some(before) = before(request, target.id, &command_context).await {
                return before;
            }
            must_see_to(request, &target)?;
            let team = match &input.team_id {
                Some(id) => Some(is_team(request, id).await?),
                None => None,
            };
            let (team, asserting) = team.unzip();
            let command_context = asserting.into_iter().fold(command_context, CommandContext::asserting);
            mutate(request, target.id, MemberCommand::MoveToTeam { team }, command_context).await
        };
        answer(done, |outcome| MoveMemberToTeamPayload { outcome }).await
    }
}
