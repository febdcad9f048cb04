//! Reads the leads of before, form by form and page by page. How far it has come is put down after each page: a process that takes it
//! over goes on there, and what is told twice is once.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use leadflow_domain::source::Source;
use leadflow_domain::{CommandId, SourceId};
use leadflow_gateways::whatsapp::{CallFailure, FormLead, LeadClass};
use tokio_util::sync::CancellationToken;

use super::Reading;
use super::backfills::{self, Backfill};
use super::failing::{Access, access, later, stop};
use super::submit::{Submitted, command, submit};
use crate::jobs::{Job, Pace, Work, Worked};

/// The kind of its jobs.
pub const BACKFILL_LEADS: &str = "backfill_leads";

/// Leads that are told to the log at once.
const AT_ONCE: usize = 8;

/// How often it may fail to go on, waits that Meta asks for left out; with the longest pause between them that is two days. A page that
/// is read begins anew.
const MOST: i32 = 200;

/// Reads the leads of before.
pub struct BackfillLeads(pub Reading);

/// Why it does not go on.
enum Halt {
    /// Meta can't be asked, or says no.
    Asked(CallFailure),
    /// Anything else; it is tried again.
    Later(String),
}

impl From<CallFailure> for Halt {
    fn from(failure: CallFailure) -> Self {
        Self::Asked(failure)
    }
}

impl From<sqlx::Error> for Halt {
    fn from(_: sqlx::Error) -> Self {
        // Without the database's words: they may quote a personal value.
        Self::Later("the database can't be asked".to_owned())
    }
}

impl BackfillLeads {
    async fn backfill(&self, job: &Job, stopping: &CancellationToken) -> Result<Worked, Halt> {
        let pool = &self.0.pool;
        let Some(mut backfill) = backfills::at(pool, job.position).await?.filter(|found| found.ended_at.is_none())
        else {
            return Ok(Worked::Done);
        };
        let failed = async |reason: &str| {
            backfills::end(pool, job.position, Some(reason)).await?;
            Ok::<_, Halt>(Worked::Failed { reason: reason.to_owned() })
        };
        let source = self.0.log.load::<Source>(backfill.source.into()).await;
        let source = source.map_err(|error| Halt::Later(error.to_string()))?.state;
        let access = match access(&self.0, job, &source).await {
            Ok(Some(access)) => access,
            Ok(None) => return failed("its source is closed").await,
            Err(worked) => return Ok(worked),
        };
        let tried_again = async |reason: String| {
            if backfills::failed(pool, job.position).await? > MOST {
                return failed(&format!("it did not go on for two days: {reason}")).await;
            }
            Ok(later(job, reason))
        };
        let read = self.read(job, &mut backfill, &access, stopping).await;
        match read {
            Ok(true) => {
                backfills::end(pool, job.position, None).await?;
                Ok(Worked::Done)
            }
            Ok(false) => Ok(Worked::Again { after: Duration::ZERO, reason: "its process stopped".to_owned() }),
            Err(Halt::Asked(CallFailure::Refused(refusal))) => match (refusal.of_lead(), refusal.code) {
                (LeadClass::Gone, code) => {
                    failed(&format!("the provider does not tell the page's forms, code {code}")).await
                }
                (LeadClass::Credentials, code) => Ok(stop(&self.0, job, backfill.source, &access, code).await),
                (LeadClass::Pace { at_least }, code) => {
                    Ok(Worked::after(at_least, format!("asked too often, code {code}")))
                }
                (LeadClass::Later, code) => tried_again(format!("code {code}")).await,
            },
            Err(Halt::Asked(CallFailure::NeverValid { reason })) => failed(&reason).await,
            Err(
                Halt::Asked(CallFailure::NotSent { reason } | CallFailure::Unknown { reason }) | Halt::Later(reason),
            ) => tried_again(reason).await,
        }
    }

    /// The page's forms. A list that leads in a circle has no end, and is what it was until there.
    async fn forms(&self, access: &Access, stopping: &CancellationToken) -> Result<Option<Vec<String>>, Halt> {
        let (mut forms, mut told, mut seen, mut next) = (Vec::new(), BTreeSet::new(), BTreeSet::new(), None);
        loop {
            if stopping.is_cancelled() {
                return Ok(None);
            }
            let page = self.0.credentials.graph().lead_forms(&access.token, &access.page_id, next.as_deref()).await?;
            forms.extend(page.forms.into_iter().map(|form| form.id).filter(|form| told.insert(form.clone())));
            next = page.after;
            if next.as_ref().is_none_or(|cursor| !seen.insert(cursor.clone())) {
                return Ok(Some(forms));
            }
        }
    }

    /// Goes on to the end; whether it got there.
    async fn read(
        &self,
        job: &Job,
        backfill: &mut Backfill,
        access: &Access,
        stopping: &CancellationToken,
    ) -> Result<bool, Halt> {
        let graph = self.0.credentials.graph();
        let forms = match backfill.forms.clone() {
            Some(forms) => forms,
            None => {
                let Some(forms) = self.forms(access, stopping).await? else { return Ok(false) };
                backfill.forms = Some(forms.clone());
                backfills::put_down(&self.0.pool, backfill).await?;
                forms
            }
        };
        let mut seen = BTreeSet::new();
        let since = backfill.since.map(jiff::Timestamp::as_second);
        while let Some(form) = usize::try_from(backfill.forms_read).ok().and_then(|read| forms.get(read)) {
            if stopping.is_cancelled() {
                return Ok(false);
            }
            match graph.leads(&access.token, form, since, backfill.cursor.as_deref()).await {
                Ok(page) => {
                    let told = self.tell(job, backfill.source, page.leads).await?;
                    backfill.leads_read += told.read;
                    backfill.leads_new += told.new;
                    backfill.leads_missed += told.missed + i64::try_from(page.unreadable).unwrap_or(i64::MAX);
                    backfill.cursor = page.after;
                }
                // One that is gone takes nothing from the others.
                Err(CallFailure::Refused(refusal)) if refusal.of_lead() == LeadClass::Gone => {
                    backfill.leads_missed += 1;
                    backfill.cursor = None;
                }
                Err(failure) => return Err(failure.into()),
            }
            // Nor has a form an end whose list leads in a circle: what came until there is all of it.
            if backfill.cursor.as_ref().is_none_or(|cursor| !seen.insert(cursor.clone())) {
                backfill.cursor = None;
                backfill.forms_read += 1;
                seen.clear();
            }
            backfills::put_down(&self.0.pool, backfill).await?;
        }
        Ok(true)
    }

    /// Tells the log of what it does not have.
    async fn tell(&self, job: &Job, source: SourceId, leads: Vec<FormLead>) -> Result<Told, Halt> {
        let asked: Vec<CommandId> = leads.iter().map(|lead| command(job.tenant, &lead.id)).collect();
        let known = self.0.log.known(&asked).await?;
        let is_unknown = |lead: &&FormLead| !lead.is_test() && !known.contains_key(&command(job.tenant, &lead.id));
        let unknown: Vec<&FormLead> = leads.iter().filter(is_unknown).collect();
        // Meta says of each when it was filled in; else it was before now.
        let now = self.0.log.now().await?;
        let mut told = Told { read: i64::try_from(leads.len()).unwrap_or(i64::MAX), new: 0, missed: 0 };
        for some in unknown.chunks(AT_ONCE) {
            let correlation = || format!("job:{}", job.id);
            let submitted = some.iter().map(|lead| submit(&self.0, job.tenant, source, lead, now, correlation()));
            for came_to in join_all(submitted).await {
                match came_to {
                    Submitted::InTheLog { is_new } => told.new += i64::from(is_new),
                    Submitted::Never(_) => told.missed += 1,
                    Submitted::NotNow(reason) => return Err(Halt::Later(reason)),
                }
            }
        }
        Ok(told)
    }
}

/// What a page of leads came to.
struct Told {
    read: i64,
    new: i64,
    missed: i64,
}

impl Work for BackfillLeads {
    fn kind(&self) -> &'static str {
        BACKFILL_LEADS
    }

    fn pace(&self) -> Pace {
        Pace::UNBOUNDED
    }

    fn work(&self, job: Job, stop: CancellationToken) -> BoxFuture<'_, Worked> {
        async move {
            match self.backfill(&job, &stop).await {
                Ok(worked) => worked,
                Err(Halt::Later(reason)) => later(&job, reason),
                Err(Halt::Asked(failure)) => later(&job, failure.to_string()),
            }
        }
        .boxed()
    }
}
