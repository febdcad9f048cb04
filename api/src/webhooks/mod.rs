//! Webhooks: stored before anything else happens, then translated into commands.
//!
//! [`Intake`] makes a delivery durable; [`Translator`] takes deliveries from the table, splits them into items and
//! carries each to its aggregate. Between them is nothing but the table, so a crash loses nothing.

mod deliveries;
mod intake;
mod items;
mod translator;
pub mod whatsapp;

pub use deliveries::{DeliverySummary, Only, recent, waiting};
pub use intake::{Intake, NotStored};
pub use items::{Awaited, Item, ItemState};
pub use translator::Translator;
