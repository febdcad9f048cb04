//! Laws that hold for every aggregate, whatever it is told in whatever order. `laws` says which; an aggregate's file
//! makes its histories, and says what holds for it alone.
//!
//! The seed is fixed and printed on failure; `PROPTEST_RNG_SEED` tries another, `PROPTEST_CASES` more.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on has failed")]

mod api_key;
mod channel;
mod contact;
mod conversation;
mod group;
mod laws;
mod lead;
mod member;
mod merging;
mod outbound_message;
mod response_template;
mod role;
mod routing;
mod sending;
mod source;
mod strategies;
mod team;
mod template;
mod tenant;
