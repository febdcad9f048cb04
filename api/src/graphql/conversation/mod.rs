//! Conversations: the list, one of them, its messages and notes, and what can be done with it.

mod add_note;
mod assign;
mod filter;
mod label;
mod mark_read;
mod message;
mod message_mutations;
mod mutate;
mod outgoing;
mod outgoing_template;
mod pages;
mod queries;
mod reopen;
mod resolve;
mod send_message;
mod set_priority;
mod snooze;
mod types;
mod unassign;
mod unlabel;

pub(super) use add_note::AddConversationNote;
pub(super) use assign::AssignConversation;
pub(super) use label::LabelConversation;
pub(super) use mark_read::MarkConversationRead;
pub(super) use message::Message;
pub(super) use message_mutations::{CancelMessage, RetryMessage};
pub(super) use pages::check;
pub(super) use queries::{ConversationQueries, by_ids};
pub(super) use reopen::ReopenConversation;
pub(super) use resolve::ResolveConversation;
pub(super) use send_message::SendMessage;
pub(super) use set_priority::SetConversationPriority;
pub(super) use snooze::SnoozeConversation;
pub(super) use types::{Conversation, ConversationPriority, ConversationStatus, Note};
pub(super) use unassign::UnassignConversation;
pub(super) use unlabel::UnlabelConversation;
