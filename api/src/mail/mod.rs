//! Letters to people: enqueued with what they tell of, sent later by whichever process is free.

mod letter;
mod outbox;

pub use letter::{Letter, LetterKind};
pub use outbox::send;
