//! What the event log costs, beside its peers and limits, in one run.
//!
//! Figures drift by a third from hour to hour, so none is worth anything alone: everything that is compared is
//! measured in the same run, in turn, several rounds, on a durable Postgres of the bench's own, each contender on a
//! database of its own. What each row means stands in `docs/PERFORMANCE.md`.

mod bed;
mod cell;
mod closed_loop;
mod document;
mod error;
mod idle;
mod judged;
mod load;
mod machine;
mod measure;
mod message;
mod ours;
mod paced;
mod pgbench;
mod plain;
mod plan;
mod processes;
mod report;
mod sample;
mod stock;
mod streams;

pub use bed::{Bed, Database};
pub use closed_loop::{Client, Figures, Pace, Seen, closed_loop};
pub use document::{Document, NotWritten};
pub use error::BenchError;
pub use judged::median;
pub use load::serve_load;
pub use machine::Machine;
pub use measure::{Step, run};
pub use paced::paced;
pub use plan::{BadPlan, Plan};
pub use report::{Conditions, Report, Row, Target};
