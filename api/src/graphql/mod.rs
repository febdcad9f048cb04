//! The GraphQL API: thin resolvers over the read models, and mutations through the one door.

mod analytics;
mod api;
mod channel;
mod command;
mod connection;
mod contact;
mod conversation;
pub mod edge;
#[cfg(test)]
mod executed;
mod failure;
mod filter;
mod global_id;
mod group;
mod history;
mod lead;
mod node;
mod numbered;
mod operator;
mod pages;
mod payload;
mod position;
mod tenant;
mod usage;
mod viewer;

pub use api::{Api, Shared, schema, sdl, serve};
