//! Agents answer: what they write reaches customers once, and the inbox tells what became of it.

mod answers;
mod codes;
mod consequences;
pub(super) mod desk;
mod handover;
mod health;
mod refused;
mod stopped;
mod templates;
mod unknown;
