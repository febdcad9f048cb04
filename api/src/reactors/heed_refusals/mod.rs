//! What a provider's no means beyond the message, whether it answered so or told it later by a status: a customer wants no more
//! marketing, a template is paused or disabled, our list of templates is not the provider's, nothing more of the number is taken.
//!
//! That an answer stops the number is for whoever asked to say (`sending::send`): it knows with what it asked.

mod number;
#[cfg(test)]
mod tests;
mod told;

use futures_util::{StreamExt, TryStreamExt, stream};
use leadflow_domain::contact::{ContactCommand, MarketingPreference};
use leadflow_domain::outbound_message::OutboundMessage;
use leadflow_domain::template::{Telling, Template, TemplateCommand, TemplateStatus};
use leadflow_domain::{CommandId, StreamId};
use leadflow_event_store::{Actor, CommandContext, ExecuteError, LogReader, PersonalValues, RecordedEvent};
use leadflow_gateways::whatsapp::{Consequence, ErrorClass};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use self::told::{No, Teller};
use crate::commands::Commands;
use crate::jobs::{NewJob, cancel_about, enqueue};
use crate::sending::SYNC_TEMPLATES;

pub(super) const CONSUMER: &str = "reactor/heed_refusals";

/// How many are heeded at once.
const AT_ONCE: usize = 16;

/// Heeds what providers refuse.
pub struct HeedRefusals {
    commands: Commands,
    log: LogReader,
}

impl HeedRefusals {
    /// Decides through `commands` on what `log` has.
    #[must_use]
    pub fn new(commands: Commands, log: LogReader) -> Self {
        Self { commands, log }
    }

    async fn heed(&self, no: &No<'_>) -> Result<(), PageError> {
        match ErrorClass::of(no.code) {
            ErrorClass::Never { then } => match then {
                Consequence::OptOut => self.wants_no_marketing(no).await,
                Consequence::MarkTemplatePaused => self.template_stands(no, TemplateStatus::Paused).await,
                Consequence::MarkTemplateDisabled => self.template_stands(no, TemplateStatus::Disabled).await,
                // A job; and what the next message is told.
                Consequence::ResyncTemplates | Consequence::OfferTemplate | Consequence::None => Ok(()),
            },
            ErrorClass::Stop { .. } => match no.told_by {
                Teller::Status { attempt: Some(attempt) } => self.stop_number(no, attempt).await,
                // What others sent by the number says nothing of what we send with.
                Teller::Status { attempt: None } | Teller::Answer => Ok(()),
            },
            ErrorClass::Retry { .. } | ErrorClass::Pace { .. } => Ok(()),
        }
    }

    async fn wants_no_marketing(&self, no: &No<'_>) -> Result<(), PageError> {
        let preference = MarketingPreference::stopped(no.at);
        let command = ContactCommand::TellMarketingPreference { channel: no.channel, preference };
        came_to(self.commands.contacts.execute(no.contact, command, no.context()).await)
    }

    /// The template that the message is made of; nothing is known of one that others sent.
    async fn template_stands(&self, no: &No<'_>, status: TemplateStatus) -> Result<(), PageError> {
        let Some(template) = self.log.load::<OutboundMessage>(no.cause.stream).await?.state.template() else {
            return Ok(());
        };
        let Some(key) = self.log.load::<Template>(template.into()).await?.state.key().cloned() else { return Ok(()) };
        // WhatsApp tells of times in whole seconds: what it says within the same one is no older.
        let at = jiff::Timestamp::from_second(no.at.as_second()).unwrap_or(no.at);
        let command = TemplateCommand::TellStatus { key, telling: Telling { provider_id: None, at }, status };
        came_to(self.commands.templates.execute(template, command, no.context()).await)
    }
}

impl Consumer for HeedRefusals {
    fn consumer(&self) -> String {
        CONSUMER.to_owned()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, events: &[RecordedEvent]) -> Result<(), PageError> {
        let all: Vec<No<'_>> = events.iter().flat_map(told::nos).collect();
        let heeded: Vec<_> = all.iter().map(|no| self.heed(no)).collect();
        stream::iter(heeded).buffer_unordered(AT_ONCE).try_collect::<()>().await
    }

    async fn write(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let jobs = syncs(events);
        // One that waits would ask for no more than this one will.
        let asked: Vec<StreamId> = jobs.iter().map(|job| job.subject).collect();
        cancel_about(rows, SYNC_TEMPLATES, &asked).await?;
        enqueue(rows, &jobs).await?;
        Ok(())
    }
}

/// A job for each number whose templates are not those that we know, from the last that is told.
fn syncs(events: &[RecordedEvent]) -> Vec<NewJob> {
    let mut jobs: Vec<NewJob> = Vec::new();
    let unknown = ErrorClass::Never { then: Consequence::ResyncTemplates };
    for no in events.iter().flat_map(told::nos).filter(|no| ErrorClass::of(no.code) == unknown) {
        let subject = StreamId::from(no.channel);
        jobs.retain(|job| job.subject != subject);
        jobs.push(NewJob {
            tenant: no.cause.tenant,
            kind: SYNC_TEMPLATES,
            queue: format!("{SYNC_TEMPLATES}:{}", no.channel),
            lane: SYNC_TEMPLATES.to_owned(),
            subject,
            position: no.cause.position,
            after: std::time::Duration::ZERO,
        });
    }
    jobs
}

impl No<'_> {
    /// A command that follows from it; told twice it is one.
    fn context(&self) -> CommandContext {
        let (tenant, event) = (self.cause.tenant, self.cause.id.to_string());
        let id = CommandId::derive(tenant, CONSUMER, &[&event, &self.ordinal.to_string()]);
        CommandContext::new(tenant, id, Actor::Reactor("heed_refusals"), self.cause.correlation.clone())
            .caused_by(event)
    }
}

/// What a command came to. What the rules forbid is of nobody's concern any more: the person was erased, the number or the template
/// is another one by now.
fn came_to<T, R: std::error::Error>(answer: Result<T, ExecuteError<R>>) -> Result<(), PageError> {
    match answer {
        Ok(_) | Err(ExecuteError::Refused(_) | ExecuteError::RefusedBefore(_) | ExecuteError::Erased) => Ok(()),
        Err(error @ (ExecuteError::Unavailable { .. } | ExecuteError::Contended | ExecuteError::Stopping(_))) => {
            Err(PageError::Later(error.to_string()))
        }
        Err(
            error @ (ExecuteError::Reserved { .. }
            | ExecuteError::NotHeld
            | ExecuteError::AnotherVersion { .. }
            | ExecuteError::ForeignStream
            | ExecuteError::KeyReused
            | ExecuteError::Unstorable { .. }
            | ExecuteError::Unreadable(_)),
        ) => Err(PageError::Refused(format!("what was refused can't be heeded: {error}"))),
    }
}
