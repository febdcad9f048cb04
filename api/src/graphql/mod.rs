//! The GraphQL API: thin resolvers over the read models, and mutations through the one door.

mod account;
mod analytics;
mod api;
mod api_key;
mod at_meta;
mod audit;
#[cfg(test)]
mod bed;
mod channel;
mod command;
mod connection;
mod contact;
mod conversation;
mod date_range;
pub mod edge;
#[cfg(test)]
mod executed;
mod failure;
mod filter;
#[cfg(test)]
mod filtered;
mod global_id;
mod group;
mod history;
mod in_order;
mod lead;
mod lead_change;
mod lead_import;
#[cfg(test)]
mod lists;
mod log_id;
mod member;
mod min_position;
mod node;
mod numbered;
mod operator;
mod pages;
mod patience;
mod payload;
#[cfg(test)]
mod permitted;
mod pipeline;
mod plain;
mod plain_id;
mod position;
mod response_template;
mod role;
mod routing;
#[cfg(test)]
mod schema_rules;
mod seen;
mod source;
mod spelling;
#[cfg(test)]
mod statements;
mod team;
mod template;
mod tenant;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod unseen;
mod usage;
mod viewer;
mod visit;

pub use api::{Api, MOST_FIELDS, Manners, Shared, schema, sdl, serve};
pub(crate) use global_id::{id_of_channel, id_of_conversation};
pub(crate) use lead::{leads_asked_for, source_word, stage_word, status_word};
