//! The `leadflow` binary's parts: webhooks, the one door to aggregates, reactors, GraphQL, the command line.

pub mod app;
pub mod auth;
pub mod cli;
pub mod client_address;
pub mod commands;
pub mod config;
pub mod demo;
mod exports;
pub mod graphql;
pub mod health;
pub mod http;
pub mod jobs;
pub mod lead_imports;
pub mod limits;
pub mod mail;
pub mod master_key;
mod message_templates;
pub mod metrics;
pub mod page_leads;
pub mod pause;
pub mod playground;
pub mod provider_credentials;
pub mod reactors;
pub mod reads;
pub mod routing;
pub mod security_headers;
pub mod sending;
pub mod server;
pub mod serving;
pub mod settle;
pub mod storage;
pub mod submissions;
pub mod telemetry;
#[cfg(test)]
mod testing;
pub mod waking;
pub mod webhooks;
