//! Templates between Meta's JSON and the domain's words: what it lists and tells is read here, and what is handed in to it is
//! written here.

mod listed;
mod read;
mod words;
mod write;

pub(crate) use listed::{Synced, listed, synced};
pub(crate) use read::{LARGEST, button_of, components};
pub(crate) use words::{category, category_word, quality, status, told_status};
pub(crate) use write::components_of;
