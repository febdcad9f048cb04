//! The text that WhatsApp's "Export chat" writes: one line for a message, further lines of it below, and a line without a name for what
//! WhatsApp says itself.
//!
//! ```text
//! 31/12/23, 14:05 - Ada: Is it still there?                 (Android)
//! [31/12/23, 2:05:07 PM] Ada: Is it still there?            (iPhone)
//! ```
//!
//! How days and hours are written goes by the phone's language, and so do the words for what the text has not: pictures, what was
//! deleted. A text is read twice: a [`Survey`] finds out how its days are written and whose names are in it, then a [`Reader`] reads its
//! messages. Both take it in pieces, however it is cut, and hold one message of it.
//!
//! What can't be told: a message whose own words have a line that looks as the file's lines do is read as two.

mod content;
mod day;
mod header;
mod line;
mod reader;
mod survey;
#[cfg(test)]
mod tests;
mod words;

pub use content::{Content, FileKind, WrittenFile};
pub use day::{DateOrder, Day, FIRST_YEAR, UnknownOrder};
pub use header::{Style, Time};
pub use line::LONGEST_MESSAGE;
pub use reader::{Entry, Message, Reader};
pub use survey::{MOST_NAMES, NoExport, Survey, Surveyed};

/// A name without the marks that say in which direction it is written, and without blanks around it.
#[must_use]
pub fn plain_name(name: &str) -> String {
    name.chars().filter(|letter| !is_mark(*letter)).collect::<String>().trim().to_owned()
}

/// What is not seen, and says in which direction a text is written, or is no blank of no width.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
