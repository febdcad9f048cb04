//! The rows of the read models, all of them, in a form that can be compared. Times are microseconds of the epoch.

use serde_json::Value;
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Channel {
    pub(crate) channel_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) kind: String,
    pub(crate) display_phone: Option<String>,
    pub(crate) phone_number_id: Option<String>,
    pub(crate) waba_id: Option<String>,
    pub(crate) account_id: Option<String>,
    pub(crate) account_name: Option<String>,
    pub(crate) app: Option<String>,
    pub(crate) status: String,
    pub(crate) connected_at: i64,
    pub(crate) credentials_entered_at: Option<i64>,
    pub(crate) stopped_at: Option<i64>,
    pub(crate) stop_code: Option<i64>,
    pub(crate) stop_title: Option<String>,
    /// JSON, its names in their order.
    pub(crate) health: Option<String>,
    pub(crate) version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Contact {
    pub(crate) contact_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) introduced_at: Option<i64>,
    pub(crate) phone: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) named_at: Option<i64>,
    pub(crate) named_by: Option<String>,
    pub(crate) marketing: Option<String>,
    pub(crate) marketing_at: Option<i64>,
    pub(crate) listed_name: Option<String>,
    pub(crate) person_name: Option<String>,
    pub(crate) version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Listing {
    pub(crate) contact_id: Uuid,
    pub(crate) channel_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) name: Option<String>,
    pub(crate) told_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Conversation {
    pub(crate) conversation_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) contact_id: Option<Uuid>,
    pub(crate) is_merged: bool,
    pub(crate) group_id: Option<Uuid>,
    pub(crate) channel_id: Uuid,
    pub(crate) status: String,
    pub(crate) priority: String,
    pub(crate) unread_count: i32,
    pub(crate) last_activity_at: Option<i64>,
    pub(crate) last_message_id: Option<Uuid>,
    pub(crate) last_mark: Option<Uuid>,
    pub(crate) last_direction: Option<String>,
    pub(crate) last_kind: Option<String>,
    pub(crate) last_body: Option<String>,
    pub(crate) window_until: Option<i64>,
    pub(crate) assignee_id: Option<Uuid>,
    pub(crate) team_id: Option<Uuid>,
    pub(crate) snoozed_until: Option<i64>,
    pub(crate) labels: Vec<String>,
    pub(crate) waiting_since: Option<i64>,
    pub(crate) is_answered: bool,
    pub(crate) version: i64,
}

impl Conversation {
    /// It is open, and a customer waits or nobody of the business ever wrote.
    pub(crate) fn is_unattended(&self) -> bool {
        self.status == "open" && (self.waiting_since.is_some() || !self.is_answered)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Member {
    pub(crate) member_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) team_id: Option<Uuid>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Note {
    pub(crate) note_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) conversation_id: Uuid,
    pub(crate) contact_id: Option<Uuid>,
    pub(crate) body: Option<String>,
    pub(crate) noted_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Message {
    pub(crate) message_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) conversation_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) outbound_message_id: Option<Uuid>,
    pub(crate) provider_message_id: String,
    pub(crate) mark: Uuid,
    pub(crate) told_by: Uuid,
    pub(crate) is_by_member: bool,
    pub(crate) is_acted: bool,
    pub(crate) direction: String,
    pub(crate) kind: String,
    pub(crate) body: Option<String>,
    pub(crate) content: Option<Value>,
    pub(crate) replies_to: Option<Uuid>,
    pub(crate) about: Option<Uuid>,
    pub(crate) sent_at: i64,
    pub(crate) telling: i16,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct MessageStatus {
    pub(crate) outbound_message_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) status: String,
    pub(crate) sent_at: Option<i64>,
    pub(crate) delivered_at: Option<i64>,
    pub(crate) read_at: Option<i64>,
    pub(crate) played_at: Option<i64>,
    pub(crate) failed_at: Option<i64>,
    pub(crate) failure_code: Option<String>,
    pub(crate) failure_title: Option<String>,
    pub(crate) failure_details: Option<String>,
    pub(crate) pricing_at: Option<i64>,
    pub(crate) pricing: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Sending {
    pub(crate) outbound_message_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) message_id: Uuid,
    pub(crate) sender_id: Option<Uuid>,
    pub(crate) status: String,
    pub(crate) attempts: i32,
    pub(crate) queued_at: i64,
    pub(crate) attempted_at: Option<i64>,
    pub(crate) accepted_at: Option<i64>,
    pub(crate) next_attempt_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) cause: Option<String>,
    pub(crate) error_code: Option<String>,
    pub(crate) error_title: Option<String>,
    pub(crate) error_details: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Group {
    pub(crate) group_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) subject: Option<String>,
    pub(crate) subject_at: Option<i64>,
    pub(crate) deleted_at: Option<i64>,
    pub(crate) suspended_at: Option<i64>,
    pub(crate) reinstated_at: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct GroupParticipant {
    pub(crate) group_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) joined_at: Option<i64>,
    pub(crate) left_at: Option<i64>,
}

/// Who stands for whom, and how the person is shown that they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Person {
    pub(crate) contact_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) merged_into: Option<Uuid>,
    pub(crate) person_id: Uuid,
    pub(crate) phone: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) listed_name: Option<String>,
    pub(crate) marketing: Option<String>,
    pub(crate) marketing_at: Option<i64>,
    pub(crate) version: i64,
}

/// Who came with what is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Conflict {
    pub(crate) contact_id: Uuid,
    pub(crate) holder_id: Uuid,
    pub(crate) kind: String,
    pub(crate) tenant_id: Uuid,
}

/// Who was told apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct ToldApart {
    pub(crate) one_id: Uuid,
    pub(crate) other_id: Uuid,
    pub(crate) tenant_id: Uuid,
}

/// The rows of the inbox, by id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Inbox {
    pub(crate) channels: Vec<Channel>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) messages: Vec<Message>,
    pub(crate) statuses: Vec<MessageStatus>,
    pub(crate) sendings: Vec<Sending>,
    pub(crate) groups: Vec<Group>,
    pub(crate) participants: Vec<GroupParticipant>,
    pub(crate) listings: Vec<Listing>,
    pub(crate) notes: Vec<Note>,
    pub(crate) members: Vec<Member>,
    pub(crate) persons: Vec<Person>,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) told_apart: Vec<ToldApart>,
}

/// The same JSON, its names in their order.
fn in_order(json: &str) -> String {
    serde_json::from_str::<Value>(json).unwrap().to_string()
}

pub(crate) async fn inbox(rows: &mut PgConnection) -> Inbox {
    let schema = leadflow_projections::inbox::DEFINITION.schema();
    Inbox {
        channels: all::<Channel>(
            rows,
            &format!(
                "select channel_id, tenant_id, kind, display_phone, phone_number_id, waba_id, account_id, account_name, app, \
                        status, version, stop_code, stop_title, health, \
                        (extract(epoch from stopped_at) * 1000000)::bigint as stopped_at, \
                        (extract(epoch from connected_at) * 1000000)::bigint as connected_at, \
                        (extract(epoch from credentials_entered_at) * 1000000)::bigint as credentials_entered_at \
                 from {schema}.channels order by channel_id"
            ),
        )
        .await
        .into_iter()
        .map(|channel| Channel { health: channel.health.map(|health| in_order(&health)), ..channel })
        .collect(),
        contacts: all(
            rows,
            &format!(
                "select contact_id, tenant_id, phone, user_id, email, display_name, named_by, marketing, listed_name, \
                        person_name, version, \
                        (extract(epoch from marketing_at) * 1000000)::bigint as marketing_at, \
                        (extract(epoch from introduced_at) * 1000000)::bigint as introduced_at, \
                        (extract(epoch from named_at) * 1000000)::bigint as named_at \
                 from {schema}.contacts order by contact_id"
            ),
        )
        .await,
        conversations: all(
            rows,
            &format!(
                "select conversation_id, tenant_id, contact_id, is_merged, group_id, channel_id, status, priority, unread_count, \
                        last_message_id, last_mark, last_direction, last_kind, last_body, assignee_id, team_id, labels, version, is_answered, \
                        (extract(epoch from snoozed_until) * 1000000)::bigint as snoozed_until, \
                        (extract(epoch from waiting_since) * 1000000)::bigint as waiting_since, \
                        (extract(epoch from last_activity_at) * 1000000)::bigint as last_activity_at, \
                        (extract(epoch from window_until) * 1000000)::bigint as window_until \
                 from {schema}.conversations order by conversation_id"
            ),
        )
        .await,
        messages: all(
            rows,
            &format!(
                "select message_id, tenant_id, conversation_id, contact_id, outbound_message_id, provider_message_id, \
                        direction, kind, body, content, \
                        replies_to, about, telling, mark, told_by, is_by_member, is_acted, \
                        (extract(epoch from sent_at) * 1000000)::bigint as sent_at \
                 from {schema}.messages order by message_id"
            ),
        )
        .await,
        statuses: all(
            rows,
            &format!(
                "select outbound_message_id, tenant_id, status, failure_code, failure_title, failure_details, pricing, \
                        (extract(epoch from pricing_at) * 1000000)::bigint as pricing_at, \
                        (extract(epoch from sent_at) * 1000000)::bigint as sent_at, \
                        (extract(epoch from delivered_at) * 1000000)::bigint as delivered_at, \
                        (extract(epoch from read_at) * 1000000)::bigint as read_at, \
                        (extract(epoch from played_at) * 1000000)::bigint as played_at, \
                        (extract(epoch from failed_at) * 1000000)::bigint as failed_at \
                 from {schema}.message_statuses order by outbound_message_id"
            ),
        )
        .await,
        sendings: all(
            rows,
            &format!(
                "select outbound_message_id, tenant_id, contact_id, message_id, sender_id, status, attempts, cause, \
                        error_code, error_title, error_details, \
                        (extract(epoch from queued_at) * 1000000)::bigint as queued_at, \
                        (extract(epoch from attempted_at) * 1000000)::bigint as attempted_at, \
                        (extract(epoch from accepted_at) * 1000000)::bigint as accepted_at, \
                        (extract(epoch from next_attempt_at) * 1000000)::bigint as next_attempt_at, \
                        (extract(epoch from ended_at) * 1000000)::bigint as ended_at \
                 from {schema}.sendings order by outbound_message_id"
            ),
        )
        .await,
        groups: all(
            rows,
            &format!(
                "select group_id, tenant_id, subject, \
                        (extract(epoch from subject_at) * 1000000)::bigint as subject_at, \
                        (extract(epoch from deleted_at) * 1000000)::bigint as deleted_at, \
                        (extract(epoch from suspended_at) * 1000000)::bigint as suspended_at, \
                        (extract(epoch from reinstated_at) * 1000000)::bigint as reinstated_at \
                 from {schema}.groups order by group_id"
            ),
        )
        .await,
        participants: all(
            rows,
            &format!(
                "select group_id, contact_id, tenant_id, \
                        (extract(epoch from joined_at) * 1000000)::bigint as joined_at, \
                        (extract(epoch from left_at) * 1000000)::bigint as left_at \
                 from {schema}.group_participants order by group_id, contact_id"
            ),
        )
        .await,
        listings: all(
            rows,
            &format!(
                "select contact_id, channel_id, tenant_id, name, \
                        (extract(epoch from told_at) * 1000000)::bigint as told_at \
                 from {schema}.listings order by contact_id, channel_id"
            ),
        )
        .await,
        notes: all(
            rows,
            &format!(
                "select note_id, tenant_id, conversation_id, contact_id, body, \
                        (extract(epoch from noted_at) * 1000000)::bigint as noted_at \
                 from {schema}.notes order by note_id"
            ),
        )
        .await,
        members: all(
            rows,
            &format!("select member_id, tenant_id, team_id from {schema}.members order by member_id"),
        )
        .await,
        persons: all(
            rows,
            &format!(
                "select contact_id, tenant_id, merged_into, person_id, phone, user_id, email, display_name, listed_name, \
                        marketing, (extract(epoch from marketing_at) * 1000000)::bigint as marketing_at, version \
                 from {schema}.persons order by contact_id"
            ),
        )
        .await,
        conflicts: all(
            rows,
            &format!(
                "select contact_id, holder_id, kind, tenant_id from {schema}.conflicts \
                 order by contact_id, holder_id, kind"
            ),
        )
        .await,
        told_apart: all(
            rows,
            &format!("select one_id, other_id, tenant_id from {schema}.told_apart order by one_id, other_id"),
        )
        .await,
    }
}

async fn all<R>(rows: &mut PgConnection, query: &str) -> Vec<R>
where
    R: for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin,
{
    sqlx::query_as(query).fetch_all(rows).await.unwrap()
}
