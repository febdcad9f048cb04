//! What LeadFlow promises, asked of the real binary from outside.
//!
//! `cargo test -p leadflow-tests` builds `leadflow`, starts one server that most journeys share, each with a tenant
//! of its own, and starts others where a journey needs the machine for itself. Nothing has to run beforehand and
//! nothing is left behind. `LEADFLOW_TESTS_SEED` repeats what a seed printed by a failing test decided.

mod faults;
mod house;
mod journeys;
mod recorded;
mod sweep;
