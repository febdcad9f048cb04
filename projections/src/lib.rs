//! Read models: folds of the log into tables, and the runtime that keeps them.
//!
//! A projector is a fold with a bookmark: its rows and its checkpoint move in one transaction. One folder per read
//! model: `tables.sql`, `fold`, `queries`.

mod access;
pub mod analytics;
mod checkpoint;
pub mod inbox;
pub mod leads;
mod page_error;
mod paging;
mod projector;
mod runtime;
mod status;
#[cfg(feature = "testing")]
pub mod testing;
pub mod usage;
mod word;

pub use access::{TenantContext, TenantReads};
pub use checkpoint::{Advance, Checkpoint, CheckpointState, Lease};
pub use page_error::PageError;
pub use paging::{Keyset, PageRequest};
pub use projector::{Definition, Projector, all, prepare, schemas};
pub use runtime::{Consumer, Follow, ProjectorProgress, Runtime};
pub use status::{ConsumerStatus, Freshness, statuses, wait_until};
