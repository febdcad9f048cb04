//! `setMemberCapacity` and `setMemberWorkingHours`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::MemberId;
use leadflow_domain::role::Permission;
use leadflow_domain::routing::{Capacity, NotACapacity, RoutingOrder};

use super::input::ScheduleInput;
use super::mutate::{RoutingMemberOutcome, mutate_member, of_a_manager};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed, valid};
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetMemberCapacity;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetMemberWorkingHours;

/// What `setMemberCapacity` takes.
#[derive(InputObject)]
struct SetMemberCapacityInput {
    /// Whose: the id of a member who works for the business, a uuid.
    member_id: ID,
    /// How many conversations she may be given over all pools, 1 to 1000; null for no end to it.
    capacity: Option<i32>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `setMemberCapacity` answers.
#[derive(SimpleObject)]
struct SetMemberCapacityPayload {
    #[graphql(flatten)]
    outcome: RoutingMemberOutcome,
}

#[Object]
impl SetMemberCapacity {
    /// How much a member sees to at a time: who has as much is given nothing more. People may give her more all the same.
    async fn set_member_capacity(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: SetMemberCapacityInput,
    ) -> Option<Result<SetMemberCapacityPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageSettings).await?;
            let member = MemberId::from_uuid(read_id("memberId", &input.member_id)?);
            let number = |number| u16::try_from(number).map_err(|_| NotACapacity).and_then(Capacity::try_from);
            let capacity = valid("capacity", input.capacity.map(number).transpose())?;
            let command_context = of_a_manager(context, request, input.idempotency_key.as_deref()).await?;
            mutate_member(request, member, RoutingOrder::SetCapacity { member, capacity }, command_context).await
        };
        answer(done, |outcome| SetMemberCapacityPayload { outcome }).await
    }
}

/// What `setMemberWorkingHours` takes.
#[derive(InputObject)]
struct SetMemberWorkingHoursInput {
    /// Whose: the id of a member who works for the business, a uuid.
    member_id: ID,
    /// When she works; null for always.
    hours: Option<ScheduleInput>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `setMemberWorkingHours` answers.
#[derive(SimpleObject)]
struct SetMemberWorkingHoursPayload {
    #[graphql(flatten)]
    outcome: RoutingMemberOutcome,
}

#[Object]
impl SetMemberWorkingHours {
    /// When a member works: outside of these hours nothing is given to her.
    async fn set_member_working_hours(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: SetMemberWorkingHoursInput,
    ) -> Option<Result<SetMemberWorkingHoursPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageSettings).await?;
            let member = MemberId::from_uuid(read_id("memberId", &input.member_id)?);
            let hours = input.hours.as_ref().map(|hours| hours.read("hours")).transpose()?;
            let command_context = of_a_manager(context, request, input.idempotency_key.as_deref()).await?;
            mutate_member(request, member, RoutingOrder::SetWorkingHours { member, hours }, command_context).await
        };
        answer(done, |outcome| SetMemberWorkingHoursPayload { outcome }).await
    }
}
