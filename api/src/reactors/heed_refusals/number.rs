//! A status tells that nothing more of the number is taken.
//!
//! It tells of a message that was sent a while ago. Whoever has entered other credentials since, or said that sending goes on, has seen
//! to it already: then the next answer says whether it still is so.

use leadflow_domain::Event;
use leadflow_domain::StreamId;
use leadflow_domain::channel::{Channel, ChannelCommand, ChannelEvent, StopReason};
use leadflow_domain::outbound_message::OutboundMessageEvent;
use leadflow_event_store::{ExecuteError, PersonalValues, RecordedEvent};
use leadflow_projections::PageError;

use super::told::No;
use super::{HeedRefusals, came_to};

/// What streams of numbers are.
const CHANNEL: &str = "channel";

/// How many of a number's latest events are looked at. Of any four at least one is that somebody saw to it, or that its details
/// changed.
const LATEST: i64 = 50;

/// More than a message has events.
const ALL: i64 = 10_000;

/// How often it is looked anew where the number changes in the same moment.
const LOOKS: u32 = 5;

impl HeedRefusals {
    pub(super) async fn stop_number(&self, no: &No<'_>, attempt: u32) -> Result<(), PageError> {
        let Some(attempted) = self.attempted(no, attempt).await? else { return Ok(()) };
        for _ in 0..LOOKS {
            let channel = self.log.load::<Channel>(no.channel.into()).await?;
            if channel.state.is_stopped() || self.is_seen_to(no.channel.into(), channel.version, attempted).await? {
                return Ok(());
            }
            // What the provider calls its codes is about nobody, unless it says more than a name.
            let is_name = |title: &&str| !title.bytes().filter(u8::is_ascii_digit).skip(6).any(|_| true);
            let title = no.title.filter(is_name).map(str::to_owned);
            let command = ChannelCommand::StopSending { reason: StopReason { code: no.code, title } };
            let context = no.context().expecting(Some(channel.version));
            match self.commands.channels.execute(no.channel, command, context).await {
                Err(ExecuteError::AnotherVersion { .. }) => {}
                answer => return came_to(answer),
            }
        }
        Err(PageError::Later("the number keeps changing".to_owned()))
    }

    /// Where in the log it stands that this attempt was begun.
    async fn attempted(&self, no: &No<'_>, attempt: u32) -> Result<Option<i64>, PageError> {
        let found = self.recorded("outbound_message", no.cause.stream, 0, ALL).await?.into_iter().find(|recorded| {
            matches!(&recorded.event, Event::OutboundMessage(OutboundMessageEvent::Attempted { attempt: nth, .. })
                if *nth == attempt)
        });
        Ok(found.map(|recorded| recorded.position))
    }

    /// Whether somebody saw to the number after `position`.
    async fn is_seen_to(&self, channel: StreamId, version: i64, position: i64) -> Result<bool, PageError> {
        let latest = self.recorded(CHANNEL, channel, (version - LATEST).max(0), LATEST).await?;
        Ok(latest.iter().any(|recorded| recorded.position > position && sees_to(&recorded.event)))
    }

    async fn recorded(
        &self,
        kind: &str,
        stream: StreamId,
        version: i64,
        limit: i64,
    ) -> Result<Vec<RecordedEvent>, PageError> {
        let raw = self.log.stream(kind, stream, version, limit).await?;
        Ok(self.log.read(raw, PersonalValues::Sealed).await?)
    }
}

fn sees_to(event: &Event) -> bool {
    let Event::Channel(event) = event else { return false };
    match event {
        ChannelEvent::WhatsAppNumberDisconnected { .. }
        | ChannelEvent::WhatsAppCredentialsEntered { .. }
        | ChannelEvent::WhatsAppCredentialsRotated { .. }
        | ChannelEvent::WhatsAppCredentialsRemoved { .. }
        | ChannelEvent::SendingResumed {} => true,
        ChannelEvent::WhatsAppNumberConnected(_)
        | ChannelEvent::SendingStopped { .. }
        | ChannelEvent::HealthTold { .. }
        | ChannelEvent::SocialAccountConnected { .. }
        | ChannelEvent::SocialAccountDisconnected { .. } => false,
    }
}
