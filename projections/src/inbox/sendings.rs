//! How sending messages from here goes, as each message's own decisions see it.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::outbound_message::{
    DeliveryStatus, FailureCause, OutboundMessageEvent, SendRefusal, Standing, UnknownCause,
};
use leadflow_domain::{ContactId, Personal};
use leadflow_event_store::{ActorKind, RecordedActor, RecordedEvent};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::marks::mark;
use super::rows::{maybe, timestamp};
use crate::word::{Word, read_word};

/// What a page tells of messages that are sent from here, of each in the order of its stream.
#[derive(Default)]
pub(super) struct Sendings<'a> {
    told: HashMap<Uuid, Vec<(&'a RecordedEvent, &'a OutboundMessageEvent)>>,
}

/// A message that is sent from here.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sending {
    tenant: Uuid,
    contact: Uuid,
    message: Uuid,
    sender: Option<Uuid>,
    status: DeliveryStatus,
    attempts: i32,
    /// The first attempt since somebody asked to try again.
    round: i32,
    /// The newest attempt that the provider took: the message has its id of that one.
    named_by: Option<i32>,
    queued_at: Timestamp,
    attempted_at: Option<Timestamp>,
    accepted_at: Option<Timestamp>,
    next_attempt_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    cause: Option<String>,
    error: Option<Error>,
}

/// A provider's no.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Error {
    code: String,
    title: Option<String>,
    details: Option<String>,
}

impl Error {
    fn of(refusal: &SendRefusal) -> Self {
        Self {
            code: refusal.code.to_string(),
            title: refusal.title.clone(),
            details: refusal.details.as_ref().and_then(Personal::known).cloned(),
        }
    }
}

/// Attempts as they are stored.
fn number(attempt: u32) -> i32 {
    i32::try_from(attempt).unwrap_or(i32::MAX)
}

impl Sending {
    /// Somebody wrote it.
    fn begun(recorded: &RecordedEvent, contact: ContactId) -> Self {
        let actor = RecordedActor::parse(&recorded.actor).filter(|actor| actor.kind == ActorKind::Member);
        Self {
            tenant: recorded.tenant.as_uuid(),
            contact: contact.as_uuid(),
            message: recorded.id.as_uuid(),
            sender: actor.and_then(|actor| actor.id?.parse().ok()),
            status: DeliveryStatus::Queued,
            attempts: 0,
            round: 1,
            named_by: None,
            queued_at: recorded.recorded_at,
            attempted_at: None,
            accepted_at: None,
            next_attempt_at: None,
            ended_at: None,
            cause: None,
            error: None,
        }
    }

    /// Something came of sending it.
    fn evolve(&mut self, recorded: &RecordedEvent, event: &OutboundMessageEvent) {
        match event {
            OutboundMessageEvent::Attempted { attempt, at, .. } => {
                self.stands(Standing::Attempted);
                (self.attempts, self.attempted_at) = (number(*attempt), Some(*at));
            }
            OutboundMessageEvent::Accepted { attempt, at, .. } => {
                let attempt = number(*attempt);
                (self.accepted_at, self.named_by) = (Some(*at), self.named_by.max(Some(attempt)));
                // Of an attempt before the one that is made now it says nothing of how the message stands.
                if attempt == self.attempts && attempt >= self.round {
                    self.stands(Standing::Accepted);
                }
            }
            OutboundMessageEvent::SendingRefused { refusal, again_at, at, .. } => {
                self.stands(if again_at.is_some() { Standing::Queued } else { Standing::Refused });
                self.next_attempt_at = *again_at;
                self.ended_at = again_at.is_none().then_some(*at);
                self.error = Some(Error::of(refusal));
            }
            OutboundMessageEvent::NotSent { again_at, .. } => {
                self.stands(Standing::Queued);
                self.next_attempt_at = Some(*again_at);
            }
            OutboundMessageEvent::OutcomeUnknown { cause, .. } => {
                self.stands(Standing::Unknown);
                self.cause = Some(cause.word().to_owned());
            }
            OutboundMessageEvent::SendingFailed { cause, .. } => {
                self.stands(Standing::Failed(*cause));
                (self.cause, self.ended_at) = (Some(cause.word().to_owned()), Some(recorded.recorded_at));
            }
            OutboundMessageEvent::Requeued { .. } => {
                self.stands(Standing::Queued);
                (self.round, self.error) = (self.attempts.saturating_add(1), None);
            }
            OutboundMessageEvent::Cancelled { .. } => {
                self.stands(Standing::Cancelled);
                self.ended_at = Some(recorded.recorded_at);
            }
            // Whatever was thought of it, it left.
            OutboundMessageEvent::StatusReported { report, attempt: Some(_), superseded: false, .. }
                if report.reached().is_some() =>
            {
                self.stands(Standing::Accepted);
            }
            // Told elsewhere, or of messages that were written elsewhere.
            OutboundMessageEvent::StatusReported { .. }
            | OutboundMessageEvent::Queued { .. }
            | OutboundMessageEvent::Echoed { .. }
            | OutboundMessageEvent::Reacted { .. }
            | OutboundMessageEvent::Edited { .. }
            | OutboundMessageEvent::Revoked { .. }
            | OutboundMessageEvent::Corrected { .. }
            | OutboundMessageEvent::Imported { .. } => {}
        }
    }

    /// Where it stands now. What it waited for, and why, is over.
    fn stands(&mut self, standing: Standing) {
        self.status = standing.status();
        (self.cause, self.next_attempt_at, self.ended_at) = (None, None, None);
    }

    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        let error = match row.try_get("error_code")? {
            Some(code) => {
                Some(Error { code, title: row.try_get("error_title")?, details: row.try_get("error_details")? })
            }
            None => None,
        };
        Ok(Self {
            tenant: row.try_get("tenant_id")?,
            contact: row.try_get("contact_id")?,
            message: row.try_get("message_id")?,
            sender: row.try_get("sender_id")?,
            status: read_word(row, "status")?,
            attempts: row.try_get("attempts")?,
            round: row.try_get("round")?,
            named_by: row.try_get("named_by")?,
            queued_at: timestamp(row, "queued_at")?,
            attempted_at: maybe(row, "attempted_at")?,
            accepted_at: maybe(row, "accepted_at")?,
            next_attempt_at: maybe(row, "next_attempt_at")?,
            ended_at: maybe(row, "ended_at")?,
            cause: row.try_get("cause")?,
            error,
        })
    }
}

impl<'a> Sendings<'a> {
    /// An event of a message that is sent from here.
    pub(super) fn put(&mut self, recorded: &'a RecordedEvent, event: &'a OutboundMessageEvent) {
        self.told.entry(recorded.stream.as_uuid()).or_default().push((recorded, event));
    }

    /// Writes how the messages stand. Returns the conversations in which one got its provider's id: which of them happened last
    /// may be another one now.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
        if self.told.is_empty() {
            return Ok(Vec::new());
        }
        let known = read(rows, self.told.keys().copied().collect()).await?;
        let mut changed = HashMap::new();
        let mut names = HashMap::new();
        for (stream, told) in &self.told {
            let before = known.get(stream);
            let mut sending = before.cloned();
            for (recorded, event) in told {
                if let OutboundMessageEvent::Queued { contact, .. } = event {
                    sending = Some(Sending::begun(recorded, *contact));
                }
                // That it was written is the first that is told of it.
                let Some(sending) = &mut sending else { continue };
                sending.evolve(recorded, event);
                if let OutboundMessageEvent::Accepted { attempt, message, .. } = event
                    && sending.named_by == Some(number(*attempt))
                    && let Some(id) = message.id.as_ref().and_then(Personal::known)
                {
                    names.insert(sending.message, id.as_str());
                }
            }
            // Most statuses change nothing.
            if let Some(sending) = sending
                && before != Some(&sending)
            {
                changed.insert(*stream, sending);
            }
        }
        write(rows, &changed).await?;
        name(rows, &names).await
    }
}

async fn read(rows: &mut PgConnection, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Sending>, sqlx::Error> {
    let found = sqlx::query("select * from sendings where outbound_message_id = any($1)").bind(ids).fetch_all(rows);
    found.await?.iter().map(|row| Ok((row.try_get("outbound_message_id")?, Sending::read(row)?))).collect()
}

async fn write(rows: &mut PgConnection, sendings: &HashMap<Uuid, Sending>) -> Result<(), sqlx::Error> {
    if sendings.is_empty() {
        return Ok(());
    }
    let all = || sendings.values();
    let times = |pick: fn(&Sending) -> Option<Timestamp>| {
        all().map(|sending| pick(sending).map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>()
    };
    let errors = |pick: fn(&Error) -> Option<&str>| {
        all().map(|sending| sending.error.as_ref().and_then(pick)).collect::<Vec<_>>()
    };
    sqlx::query(
        "insert into sendings (outbound_message_id, tenant_id, contact_id, message_id, sender_id, status, attempts, round, \
                               named_by, queued_at, attempted_at, accepted_at, next_attempt_at, ended_at, cause, \
                               error_code, error_title, error_details) \
         select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) order by 1 \
         on conflict (outbound_message_id) do update set \
             (status, attempts, round, named_by, attempted_at, accepted_at, next_attempt_at, ended_at, cause, \
              error_code, error_title, error_details) \
             = (excluded.status, excluded.attempts, excluded.round, excluded.named_by, excluded.attempted_at, \
                excluded.accepted_at, excluded.next_attempt_at, excluded.ended_at, excluded.cause, \
                excluded.error_code, excluded.error_title, excluded.error_details)",
    )
    .bind(sendings.keys().copied().collect::<Vec<_>>())
    .bind(all().map(|sending| sending.tenant).collect::<Vec<_>>())
    .bind(all().map(|sending| sending.contact).collect::<Vec<_>>())
    .bind(all().map(|sending| sending.message).collect::<Vec<_>>())
    .bind(all().map(|sending| sending.sender).collect::<Vec<_>>())
    .bind(all().map(|sending| sending.status.word()).collect::<Vec<_>>())
    .bind(all().map(|sending| sending.attempts).collect::<Vec<_>>())
    .bind(all().map(|sending| sending.round).collect::<Vec<_>>())
    .bind(all().map(|sending| sending.named_by).collect::<Vec<_>>())
    .bind(times(|sending| Some(sending.queued_at)))
    .bind(times(|sending| sending.attempted_at))
    .bind(times(|sending| sending.accepted_at))
    .bind(times(|sending| sending.next_attempt_at))
    .bind(times(|sending| sending.ended_at))
    .bind(all().map(|sending| sending.cause.as_deref()).collect::<Vec<_>>())
    .bind(errors(|error| Some(&error.code)))
    .bind(errors(|error| error.title.as_deref()))
    .bind(errors(|error| error.details.as_deref()))
    .execute(rows)
    .await?;
    Ok(())
}

/// Messages that the provider took are known by its ids of them, as customers name them in what they answer and react to. Of
/// somebody who was erased one stays without. What else was told of the same message, as by a history, gives way to it.
async fn name(rows: &mut PgConnection, names: &HashMap<Uuid, &str>) -> Result<Vec<Uuid>, sqlx::Error> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let messages = names.keys().copied().collect::<Vec<_>>();
    let marks = names.values().map(|name| mark(name)).collect::<Vec<_>>();
    sqlx::query(
        "delete from messages told using unnest($1, $2) as t (id, mark), messages m \
         where m.message_id = t.id and m.about is null and told.conversation_id = m.conversation_id \
           and told.direction = m.direction and told.mark = t.mark and told.message_id <> m.message_id \
           and told.about is null and told.kind not in ('call', 'call_ended')",
    )
    .bind(&messages)
    .bind(&marks)
    .execute(&mut *rows)
    .await?;
    sqlx::query_scalar(
        "update messages m set provider_message_id = t.name, mark = t.mark, \
                is_acted = m.about is null and exists ( \
                    select from messages a where a.conversation_id = m.conversation_id and a.about = t.mark) \
         from unnest($1, $2, $3) as t (id, mark, name) \
         where m.message_id = t.id and m.provider_message_id <> '' \
         returning m.conversation_id",
    )
    .bind(&messages)
    .bind(&marks)
    .bind(names.values().copied().collect::<Vec<_>>())
    .fetch_all(rows)
    .await
}

impl Word for UnknownCause {
    const ALL: &'static [Self] = &[Self::NoAnswer, Self::Unreadable, Self::SenderLost];

    fn word(self) -> &'static str {
        match self {
            Self::NoAnswer => "no_answer",
            Self::Unreadable => "unreadable",
            Self::SenderLost => "sender_lost",
        }
    }
}

impl Word for FailureCause {
    const ALL: &'static [Self] = &[
        Self::WindowClosed,
        Self::OptedOut,
        Self::TemplateNotSendable,
        Self::Erased,
        Self::Invalid,
        Self::Unreachable,
        Self::AccountRestricted,
        Self::NoEvidence,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::WindowClosed => "window_closed",
            Self::OptedOut => "opted_out",
            Self::TemplateNotSendable => "template_not_sendable",
            Self::Erased => "erased",
            Self::Invalid => "invalid",
            Self::Unreachable => "unreachable",
            Self::AccountRestricted => "account_restricted",
            Self::NoEvidence => "no_evidence",
        }
    }
}
