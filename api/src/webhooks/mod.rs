//! Webhooks: stored before anything else happens, then translated into commands.
//!
//! [`Intake`] makes a delivery durable; [`Translator`] takes deliveries from the table, splits them into items and
//! carries each to its aggregate. Between them is nothing but the table, so a crash loses nothing.

mod arrivals;
mod bodies;
mod deliveries;
mod erasure;
mod intake;
mod items;
#[cfg(test)]
mod tests;
mod translator;
mod upkeep;
pub mod whatsapp;

pub use arrivals::resume;
pub use bodies::Unopened;
pub use deliveries::{DeliverySummary, Only, recent, waiting};
pub use erasure::{EraseError, erase_contacts};
pub use intake::{Intake, NotStored};
pub use items::{Awaited, Item, ItemState};
pub use translator::Translator;
pub use upkeep::Upkeep;
