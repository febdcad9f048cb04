//! Sending messages: from what waits in the log to the provider, and what it said back into the log (decision 16).

mod backoff;
mod callback;
mod conditions;
mod content;
mod mark_read;
mod pace;
mod recipient;
mod send;
mod settle;
mod sync_templates;
mod typing;

pub use callback::{callback, read_callback};
pub use conditions::{Made, conditions};
pub(crate) use content::check;
pub use mark_read::{MARK_READ, MarkRead};
pub use pace::pace;
pub use send::{SEND, SendOutbound};
pub use settle::{SETTLE, SettleOutbound, WITHOUT_A_WORD};
pub use sync_templates::{SYNC_TEMPLATES, SyncTemplates};
pub use typing::{Typing, show_typing};
