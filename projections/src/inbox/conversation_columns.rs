//! Which columns of a conversation are read. Those of other tables cost a look-up for each conversation.

use super::SCHEMA;
use super::message_columns::MessageColumns;

/// What is wanted of conversations beside their own columns. Without it a row says that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationColumns {
    /// The customer.
    pub contact: bool,
    /// The group.
    pub group: bool,
    /// Where they write to.
    pub channel: bool,
    /// The latest message, and what of it.
    pub last_message: Option<MessageColumns>,
}

impl ConversationColumns {
    /// Everything.
    pub const ALL: Self = Self { contact: true, group: true, channel: true, last_message: Some(MessageColumns::ALL) };

    /// As SQL lists them of conversations `v` beside what [`Self::joins`] puts there, in the order in which `conversation_row` takes them.
    pub(super) fn list(self) -> String {
        let mut list = "v.status, v.priority, v.unread_count, v.last_activity_at, v.window_until, v.assignee_id, v.team_id, v.snoozed_until, \
                        v.labels, v.version, v.waiting_since, v.waits_from, v.priority_rank"
            .to_owned();
        if self.contact {
            list.push_str(CONTACT);
        }
        list.push_str(", v.conversation_id");
        for name in self.last_message.into_iter().flat_map(MessageColumns::names) {
            list.push_str(", m.");
            list.push_str(name);
        }
        if self.group {
            list.push_str(GROUP);
        }
        if self.channel {
            list.push_str(CHANNEL);
        }
        list
    }

    /// What stands beside conversations `v` where it is wanted. Whom they are with and where have streams of their own, and may be told
    /// later.
    ///
    /// Each is looked up for itself, as the limits have it: a plan that was made while a table was small would go through all of it.
    pub(super) fn joins(self) -> String {
        let mut joins = String::new();
        let mut join = |wanted: Option<&str>, table: &str, on: &str| {
            if let Some(columns) = wanted {
                let (_, alias) = table.rsplit_once(' ').unwrap_or_default();
                joins.push_str(&format!(
                    " left join lateral (select {columns} from {SCHEMA}.{table} where {on} limit 1) {alias} on true"
                ));
            }
        };
        let message = self.last_message.map(|columns| columns.names().collect::<Vec<_>>().join(", "));
        join(message.as_deref(), "shown_messages m", "m.message_id = v.last_message_id");
        join(self.contact.then_some("c.*"), "contacts c", "c.contact_id = v.contact_id");
        join(self.contact.then_some("person.*"), "persons person", "person.contact_id = v.contact_id");
        join(self.group.then_some("g.*"), "shown_groups g", "g.group_id = v.group_id");
        join(self.channel.then_some("h.*"), "channels h", "h.channel_id = v.channel_id");
        joins
    }
}

/// Of a contact who does not stand for herself, what is known of whoever stands for her.
const CONTACT: &str = ", coalesce(person.person_id, v.contact_id) as contact_id, \
    case when person.contact_id is null then c.display_name else person.display_name end as contact_name, \
    case when person.contact_id is null then c.phone else person.phone end as contact_phone, \
    case when person.contact_id is null then c.email else person.email end as contact_email, \
    case when person.contact_id is null then c.marketing else person.marketing end as contact_marketing, \
    case when person.contact_id is null then c.marketing_at else person.marketing_at end as contact_marketing_at, \
    case when person.contact_id is null then c.listed_name else person.listed_name end as contact_listed_name, \
    coalesce(person.version, c.version, 0) as contact_version";

const GROUP: &str = ", v.group_id, g.group_subject, coalesce(g.group_state, 'active') as group_state, \
    coalesce(g.group_participants, 0) as group_participants";

const CHANNEL: &str = ", h.channel_id, h.kind as channel_kind, h.account_id, h.account_name, h.display_phone, h.phone_number_id, h.waba_id, \
    h.app, h.status as channel_status, h.connected_at, h.credentials_entered_at, h.stopped_at, h.stop_code, h.stop_title, h.health, \
    h.version as channel_version";
