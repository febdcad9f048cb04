//! The inbox: conversations with their contact or group, channel and messages.

mod cells;
mod channel_queries;
mod channels;
mod contact_queries;
mod contacts;
mod conversation_columns;
mod conversation_list;
mod corrections;
mod due;
mod duplicate_queries;
mod earliest;
mod filter;
mod fold;
mod forget;
mod group_queries;
mod groups;
mod health;
mod labels;
mod listings;
mod marketing;
mod marks;
mod members;
mod message_columns;
mod messages;
mod note_queries;
mod notes;
mod persons;
mod queries;
mod rows;
mod sendings;
mod shown;
mod statuses;
mod threads;
mod turns;
mod words;

pub use channel_queries::{
    AccountRow, ChannelRow, StoppedRow, channels, channels_by_id, channels_of_account, count_channels,
};
pub use contact_queries::{
    ContactList, ContactOrder, contact_by_phone, contacts, contacts_by_id, count_contacts, count_merged, merged_into,
};
pub use conversation_columns::{ContactColumns, ConversationColumns};
#[cfg(feature = "testing")]
pub use conversation_list::explain_conversations;
pub use conversation_list::{
    ConversationCounts, ConversationList, ConversationOrder, conversation_counts, conversations, count_conversations,
};
pub use due::{DueConversation, due_conversations};
pub use duplicate_queries::{DuplicateGround, DuplicateRow, count_duplicates, possible_duplicates};
pub use earliest::earliest_message_besides;
pub use filter::{ContactField, ConversationField};
pub use fold::InboxProjector;
pub use group_queries::{GroupRow, groups_by_id};
pub use marketing::MarketingRow;
pub use message_columns::MessageColumns;
#[cfg(feature = "testing")]
pub use messages::explain_marking;
pub use note_queries::{NoteRow, count_notes, notes, notes_of};
pub(crate) use persons::{one_person_with, person_of, push_all_of};
pub use queries::{
    MessagesRequest, conversation, conversations_by_id, count_messages, messages, messages_of, outbound_message,
    sees_conversation,
};
pub use rows::{
    ActsRow, ContactRow, ConversationRow, DeliveryRow, ErrorRow, FailureRow, MessageDetailsRow, MessageRow, NamedRow,
    SendingRow,
};
pub use words::{ChannelKind, ChannelStatus, ConversationStatus, GroupState, MessageDirection, MessageKind};

use crate::Definition;

/// Tables and fold of this program's inbox.
pub const DEFINITION: Definition = Definition { name: "inbox", version: 17, tables: include_str!("tables.sql") };

/// Where [`DEFINITION`]'s tables are.
pub const SCHEMA: &str = "inbox_v17";

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_the_definition_s() {
        assert_eq!(super::DEFINITION.schema(), super::SCHEMA);
    }
}
