//! WhatsApp does not know a template as we do, so it is asked for all there are.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use leadflow_domain::channel::Channel;
use leadflow_domain::template::TemplateCommand;
use leadflow_domain::{CommandId, TemplateId, TenantId};
use leadflow_event_store::{Actor, CommandContext, ExecuteError, LogReader, ReadError};
use leadflow_gateways::whatsapp::{CallFailure, ErrorClass};
use leadflow_projections::templates;
use sqlx::{PgPool, Row};
use tokio_util::sync::CancellationToken;

use super::backoff;
use crate::commands::Commands;
use crate::jobs::{Job, Pace, Work, Worked};
use crate::message_templates::{listed, synced};
use crate::provider_credentials::WhatsAppCredentials;

/// The kind of its jobs.
pub const SYNC_TEMPLATES: &str = "sync_templates";

/// How often it is tried. Who sees that her list is not WhatsApp's may ask for it herself.
const MOST: i32 = 5;

/// How soon it is tried again when the log could not be read or written.
const LATER: Duration = Duration::from_secs(10);

/// How often one number's templates are asked for: Meta lets an account be asked 200 times an hour, and people ask, too.
const A_SECOND: f64 = 1.0 / 120.0;

/// Asks WhatsApp for the templates of a number's account.
pub struct SyncTemplates {
    commands: Commands,
    log: LogReader,
    whatsapp: WhatsAppCredentials,
    pool: PgPool,
}

/// Why it is not done.
enum NotDone {
    /// The log or the database can't be read or written.
    Log(String),
    /// WhatsApp does not list them.
    Provider(CallFailure),
}

impl From<ReadError> for NotDone {
    fn from(error: ReadError) -> Self {
        Self::Log(error.to_string())
    }
}

impl SyncTemplates {
    /// Tells templates through `commands` what `whatsapp` lists.
    #[must_use]
    pub fn new(commands: Commands, log: LogReader, whatsapp: WhatsAppCredentials, pool: PgPool) -> Self {
        Self { commands, log, whatsapp, pool }
    }

    async fn sync(&self, job: &Job) -> Result<(), NotDone> {
        let channel = self.log.load::<Channel>(job.subject).await?.state;
        let (Some(credential), Some(number)) = (channel.credential(), channel.number()) else { return Ok(()) };
        let token = self.whatsapp.token(job.tenant, credential).await;
        let Some(token) = token.map_err(|error| NotDone::Log(error.to_string()))? else { return Ok(()) };
        let waba_id = number.waba_id.as_str();
        let now = self.log.now().await.map_err(ReadError::from)?;
        // In whole seconds, as WhatsApp tells of times itself.
        let at = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let known = self.known(job.tenant, waba_id).await.map_err(ReadError::from)?;
        let list = listed(self.whatsapp.graph(), &token, waba_id).await.map_err(NotDone::Provider)?;
        for (template, command) in synced(job.tenant, waba_id, list, known, at).commands {
            self.tell(job, template, command).await?;
        }
        Ok(())
    }

    /// Those of the account that WhatsApp should list: all but drafts and those that are gone.
    async fn known(&self, tenant: TenantId, waba_id: &str) -> Result<Vec<TemplateId>, sqlx::Error> {
        let sql = format!(
            "select template_id from {}.templates \
             where tenant_id = $1 and waba_id = $2 and status is not null and status not in ('DRAFT', 'DELETED')",
            templates::SCHEMA
        );
        let rows = sqlx::query(&sql).bind(tenant.as_uuid()).bind(waba_id).fetch_all(&self.pool).await?;
        rows.iter().map(|row| row.try_get(0).map(TemplateId::from_uuid)).collect()
    }

    /// What a template does not take (it is another one by now) changes nothing of the others.
    async fn tell(&self, job: &Job, template: TemplateId, command: TemplateCommand) -> Result<(), NotDone> {
        let (id, attempts) = (job.id.to_string(), job.attempts.to_string());
        let parts = [id.as_str(), &attempts, &template.to_string()];
        let command_id = CommandId::derive(job.tenant, "job.sync_templates", &parts);
        let context = CommandContext::new(job.tenant, command_id, Actor::Reactor("heed_refusals"), format!("job:{id}"));
        match self.commands.templates.execute(template, command, context).await {
            Ok(_) | Err(ExecuteError::Refused(_) | ExecuteError::RefusedBefore(_)) => Ok(()),
            Err(error) => Err(NotDone::Log(error.to_string())),
        }
    }
}

impl Work for SyncTemplates {
    fn kind(&self) -> &'static str {
        SYNC_TEMPLATES
    }

    fn pace(&self) -> Pace {
        Pace { of_queue: A_SECOND, ..Pace::UNBOUNDED }
    }

    fn work(&self, job: Job, _stop: CancellationToken) -> BoxFuture<'_, Worked> {
        async move {
            match self.sync(&job).await {
                Ok(()) => Worked::Done,
                Err(NotDone::Log(reason)) => Worked::Again { after: LATER, reason },
                Err(NotDone::Provider(failure)) => failed(&job, &failure),
            }
        }
        .boxed()
    }
}

fn failed(job: &Job, failure: &CallFailure) -> Worked {
    let (reason, passes) = match failure {
        CallFailure::NotSent { reason } | CallFailure::Unknown { reason } => (reason.clone(), true),
        CallFailure::NeverValid { reason } => (reason.clone(), false),
        CallFailure::Refused(refusal) => (
            format!("the provider refused it, code {}", refusal.code),
            matches!(refusal.class, ErrorClass::Retry { .. } | ErrorClass::Pace { .. }),
        ),
    };
    if !passes || job.attempts >= MOST {
        return Worked::Failed { reason };
    }
    Worked::Again { after: backoff::after(job.attempts.unsigned_abs()), reason }
}
