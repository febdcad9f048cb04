//! The fault experiments, in the size that fits into every test run.

mod kill;
mod outbox;
mod pace;
mod points;
mod rebuilds;
mod start;
