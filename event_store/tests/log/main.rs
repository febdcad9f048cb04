//! The event log on real Postgres: order, exactly once, append-only, and readable by postgres-es.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

mod append;
mod append_function;
mod append_only;
mod call;
mod compatibility;
mod erasure;
mod framework;
mod gate;
mod history;
mod laws;
mod order;
mod postgres_es;
mod processes;
mod receipts;
mod routing;
mod snapshots;
mod source;
mod support;
mod upstream;
mod verify;
mod versions;
