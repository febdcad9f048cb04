//! The inbox: conversations with their contact or group, channel and messages.

mod channels;
mod contact_queries;
mod contacts;
mod corrections;
mod due;
mod fold;
mod group_queries;
mod groups;
mod labels;
mod listings;
mod marketing;
mod messages;
mod note_queries;
mod notes;
mod queries;
mod rows;
mod shown;
mod statuses;
mod threads;
mod words;

pub use contact_queries::contact_by_phone;
pub use due::{DueConversation, due_conversations};
pub use fold::InboxProjector;
pub use group_queries::{GroupRow, groups_by_id};
pub use marketing::MarketingRow;
pub use note_queries::{NoteRow, count_notes, notes, notes_of};
pub use queries::{
    ConversationCounts, MessagesRequest, channels_by_id, contacts_by_id, conversation, conversation_counts,
    conversations, conversations_by_id, count_conversations, count_messages, messages, messages_of, outbound_message,
};
pub use rows::{ChannelRow, ContactRow, ConversationRow, DeliveryRow, FailureRow, MessageRow};
pub use words::{ConversationStatus, GroupState, MessageDirection, MessageKind};

use crate::Definition;

/// Tables and fold of this program's inbox.
pub const DEFINITION: Definition = Definition { name: "inbox", version: 7, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are.
const SCHEMA: &str = "inbox_v7";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
