//! `withdrawInvitation`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::member::MemberCommand;
use leadflow_domain::role::Permission;

use super::mutate::{Asked, MemberOutcome, mutate, named};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct WithdrawInvitation;

/// What `withdrawInvitation` takes.
#[derive(InputObject)]
struct WithdrawInvitationInput {
    /// Who.
    member_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The member's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `withdrawInvitation` answers.
#[derive(SimpleObject)]
struct WithdrawInvitationPayload {
    #[graphql(flatten)]
    outcome: MemberOutcome,
}

#[Object]
impl WithdrawInvitation {
    /// Somebody who was asked and has not joined is asked no more: the link that she was sent leads nowhere.
    async fn withdraw_invitation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: WithdrawInvitationInput,
    ) -> Option<Result<WithdrawInvitationPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let target = named(request, &input.member_id).await?;
            let asked = Asked { idempotency_key: input.idempotency_key, expected_version: input.expected_version };
            let command_context = asked.of_a_manager(context, request, None).await?;
            mutate(request, target.id, MemberCommand::WithdrawInvitation, command_context).await
        };
        answer(done, |outcome| WithdrawInvitationPayload { outcome }).await
    }
}
