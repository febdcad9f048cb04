//! The GraphQL API: thin resolvers over the read models, and mutations through the one door.

mod analytics;
mod api;
mod command;
mod connection;
mod contact;
mod conversation;
mod date_range;
pub mod edge;
mod failure;
mod global_id;
mod group;
mod lead;
mod node;
mod pages;
mod payload;
mod position;
mod spelling;
#[cfg(test)]
mod statements;
mod tenant;
mod usage;

pub use api::{Api, schema, sdl, serve};
