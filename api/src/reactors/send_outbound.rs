//! What waits to be sent becomes a job, and so does looking after what nobody knows, and telling customers that they were read.

use std::time::Duration;

use jiff::Timestamp;
use leadflow_domain::channel::{ChannelEvent, HealthNews};
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::outbound_message::{Evidence, OutboundMessageEvent};
use leadflow_domain::{ChannelId, ConversationId, Event, StreamId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use crate::jobs::{NewJob, Pace, cancel_about, count_in, enqueue, hasten, lane_of, resume_lane, stop_lane};
use crate::sending::{MARK_READ, SEND, SETTLE, WITHOUT_A_WORD};

pub(super) const CONSUMER: &str = "reactor/send_outbound";

/// Enqueues jobs that send messages, one at a time in each conversation, in the order in which they were written.
#[derive(Debug, Clone, Copy)]
pub struct SendOutbound {
    /// Seconds that a number has for each message, whichever way it goes.
    every: f64,
}

impl SendOutbound {
    /// Where messages are sent at this pace.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self { every: Pace::every(pace.of_lane) }
    }
}

/// What a page asks for.
#[derive(Default)]
struct Asked {
    jobs: Vec<NewJob>,
    /// Taken back before they left.
    cancelled: Vec<StreamId>,
    /// Of which it is known now that they were taken.
    settled: Vec<StreamId>,
    /// Numbers that stopped, and why, and that go on, in the order of the log.
    lanes: Vec<(ChannelId, Option<String>)>,
    /// What customers wrote: by which lane it came, and when.
    came: Vec<(String, Timestamp)>,
}

impl Consumer for SendOutbound {
    fn consumer(&self) -> String {
        CONSUMER.to_owned()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, _events: &[RecordedEvent]) -> Result<(), PageError> {
        Ok(())
    }

    async fn write(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let mut asked = Asked::default();
        events.iter().for_each(|recorded| asked.read(recorded));
        for (channel, stopped) in &asked.lanes {
            match stopped {
                Some(reason) => stop_lane(rows, &lane_of(*channel), reason).await?,
                None => resume_lane(rows, &lane_of(*channel)).await?,
            }
        }
        enqueue(rows, &asked.jobs).await?;
        cancel_about(rows, SEND, &asked.cancelled).await?;
        hasten(rows, SEND, &asked.settled).await?;
        cancel_about(rows, SETTLE, &asked.settled).await?;
        count_in(rows, &asked.came, self.every).await?;
        Ok(())
    }
}

impl Asked {
    fn read(&mut self, recorded: &RecordedEvent) {
        match &recorded.event {
            Event::OutboundMessage(
                OutboundMessageEvent::Queued { channel, conversation, .. }
                | OutboundMessageEvent::Requeued { channel, conversation, .. },
            ) => self.jobs.push(sending(recorded, *channel, *conversation)),
            Event::OutboundMessage(OutboundMessageEvent::OutcomeUnknown { .. }) => {
                let settling = NewJob {
                    kind: SETTLE,
                    queue: recorded.stream.to_string(),
                    lane: SETTLE.to_owned(),
                    after: WITHOUT_A_WORD,
                    ..about(recorded)
                };
                self.jobs.push(settling);
            }
            Event::OutboundMessage(OutboundMessageEvent::Cancelled { .. }) => self.cancelled.push(recorded.stream),
            Event::OutboundMessage(OutboundMessageEvent::Accepted { evidence: Evidence::Status, .. }) => {
                self.settled.push(recorded.stream);
            }
            Event::Channel(event) => self.channel(recorded, event),
            Event::Conversation(ConversationEvent::Read {}) => {
                let queue = format!("{MARK_READ}:{}", recorded.stream);
                self.jobs.push(NewJob { kind: MARK_READ, queue, lane: MARK_READ.to_owned(), ..about(recorded) });
            }
            Event::Conversation(ConversationEvent::MessageReceived { channel, .. }) => {
                self.came.push((lane_of(*channel), recorded.recorded_at));
            }
            Event::OutboundMessage(
                OutboundMessageEvent::Echoed { .. }
                | OutboundMessageEvent::Reacted { .. }
                | OutboundMessageEvent::Edited { .. }
                | OutboundMessageEvent::Revoked { .. }
                | OutboundMessageEvent::StatusReported { .. }
                | OutboundMessageEvent::Corrected { .. }
                | OutboundMessageEvent::Imported { .. }
                | OutboundMessageEvent::Attempted { .. }
                | OutboundMessageEvent::Accepted { evidence: Evidence::Answer, .. }
                | OutboundMessageEvent::SendingRefused { .. }
                | OutboundMessageEvent::NotSent { .. }
                | OutboundMessageEvent::SendingFailed { .. },
            )
            | Event::Tenant(_)
            | Event::Contact(_)
            | Event::Conversation(_)
            | Event::Lead(_)
            | Event::Group(_)
            | Event::Member(_)
            | Event::Team(_)
            | Event::Role(_)
            | Event::ApiKey(_)
            | Event::Template(_)
            | Event::Pipeline(_)
            | Event::Source(_)
            | Event::ResponseTemplate(_)
            | Event::Routing(_) => {}
        }
    }

    fn channel(&mut self, recorded: &RecordedEvent, event: &ChannelEvent) {
        let channel = ChannelId::from_uuid(recorded.stream.as_uuid());
        let stopped = match event {
            ChannelEvent::SendingStopped { reason } => {
                Some(format!("the provider stopped the number, code {}", reason.code))
            }
            ChannelEvent::SendingResumed {}
            | ChannelEvent::WhatsAppNumberConnected(_)
            | ChannelEvent::WhatsAppCredentialsEntered { .. } => None,
            // What waits finds out by itself that it can't be sent.
            ChannelEvent::WhatsAppNumberDisconnected { .. }
            | ChannelEvent::WhatsAppCredentialsRotated { .. }
            | ChannelEvent::WhatsAppCredentialsRemoved { .. }
            // Nothing is sent by it.
            | ChannelEvent::SocialAccountConnected { .. }
            | ChannelEvent::SocialAccountDisconnected { .. } => return,
            // Likewise, if it waits for more than the account.
            ChannelEvent::HealthTold { news, .. } => {
                let opens = |news: &HealthNews| matches!(news, HealthNews::Account(told) if !told.is_closed());
                if !news.iter().any(opens) {
                    return;
                }
                None
            }
        };
        self.lanes.push((channel, stopped));
    }
}

fn sending(recorded: &RecordedEvent, channel: ChannelId, conversation: ConversationId) -> NewJob {
    NewJob { queue: conversation.to_string(), lane: lane_of(channel), ..about(recorded) }
}

fn about(recorded: &RecordedEvent) -> NewJob {
    NewJob {
        tenant: recorded.tenant,
        kind: SEND,
        queue: String::new(),
        lane: String::new(),
        subject: recorded.stream,
        position: recorded.position,
        after: Duration::ZERO,
    }
}
