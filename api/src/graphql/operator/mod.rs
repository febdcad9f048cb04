//! What operators see of the installation: never what people wrote.

mod deliveries;
mod jobs;
mod parked;
mod projections;

use async_graphql::MergedObject;

/// Questions of operators.
#[derive(MergedObject, Default)]
pub(super) struct OperatorQueries(
    projections::ProjectionQueries,
    deliveries::DeliveryQueries,
    parked::ParkedQueries,
    jobs::JobQueries,
);
