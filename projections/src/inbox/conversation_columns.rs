//! Which columns of a conversation are read. Those of other tables cost a look-up for each conversation.

use super::message_columns::MessageColumns;

/// What is wanted of conversations beside their own columns and what the latest messages hold. Without it a row says that there
/// is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationColumns {
    /// The customer.
    pub contact: bool,
    /// The group.
    pub group: bool,
    /// Where they write to.
    pub channel: bool,
    /// What of the latest message.
    pub last_message: MessageColumns,
}

impl ConversationColumns {
    /// Everything.
    pub const ALL: Self = Self { contact: true, group: true, channel: true, last_message: MessageColumns::ALL };

    /// As SQL lists them, in the order in which `conversation_row` takes them.
    pub(super) fn list(self) -> String {
        let mut list = "status, priority, unread_count, last_activity_at, window_until, assignee_id, team_id, snoozed_until, labels, version, \
                        waiting_since, waits_from, priority_rank"
            .to_owned();
        if self.contact {
            list.push_str(
                ", contact_id, contact_name, contact_phone, contact_email, contact_marketing, contact_marketing_at, \
                 contact_listed_name, contact_version",
            );
        }
        list.push_str(", ");
        list.push_str(&self.last_message.list());
        if self.group {
            list.push_str(", group_id, group_subject, group_state, group_participants");
        }
        if self.channel {
            list.push_str(
                ", channel_id, channel_kind, account_id, account_name, display_phone, phone_number_id, waba_id, app, channel_status, \
                 connected_at, \
                 credentials_entered_at, stopped_at, stop_code, stop_title, health, channel_version",
            );
        }
        list
    }
}
