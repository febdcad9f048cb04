//! `changeRoutingPool`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::PoolId;
use leadflow_domain::role::Permission;
use leadflow_domain::routing::RoutingOrder;

use super::input::RoutingPoolTermsInput;
use super::mutate::{RoutingPoolOutcome, mutate_pool, of_a_manager};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};
use crate::graphql::plain_id::read_id;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ChangeRoutingPool;

/// What `changeRoutingPool` takes.
#[derive(InputObject)]
struct ChangeRoutingPoolInput {
    /// Which pool.
    pool_id: ID,
    /// What it is to be from now on, all of it.
    terms: RoutingPoolTermsInput,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `changeRoutingPool` answers.
#[derive(SimpleObject)]
struct ChangeRoutingPoolPayload {
    #[graphql(flatten)]
    outcome: RoutingPoolOutcome,
}

#[Object]
impl ChangeRoutingPool {
    /// A pool is called otherwise, serves other sources, or has other hours. What waits goes by that, too.
    async fn change_routing_pool(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: ChangeRoutingPoolInput,
    ) -> Option<Result<ChangeRoutingPoolPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageSettings).await?;
            let pool = PoolId::from_uuid(read_id("poolId", &input.pool_id)?);
            let terms = input.terms.read()?;
            let command_context = of_a_manager(context, request, input.idempotency_key.as_deref()).await?;
            mutate_pool(request, pool, RoutingOrder::ChangePool { pool, terms }, ("", &[]), command_context).await
        };
        answer(done, |outcome| ChangeRoutingPoolPayload { outcome }).await
    }
}
