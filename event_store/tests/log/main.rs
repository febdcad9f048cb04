//! The event log on real Postgres: order, exactly once, append-only, and readable by postgres-es.

mod append;
mod append_only;
mod order;
mod postgres_es;
mod support;
mod verify;
