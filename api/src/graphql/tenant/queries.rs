//! Reading what the business says of itself.

use async_graphql::{Context, Error, Object};
use leadflow_projections::analytics;

use super::business_hours::BusinessHours;
use crate::graphql::api::Request;
use crate::graphql::failure::internal;

/// Queries about the business.
#[derive(Default)]
pub(in crate::graphql) struct TenantQueries;

#[Object]
impl TenantQueries {
    /// When the business is open, as it said last; null when it has said nothing, or that it has no hours.
    async fn business_hours(&self, context: &Context<'_>) -> Option<Result<BusinessHours, Error>> {
        read(context).await.transpose()
    }
}

/// The viewer's hours.
pub(super) async fn read(context: &Context<'_>) -> Result<Option<BusinessHours>, Error> {
    let request = Request::of(context)?;
    let schedule = analytics::schedule(&request.api.reads, request.viewer.context())
        .await
        .map_err(|error| internal("businessHours", &error))?;
    Ok(schedule.as_ref().map(BusinessHours::from))
}
