//! `deactivateMember`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::member::MemberCommand;
use leadflow_domain::role::Permission;
use leadflow_event_store::{CommandContext, Done};
use leadflow_projections::people;

use super::mutate::{Asked, MemberOutcome, before, named, outcome};
use super::standing::{Acting, acting_on};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct DeactivateMember;

/// What `deactivateMember` takes.
#[derive(InputObject)]
struct DeactivateMemberInput {
    /// Who.
    member_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The member's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `deactivateMember` answers.
#[derive(SimpleObject)]
struct DeactivateMemberPayload {
    #[graphql(flatten)]
    outcome: MemberOutcome,
}

#[Object]
impl DeactivateMember {
    /// Puts somebody out: all her sessions end, and nothing that she asks is answered any more. Her address stays hers, and what
    /// is assigned to her stays so. Only an owner puts out an owner, and none herself: there is always one.
    async fn deactivate_member(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: DeactivateMemberInput,
    ) -> Option<Result<DeactivateMemberPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let target = named(request, &input.member_id).await?;
            let asked = Asked { idempotency_key: input.idempotency_key, expected_version: input.expected_version };
            let command_context = asked.of_a_manager(context, request, None).await?;
            if let Some(before) = before(request, target.id, &command_context).await {
                return before;
            }
            let Acting { by, asserting } = acting_on(request, &target, None).await?;
            let command_context = asserting.into_iter().fold(command_context, CommandContext::asserting);
            let command = MemberCommand::Deactivate { by };
            let answer = request.api.commands.members.execute(target.id, command, command_context).await;
            // She is out before people show it. A request that was done before may be told again when she is long back in.
            if answer.as_ref().is_ok_and(|receipt| receipt.done != Done::Before) {
                request.api.doors.end_sessions(target.id).await?;
            }
            Ok::<_, NotDone>(outcome(request, target.id, answer, &[&people::DEFINITION]).await?)
        };
        answer(done, |outcome| DeactivateMemberPayload { outcome }).await
    }
}
