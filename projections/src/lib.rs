//! Read models: folds of the log into tables, and the runtime that keeps them.
//!
//! A projector is a fold with a bookmark: its rows and its checkpoint move in one transaction. One folder per read
//! model: `tables.sql`, `fold`, `queries`.

mod access;
pub mod analytics;
pub mod audit;
mod filter;
pub mod generations;
pub mod inbox;
pub mod leads;
mod paging;
pub mod people;
mod projector;
mod runtime;
mod sight;
pub mod templates;
#[cfg(feature = "testing")]
pub mod testing;
pub mod usage;
mod word;

pub use access::{OperatorContext, TenantContext, TenantReads};
pub use filter::{Condition, IdIs, NumberIs, TextIs, TimeIs};
pub use paging::{End, Keyset, PageRequest, PageUnread};
pub use projector::{
    Definition, Generation, Projector, WithProjector, all, prepare, project_all, schemas, with_projector,
};
pub use runtime::{
    Advance, Bell, Checkpoint, CheckpointState, Claim, Consumer, ConsumerStatus, Follow, Freshness, Lease, PageError,
    ParkedStream, ProjectorName, ProjectorProgress, Reached, Runtime, count_parked, parked, parked_page, retry,
    statuses, wait_until,
};
pub use sight::Sight;
