//! The messages that a page tells of, and what was done to messages.

use std::collections::HashSet;

use jiff::Timestamp;
use leadflow_domain::conversation::{CallDirection, MessageContent};
use leadflow_domain::{ContactId, ConversationId, StreamId};
use leadflow_event_store::RecordedEvent;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::marks::mark;
use super::shown::Shown;
use super::words::MessageDirection;
use crate::word::Word;

/// Where a message or act stands.
pub(super) struct Place {
    pub(super) conversation: StreamId,
    /// Who wrote or did it, or for whom it is.
    pub(super) contact: ContactId,
    pub(super) direction: MessageDirection,
    /// The stream of a message of the business, by which its statuses find it.
    pub(super) outbound: Option<Uuid>,
}

impl Place {
    /// What the customer wrote or did, in the conversation's own stream.
    pub(super) fn inbound(recorded: &RecordedEvent, contact: ContactId) -> Self {
        Self { conversation: recorded.stream, contact, direction: MessageDirection::Inbound, outbound: None }
    }

    /// What the business wrote or did; `message` is the event of the message itself.
    pub(super) fn outbound(conversation: ConversationId, contact: ContactId, message: Option<&RecordedEvent>) -> Self {
        let outbound = message.map(|recorded| recorded.stream.as_uuid());
        Self { conversation: conversation.into(), contact, direction: MessageDirection::Outbound, outbound }
    }

    /// What is told of a call, in the conversation's own stream.
    pub(super) fn of_call(recorded: &RecordedEvent, contact: ContactId, direction: &CallDirection) -> Self {
        let direction = match direction {
            CallDirection::FromBusiness => MessageDirection::Outbound,
            CallDirection::FromCustomer | CallDirection::Other(_) => MessageDirection::Inbound,
        };
        Self { conversation: recorded.stream, contact, direction, outbound: None }
    }
}

/// How a message was told, from the least to the most. Of several tellings of one message the fullest is shown, in
/// whatever order they come: a placeholder gives way to its file, and a history to what was told when it happened.
///
/// The id is that of the first telling, whichever is shown: who has it finds the message by it.
///
/// What an import tells goes with its person, and what was told when it happened stays without its words, by the id of the
/// telling that is shown. So the rows of somebody who was erased are those of a fold that never knew which tellings were of
/// one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Telling {
    /// There is a file, and the history does not have it.
    Placeholder,
    /// A history told of it.
    Imported,
    /// It was told when it was written or done.
    Live,
}

impl Telling {
    /// Of a message with `content`, which is `otherwise` if that is more than the place of a file.
    pub(super) fn of(content: &MessageContent, otherwise: Self) -> Self {
        if content.is_placeholder() { Self::Placeholder } else { otherwise }
    }

    /// As it is stored.
    pub(super) fn rank(self) -> i16 {
        match self {
            Self::Placeholder => 0,
            Self::Imported => 1,
            Self::Live => 2,
        }
    }
}

/// What stands in the place of the provider's id of a message that is sent from here, until the provider took it. No id of a provider's
/// begins so.
pub(super) fn pending(recorded: &RecordedEvent) -> String {
    format!("{PENDING}{}", recorded.stream)
}

/// Whether that is no provider's id, but stands in its place.
pub(super) fn is_pending(id: &str) -> bool {
    id.starts_with(PENDING)
}

const PENDING: &str = ":";

/// That a row is a message, and no call and nothing that was done to a message: `messages_once` has these, of which each is told
/// of as often as may be, and stands there once.
fn is_message(of: &str) -> String {
    format!("{of}about is null and {of}kind not in ('call', 'call_ended')")
}

/// Marks messages `$2` of threads `$1`, each in its own, as ones to which something was done.
fn marking() -> String {
    format!(
        "update messages m set is_acted = true from unnest($1, $2) as acts (conversation, about) \
         where m.conversation_id = acts.conversation and m.mark = acts.about and {} and not m.is_acted",
        is_message("m.")
    )
}

/// How Postgres would mark messages to which something was done, line by line.
///
/// # Errors
/// The database's.
#[cfg(feature = "testing")]
pub async fn explain_marking(rows: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let some = vec![Uuid::nil(); 10];
    sqlx::query_scalar(&format!("explain (costs off) {}", marking())).bind(&some).bind(&some).fetch_all(rows).await
}

/// A message, or what was done to one.
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) telling: Telling,
    pub(super) provider_id: String,
    pub(super) sent_at: Timestamp,
    pub(super) shown: Shown,
    /// The provider's id of the message that it answers.
    pub(super) replies_to: Option<String>,
    /// The provider's id of the message to which it was done.
    pub(super) about: Option<String>,
    /// Whether a customer asks by it, or somebody of the business answers.
    pub(super) is_turn: bool,
    /// Whether somebody of the business wrote it, and no bot.
    pub(super) is_by_member: bool,
}

impl Row {
    /// Its mark, where `event` tells of it. Of somebody who was erased it has one that nobody names.
    pub(super) fn mark(&self, event: Uuid) -> Uuid {
        if self.provider_id.is_empty() { event } else { mark(&self.provider_id) }
    }
}

#[derive(Default)]
pub(super) struct Messages {
    pub(super) id: Vec<Uuid>,
    pub(super) tenant: Vec<Uuid>,
    pub(super) conversation: Vec<Uuid>,
    pub(super) contact: Vec<Uuid>,
    pub(super) outbound: Vec<Option<Uuid>>,
    pub(super) provider_id: Vec<String>,
    pub(super) mark: Vec<Uuid>,
    pub(super) direction: Vec<&'static str>,
    pub(super) kind: Vec<&'static str>,
    pub(super) body: Vec<Option<String>>,
    pub(super) content: Vec<Option<Value>>,
    pub(super) replies_to: Vec<Option<Uuid>>,
    pub(super) about: Vec<Option<Uuid>>,
    pub(super) sent_at: Vec<jiff_sqlx::Timestamp>,
    pub(super) telling: Vec<i16>,
    pub(super) turn: Vec<Option<i64>>,
    pub(super) is_by_member: Vec<bool>,
}

impl Messages {
    pub(super) fn put(&mut self, recorded: &RecordedEvent, row: Row) {
        let id = recorded.id.as_uuid();
        self.id.push(id);
        self.mark.push(row.mark(id));
        self.tenant.push(recorded.tenant.as_uuid());
        self.conversation.push(row.place.conversation.as_uuid());
        self.contact.push(row.place.contact.as_uuid());
        self.outbound.push(row.place.outbound);
        self.direction.push(row.place.direction.word());
        // Of an erased person the kind is left, as `forget` leaves it.
        let Shown { kind, text, content } = row.shown;
        let is_known = !row.provider_id.is_empty();
        self.kind.push(kind.word());
        self.body.push(text.filter(|_| is_known));
        self.content.push(content.filter(|_| is_known));
        self.provider_id.push(row.provider_id);
        self.replies_to.push(row.replies_to.as_deref().map(mark));
        self.about.push(row.about.as_deref().map(mark));
        self.sent_at.push(row.sent_at.into());
        self.telling.push(row.telling.rank());
        self.turn.push(row.is_turn.then_some(recorded.version));
        self.is_by_member.push(row.is_by_member);
    }

    /// Returns the conversations in which a message was told before: which of them happened last may be another one now.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
        if self.id.is_empty() {
            return Ok(Vec::new());
        }
        let told_before = self.insert(rows).await?;
        self.mark_acted(rows).await?;
        Ok(told_before)
    }

    async fn insert(&self, rows: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
        // By thread, so that neighbours in the indexes are written one after the other.
        let sql = format!(
            "insert into messages (message_id, told_by, tenant_id, conversation_id, contact_id, outbound_message_id, \
                                   provider_message_id, mark, direction, kind, body, content, replies_to, about, \
                                   sent_at, telling, turn, is_by_member, is_acted) \
             select id, id, tenant, conversation, contact, outbound, provider_id, mark, direction, kind, body, content, \
                    replies_to, about, sent_at, telling, turn, is_by_member, \
                    {} and exists ( \
                        select from messages a where a.conversation_id = t.conversation and a.about = t.mark) \
             from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) with ordinality \
                 as t (id, tenant, conversation, contact, outbound, provider_id, mark, direction, kind, body, content, \
                       replies_to, about, sent_at, telling, turn, is_by_member, nth) \
             order by conversation, nth \
             on conflict (conversation_id, mark, direction) where {} do nothing",
            is_message("t."),
            is_message(""),
        );
        let inserted = sqlx::query(&sql)
            .bind(&self.id)
            .bind(&self.tenant)
            .bind(&self.conversation)
            .bind(&self.contact)
            .bind(&self.outbound)
            .bind(&self.provider_id)
            .bind(&self.mark)
            .bind(&self.direction)
            .bind(&self.kind)
            .bind(&self.body)
            .bind(&self.content)
            .bind(&self.replies_to)
            .bind(&self.about)
            .bind(&self.sent_at)
            .bind(&self.telling)
            .bind(&self.turn)
            .bind(&self.is_by_member)
            .execute(&mut *rows)
            .await?;
        if usize::try_from(inserted.rows_affected()) == Ok(self.id.len()) {
            return Ok(Vec::new());
        }
        let written: Vec<Uuid> = sqlx::query_scalar("select message_id from messages where message_id = any($1)")
            .bind(&self.id)
            .fetch_all(&mut *rows)
            .await?;
        self.tell_again(rows, &written.into_iter().collect()).await
    }

    /// Marks the messages to which something of this page was done. Those that come later find it there.
    async fn mark_acted(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        let (conversations, about): (Vec<Uuid>, Vec<Uuid>) =
            self.conversation.iter().zip(&self.about).filter_map(|(id, about)| Some((*id, (*about)?))).unzip();
        if about.is_empty() {
            return Ok(());
        }
        sqlx::query(&marking()).bind(conversations).bind(about).execute(rows).await?;
        Ok(())
    }

    /// Puts the fullest telling in the place of the one that is there, whose id stays. All but `written` were told before.
    async fn tell_again(&self, rows: &mut PgConnection, written: &HashSet<Uuid>) -> Result<Vec<Uuid>, sqlx::Error> {
        let again: Vec<usize> = (0..self.id.len()).filter(|nth| !written.contains(&self.id[*nth])).collect();
        fn of<T: Clone>(column: &[T], again: &[usize]) -> Vec<T> {
            again.iter().map(|nth| column[*nth].clone()).collect()
        }
        let conversations = of(&self.conversation, &again);
        let sql = format!(
            "update messages m set told_by = t.id, kind = t.kind, body = t.body, content = t.content, \
                                   replies_to = t.replies_to, sent_at = t.sent_at, telling = t.telling, turn = t.turn, \
                                   is_by_member = t.is_by_member \
             from (select distinct on (conversation, mark, direction) t.* \
                   from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) with ordinality \
                       as t (id, conversation, mark, direction, kind, body, content, replies_to, sent_at, telling, turn, \
                             is_by_member, nth) \
                   order by conversation, mark, direction, telling desc, nth) t \
             where m.conversation_id = t.conversation and m.mark = t.mark and m.direction = t.direction \
               and {} and m.telling < t.telling",
            is_message("m."),
        );
        sqlx::query(&sql)
            .bind(of(&self.id, &again))
            .bind(&conversations)
            .bind(of(&self.mark, &again))
            .bind(of(&self.direction, &again))
            .bind(of(&self.kind, &again))
            .bind(of(&self.body, &again))
            .bind(of(&self.content, &again))
            .bind(of(&self.replies_to, &again))
            .bind(of(&self.sent_at, &again))
            .bind(of(&self.telling, &again))
            .bind(of(&self.turn, &again))
            .bind(of(&self.is_by_member, &again))
            .execute(rows)
            .await?;
        Ok(conversations)
    }
}
