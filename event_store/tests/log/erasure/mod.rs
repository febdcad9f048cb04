//! What is about a person stands nowhere in clear, and once she was erased, nowhere at all.

mod clear;
mod erased;
pub(crate) mod groups;
mod leads;
mod members;
mod outbound;
mod person;
mod races;
mod recorded;
mod search;
mod told;

pub(crate) use person::EVE;
