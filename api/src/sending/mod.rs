//! Sending messages: from what waits in the log to the provider, and what it said back into the log.

mod callback;

pub use callback::{callback, read_callback};
