//! Makes one change of many leads, some at a time. How far it has come is put down after each time, so a process that takes it over goes
//! on there; and a lead that is asked twice is changed once, as its commands are those of this change.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use futures_util::{FutureExt, TryStreamExt};
use leadflow_domain::lead::LeadRefusal;
use leadflow_domain::{CommandId, LeadId, Refusal, RefusalCode};
use leadflow_event_store::{Actor, CommandContext, Done, ExecuteError, LogReader};
use leadflow_projections::leads::{self, LeadField};
use leadflow_projections::{Condition, IdIs, Sight, TenantContext, TenantReads};
use sqlx::PgPool;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::changes::{ChangeState, Counts, LeadChange, LeadChanges, PutDown, Refused};
use crate::auth;
use crate::commands::Commands;
use crate::hand_over::HandOver;
use crate::jobs::{Job, Pace, Work, Worked};

/// The kind of its jobs.
pub const CHANGE_LEADS: &str = "change_leads";

/// Leads that are asked before it is put down how far it has come.
pub(super) const LEADS: usize = 200;

/// Leads that are asked at once: they share the log's commits.
const AT_ONCE: usize = 50;

/// Changes that a process makes at once.
const CHANGES: usize = 2;

/// Before it is tried again that the log or the database did not answer; longer each time.
const FIRST: Duration = Duration::from_secs(1);

/// The longest such pause.
const LONGEST: Duration = Duration::from_secs(60);

/// How often one is tried that does not go on.
const MOST: i32 = 1_000;

/// Changes leads.
pub struct ChangeLeads {
    changes: LeadChanges,
    pool: PgPool,
    log: LogReader,
    reads: TenantReads,
    commands: Arc<Commands>,
    /// Whether all outside work is to wait.
    paused: watch::Receiver<bool>,
    places: Semaphore,
}

/// What a lead came to.
enum Came {
    Changed,
    Unchanged,
    Refused(Refused),
}

impl ChangeLeads {
    /// Makes the `changes` that wait by `commands`, for whom `reads` show the leads, `pool` lets in and `log` says whose they are; not while it is `paused`.
    #[must_use]
    pub fn new(
        changes: LeadChanges,
        pool: PgPool,
        log: LogReader,
        reads: TenantReads,
        commands: Commands,
        paused: watch::Receiver<bool>,
    ) -> Self {
        Self { changes, pool, log, reads, commands: Arc::new(commands), paused, places: Semaphore::new(CHANGES) }
    }

    async fn change(&self, job: &Job, stopping: &CancellationToken) -> Result<Worked, String> {
        let started = self.changes.start(job.subject.as_uuid()).await.map_err(|error| unasked(&error))?;
        let Some((mut change, leads)) = started else { return Ok(Worked::Done) };
        if change.cancelled_at.is_some() {
            return self.end(&change, ChangeState::Cancelled, None).await;
        }
        if job.attempts > MOST {
            return self.failed(&change, "the log did not answer").await;
        }
        let Some(actor) = auth::named(&change.actor) else {
            return self.failed(&change, "whoever asked for it is not known").await;
        };
        for some in leads.chunks(LEADS) {
            if stopping.is_cancelled() || *self.paused.borrow() {
                return Ok(Worked::Again {
                    after: Duration::ZERO,
                    reason: "its process stopped, or is to wait".to_owned(),
                });
            }
            // As she stands now: whoever was put out since, or may do less, changes no more.
            let standing = auth::standing(&self.pool, change.tenant, &actor).await.map_err(|error| unasked(&error))?;
            let Some(standing) = standing.filter(|standing| standing.permissions.contains(change.change.needs()))
            else {
                return self.failed(&change, "whoever asked for it may not do it any more").await;
            };
            let refused = self.some(&mut change, &actor, standing.context, some).await?;
            match self.changes.put_down(&change, &refused).await.map_err(|error| unasked(&error))? {
                PutDown::GoesOn => {}
                PutDown::IsCancelled => return self.end(&change, ChangeState::Cancelled, None).await,
                PutDown::IsAnothers => {
                    return Ok(Worked::Again { after: LONGEST, reason: "another process has it".to_owned() });
                }
            }
        }
        self.end(&change, ChangeState::Done, None).await
    }

    /// Asks some leads, counts what they come to, and tells who said no.
    pub(super) async fn some(
        &self,
        change: &mut LeadChange,
        actor: &Actor,
        viewer: TenantContext,
        leads: &[Uuid],
    ) -> Result<Vec<Refused>, String> {
        let seen = self.seen(viewer, leads).await.map_err(|error| unasked(&error))?;
        let of = &*change;
        let asked = (of.counts.done..).zip(leads.iter().copied()).map(|(nth, lead)| {
            let is_seen = seen.as_ref().is_none_or(|seen| seen.contains(&lead));
            async move {
                match is_seen {
                    true => self.one(of, actor, viewer, nth, lead).await,
                    false => Ok(refused(nth, lead, &LeadRefusal::NotFound)),
                }
            }
        });
        // Boxed: what asks one lead is large.
        let came: Vec<Came> =
            stream::iter(asked.map(FutureExt::boxed).collect::<Vec<_>>()).buffered(AT_ONCE).try_collect().await?;
        let (counts, mut said_no) = (&mut change.counts, Vec::new());
        for came in came {
            let Counts { done, changed, unchanged, refused } = counts;
            *done += 1;
            match came {
                Came::Changed => *changed += 1,
                Came::Unchanged => *unchanged += 1,
                Came::Refused(why) => {
                    *refused += 1;
                    said_no.push(why);
                }
            }
        }
        Ok(said_no)
    }

    /// Which of `leads` whoever asked for it sees; none where she sees everything, and what is not there the log says.
    async fn seen(&self, viewer: TenantContext, leads: &[Uuid]) -> Result<Option<HashSet<Uuid>>, sqlx::Error> {
        if viewer.sight() == Sight::Everything {
            return Ok(None);
        }
        let these = Condition::Is(LeadField::Id(IdIs::In(leads.to_vec())));
        let seen = leads::lead_ids(&self.reads, viewer, &these, leads.len()).await?;
        Ok(Some(seen.into_iter().collect()))
    }

    async fn one(
        &self,
        change: &LeadChange,
        actor: &Actor,
        viewer: TenantContext,
        nth: i32,
        lead: Uuid,
    ) -> Result<Came, String> {
        let (id, tenant) = (LeadId::from_uuid(lead), change.tenant);
        let mut came = Came::Unchanged;
        for (step, command) in change.change.commands().into_iter().enumerate() {
            let name = [change.id.to_string(), lead.to_string(), step.to_string()];
            let command_id = CommandId::derive(tenant, "lead.change", &name.each_ref().map(String::as_str));
            let context = CommandContext::new(tenant, command_id, actor.clone(), format!("change:{}", change.id));
            let receipt = match self.commands.leads.execute(id, command, context.clone()).await {
                Ok(receipt) => receipt,
                Err(error) => return said_no(nth, lead, &error).ok_or_else(|| error.to_string()),
            };
            if let Some(member) = change.change.hands_over_to() {
                let conversations = &self.commands.conversations;
                let hand_over = HandOver { log: &self.log, reads: &self.reads, conversations, viewer };
                hand_over.with(id, member, &context).await.map_err(|error| error.to_string())?;
            }
            // A process that ended before it could put this down made the change.
            if matches!(receipt.done, Done::Appended | Done::Before) {
                came = Came::Changed;
            }
        }
        Ok(came)
    }

    async fn end(&self, change: &LeadChange, state: ChangeState, failure: Option<&str>) -> Result<Worked, String> {
        self.changes.end(change, state, failure).await.map_err(|error| unasked(&error))?;
        Ok(match failure {
            None => Worked::Done,
            Some(reason) => Worked::Failed { reason: reason.to_owned() },
        })
    }

    async fn failed(&self, change: &LeadChange, reason: &str) -> Result<Worked, String> {
        self.end(change, ChangeState::Failed, Some(reason)).await
    }
}

/// What a lead says that does not change, however often it is asked; none where it may be asked again.
fn said_no(nth: i32, lead: Uuid, error: &ExecuteError<LeadRefusal>) -> Option<Came> {
    let otherwise = |code: RefusalCode| {
        Some(Came::Refused(Refused { nth, lead, code: code.as_str().to_owned(), reason: error.to_string() }))
    };
    match error {
        ExecuteError::Refused(refusal) => Some(refused(nth, lead, refusal)),
        // Another business's does not exist.
        ExecuteError::ForeignStream => Some(refused(nth, lead, &LeadRefusal::NotFound)),
        ExecuteError::Erased => otherwise(RefusalCode::Erased),
        ExecuteError::RefusedBefore(_)
        | ExecuteError::Reserved { .. }
        | ExecuteError::AnotherVersion { .. }
        | ExecuteError::KeyReused
        | ExecuteError::Unstorable { .. } => otherwise(RefusalCode::Invalid),
        ExecuteError::NotHeld
        | ExecuteError::Contended
        | ExecuteError::Unavailable { .. }
        | ExecuteError::Unreadable(_)
        | ExecuteError::Stopping(_) => None,
    }
}

fn refused(nth: i32, lead: Uuid, refusal: &LeadRefusal) -> Came {
    let (code, reason) = (refusal.code().as_str().to_owned(), refusal.to_string());
    Came::Refused(Refused { nth, lead, code, reason })
}

/// Without the database's words: they may quote a personal value.
fn unasked(_: &sqlx::Error) -> String {
    "the database can't be asked".to_owned()
}

/// It is tried again, later each time.
fn later(job: &Job, reason: String) -> Worked {
    Worked::later(job, FIRST, LONGEST, reason)
}

impl Work for ChangeLeads {
    fn kind(&self) -> &'static str {
        CHANGE_LEADS
    }

    fn pace(&self) -> Pace {
        Pace::UNBOUNDED
    }

    fn work(&self, job: Job, stop: CancellationToken) -> BoxFuture<'_, Worked> {
        async move {
            let place = tokio::select! {
                place = self.places.acquire() => place,
                () = stop.cancelled() => {
                    return Worked::Again { after: Duration::ZERO, reason: "its process stopped".to_owned() };
                }
            };
            let worked = self.change(&job, &stop).await.unwrap_or_else(|reason| later(&job, reason));
            drop(place);
            worked
        }
        .boxed()
    }
}
