//! What operators see of the installation, and do about it: never what people wrote.

mod deliveries;
mod jobs;
mod mutate_job;
mod parked;
mod projections;

use async_graphql::MergedObject;
pub(super) use mutate_job::MutateJob;

/// Questions of operators.
#[derive(MergedObject, Default)]
pub(super) struct OperatorQueries(
    projections::ProjectionQueries,
    deliveries::DeliveryQueries,
    parked::ParkedQueries,
    jobs::JobQueries,
);
