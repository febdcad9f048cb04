//! Why a generation can't be built, swapped or dropped.

use leadflow_event_store::database::ProtectError;
use thiserror::Error;

use crate::PageError;

/// Why a generation can't be built, swapped or dropped.
#[derive(Debug, Error)]
pub enum GenerationError {
    /// Somebody else is at it.
    #[error("another process is building it; wait for it, or end it")]
    BeingBuilt,
    /// Somebody took it over, which happens to a process that gave no sign of life for some seconds.
    #[error("another process has taken over what was being built; nothing is lost, and it goes on from there")]
    TakenOver,
    /// The caller was told to stop. What is built stays.
    #[error("stopped; what is built stays, and the same command goes on from there")]
    Stopped,
    /// There is nothing to go back to, to go on with, or to drop.
    #[error("there is no {0}")]
    Missing(String),
    /// What should come back is behind what is read, and nobody brings it up.
    #[error(
        "the generation before is at event {position} of {wanted} and does not come nearer: is any process following the log?"
    )]
    Behind {
        /// How far it is.
        position: i64,
        /// How far it should be.
        wanted: i64,
    },
    /// This program needs it.
    #[error("{0} is what this program reads; it can't be dropped")]
    InUse(String),
    /// Its tables can't be made.
    #[error("its tables can't be made")]
    Protect(#[from] ProtectError),
    /// It can't be built.
    #[error("it can't be built: {0}")]
    Page(#[from] PageError),
    /// The database did not do it.
    #[error("the database did not do it")]
    Database(#[from] sqlx::Error),
}
