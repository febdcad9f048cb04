//! Contacts, and what can be done with them.

mod dismiss_duplicate;
mod duplicates;
mod erase;
mod filter;
mod merge;
mod merging;
mod queries;
#[cfg(test)]
mod tests;
mod types;
mod unmerge;

pub(super) use dismiss_duplicate::DismissDuplicate;
pub(super) use duplicates::DuplicateQueries;
pub(super) use erase::EraseContact;
pub(super) use merge::MergeContacts;
pub(super) use queries::ContactQueries;
pub(super) use types::{Contact, Marketing};
pub(super) use unmerge::UnmergeContacts;
