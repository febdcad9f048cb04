//! What one thing went through.

mod queries;
mod types;

pub(super) use queries::HistoryQueries;
pub(super) use types::{HistoryActor, HistoryActorKind};
