//! `reactivateMember`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::member::MemberCommand;
use leadflow_domain::role::Permission;
use leadflow_event_store::{CommandContext, Done};
use leadflow_projections::people;

use super::mutate::{Asked, MemberOutcome, before, named, outcome};
use super::standing::{Acting, acting_on, must_have};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ReactivateMember;

/// What `reactivateMember` takes.
#[derive(InputObject)]
struct ReactivateMemberInput {
    /// Who.
    member_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The member's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `reactivateMember` answers.
#[derive(SimpleObject)]
struct ReactivateMemberPayload {
    #[graphql(flatten)]
    outcome: MemberOutcome,
}

#[Object]
impl ReactivateMember {
    /// Lets somebody who was put out in again, as what she was; she signs in anew. Nobody lets in whoever may do more than she
    /// herself, and only an owner an owner.
    async fn reactivate_member(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ReactivateMemberInput,
    ) -> Option<Result<ReactivateMemberPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let target = named(request, &input.member_id).await?;
            // She comes back as what she was when this is judged, or not.
            let expected_version = input.expected_version.or(Some(target.version));
            let asked = Asked { idempotency_key: input.idempotency_key, expected_version };
            let command_context = asked.of_a_manager(context, request, None).await?;
            if let Some(before) = before(request, target.id, &command_context).await {
                return before;
            }
            let Acting { by, asserting } = acting_on(request, &target, Some(target.role)).await?;
            must_have(context, request, target.permissions()).await?;
            let command_context = asserting.into_iter().fold(command_context, CommandContext::asserting);
            let command = MemberCommand::Reactivate { by };
            let answer = request.api.commands.members.execute(target.id, command, command_context).await;
            // Should they not have ended when she was put out.
            if answer.as_ref().is_ok_and(|receipt| receipt.done == Done::Appended) {
                request.api.doors.end_sessions(target.id).await?;
            }
            Ok::<_, NotDone>(outcome(request, target.id, answer, &[&people::DEFINITION]).await?)
        };
        answer(done, |outcome| ReactivateMemberPayload { outcome }).await
    }
}
