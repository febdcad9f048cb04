//! Chats of WhatsApp, as its "Export chat" writes them: what a customer and the business wrote becomes part of their conversation, at the
//! times at which it was written, once (decision 27).
//!
//! A file is taken in as files of leads are, looked at while it comes (how it writes days, whose names are in it), and told to the log
//! before it is answered. All that is told goes by ids that come of what stands in the file, so whoever tries again, with the same file
//! or a longer one, changes nothing of what is there.

mod answer;
mod asked;
mod http;
mod importer;
mod known;
mod messages;
mod moments;
mod not_imported;
mod sides;
mod take_in;
#[cfg(test)]
mod tests;

pub(crate) use answer::told;
pub use answer::{Counts, Imported, NotTaken};
pub use asked::Asked;
pub(crate) use http::routes;
pub use importer::Importer;
pub use messages::is_of_an_export;
pub use not_imported::NotImported;
pub use take_in::MOST_BYTES;
