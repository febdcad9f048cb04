//! How often somebody may do something: buckets of tokens that all processes share.
//!
//! Each kind of limit gives everybody a bucket that holds `count` tokens and gets them back evenly over its period. Doing it
//! takes one; where there is none, [`Limits::check`] says how long to wait. Whoever is held is a network address, a
//! caller, or an account.
//!
//! The buckets are rows in Postgres (`take_tokens`), on its clock. A process asks it for a *share*, a hundredth of a
//! bucket and at least one token, and spends that from memory (`purses`): a limit of 10,000 costs a question for every hundred
//! requests, one of five a question each, beside work that costs more. One question is under way at a time, for all who
//! wait. Whoever was told to wait is told so from memory until then: to hammer at a closed door costs Postgres nothing. A
//! share that nobody spends goes back.
//!
//! So much is let through at most, in any time `t` (`tests` holds it to that):
//!
//! - `count + t * count / period`, as a bucket has it, while a share is one token;
//! - one share less one token in addition for each process where it is more: what was taken in advance and lay in memory while
//!   the bucket filled;
//! - while the database is away each process counts by itself, from a full bucket: so much again for each process. No kind
//!   stays open, and none closes.
//!
//! What lies in the memory of one process is missing to another, a share less one token at most, until it goes back.
//!
//! Memory and table are bounded: a full bucket is as good as none in both, and a process that remembers too many forgets them
//! all. That lets nobody through: Postgres knows. Webhooks of
//! providers are under no limit; what programs post is, by source.

mod check;
mod key;
mod kind;
mod purses;
mod rate;
mod shared;
#[cfg(test)]
mod tests;
mod upkeep;

pub use check::{Limited, Limits, PATIENCE};
pub use key::LimitKey;
pub use kind::{LimitKind, Rates};
pub use rate::Rate;
