//! What somebody of the business has read is marked as read at the customer's, too.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leadflow_domain::channel::Channel;
use leadflow_domain::conversation::{Conversation, ConversationEvent};
use leadflow_domain::{Event, StreamId};
use leadflow_event_store::{LogReader, PersonalValues, ReadError};
use leadflow_gateways::whatsapp::{CallFailure, ErrorClass};
use tokio_util::sync::CancellationToken;

use super::backoff;
use super::conditions::standing;
use crate::jobs::{Job, Pace, Work, Worked};
use crate::provider_credentials::WhatsAppCredentials;

/// The kind of its jobs.
pub const MARK_READ: &str = "mark_read";

/// What streams of conversations are.
const KIND: &str = "conversation";

/// How many of the events before it was read are looked at for what a customer wrote: marking the last marks those before it.
const LOOK_BACK: i64 = 50;

/// How often it is tried. Nobody waits for it.
const MOST: i32 = 5;

/// How soon it is tried again when the log could not be read.
const LATER: Duration = Duration::from_secs(10);

/// Marks messages as read.
pub struct MarkRead {
    log: LogReader,
    whatsapp: WhatsAppCredentials,
}

impl MarkRead {
    /// What `log` has, by `whatsapp`.
    #[must_use]
    pub fn new(log: LogReader, whatsapp: WhatsAppCredentials) -> Self {
        Self { log, whatsapp }
    }

    async fn mark(&self, job: &Job) -> Result<Worked, ReadError> {
        let nothing_to_do = Ok(Worked::Done);
        let conversation = self.log.load::<Conversation>(job.subject).await?.state;
        let Some((_, channel)) = conversation.between() else { return nothing_to_do };
        let channel = self.log.load::<Channel>(channel.into()).await?.state;
        let (Some(credential), Some(number)) = (channel.credential(), channel.number()) else { return nothing_to_do };
        if !standing(&channel, self.log.now().await?).is_ready() {
            return nothing_to_do;
        }
        let Some(message) = self.last_before(job).await? else { return nothing_to_do };
        let token = match self.whatsapp.token(job.tenant, credential).await {
            Ok(Some(token)) => token,
            Ok(None) => return nothing_to_do,
            Err(error) => return Ok(again(job, error.to_string())),
        };
        let marked = self.whatsapp.graph().mark_read(&token, number.phone_number_id.as_str(), &message, false).await;
        Ok(match marked {
            Ok(()) => Worked::Done,
            Err(CallFailure::Refused(refusal)) => match refusal.class {
                ErrorClass::Retry { .. } | ErrorClass::Pace { .. } => again(job, format!("code {}", refusal.code)),
                ErrorClass::Never { .. } | ErrorClass::Stop { .. } => {
                    Worked::Failed { reason: format!("the provider refused it, code {}", refusal.code) }
                }
            },
            Err(CallFailure::NotSent { reason } | CallFailure::Unknown { reason }) => again(job, reason),
            Err(CallFailure::NeverValid { reason }) => Worked::Failed { reason },
        })
    }

    /// What the provider calls the last message of a customer before it was read, unless she was erased.
    async fn last_before(&self, job: &Job) -> Result<Option<String>, ReadError> {
        let Some(read) = self.log.at(&[job.position]).await?.into_iter().next() else { return Ok(None) };
        last_received(&self.log, job.subject, read.version - 1).await
    }
}

/// What the provider calls the last message of a customer among what happened in a conversation up to this version, unless she
/// was erased. Only so much before it is looked at.
pub(super) async fn last_received(
    log: &LogReader,
    conversation: StreamId,
    version: i64,
) -> Result<Option<String>, ReadError> {
    let raw = log.stream(KIND, conversation, (version - LOOK_BACK).max(0), LOOK_BACK).await?;
    let events = log.read(raw, PersonalValues::Opened).await?;
    Ok(events.into_iter().rev().filter(|event| event.version <= version).find_map(|recorded| {
        let Event::Conversation(ConversationEvent::MessageReceived { message, .. }) = recorded.event else {
            return None;
        };
        message.provider_message_id.known().cloned()
    }))
}

impl Work for MarkRead {
    fn kind(&self) -> &'static str {
        MARK_READ
    }

    fn pace(&self) -> Pace {
        Pace::UNBOUNDED
    }

    fn work(&self, job: Job, _stop: CancellationToken) -> BoxFuture<'_, Worked> {
        async move {
            match self.mark(&job).await {
                Ok(worked) => worked,
                Err(error) => Worked::Again { after: LATER, reason: error.to_string() },
            }
        }
        .boxed()
    }
}

fn again(job: &Job, reason: String) -> Worked {
    if job.attempts >= MOST {
        return Worked::Failed { reason };
    }
    Worked::Again { after: backoff::after(job.attempts.unsigned_abs()), reason }
}
