//! The fault experiments, in the size that fits into every test run.

mod changing_many;
mod import;
mod kill;
mod outbox;
mod pace;
mod points;
mod rebuilds;
mod start;
