//! `setRoutingPoolMembers`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::routing::RoutingOrder;
use leadflow_domain::{MemberId, PoolId};

use super::input::{RoutingPoolMemberInput, pool_members};
use super::mutate::{RoutingPoolOutcome, mutate_pool, of_a_manager};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetRoutingPoolMembers;

/// What `setRoutingPoolMembers` takes.
#[derive(InputObject)]
struct SetRoutingPoolMembersInput {
    /// Which pool.
    pool_id: ID,
    /// Whom it consists of from now on, all of them, 200 at most.
    members: Vec<RoutingPoolMemberInput>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `setRoutingPoolMembers` answers.
#[derive(SimpleObject)]
struct SetRoutingPoolMembersPayload {
    #[graphql(flatten)]
    outcome: RoutingPoolOutcome,
}

#[Object]
impl SetRoutingPoolMembers {
    /// A pool consists of other members, or by other weights. Who stays keeps her place in the round; who is new begins with her
    /// next turn.
    async fn set_routing_pool_members(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: SetRoutingPoolMembersInput,
    ) -> Option<Result<SetRoutingPoolMembersPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageSettings).await?;
            let pool = PoolId::from_uuid(read_id("poolId", &input.pool_id)?);
            let members = pool_members(&input.members)?;
            let command_context = of_a_manager(context, request, input.idempotency_key.as_deref()).await?;
            let named: Vec<MemberId> = members.keys().copied().collect();
            let what = RoutingOrder::SetPoolMembers { pool, members };
            mutate_pool(request, pool, what, ("members.memberId", &named), command_context).await
        };
        answer(done, |outcome| SetRoutingPoolMembersPayload { outcome }).await
    }
}
