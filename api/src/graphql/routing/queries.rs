//! Reading pools and people.

use async_graphql::{Context, Error, ID, Object};
use jiff::Timestamp;
use leadflow_domain::routing::{PoolStanding, Routing as State};
use leadflow_domain::{MemberId, PoolId, RoutingId};

use super::types::{Routing, RoutingMember, RoutingPool};
use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::graphql::plain_id::read_id;

/// Queries about routing.
#[derive(Default)]
pub(in crate::graphql) struct RoutingQueries;

#[Object]
impl RoutingQueries {
    /// How the business shares out what comes in: its pools, and how much waits.
    async fn routing(&self, context: &Context<'_>) -> Option<Result<Routing, Error>> {
        let found = async {
            let (state, now) = standing(Request::of(context)?).await?;
            let waiting = i64::try_from(state.waiting()).unwrap_or(i64::MAX);
            Ok(Routing { pools: state.pools(now).map(Into::into).collect(), waiting })
        };
        Some(found.await)
    }

    /// One pool; null when there is none with this id.
    async fn routing_pool(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, a uuid.")] id: ID,
    ) -> Option<Result<RoutingPool, Error>> {
        let found = async { pool(Request::of(context)?, PoolId::from_uuid(read_id("id", &id)?)).await };
        found.await.transpose()
    }

    /// A member as routing knows her; null when she is of no pool and nothing was said of her.
    async fn routing_member(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Her id, a uuid.")] id: ID,
    ) -> Option<Result<RoutingMember, Error>> {
        let found = async {
            let (id, (state, now)) = (MemberId::from_uuid(read_id("id", &id)?), standing(Request::of(context)?).await?);
            Ok(state.is_known(id).then(|| RoutingMember::of(id, &state.member(id, now))))
        };
        found.await.transpose()
    }
}

/// The routing of whoever asks, and the time.
pub(super) async fn standing(request: &Request) -> Result<(State, Timestamp), Error> {
    let stream = RoutingId::of(request.viewer.tenant()).into();
    let known = request.api.log.load::<State>(stream).await.map_err(|error| internal("routing", &error))?;
    let now = request.api.now().await.map_err(|error| internal("routing", &error))?;
    Ok((known.state, now))
}

/// One pool.
pub(super) async fn pool(request: &Request, id: PoolId) -> Result<Option<RoutingPool>, Error> {
    let (state, now) = standing(request).await?;
    let found = state.pools(now).find(|PoolStanding { id: found, .. }| *found == id);
    Ok(found.map(RoutingPool::from))
}
