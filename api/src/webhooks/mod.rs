//! Webhooks: stored before anything else happens, then translated into commands.
//!
//! [`Intake`] makes a delivery durable; [`Translator`] takes deliveries from the table, splits them into items and
//! carries each to its aggregate. Between them is nothing but the table, so a crash loses nothing.

mod bodies;
mod deliveries;
mod edge;
mod intake;
mod items;
mod refused;
mod translator;
pub mod whatsapp;

pub use bodies::{Bodies, Whole};
pub use deliveries::{DeliverySummary, Only, recent, waiting};
pub use edge::WebhookEdge;
pub use intake::{Intake, NotStored};
pub use items::{Item, ItemState};
pub use refused::{Refusals, Refused};
pub use translator::Translator;
