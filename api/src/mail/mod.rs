//! Letters to people: enqueued with what they tell of, sent by whichever process is free.

mod letter;
mod letters;
mod outbox;
mod post;
mod sending;
#[cfg(test)]
mod tests;
mod wording;

pub use letter::{Letter, LetterKind};
pub use letters::{LetterSummary, Standing, Unread, letter, recent, retry, standing, text};
pub use outbox::send;
pub use post::Post;
pub use sending::SendLetters;
