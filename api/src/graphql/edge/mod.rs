//! GraphQL over HTTP, our own: what stands between the network and the library.
//!
//! async-graphql executes well, but its HTTP services never read `Accept`, answer request errors as successes,
//! run mutations by GET, and hand any text to a parser that a 4 KB document can send through the end of its
//! stack, which aborts the process. So the library never sees a request that this module has not measured:
//!
//! 1. [`mod@negotiate`]: the media types of the question and of the answer.
//! 2. [`Parameters`]: strict types, one operation, no batches.
//! 3. [`guard`]: size, tokens and nesting of the text before it is parsed; fragment expansion before it is
//!    validated. It knows nothing of HTTP and serves WebSocket and SSE as well.
//! 4. [`post`]: parse once, execute under a time-out, answer as the specification says.
//!
//! Queries by GET are not offered: they end up in access logs and caches, and POST with a JSON content type
//! cannot be sent across origins without a preflight. <https://graphql.github.io/graphql-over-http/draft/>

mod code;
mod errors;
pub mod guard;
mod limits;
pub mod negotiate;
mod parameters;
mod post;
mod reached;
mod rejection;
mod respond;
#[cfg(test)]
mod tests;

pub use code::Code;
pub use errors::present;
pub use limits::Limits;
pub use parameters::Parameters;
pub use post::{body, method_not_allowed, post};
pub use reached::{ReachedExecution, WatchExecution};
pub use rejection::Rejection;
pub use respond::{REQUEST_ID, refusal};
