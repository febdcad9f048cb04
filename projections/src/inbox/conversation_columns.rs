//! Which columns of a conversation are read. Those of other tables cost a look-up for each conversation.

use super::SCHEMA;
use super::message_columns::MessageColumns;

/// What is wanted of conversations beside what every list shows. Without it a row says that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationColumns {
    /// What stands in its own row all the same: who is to see to it, how much it matters, what it is marked as, until when it is set
    /// aside, until when the business may answer, since when a customer waits, its version.
    pub details: bool,
    /// The customer, and what of her.
    pub contact: Option<ContactColumns>,
    /// The group.
    pub group: bool,
    /// Where they write to.
    pub channel: bool,
    /// The latest message, and what of it.
    pub last_message: Option<MessageColumns>,
}

/// What is wanted of a conversation's customer beside what every list shows. Without it a row says that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactColumns {
    /// Her address, what she is listed as, whether she wants marketing, her version.
    pub details: bool,
}

impl ContactColumns {
    /// Everything.
    pub const ALL: Self = Self { details: true };
}

impl ConversationColumns {
    /// Everything.
    pub const ALL: Self = Self {
        details: true,
        contact: Some(ContactColumns::ALL),
        group: true,
        channel: true,
        last_message: Some(MessageColumns::ALL),
    };

    /// What every list shows: where it stands, how much is to be read in it, when it was active last.
    pub const NONE: Self = Self { details: false, contact: None, group: false, channel: false, last_message: None };

    /// What [`Self::list`] and [`Self::joins`] mention of conversations `v`, each column under its own name, from a statement that stands for
    /// itself: it ends with a limit or an offset.
    ///
    /// Whoever stands for a contact is a value, and worked out for those alone who are merged, which few are; a join would look for her
    /// for each. It is worked out once while Postgres does not take the statement apart.
    pub(super) fn own(self) -> String {
        let mut own = format!("{OWN}, v.contact_id, v.is_merged, v.group_id, v.channel_id");
        if self.details {
            own.push_str(DETAILS);
        }
        if self.contact.is_some() {
            own.push_str(&format!(
                ", case when v.is_merged then ( \
                     select person from {SCHEMA}.persons person where person.contact_id = v.contact_id \
                 ) end as person"
            ));
        }
        if self.last_message.is_some() {
            own.push_str(
                ", v.last_message_id, v.last_mark, v.last_direction, v.last_kind, v.last_body, v.last_message_at",
            );
        }
        own
    }

    /// As SQL lists them of conversations `v` beside what [`Self::joins`] puts there, in the order in which `conversation_row` takes them.
    pub(super) fn list(self) -> String {
        let mut list = OWN.to_owned();
        if self.details {
            list.push_str(DETAILS);
        }
        if let Some(columns) = self.contact {
            list.push_str(CONTACT);
            if columns.details {
                list.push_str(CONTACT_DETAILS);
            }
        }
        if let Some(columns) = self.last_message {
            list.push_str(LAST_MESSAGE);
            if columns.nature {
                list.push_str(LAST_MESSAGE_NATURE);
            }
        }
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
        let mut join = |columns: &str, table: &str, alias: &str, on: &str| {
            joins.push_str(&format!(
                " left join lateral (select {columns} from {SCHEMA}.{table} {alias} where {on} limit 1) {alias} on true"
            ));
        };
        if let Some(columns) = self.last_message {
            let columns: Vec<&str> = columns.names().collect();
            if !columns.is_empty() {
                join(&columns.join(", "), "shown_messages", "m", "m.message_id = v.last_message_id");
            }
        }
        if self.contact.is_some() {
            join("*", "contacts", "c", "c.contact_id = v.contact_id");
        }
        if self.group {
            join("*", "shown_groups", "g", "g.group_id = v.group_id");
        }
        if self.channel {
            join("*", "channels", "h", "h.channel_id = v.channel_id");
        }
        joins
    }
}

/// What every list shows.
const OWN: &str = "v.conversation_id, v.status, v.unread_count, v.last_activity_at";

/// What every list shows of a message, under its names there.
const LAST_MESSAGE: &str = ", v.last_message_at as sent_at, v.last_body as body";

/// Which it is, who wrote to whom, and what it holds.
const LAST_MESSAGE_NATURE: &str =
    ", v.last_message_id as message_id, v.last_mark as mark, v.last_direction as direction, v.last_kind as kind";

const DETAILS: &str = ", v.assignee_id, v.team_id, v.priority, v.priority_rank, v.labels, v.snoozed_until, v.window_until, \
    v.waiting_since, v.waits_from, v.version";

/// Of a contact who does not stand for herself, what is known of whoever stands for her.
const CONTACT: &str = ", case when v.is_merged then (v.person).person_id else v.contact_id end as contact_id, \
    case when v.is_merged then (v.person).display_name else c.display_name end as contact_name, \
    case when v.is_merged then (v.person).phone else c.phone end as contact_phone";

/// Likewise.
const CONTACT_DETAILS: &str = ", case when v.is_merged then (v.person).email else c.email end as contact_email, \
    case when v.is_merged then (v.person).marketing else c.marketing end as contact_marketing, \
    case when v.is_merged then (v.person).marketing_at else c.marketing_at end as contact_marketing_at, \
    case when v.is_merged then (v.person).listed_name else c.listed_name end as contact_listed_name, \
    case when v.is_merged then (v.person).version else coalesce(c.version, 0) end as contact_version";

const GROUP: &str = ", v.group_id, g.group_subject, coalesce(g.group_state, 'active') as group_state, \
    coalesce(g.group_participants, 0) as group_participants";

const CHANNEL: &str = ", h.channel_id, h.kind as channel_kind, h.account_id, h.account_name, h.display_phone, h.phone_number_id, h.waba_id, \
    h.app, h.status as channel_status, h.connected_at, h.credentials_entered_at, h.stopped_at, h.stop_code, h.stop_title, h.health, \
    h.version as channel_version";
