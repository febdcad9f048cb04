//! `changeMemberRole`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::member::MemberCommand;
use leadflow_domain::role::Permission;
use leadflow_event_store::CommandContext;

use super::mutate::{Asked, MemberOutcome, before, mutate, named};
use super::standing::{Acting, acting_on, given_role};
use super::types::MemberRole;
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ChangeMemberRole;

/// What `changeMemberRole` takes.
#[derive(InputObject)]
struct ChangeMemberRoleInput {
    /// Who.
    member_id: ID,
    /// What she is to be.
    role: MemberRole,
    /// Which of the business's own roles, with CUSTOM.
    custom_role_id: Option<ID>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The member's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `changeMemberRole` answers.
#[derive(SimpleObject)]
struct ChangeMemberRolePayload {
    #[graphql(flatten)]
    outcome: MemberOutcome,
}

#[Object]
impl ChangeMemberRole {
    /// Somebody is something else for the business, from her next request on. Nobody gives what she may not do herself; only
    /// owners make owners and change them, and no owner gives the role up herself.
    async fn change_member_role(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ChangeMemberRoleInput,
    ) -> Option<Result<ChangeMemberRolePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let target = named(request, &input.member_id).await?;
            let asked = Asked { idempotency_key: input.idempotency_key, expected_version: input.expected_version };
            let command_context = asked.of_a_manager(context, request, []).await?;
            if let Some(before) = before(request, target.id, &command_context).await {
                return before;
            }
            let given = given_role(context, request, input.role, input.custom_role_id.as_ref()).await?;
            let Acting { by, asserting } = acting_on(request, &target, Some(given.role)).await?;
            let asserting = asserting.into_iter().chain(given.asserting);
            let command_context = asserting.fold(command_context, CommandContext::asserting);
            let command = MemberCommand::ChangeRole { role: given.role, by };
            mutate(request, target.id, command, command_context).await
        };
        answer(done, |outcome| ChangeMemberRolePayload { outcome }).await
    }
}
