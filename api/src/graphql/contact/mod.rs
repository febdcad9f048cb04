//! Contacts, and what can be done with them.

mod erase;
mod filter;
mod queries;
mod types;

pub(super) use erase::EraseContact;
pub(super) use queries::ContactQueries;
pub(super) use types::{Contact, Marketing};
