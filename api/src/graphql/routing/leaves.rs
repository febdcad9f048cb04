//! `planMemberLeave` and `cancelMemberLeave`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::routing::{Leave, RoutingOrder};

use super::mutate::{RoutingMemberOutcome, mutate_member, of_herself};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, valid};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct PlanMemberLeave;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct CancelMemberLeave;

/// What `planMemberLeave` takes.
#[derive(InputObject)]
struct PlanMemberLeaveInput {
    /// Who: the id of a member who works for the business, a uuid.
    member_id: ID,
    /// When it begins.
    from: Timestamp,
    /// When it is over; after it begins, and in the future.
    until: Timestamp,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `planMemberLeave` answers.
#[derive(SimpleObject)]
struct PlanMemberLeavePayload {
    #[graphql(flatten)]
    outcome: RoutingMemberOutcome,
}

#[Object]
impl PlanMemberLeave {
    /// A member will not be there for some time: nothing is given to her then. She says so herself, or whoever may say whose
    /// conversations are.
    async fn plan_member_leave(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: PlanMemberLeaveInput,
    ) -> Option<Result<PlanMemberLeavePayload, Error>> {
        let done = async {
            let (request, key) = (Request::of(context)?, input.idempotency_key.as_deref());
            let (member, command_context) = of_herself(context, request, &input.member_id, key).await?;
            let leave = valid("until", Leave::new(input.from, input.until))?;
            mutate_member(request, member, RoutingOrder::PlanLeave { member, leave }, command_context).await
        };
        answer(done, |outcome| PlanMemberLeavePayload { outcome }).await
    }
}

/// What `cancelMemberLeave` takes.
#[derive(InputObject)]
struct CancelMemberLeaveInput {
    /// Who: the id of a member who works for the business, a uuid.
    member_id: ID,
    /// When it was to begin.
    from: Timestamp,
    /// When it was to be over.
    until: Timestamp,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `cancelMemberLeave` answers.
#[derive(SimpleObject)]
struct CancelMemberLeavePayload {
    #[graphql(flatten)]
    outcome: RoutingMemberOutcome,
}

#[Object]
impl CancelMemberLeave {
    /// A leave is not to be, or is over now: whoever had it takes what waits.
    async fn cancel_member_leave(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: CancelMemberLeaveInput,
    ) -> Option<Result<CancelMemberLeavePayload, Error>> {
        let done = async {
            let (request, key) = (Request::of(context)?, input.idempotency_key.as_deref());
            let (member, command_context) = of_herself(context, request, &input.member_id, key).await?;
            let leave = valid("until", Leave::new(input.from, input.until))?;
            mutate_member(request, member, RoutingOrder::CancelLeave { member, leave }, command_context).await
        };
        answer(done, |outcome| CancelMemberLeavePayload { outcome }).await
    }
}
