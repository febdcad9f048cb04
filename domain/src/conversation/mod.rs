//! A conversation: the one thread between a contact or a group and a channel.

mod act_on_message;
mod acts;
mod call;
mod command;
mod content;
mod correction;
mod counterpart;
mod event;
mod import_message;
mod mark_read;
mod message;
mod open;
mod receive_message;
mod record_call;
mod refusal;
mod resolve;
mod set_priority;
mod state;

pub use acts::{Edit, Occasion, Reaction, Revocation};
pub use call::{Call, CallDirection, CallNews, CallReport};
pub use command::ConversationCommand;
pub use content::{ContactCard, Media, MediaFile, MessageContent, OrderItem, Place, SystemChange};
pub use correction::Correction;
pub use counterpart::Counterpart;
pub use event::ConversationEvent;
pub use message::{Forwarded, InboundMessage, Product, ProviderError, Referral, service_window};
pub use refusal::ConversationRefusal;
pub use state::{Conversation, ConversationStatus, Priority};
