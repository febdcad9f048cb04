//! An API key: a program that works for the business, as what, and until when.
//!
//! Its secret is no event: whoever reads the log learns that there is a key, and nothing that opens a door.

mod command;
mod deny;
mod event;
mod issue;
mod refusal;
mod revoke;
mod state;
mod terms;

pub use command::ApiKeyCommand;
pub use event::ApiKeyEvent;
pub use refusal::ApiKeyRefusal;
pub use state::ApiKey;
pub use terms::Terms;

use crate::ShortText;

/// What a key is called: 1 to 100 characters.
pub type ApiKeyName = ShortText<1, 100>;
