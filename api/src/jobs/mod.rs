//! Outside work that waits to be done (`jobs`): enqueued in the transaction of what it follows from, done by whichever process is
//! free, one at a time in each queue, at the pace of its lane (decision 16).
//!
//! A job is done at least once. What must not be done twice is for its own work to see to: a process may end in the middle, and
//! another begins once its lease is over.

mod begun;
mod enqueue;
mod lanes;
mod list;
mod runtime;
#[cfg(test)]
mod tests;
mod turn;
mod upkeep;
mod work;

pub use begun::Job;
pub use enqueue::{NewJob, cancel_about, enqueue, hasten};
pub use lanes::{count_in, hold_lane, lane_of, resume_lane, stop_lane};
pub use list::{Counts, JobFilter, JobRange, JobRow, JobState, cancel, count, counts, job, jobs, retry};
pub use runtime::{Jobs, Wake};
pub use turn::{Turn, TurnLost};
pub use upkeep::Upkeep;
pub use work::{Pace, Work, Worked};
