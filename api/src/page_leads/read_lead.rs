//! Reads one lead that a page's webhook told of.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leadflow_domain::channel::ProviderId;
use leadflow_domain::source::{MissedLead, Source, SourceCommand};
use leadflow_domain::{CommandId, SubmissionId};
use leadflow_event_store::{Actor, CommandContext};
use leadflow_gateways::whatsapp::{CallFailure, LeadClass};
use tokio_util::sync::CancellationToken;

use super::Reading;
use super::failing::{access, later, stop};
use super::readings::{self, Awaiting, Outcome};
use super::submit::{PROVIDER, Submitted, command, submit};
use crate::jobs::{Job, Pace, Work, Worked};

/// The kind of its jobs.
pub const READ_LEAD: &str = "read_lead";

/// How often it may fail, waits that Meta asks for left out. With the longest pause between them that is a week, and a backfill finds
/// it after that, too.
const MOST: i32 = 700;

/// Reads leads.
pub struct ReadLead(pub Reading);

impl ReadLead {
    async fn read(&self, job: &Job, ending: &CancellationToken) -> Result<Worked, String> {
        let Reading { pool, log, keys, credentials, .. } = &self.0;
        let submission = SubmissionId::from_uuid(job.subject.as_uuid());
        let asked = |error: sqlx::Error| {
            // Without the database's words: they may quote a personal value.
            error
                .as_database_error()
                .map_or("the database can't be asked", |_| "the database refused to answer")
                .to_owned()
        };
        let Some(awaiting) = readings::awaiting(pool, keys, submission).await.map_err(asked)? else {
            return Ok(Worked::Done);
        };
        let command = command(job.tenant, &awaiting.lead_id);
        // Another way it came meanwhile, and whoever it is about may have been erased since.
        if log.known(&[command]).await.map_err(asked)?.contains_key(&command) {
            readings::is_read(pool, submission).await.map_err(asked)?;
            return Ok(Worked::Done);
        }
        let over = async |outcome, reason: &str| {
            readings::is_over(pool, submission, outcome, reason).await.map_err(asked)?;
            Ok::<_, String>(match outcome {
                Outcome::Notice => Worked::Done,
                Outcome::Parked => Worked::Failed { reason: reason.to_owned() },
            })
        };
        let source = log.load::<Source>(awaiting.source.into()).await.map_err(|error| error.to_string())?.state;
        let access = match access(&self.0, job, &source).await {
            Ok(Some(access)) => access,
            Ok(None) => return over(Outcome::Notice, "its source is closed").await,
            Err(worked) => return Ok(worked),
        };
        let tried_again = async |reason: String| {
            if readings::failed(pool, submission).await.map_err(asked)? > MOST {
                return over(Outcome::Parked, &format!("it could not be read for a week: {reason}")).await;
            }
            Ok(later(job, reason))
        };
        if let Err(lost) = job.turn.comes(ending).await {
            return Ok(Worked::after(Duration::ZERO, lost.to_string()));
        }
        let lead = match credentials.graph().lead(&access.token, &awaiting.lead_id).await {
            Ok(lead) => lead,
            Err(CallFailure::NeverValid { reason }) => return over(Outcome::Parked, &reason).await,
            Err(CallFailure::NotSent { reason } | CallFailure::Unknown { reason }) => return tried_again(reason).await,
            Err(CallFailure::Refused(refusal)) => {
                let code = refusal.code;
                return match refusal.of_lead() {
                    LeadClass::Gone => {
                        self.miss(job, &awaiting, &access.page_id, code).await?;
                        let reason = format!(
                            "the provider tells nothing of it, code {code}: it is gone, or the app has no access to the page's leads"
                        );
                        over(Outcome::Parked, &reason).await
                    }
                    LeadClass::Credentials => Ok(stop(&self.0, job, awaiting.source, &access, code).await),
                    LeadClass::Pace { at_least } => {
                        Ok(Worked::after(at_least, format!("asked too often, code {code}")))
                    }
                    LeadClass::Later => tried_again(format!("code {code}")).await,
                };
            }
        };
        if lead.is_test() {
            return over(Outcome::Notice, "it is a test lead of Meta's").await;
        }
        let correlation = format!("job:{}", job.id);
        match submit(&self.0, job.tenant, awaiting.source, &lead, awaiting.told_at, correlation).await {
            Submitted::InTheLog { .. } => {
                readings::is_read(pool, submission).await.map_err(asked)?;
                Ok(Worked::Done)
            }
            Submitted::Never(reason) => over(Outcome::Parked, &reason).await,
            Submitted::NotNow(reason) => tried_again(reason).await,
        }
    }

    /// The page says that it has missed a lead.
    async fn miss(&self, job: &Job, awaiting: &Awaiting, page_id: &str, code: i64) -> Result<(), String> {
        let id = CommandId::derive(job.tenant, "page.miss_lead", &[page_id, &awaiting.submission.to_string()]);
        let context = CommandContext::new(job.tenant, id, Actor::Provider(PROVIDER), format!("job:{}", job.id));
        let form_id = awaiting.form_id.as_deref().and_then(|form| ProviderId::parse(form).ok());
        let missed = MissedLead { form_id, submitted_at: awaiting.told_at, code };
        let command = SourceCommand::MissLead(missed);
        self.0.commands.sources.execute(awaiting.source, command, context).await.map_err(|error| error.to_string())?;
        Ok(())
    }
}

impl Work for ReadLead {
    fn kind(&self) -> &'static str {
        READ_LEAD
    }

    fn pace(&self) -> Pace {
        // Meta counts by the day and page, 200 times the leads of the last 90 days; a burst is read in a minute or so.
        Pace { of_lane: 50.0, ..Pace::UNBOUNDED }
    }

    fn work(&self, job: Job, stop: CancellationToken) -> BoxFuture<'_, Worked> {
        async move {
            match self.read(&job, &stop).await {
                Ok(worked) => worked,
                Err(reason) => later(&job, reason),
            }
        }
        .boxed()
    }
}
