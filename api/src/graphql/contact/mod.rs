//! Contacts and channels, and what can be done with a contact.

mod erase;
mod types;

pub(super) use erase::EraseContact;
pub(super) use types::{Channel, Contact};
