//! Read models on real Postgres: folded the same however the log is cut, exactly once, by one holder at a time.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on has failed")]

mod address_books;
mod analytics;
mod asked;
mod audit;
mod definitions;
mod exactly_once;
mod expected;
mod fencing;
mod finding;
mod fold;
mod generations;
mod history;
mod leads;
mod lists;
mod logins;
mod merging;
mod one_trip;
mod parking;
mod people;
mod places;
mod plans;
mod process;
mod queries;
mod rows;
mod sendings;
mod sharing;
mod sight;
mod states;
mod support;
mod templates;
mod turns;
mod unsteady;
mod usage;
mod waiting;
mod wall;
