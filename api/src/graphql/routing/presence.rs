//! `setMemberAway` and `setMemberBack`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::routing::RoutingOrder;

use super::mutate::{RoutingMemberOutcome, mutate_member, of_herself};
use crate::graphql::api::Request;
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetMemberAway;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetMemberBack;

/// What `setMemberAway` takes.
#[derive(InputObject)]
struct SetMemberAwayInput {
    /// Who: the id of a member who works for the business, a uuid.
    member_id: ID,
    /// Until when, in the future; null for until it is said that she is back.
    until: Option<Timestamp>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `setMemberAway` answers.
#[derive(SimpleObject)]
struct SetMemberAwayPayload {
    #[graphql(flatten)]
    outcome: RoutingMemberOutcome,
}

#[Object]
impl SetMemberAway {
    /// A member is not there: nothing is given to her any more. She says so herself, or whoever may say whose conversations are.
    async fn set_member_away(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: SetMemberAwayInput,
    ) -> Option<Result<SetMemberAwayPayload, Error>> {
        let done = async {
            let (request, key) = (Request::of(context)?, input.idempotency_key.as_deref());
            let (member, command_context) = of_herself(context, request, &input.member_id, key).await?;
            let what = RoutingOrder::GoAway { member, until: input.until };
            mutate_member(request, member, what, command_context).await
        };
        answer(done, |outcome| SetMemberAwayPayload { outcome }).await
    }
}

/// What `setMemberBack` takes.
#[derive(InputObject)]
struct SetMemberBackInput {
    /// Who: the id of a member who works for the business, a uuid.
    member_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `setMemberBack` answers.
#[derive(SimpleObject)]
struct SetMemberBackPayload {
    #[graphql(flatten)]
    outcome: RoutingMemberOutcome,
}

#[Object]
impl SetMemberBack {
    /// A member who was away is back, and takes what waits. Her leaves and working hours stay as they are.
    async fn set_member_back(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: SetMemberBackInput,
    ) -> Option<Result<SetMemberBackPayload, Error>> {
        let done = async {
            let (request, key) = (Request::of(context)?, input.idempotency_key.as_deref());
            let (member, command_context) = of_herself(context, request, &input.member_id, key).await?;
            mutate_member(request, member, RoutingOrder::ComeBack { member }, command_context).await
        };
        answer(done, |outcome| SetMemberBackPayload { outcome }).await
    }
}
