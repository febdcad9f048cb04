//! What one thing went through.

mod actors;
mod queries;
mod types;

pub(super) use actors::ActorNames;
pub(super) use queries::HistoryQueries;
pub(super) use types::{HistoryActor, HistoryActorKind};
