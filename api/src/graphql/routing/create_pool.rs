//! `createRoutingPool`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::routing::RoutingOrder;
use leadflow_domain::{MemberId, PoolId};

use super::input::{RoutingPoolMemberInput, RoutingPoolTermsInput, pool_members};
use super::mutate::{RoutingPoolOutcome, mutate_pool, of_a_manager};
use crate::graphql::api::Request;
use crate::graphql::command::{answer, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct CreateRoutingPool;

/// What `createRoutingPool` takes.
#[derive(InputObject)]
struct CreateRoutingPoolInput {
    /// What it is to be.
    terms: RoutingPoolTermsInput,
    /// Whom it consists of, 200 at most.
    members: Vec<RoutingPoolMemberInput>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `createRoutingPool` answers.
#[derive(SimpleObject)]
struct CreateRoutingPoolPayload {
    #[graphql(flatten)]
    outcome: RoutingPoolOutcome,
}

#[Object]
impl CreateRoutingPool {
    /// What comes from some sources is shared out among some members from now on. At most 30 pools.
    async fn create_routing_pool(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is to be; and the request's key, where wanted.")] input: CreateRoutingPoolInput,
    ) -> Option<Result<CreateRoutingPoolPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageSettings).await?;
            let (terms, members) = (input.terms.read()?, pool_members(&input.members)?);
            let command_context = of_a_manager(context, request, input.idempotency_key.as_deref()).await?;
            // The same request is about the same pool.
            let pool = PoolId::created_by(command_context.id);
            let named: Vec<MemberId> = members.keys().copied().collect();
            let what = RoutingOrder::CreatePool { pool, terms, members };
            mutate_pool(request, pool, what, ("members.memberId", &named), command_context).await
        };
        answer(done, |outcome| CreateRoutingPoolPayload { outcome }).await
    }
}
