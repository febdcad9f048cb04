//! The runtime of all that follows the log: page by page, what is written and the checkpoint in one transaction.
//!
//! An event that can't be dealt with is set aside with its stream, and all other streams go on (`parking`). Several
//! processes share the work by leases (`checkpoint`, `sharing`). Decision 10 says why it is so.

mod checkpoint;
mod consumer;
mod follow;
mod held;
mod page;
mod page_error;
mod parked;
mod parking;
mod process;
mod progress;
mod run;
mod sharing;
mod status;
mod tail;
mod wait;

pub use checkpoint::{Advance, Checkpoint, CheckpointState, Claim, Lease};
pub(crate) use checkpoint::{LEASE, NOBODY};
pub use consumer::Consumer;
pub(crate) use consumer::Fold;
pub use follow::{Bell, Follow};
pub use page_error::PageError;
pub use parked::{ParkedStream, count_parked, parked, parked_page, retry};
pub use process::Runtime;
pub use progress::{ProjectorProgress, Reached};
pub(crate) use run::{Pace, Run, Step};
pub use status::{ConsumerStatus, ProjectorName, statuses};
pub(crate) use tail::Tail;
pub use wait::{Freshness, wait_until};
