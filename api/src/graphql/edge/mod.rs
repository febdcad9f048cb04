//! GraphQL over HTTP, our own: what stands between the network and the library.
//!
//! async-graphql executes well, but its HTTP services never read `Accept`, answer request errors as successes,
//! run mutations by GET, and hand any text to a parser that a 4 KB document can send through the end of its
//! stack, which aborts the process. So the library never sees a request that this module has not measured:
//!
//! 1. [`AllowedOrigins`]: which web pages may ask.
//! 2. [`mod@negotiate`]: the media types of the question and of the answer.
//! 3. [`Parameters`]: strict types, one operation, no batches.
//! 4. [`guard`]: size, tokens and nesting of the text before it is parsed; fragment expansion before it is
//!    validated. It knows nothing of HTTP and serves WebSocket and SSE as well.
//! 5. [`ChargeCost`]: what the answer may come to, taken from the caller's budget before anything is executed.
//! 6. [`Handover`]: what was judged is executed by a schema that does nothing else.
//! 7. [`answer()`]: parse once, execute under a time-out, answer as the specification says. Of the answer [`Piece`]s may be written already.
//!
//! Queries may come by GET, mutations may not. No request is taken for somebody's because her browser sent it: callers
//! show a bearer header, or with their cookies a header of ours, neither of which a page can send across origins without
//! leave (`origin.rs`). A URL ends up in the logs and caches of proxies, so what is personal belongs in a POST.
//!
//! Whoever shows nothing is nobody. Of what she sends only what leads to a token is looked at ([`Nobody`]).
//! <https://graphql.github.io/graphql-over-http/draft/>

mod answer;
mod budget;
mod code;
mod cost;
mod errors;
pub mod guard;
mod handover;
mod limits;
pub mod negotiate;
mod nobody;
mod origin;
mod parameters;
mod piece;
mod rejection;
mod respond;
#[cfg(test)]
mod tests;
mod whole;

pub use answer::{Sent, answer, body, method_not_allowed, upgrade_refused};
pub use budget::{Allowance, Budgets};
pub use code::Code;
pub use cost::{Account, ChargeCost};
pub use errors::present;
pub use guard::Documents;
pub use handover::Handover;
pub use limits::Limits;
pub use nobody::{NOBODYS_BUDGET, Nobody, Open};
pub use origin::{AllowedOrigins, Source, origin_refused};
pub use parameters::Parameters;
#[cfg(test)]
pub(in crate::graphql) use piece::reading;
pub use piece::{Piece, Put, Word};
pub use rejection::Rejection;
pub use respond::{REQUEST_ID, refusal, too_often};
