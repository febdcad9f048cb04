//! What tells that a provider refused something.

use jiff::Timestamp;
use leadflow_domain::outbound_message::{DeliveryStatus, OutboundMessageEvent};
use leadflow_domain::{ChannelId, ContactId, Event};
use leadflow_event_store::RecordedEvent;

/// A provider's no.
#[derive(Debug)]
pub(super) struct No<'a> {
    /// The event that tells it, of the message that was refused.
    pub(super) cause: &'a RecordedEvent,
    /// The how manieth no of this event, from 0.
    pub(super) ordinal: usize,
    pub(super) contact: ContactId,
    pub(super) channel: ChannelId,
    pub(super) told_by: Teller,
    pub(super) code: i64,
    pub(super) title: Option<&'a str>,
    /// When it was said: by the provider's clock, where it tells a time.
    pub(super) at: Timestamp,
}

/// How it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Teller {
    /// In the answer to an attempt.
    Answer,
    /// By a status.
    Status {
        /// Of which attempt of ours; nothing where the message was not sent from here.
        attempt: Option<u32>,
    },
}

/// Each no that an event tells. What failed for one of a group says nothing of the message.
pub(super) fn nos(cause: &RecordedEvent) -> Vec<No<'_>> {
    match &cause.event {
        Event::OutboundMessage(OutboundMessageEvent::SendingRefused { contact, channel, refusal, at, .. }) => {
            vec![No {
                cause,
                ordinal: 0,
                contact: *contact,
                channel: *channel,
                told_by: Teller::Answer,
                code: refusal.code,
                title: refusal.title.as_deref(),
                at: *at,
            }]
        }
        Event::OutboundMessage(OutboundMessageEvent::StatusReported { contact, channel, report, attempt, .. })
            if report.reached() == Some(DeliveryStatus::Failed) =>
        {
            let told = report.errors.iter().enumerate().filter_map(|(ordinal, error)| {
                Some(No {
                    cause,
                    ordinal,
                    contact: *contact,
                    channel: *channel,
                    told_by: Teller::Status { attempt: *attempt },
                    code: error.code.trim().parse().ok()?,
                    title: error.title.as_deref(),
                    at: report.at,
                })
            });
            told.collect()
        }
        Event::OutboundMessage(
            OutboundMessageEvent::Echoed { .. }
            | OutboundMessageEvent::Reacted { .. }
            | OutboundMessageEvent::Edited { .. }
            | OutboundMessageEvent::Revoked { .. }
            | OutboundMessageEvent::StatusReported { .. }
            | OutboundMessageEvent::Corrected { .. }
            | OutboundMessageEvent::Imported { .. }
            | OutboundMessageEvent::Queued { .. }
            | OutboundMessageEvent::Attempted { .. }
            | OutboundMessageEvent::Accepted { .. }
            | OutboundMessageEvent::NotSent { .. }
            | OutboundMessageEvent::OutcomeUnknown { .. }
            | OutboundMessageEvent::SendingFailed { .. }
            | OutboundMessageEvent::Requeued { .. }
            | OutboundMessageEvent::Cancelled { .. },
        )
        | Event::Tenant(_)
        | Event::Channel(_)
        | Event::Contact(_)
        | Event::Conversation(_)
        | Event::Lead(_)
        | Event::Group(_)
        | Event::Member(_)
        | Event::Team(_)
        | Event::Role(_)
        | Event::ApiKey(_)
        | Event::Routing(_)
        | Event::Template(_)
        | Event::Pipeline(_)
        | Event::Source(_)
        | Event::ResponseTemplate(_) => vec![],
    }
}
