//! Reading changes of many leads: whoever asked for one sees it, and whoever sees everything.

use async_graphql::{Context, Error, ID, Object};
use leadflow_projections::Sight;
use uuid::Uuid;

use super::types::LeadChange;
use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::graphql::plain_id::read_id;
use crate::lead_changes;

/// Queries about changes.
#[derive(Default)]
pub(in crate::graphql) struct LeadChangeQueries;

#[Object]
impl LeadChangeQueries {
    /// A change of many leads that you asked for in the last 90 days, or anybody, where you see everything; null when there is none
    /// with this id.
    async fn lead_change(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, a uuid.")] id: ID,
    ) -> Option<Result<LeadChange, Error>> {
        let found = async { find(Request::of(context)?, read_id("id", &id)?).await };
        found.await.transpose()
    }
}

/// One change, as it stands, where it is seen.
pub(super) async fn find(request: &Request, id: Uuid) -> Result<Option<LeadChange>, Error> {
    Ok(seen(request, id).await?.map(LeadChange::from))
}

/// Likewise, as it is kept.
pub(super) async fn seen(request: &Request, id: Uuid) -> Result<Option<lead_changes::LeadChange>, Error> {
    let viewer = &request.viewer;
    let found = request.api.lead_changes.find(viewer.tenant(), id).await;
    let found = found.map_err(|error| internal("leadChange", &error))?;
    let sees_all = viewer.context().sight() == Sight::Everything;
    Ok(found.filter(|change| sees_all || change.actor == viewer.actor().to_string()))
}
