//! A source: a place from which only leads come, such as a form in an ad. Messages come by channels.
//!
//! What a source is shown by, a form's key say, is never here: it stands hashed in a table beside the log.

mod close;
mod command;
mod event;
mod open;
mod refusal;
mod reopen;
mod state;

pub use command::SourceCommand;
pub use event::SourceEvent;
pub use refusal::SourceRefusal;
pub use state::Source;

use serde::{Deserialize, Serialize};

use crate::ShortText;

/// What a source is called: 1 to 100 characters.
pub type SourceName = ShortText<1, 100>;

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A lead form in Google's ads, which sends what is filled in to a webhook of ours.
    GoogleForm,
}

/// All there is to a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What kind of place it is.
    pub kind: SourceKind,
    /// What the business calls it.
    pub name: SourceName,
}
