//! Experiments that break the running product on purpose (RELIABILITY.md), and what they must leave whole.
//!
//! Each is one function, called in small by the acceptance tests and in full by the command
//! `cargo run --release -p leadflow-tests --bin faults`. What judges an experiment is pure, and has tests in which it
//! must find fault: a check that can't fail proves nothing.

pub mod desks;
mod gate;
pub mod import;
pub mod kill;
pub mod ledger;
pub mod load;
pub mod memory;
pub mod outbox;
pub mod pace;
pub mod points;
pub mod rebuilds;
pub mod start;
