//! The event log on real Postgres: order, exactly once, append-only, and readable by postgres-es.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on has failed")]

mod append;
mod append_only;
mod framework;
mod order;
mod postgres_es;
mod support;
mod verify;
