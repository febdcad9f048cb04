//! `projections`: how far each read model is.

use async_graphql::{Context, Enum, Error, Object, SimpleObject};
use leadflow_projections::{CheckpointState, ConsumerStatus, Generation, statuses};

use crate::graphql::api::OperatorRequest;
use crate::graphql::failure::internal;
use crate::graphql::position::Position;

/// The query.
#[derive(Default)]
pub(super) struct ProjectionQueries;

/// A read model, as it is built.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct Projection {
    /// What it is called, such as `inbox`.
    name: String,
    /// The version of its tables and their meaning. Each program reads its own.
    definition: u32,
    /// Which building of it this is.
    generation: ProjectionGeneration,
    /// Up to here each event was dealt with or is parked; 0 before the first.
    position: Position,
    /// The newest event of the log; 0 while there is none.
    head: Position,
    /// Events that it has not come to.
    lag_events: i64,
    /// For how many seconds the first of them has been waiting; 0 when there is none.
    lag_seconds: f64,
    /// Whether it works.
    state: ProjectionState,
    /// Why it can't work; null while it can.
    error: Option<String>,
    /// Streams that are set aside.
    parked_streams: i64,
    /// Events that are set aside: of each such stream the one that could not be dealt with, and what follows it.
    parked_events: i64,
}

/// Which building of a read model it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Generation")]
pub(super) enum ProjectionGeneration {
    /// The one that is read.
    Serving,
    /// The one that is built to be read.
    Next,
    /// The one that was read before, and can come back.
    Previous,
}

/// Whether a follower of the log works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CheckpointState")]
pub(super) enum ProjectionState {
    /// It has not caught up since it was made.
    Building,
    /// It has caught up, and only follows since.
    Live,
    /// It can't work at all, and tries again.
    Stopped,
}

#[Object]
impl ProjectionQueries {
    /// For operators: how far each read model is, of all definitions and generations that there are.
    #[graphql(complexity = "20 * child_complexity")]
    async fn projections(&self, context: &Context<'_>) -> Option<Result<Vec<Projection>, Error>> {
        let found = async {
            let request = OperatorRequest::of(context)?;
            let found = statuses(&request.api.pool).await.map_err(|error| internal("projections", &error))?;
            Ok(found.into_iter().filter_map(Projection::of).collect())
        };
        Some(found.await)
    }
}

impl Projection {
    /// As a read model; none for a follower of another kind.
    fn of(status: ConsumerStatus) -> Option<Self> {
        let projector = status.projector()?;
        Some(Self {
            name: projector.name.to_owned(),
            definition: projector.version,
            generation: projector.generation.into(),
            position: Position(status.position),
            head: Position(status.head),
            lag_events: status.head - status.position,
            lag_seconds: status.lag.as_secs_f64(),
            state: status.state.into(),
            parked_streams: status.parked_streams,
            parked_events: status.parked,
            error: status.error,
        })
    }
}
