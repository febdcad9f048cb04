//! Conversations: the list, one of them, its messages, and what can be done with it.

mod mark_read;
mod mutate;
mod queries;
mod resolve;
mod set_priority;
mod types;

pub(super) use mark_read::MarkConversationRead;
pub(super) use queries::{ConversationQueries, by_ids};
pub(super) use resolve::ResolveConversation;
pub(super) use set_priority::SetConversationPriority;
pub(super) use types::{Conversation, Message};
