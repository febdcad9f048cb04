//! `removeRoutingPool`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::PoolId;
use leadflow_domain::role::Permission;
use leadflow_domain::routing::RoutingOrder;

use super::mutate::{RoutingPoolOutcome, mutate_pool, of_a_manager};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct RemoveRoutingPool;

/// What `removeRoutingPool` takes.
#[derive(InputObject)]
struct RemoveRoutingPoolInput {
    /// Which pool.
    pool_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `removeRoutingPool` answers.
#[derive(SimpleObject)]
struct RemoveRoutingPoolPayload {
    #[graphql(flatten)]
    outcome: RoutingPoolOutcome,
}

#[Object]
impl RemoveRoutingPool {
    /// A pool is no more. What waited for it falls to the pool that serves it then, or waits for one; what was given out stays
    /// where it is.
    async fn remove_routing_pool(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: RemoveRoutingPoolInput,
    ) -> Option<Result<RemoveRoutingPoolPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageSettings).await?;
            let pool = PoolId::from_uuid(read_id("poolId", &input.pool_id)?);
            let command_context = of_a_manager(context, request, input.idempotency_key.as_deref()).await?;
            mutate_pool(request, pool, RoutingOrder::RemovePool { pool }, ("", &[]), command_context).await
        };
        answer(done, |outcome| RemoveRoutingPoolPayload { outcome }).await
    }
}
