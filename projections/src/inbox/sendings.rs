//! How sending messages from here goes: each event of a message's stream sets what it tells of.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::outbound_message::{
    DeliveryStatus, FailureCause, OutboundMessageEvent, SendRefusal, Standing, UnknownCause,
};
use leadflow_domain::{ContactId, Personal};
use leadflow_event_store::{ActorKind, RecordedActor, RecordedEvent};
use sqlx::PgConnection;
use uuid::Uuid;

use super::marks::mark;
use crate::word::Word;

/// What a page tells of messages that are sent from here.
#[derive(Default)]
pub(super) struct Sendings {
    // Maps: one statement can't write the same row twice.
    begun: HashMap<Uuid, Begun>,
    changed: HashMap<Uuid, Changed>,
    /// What the provider calls messages that it took, by their streams.
    named: HashMap<Uuid, String>,
}

/// A message that waits to be sent.
struct Begun {
    tenant: Uuid,
    contact: Uuid,
    message: Uuid,
    sender: Option<Uuid>,
    at: Timestamp,
}

/// Where a message stands after a page.
struct Changed {
    standing: Standing,
    cause: Option<&'static str>,
    next_attempt_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    attempt: Option<(u32, Timestamp)>,
    accepted_at: Option<Timestamp>,
    /// The provider's no; or that there is none any more.
    error: Option<Option<SendRefusal>>,
}

impl Sendings {
    /// Somebody wrote it.
    pub(super) fn begin(&mut self, recorded: &RecordedEvent, contact: ContactId) {
        let actor = RecordedActor::parse(&recorded.actor).filter(|actor| actor.kind == ActorKind::Member);
        let sender = actor.and_then(|actor| actor.id?.parse().ok());
        let begun = Begun {
            tenant: recorded.tenant.as_uuid(),
            contact: contact.as_uuid(),
            message: recorded.id.as_uuid(),
            sender,
            at: recorded.recorded_at,
        };
        self.begun.insert(recorded.stream.as_uuid(), begun);
    }

    /// Something came of sending it.
    pub(super) fn put(&mut self, recorded: &RecordedEvent, event: &OutboundMessageEvent) {
        let at = recorded.recorded_at;
        match event {
            OutboundMessageEvent::Attempted { attempt, at, .. } => {
                self.stands(recorded, Standing::Attempted).attempt = Some((*attempt, *at));
            }
            OutboundMessageEvent::Accepted { message, at, .. } => {
                self.stands(recorded, Standing::Accepted).accepted_at = Some(*at);
                if let Some(id) = message.id.as_ref().and_then(Personal::known) {
                    self.named.insert(recorded.stream.as_uuid(), id.clone());
                }
            }
            OutboundMessageEvent::SendingRefused { refusal, again_at, .. } => {
                let standing = if again_at.is_some() { Standing::Queued } else { Standing::Refused };
                let changed = self.stands(recorded, standing);
                changed.error = Some(Some(refusal.clone()));
                changed.next_attempt_at = *again_at;
                changed.ended_at = again_at.is_none().then_some(at);
            }
            OutboundMessageEvent::NotSent { again_at, .. } => {
                self.stands(recorded, Standing::Queued).next_attempt_at = Some(*again_at);
            }
            OutboundMessageEvent::OutcomeUnknown { cause, .. } => {
                self.stands(recorded, Standing::Unknown).cause = Some(cause.word());
            }
            OutboundMessageEvent::SendingFailed { cause, .. } => {
                let changed = self.stands(recorded, Standing::Failed(*cause));
                (changed.cause, changed.ended_at) = (Some(cause.word()), Some(at));
            }
            OutboundMessageEvent::Requeued { .. } => self.stands(recorded, Standing::Queued).error = Some(None),
            OutboundMessageEvent::Cancelled { .. } => {
                self.stands(recorded, Standing::Cancelled).ended_at = Some(at);
            }
            // Told elsewhere, or of messages that were written elsewhere.
            OutboundMessageEvent::Queued { .. }
            | OutboundMessageEvent::Echoed { .. }
            | OutboundMessageEvent::Reacted { .. }
            | OutboundMessageEvent::Edited { .. }
            | OutboundMessageEvent::Revoked { .. }
            | OutboundMessageEvent::StatusReported { .. }
            | OutboundMessageEvent::Corrected { .. }
            | OutboundMessageEvent::Imported { .. } => {}
        }
    }

    /// Where it stands now. What it waited for, and why, is over.
    fn stands(&mut self, recorded: &RecordedEvent, standing: Standing) -> &mut Changed {
        let changed = self.changed.entry(recorded.stream.as_uuid()).or_insert_with(|| Changed {
            standing,
            cause: None,
            next_attempt_at: None,
            ended_at: None,
            attempt: None,
            accepted_at: None,
            error: None,
        });
        changed.standing = standing;
        (changed.cause, changed.next_attempt_at, changed.ended_at) = (None, None, None);
        changed
    }

    /// Returns the conversations in which a message got its provider's id: which of them happened last may be another one now.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
        self.insert(rows).await?;
        self.update(rows).await?;
        self.name(rows).await
    }

    async fn insert(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.begun.is_empty() {
            return Ok(());
        }
        let begun = || self.begun.values();
        sqlx::query(
            "insert into sendings (outbound_message_id, tenant_id, contact_id, message_id, sender_id, queued_at, status) \
             select *, $7 from unnest($1, $2, $3, $4, $5, $6) order by 1",
        )
        .bind(self.begun.keys().copied().collect::<Vec<_>>())
        .bind(begun().map(|begun| begun.tenant).collect::<Vec<_>>())
        .bind(begun().map(|begun| begun.contact).collect::<Vec<_>>())
        .bind(begun().map(|begun| begun.message).collect::<Vec<_>>())
        .bind(begun().map(|begun| begun.sender).collect::<Vec<_>>())
        .bind(begun().map(|begun| jiff_sqlx::Timestamp::from(begun.at)).collect::<Vec<_>>())
        .bind(DeliveryStatus::Queued.word())
        .execute(rows)
        .await?;
        Ok(())
    }

    async fn update(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.changed.is_empty() {
            return Ok(());
        }
        let changed = || self.changed.values();
        let times = |pick: fn(&Changed) -> Option<Timestamp>| {
            changed().map(|changed| pick(changed).map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>()
        };
        let refusals = || changed().map(|changed| changed.error.as_ref().and_then(Option::as_ref));
        sqlx::query(
            "update sendings s set status = t.status, cause = t.cause, next_attempt_at = t.next, ended_at = t.ended, \
                    attempts = coalesce(t.attempts, s.attempts), attempted_at = coalesce(t.attempted, s.attempted_at), \
                    accepted_at = coalesce(t.accepted, s.accepted_at), \
                    error_code = case when t.of_error then t.code else s.error_code end, \
                    error_title = case when t.of_error then t.title else s.error_title end, \
                    error_details = case when t.of_error then t.details else s.error_details end \
             from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as t \
                 (id, status, cause, next, ended, attempts, attempted, accepted, of_error, code, title, details) \
             where s.outbound_message_id = t.id",
        )
        .bind(self.changed.keys().copied().collect::<Vec<_>>())
        .bind(changed().map(|changed| changed.standing.status().word()).collect::<Vec<_>>())
        .bind(changed().map(|changed| changed.cause).collect::<Vec<_>>())
        .bind(times(|changed| changed.next_attempt_at))
        .bind(times(|changed| changed.ended_at))
        .bind(
            changed()
                .map(|changed| changed.attempt.map(|(attempt, _)| i32::try_from(attempt).unwrap_or(i32::MAX)))
                .collect::<Vec<_>>(),
        )
        .bind(times(|changed| changed.attempt.map(|(_, at)| at)))
        .bind(times(|changed| changed.accepted_at))
        .bind(changed().map(|changed| changed.error.is_some()).collect::<Vec<_>>())
        .bind(refusals().map(|refusal| Some(refusal?.code.to_string())).collect::<Vec<_>>())
        .bind(refusals().map(|refusal| refusal?.title.clone()).collect::<Vec<_>>())
        .bind(
            refusals().map(|refusal| refusal?.details.as_ref().and_then(Personal::known).cloned()).collect::<Vec<_>>(),
        )
        .execute(rows)
        .await?;
        Ok(())
    }

    /// Messages that the provider took are known by its ids of them, as customers name them in what they answer and react to.
    /// Of somebody who was erased it stays without.
    async fn name(&self, rows: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
        if self.named.is_empty() {
            return Ok(Vec::new());
        }
        sqlx::query_scalar(
            "update messages m set provider_message_id = t.name, mark = t.mark, \
                    is_acted = m.is_acted or m.about is null and exists ( \
                        select from messages a where a.conversation_id = m.conversation_id and a.about = t.mark) \
             from unnest($1, $2, $3) as t (id, name, mark) \
             join sendings s on s.outbound_message_id = t.id \
             where m.message_id = s.message_id and m.provider_message_id <> '' \
             returning m.conversation_id",
        )
        .bind(self.named.keys().copied().collect::<Vec<_>>())
        .bind(self.named.values().map(String::as_str).collect::<Vec<_>>())
        .bind(self.named.values().map(|name| mark(name)).collect::<Vec<_>>())
        .fetch_all(rows)
        .await
    }
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
            Self::NoEvidence => "no_evidence",
        }
    }
}
