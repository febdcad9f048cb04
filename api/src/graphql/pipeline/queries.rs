//! Reading how a business works its leads: everybody of it sees that.

use async_graphql::{Context, Error, Object};
use leadflow_projections::leads;

use super::types::LeadPipeline;
use crate::graphql::api::Request;
use crate::graphql::failure::internal;

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct PipelineQueries;

#[Object]
impl PipelineQueries {
    /// How the business works its leads.
    async fn lead_pipeline(&self, context: &Context<'_>) -> Option<Result<LeadPipeline, Error>> {
        Some(async { find(Request::of(context)?).await }.await)
    }
}

/// How the viewer's business works its leads.
pub(super) async fn find(request: &Request) -> Result<LeadPipeline, Error> {
    let found = leads::pipeline(&request.api.reads, request.viewer.context()).await;
    Ok(found.map_err(|error| internal("leadPipeline", &error))?.into())
}
