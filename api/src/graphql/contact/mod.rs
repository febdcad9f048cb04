//! Contacts and channels, and what can be done with a contact.

mod channels;
mod erase;
mod filter;
mod queries;
mod types;

pub(super) use channels::ChannelQueries;
pub(super) use erase::EraseContact;
pub(super) use queries::ContactQueries;
pub(super) use types::{Channel, Contact, Marketing};
