//! The messages that a page tells of, and what was done to messages.

use std::collections::HashSet;

use jiff::Timestamp;
use leadflow_domain::conversation::{CallDirection, MessageContent};
use leadflow_domain::{ContactId, ConversationId, StreamId};
use leadflow_event_store::RecordedEvent;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

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
/// What an import tells goes with its person, and what was told when it happened stays without its words. So the rows of
/// somebody who was erased are those of a fold that never knew which tellings were of one message.
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

/// A message, or what was done to one.
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) telling: Telling,
    pub(super) provider_id: String,
    pub(super) sent_at: Timestamp,
    pub(super) shown: Shown,
    pub(super) replies_to: Option<String>,
    pub(super) about: Option<String>,
    /// Whether a customer asks by it, or somebody of the business answers.
    pub(super) is_turn: bool,
}

#[derive(Default)]
pub(super) struct Messages {
    pub(super) id: Vec<Uuid>,
    pub(super) tenant: Vec<Uuid>,
    pub(super) conversation: Vec<Uuid>,
    pub(super) contact: Vec<Uuid>,
    pub(super) outbound: Vec<Option<Uuid>>,
    pub(super) provider_id: Vec<String>,
    pub(super) direction: Vec<&'static str>,
    pub(super) kind: Vec<&'static str>,
    pub(super) body: Vec<Option<String>>,
    pub(super) content: Vec<Option<Value>>,
    pub(super) replies_to: Vec<Option<String>>,
    pub(super) about: Vec<Option<String>>,
    pub(super) sent_at: Vec<jiff_sqlx::Timestamp>,
    pub(super) telling: Vec<i16>,
    pub(super) turn: Vec<Option<i64>>,
}

impl Messages {
    pub(super) fn put(&mut self, recorded: &RecordedEvent, row: Row) {
        self.id.push(recorded.id.as_uuid());
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
        self.replies_to.push(row.replies_to);
        self.about.push(row.about);
        self.sent_at.push(row.sent_at.into());
        self.telling.push(row.telling.rank());
        self.turn.push(row.is_turn.then_some(recorded.version));
    }

    /// Returns the conversations in which a message was told before: which of them happened last may be another one now.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
        if self.id.is_empty() {
            return Ok(Vec::new());
        }
        // By thread, so that neighbours in the indexes are written one after the other.
        let inserted = sqlx::query(
            "insert into messages (message_id, tenant_id, conversation_id, contact_id, outbound_message_id, \
                                   provider_message_id, direction, kind, body, content, replies_to, about, sent_at, \
                                   telling, turn) \
             select id, tenant, conversation, contact, outbound, provider_id, direction, kind, body, content, \
                    replies_to, about, sent_at, telling, turn \
             from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) with ordinality \
                 as t (id, tenant, conversation, contact, outbound, provider_id, direction, kind, body, content, \
                       replies_to, about, sent_at, telling, turn, nth) \
             order by conversation, nth \
             on conflict (conversation_id, provider_message_id, direction) \
                 where provider_message_id <> '' and about is null and kind not in ('call', 'call_ended') do nothing",
        )
        .bind(&self.id)
        .bind(&self.tenant)
        .bind(&self.conversation)
        .bind(&self.contact)
        .bind(&self.outbound)
        .bind(&self.provider_id)
        .bind(&self.direction)
        .bind(&self.kind)
        .bind(&self.body)
        .bind(&self.content)
        .bind(&self.replies_to)
        .bind(&self.about)
        .bind(&self.sent_at)
        .bind(&self.telling)
        .bind(&self.turn)
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

    /// Puts the fullest telling in the place of the one that is there. All but `written` were told before.
    async fn tell_again(&self, rows: &mut PgConnection, written: &HashSet<Uuid>) -> Result<Vec<Uuid>, sqlx::Error> {
        let again: Vec<usize> = (0..self.id.len()).filter(|nth| !written.contains(&self.id[*nth])).collect();
        fn of<T: Clone>(column: &[T], again: &[usize]) -> Vec<T> {
            again.iter().map(|nth| column[*nth].clone()).collect()
        }
        let conversations = of(&self.conversation, &again);
        sqlx::query(
            "update messages m set message_id = t.id, kind = t.kind, body = t.body, content = t.content, \
                                   replies_to = t.replies_to, sent_at = t.sent_at, telling = t.telling, turn = t.turn \
             from (select distinct on (conversation, provider_id, direction) t.* \
                   from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) with ordinality \
                       as t (id, conversation, provider_id, direction, kind, body, content, replies_to, sent_at, \
                             telling, turn, nth) \
                   order by conversation, provider_id, direction, telling desc, nth) t \
             where m.conversation_id = t.conversation and m.provider_message_id = t.provider_id \
               and m.direction = t.direction and m.provider_message_id <> '' and m.about is null \
               and m.kind not in ('call', 'call_ended') \
               and m.telling < t.telling",
        )
        .bind(of(&self.id, &again))
        .bind(&conversations)
        .bind(of(&self.provider_id, &again))
        .bind(of(&self.direction, &again))
        .bind(of(&self.kind, &again))
        .bind(of(&self.body, &again))
        .bind(of(&self.content, &again))
        .bind(of(&self.replies_to, &again))
        .bind(of(&self.sent_at, &again))
        .bind(of(&self.telling, &again))
        .bind(of(&self.turn, &again))
        .execute(rows)
        .await?;
        Ok(conversations)
    }
}
