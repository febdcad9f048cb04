//! WhatsApp Cloud API: how its webhooks are signed, what is asked of it, and simulators of both sides.

mod graph;
pub mod signature;
pub mod simulator;

pub use graph::{AccessToken, Graph, LookupFailure, NotAGraph, NotAnAccessToken, Number};
