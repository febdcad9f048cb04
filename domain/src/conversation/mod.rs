//! A conversation: the one thread between a contact and a channel.

mod command;
mod event;
mod mark_read;
mod message;
mod receive_message;
mod refusal;
mod resolve;
mod set_priority;
mod state;

pub use command::ConversationCommand;
pub use event::ConversationEvent;
pub use message::{InboundMessage, MessageContent};
pub use refusal::ConversationRefusal;
pub use state::{Conversation, ConversationStatus, Priority};
