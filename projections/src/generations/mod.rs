//! Generations of a read model: the same definition built anew beside the one that is read, compared with it, and
//! swapped for it in one short transaction.
//!
//! The one before stays and folds on, so that a swap can be undone. Decision 10 says why it is so.

mod compare;
mod discard;
mod error;
mod exchange;
mod rebuild;

pub use compare::{Comparison, Difference, TableComparison};
pub use discard::{discard, drop_version};
pub use error::GenerationError;
pub use exchange::{Swapped, undo};
pub use rebuild::{Built, Rebuild, Workshop, fold};
