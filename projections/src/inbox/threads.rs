//! The conversations that a page begins or changes.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::conversation::Counterpart;
use leadflow_domain::{MemberId, StreamId, TeamId, TenantId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::turns::{Turns, WAITING_SINCE, find_answers};
use super::words::ConversationStatus;
use crate::word::Word;

/// Conversations that begin.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) id: Vec<Uuid>,
    pub(super) tenant: Vec<Uuid>,
    pub(super) contact: Vec<Option<Uuid>>,
    pub(super) group: Vec<Option<Uuid>>,
    pub(super) channel: Vec<Uuid>,
}

impl Opened {
    pub(super) fn put(&mut self, tenant: TenantId, conversation: StreamId, with: Counterpart, channel: Uuid) {
        self.id.push(conversation.as_uuid());
        self.tenant.push(tenant.as_uuid());
        let (contact, group) = match with {
            Counterpart::Contact(contact) => (Some(contact.as_uuid()), None),
            Counterpart::Group(group) => (None, Some(group.as_uuid())),
        };
        self.contact.push(contact);
        self.group.push(group);
        self.channel.push(channel);
    }

    /// Writes them. What happened in them already is told by other streams, of messages of the business: their latest
    /// is found once all of the page is there, in the conversations that are returned.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
        if self.id.is_empty() {
            return Ok(Vec::new());
        }
        sqlx::query(
            "insert into conversations (conversation_id, tenant_id, contact_id, is_merged, group_id, channel_id, status) \
             select id, tenant, contact, exists (select from persons p where p.contact_id = contact), of_group, channel, 'open' \
             from unnest($1, $2, $3, $4, $5) as opened (id, tenant, contact, of_group, channel)",
        )
        .bind(&self.id)
        .bind(&self.tenant)
        .bind(&self.contact)
        .bind(&self.group)
        .bind(&self.channel)
        .execute(&mut *rows)
        .await?;
        let begun: Vec<Uuid> = sqlx::query_scalar(
            "select id from unnest($1) as opened (id) \
             where exists (select from messages m where m.conversation_id = opened.id)",
        )
        .bind(&self.id)
        .fetch_all(&mut *rows)
        .await?;
        find_answers(rows, &begun).await?;
        Ok(begun)
    }
}

/// What a page changes in one conversation.
#[derive(Default)]
pub(super) struct Thread {
    /// The number of its stream's latest event; 0 where other streams tell of it alone.
    pub(super) version: i64,
    pub(super) standing: Option<Standing>,
    pub(super) priority: Option<&'static str>,
    pub(super) read: bool,
    pub(super) unread: i32,
    pub(super) window_until: Option<Timestamp>,
    pub(super) latest: Option<Latest>,
    /// When she last told of her interest elsewhere.
    pub(super) submitted_at: Option<Timestamp>,
    /// Who is to see to it, or that nobody in particular is.
    pub(super) assignee: Option<Option<MemberId>>,
    /// Which team is asked to, or that none is.
    pub(super) team: Option<Option<TeamId>>,
    /// Whether somebody of the business wrote, and no bot, also before the number was connected.
    pub(super) is_answered: bool,
    pub(super) turns: Turns,
}

/// Where a conversation stands.
#[derive(Clone, Copy)]
pub(super) enum Standing {
    Open,
    Snoozed(Timestamp),
    Resolved,
}

impl Standing {
    fn status(self) -> ConversationStatus {
        match self {
            Self::Open => ConversationStatus::Open,
            Self::Snoozed(_) => ConversationStatus::Snoozed,
            Self::Resolved => ConversationStatus::Resolved,
        }
    }

    fn until(self) -> Option<Timestamp> {
        match self {
            Self::Snoozed(until) => Some(until),
            Self::Open | Self::Resolved => None,
        }
    }
}

/// What happened last, by the provider's time.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Latest {
    pub(super) sent_at: Timestamp,
    pub(super) mark: Uuid,
    pub(super) message: Uuid,
}

impl Thread {
    pub(super) fn happened(&mut self, sent_at: Timestamp, mark: Uuid, message: Uuid) {
        let latest = Latest { sent_at, mark, message };
        self.latest = self.latest.take().max(Some(latest));
    }

    /// Whose it is from now on: a member's, a team's, or nobody's.
    pub(super) fn falls_to(&mut self, assignee: Option<MemberId>, team: Option<TeamId>) {
        (self.assignee, self.team) = (Some(assignee), Some(team));
    }
}

/// Writes what changed in conversations that are there. What happened last is there as a message already; where it was told before, and
/// has another id, [`find_latest`] finds it.
pub(super) async fn write_threads(
    rows: &mut PgConnection,
    threads: &HashMap<StreamId, Thread>,
) -> Result<(), sqlx::Error> {
    if threads.is_empty() {
        return Ok(());
    }
    let waiting = || threads.values().map(|thread| thread.turns.waiting());
    let sql = format!(
        "update conversations c set \
             version = greatest(c.version, t.version), \
             status = coalesce(t.status, c.status), \
             priority = coalesce(t.priority, c.priority), \
             unread_count = case when t.read then 0 else c.unread_count end + t.unread, \
             last_message_at = case when t.later then t.sent_at else c.last_message_at end, \
             last_message_id = case when t.later then t.message else c.last_message_id end, \
             last_mark = case when t.later then t.mark else c.last_mark end, \
             last_direction = case when t.later then t.direction else c.last_direction end, \
             last_kind = case when t.later then t.kind else c.last_kind end, \
             last_body = case when t.later then t.body else c.last_body end, \
             submitted_at = greatest(c.submitted_at, t.submitted_at), \
             is_answered = c.is_answered or t.is_answered, \
             window_until = greatest(c.window_until, t.window_until), \
             snoozed_until = case when t.status is null then c.snoozed_until else t.snoozed_until end, \
             assignee_id = case when t.is_assigned is null then c.assignee_id else t.assignee end, \
             team_id = case when t.is_asked is null then c.team_id else t.team end, \
             answered_at = t.answered_at, resolved_version = t.resolved_version, waiting_since = {WAITING_SINCE} \
         from ( \
             select t.*, m.direction, m.kind, m.body, greatest(t.answered, c.answered_at) as answered_at, \
                    coalesce(t.resolved, c.resolved_version) as resolved_version, \
                    m.message_id is not null and (c.last_message_at is null \
                        or (c.last_message_at, c.last_mark, c.last_message_id) < (t.sent_at, t.mark, t.message)) as later \
             from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) \
                 as t (id, status, read, unread, sent_at, message, mark, priority, window_until, \
                       snoozed_until, is_assigned, assignee, first_asked, last_asked, answered, resolved, version, \
                       is_answered, submitted_at, is_asked, team) \
             join conversations c on c.conversation_id = t.id \
             left join lateral ( \
                 select m.message_id, m.direction, m.kind, m.body from messages m where m.message_id = t.message limit 1 \
             ) m on true \
         ) t \
         where c.conversation_id = t.id"
    );
    sqlx::query(&sql)
        .bind(threads.keys().map(|id| id.as_uuid()).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| Some(thread.standing?.status().word())).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| thread.read).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| thread.unread).collect::<Vec<_>>())
        .bind(latest(threads, |latest| jiff_sqlx::Timestamp::from(latest.sent_at)))
        .bind(latest(threads, |latest| latest.message))
        .bind(latest(threads, |latest| latest.mark))
        .bind(threads.values().map(|thread| thread.priority).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| thread.window_until.map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>())
        .bind(
            threads
                .values()
                .map(|thread| Some(jiff_sqlx::Timestamp::from(thread.standing?.until()?)))
                .collect::<Vec<_>>(),
        )
        .bind(threads.values().map(|thread| Some(thread.assignee?.is_some())).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| Some(thread.assignee??.as_uuid())).collect::<Vec<_>>())
        .bind(waiting().map(|waiting| Some(jiff_sqlx::Timestamp::from(waiting?.0))).collect::<Vec<_>>())
        .bind(waiting().map(|waiting| Some(jiff_sqlx::Timestamp::from(waiting?.1))).collect::<Vec<_>>())
        .bind(
            threads
                .values()
                .map(|thread| thread.turns.last_answer().map(jiff_sqlx::Timestamp::from))
                .collect::<Vec<_>>(),
        )
        .bind(threads.values().map(|thread| thread.turns.last_resolve()).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| thread.version).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| thread.is_answered).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| thread.submitted_at.map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| Some(thread.team?.is_some())).collect::<Vec<_>>())
        .bind(threads.values().map(|thread| Some(thread.team??.as_uuid())).collect::<Vec<_>>())
        .execute(rows)
        .await?;
    Ok(())
}

fn latest<T>(threads: &HashMap<StreamId, Thread>, pick: impl Fn(&Latest) -> T) -> Vec<Option<T>> {
    threads.values().map(|thread| thread.latest.as_ref().map(&pick)).collect()
}

/// What happened last in `conversations`, and whether somebody of the business ever wrote there, by the messages that are there: a
/// thread may have none left.
pub(super) async fn find_latest(rows: &mut PgConnection, conversations: &[Uuid]) -> Result<(), sqlx::Error> {
    if conversations.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update conversations c set last_message_at = latest.sent_at, last_message_id = latest.message_id, \
                                    last_mark = latest.mark, last_direction = latest.direction, \
                                    last_kind = latest.kind, last_body = latest.body, \
                                    is_answered = exists (select from messages m \
                                        where m.conversation_id = c.conversation_id and m.is_by_member) \
         from conversations told left join lateral ( \
             select m.sent_at, m.message_id, m.mark, m.direction, m.kind, m.body from messages m \
             where m.conversation_id = told.conversation_id \
             order by m.sent_at desc, m.mark desc, m.message_id desc limit 1 \
         ) latest on true \
         where told.conversation_id = any($1) and c.conversation_id = told.conversation_id",
    )
    .bind(conversations)
    .execute(rows)
    .await?;
    Ok(())
}
