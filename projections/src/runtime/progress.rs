//! How far this process's consumers are.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;

use crate::Definition;

/// How far a consumer is, as this process knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// Up to here each event was dealt with or is parked.
    pub position: i64,
    /// Whether any is parked.
    pub has_parked: bool,
}

/// How far this process's consumers are.
#[derive(Debug, Clone, Default)]
pub struct ProjectorProgress(pub(super) Arc<HashMap<String, watch::Receiver<Reached>>>);

impl ProjectorProgress {
    /// The progress of one read model, if this process has its projector.
    #[must_use]
    pub fn of(&self, definition: &Definition) -> Option<watch::Receiver<Reached>> {
        self.0.get(&definition.consumer()).cloned()
    }
}
