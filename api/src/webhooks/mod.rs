//! Webhooks: stored before anything else happens, then translated into commands.
//!
//! [`Intake`] makes a delivery durable; [`Translator`] takes deliveries from the table, splits them into items and
//! carries each to its aggregate. Between them is nothing but the table, so a crash loses nothing.

mod arrivals;
mod bodies;
mod deliveries;
mod edge;
mod erasure;
pub mod external;
pub mod google;
mod intake;
mod items;
mod pages;
mod refused;
mod reprocess;
mod standing;
#[cfg(test)]
mod tests;
mod translator;
mod turns;
mod upkeep;
mod walk_in;
pub mod whatsapp;
mod whole;

pub use arrivals::{resume, resume_mapped};
pub(crate) use bodies::TodaysKey;
pub use bodies::Unopened;
pub use deliveries::{Delivery, DeliveryItem, DeliverySummary, Only, Retry, body, delivery, recent, retry, waiting};
pub use edge::WebhookEdge;
pub use erasure::erase_contacts;
pub use intake::{Bringer, Intake, NotStored};
pub use items::{Awaited, Item, ItemState};
pub use pages::{DeliveryRange, DeliveryState, MOST_ITEMS, count_deliveries, items_of, page};
pub use refused::{Refusals, Refused};
pub use reprocess::{Archive, Change, Reprocessed, Seen, Selection, count, reprocess};
pub use standing::{LastError, Standing, standings};
pub use translator::Translator;
pub use upkeep::Upkeep;
pub use whole::{Bodies, Whole};
