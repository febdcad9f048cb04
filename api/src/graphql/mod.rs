//! The GraphQL API: thin resolvers over the read models, and mutations through the one door.

mod analytics;
mod api;
mod command;
mod connection;
mod contact;
mod conversation;
pub mod edge;
mod failure;
mod global_id;
mod group;
mod lead;
mod min_position;
mod node;
mod pages;
mod payload;
mod position;
#[cfg(test)]
mod schema_rules;
mod tenant;
#[cfg(test)]
mod tests;
mod usage;

pub use api::{Api, MOST_FIELDS, Manners, Shared, schema, sdl, serve};
