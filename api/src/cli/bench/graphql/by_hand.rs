//! The limit: the same rows by SQL written by hand, over as many connections as people, without HTTP, GraphQL, token and
//! row-level security.

use jiff::Timestamp;
use leadflow_bench::{BenchError, Client};
use leadflow_projections::inbox;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::answer::{Conversation, Message};
use super::filled::Filled;
use super::{CONVERSATIONS, Contender, MESSAGES, Operation};
use crate::cli::bench::dice::Dice;

#[derive(Clone)]
pub(super) struct ByHand {
    pool: PgPool,
    conversations: String,
    messages: String,
    tenants: Vec<Uuid>,
}

struct ConversationRow {
    id: Uuid,
    status: String,
    unread: i32,
    last_activity_at: Timestamp,
    contact: (Uuid, Option<String>, Option<String>),
    last_message: (Option<String>, Timestamp),
}

struct MessageRow {
    conversation: Uuid,
    id: Uuid,
    direction: String,
    kind: String,
    body: Option<String>,
    sent_at: Timestamp,
}

impl ByHand {
    pub(super) async fn open(filled: &Filled, connections: usize) -> anyhow::Result<Self> {
        let schema = inbox::DEFINITION.schema();
        Ok(Self {
            pool: PgPoolOptions::new()
                .max_connections(u32::try_from(connections)?)
                .test_before_acquire(false)
                .connect_with(filled.options()?)
                .await?,
            conversations: format!(
                "select v.conversation_id, v.status, v.unread_count, v.last_activity_at, c.contact_id, c.display_name, c.phone, \
                        v.last_body, v.last_message_at \
                 from {schema}.conversations v join {schema}.contacts c using (contact_id) \
                 where v.tenant_id = $1 and v.last_activity_at is not null \
                 order by v.last_activity_at desc, v.conversation_id desc limit $2"
            ),
            messages: format!(
                "select m.* from unnest($1::uuid[]) t (id) cross join lateral ( \
                     select conversation_id, message_id, direction, kind, body, sent_at from {schema}.messages \
                     where conversation_id = t.id \
                     order by sent_at desc, mark desc, message_id desc limit $2) m"
            ),
            tenants: filled.businesses.iter().map(|business| business.tenant).collect(),
        })
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    /// One who looks.
    pub(super) fn client(&self, operation: Operation, nth: usize) -> Looker {
        Looker { by_hand: self.clone(), operation, dice: Dice::new(nth as u64) }
    }

    async fn conversations(&self, business: usize) -> Result<Vec<ConversationRow>, sqlx::Error> {
        let rows = sqlx::query(&self.conversations)
            .bind(self.tenants[business])
            .bind(i64::try_from(CONVERSATIONS).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        let row = |row: &sqlx::postgres::PgRow| {
            Ok(ConversationRow {
                id: row.try_get(0)?,
                status: row.try_get(1)?,
                unread: row.try_get(2)?,
                last_activity_at: row.try_get::<jiff_sqlx::Timestamp, _>(3)?.to_jiff(),
                contact: (row.try_get(4)?, row.try_get(5)?, row.try_get(6)?),
                last_message: (row.try_get(7)?, row.try_get::<jiff_sqlx::Timestamp, _>(8)?.to_jiff()),
            })
        };
        rows.iter().map(row).collect()
    }

    async fn messages(&self, conversations: &[Uuid]) -> Result<Vec<MessageRow>, sqlx::Error> {
        let rows = sqlx::query(&self.messages)
            .bind(conversations)
            .bind(i64::try_from(MESSAGES).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        let row = |row: &sqlx::postgres::PgRow| {
            Ok(MessageRow {
                conversation: row.try_get(0)?,
                id: row.try_get(1)?,
                direction: row.try_get(2)?,
                kind: row.try_get(3)?,
                body: row.try_get(4)?,
                sent_at: row.try_get::<jiff_sqlx::Timestamp, _>(5)?.to_jiff(),
            })
        };
        rows.iter().map(row).collect()
    }

    async fn rows(
        &self,
        operation: Operation,
        business: usize,
    ) -> Result<(Vec<ConversationRow>, Vec<MessageRow>), sqlx::Error> {
        let conversations = self.conversations(business).await?;
        let messages = match operation {
            Operation::Inbox => {
                let ids: Vec<Uuid> = conversations.iter().map(|row| row.id).collect();
                self.messages(&ids).await?
            }
            Operation::List => Vec::new(),
        };
        Ok((conversations, messages))
    }

    /// One business's inbox.
    pub(super) async fn look(&self, operation: Operation, business: usize) -> Result<Vec<Conversation>, sqlx::Error> {
        let (conversations, messages) = self.rows(operation, business).await?;
        let of = |conversation: Uuid| -> Vec<Message> {
            let hers = messages.iter().filter(|row| row.conversation == conversation);
            hers.map(|row| (row.id.to_string(), row.direction.clone(), row.kind.clone(), row.body.clone(), row.sent_at))
                .collect()
        };
        let shown = |row: ConversationRow| {
            let (contact, name, phone) = row.contact;
            Conversation {
                id: row.id.to_string(),
                status: row.status,
                unread: i64::from(row.unread),
                last_activity_at: row.last_activity_at,
                contact: [Some(contact.to_string()), name, phone],
                last_message: row.last_message,
                messages: of(row.id),
            }
        };
        Ok(conversations.into_iter().map(shown).collect())
    }
}

pub(super) struct Looker {
    by_hand: ByHand,
    operation: Operation,
    dice: Dice,
}

impl Client for Looker {
    async fn command(&mut self) -> Result<(), BenchError> {
        let business = self.dice.below(self.by_hand.tenants.len());
        let seen = self.by_hand.rows(self.operation, business).await;
        let failed =
            |error: sqlx::Error| BenchError::Command { contender: Contender::ByHand.name(), reason: error.to_string() };
        seen.map(drop).map_err(failed)
    }
}
