//! Reads a file that was taken in, and tells the log of its rows, some at a time. How far it has come is put down after each time, so
//! a process that takes it over goes on there; and a row that is told twice is once.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use leadflow_event_store::{LogReader, entropy};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::batches::Batches;
use super::files::Files;
use super::imports::{Import, ImportState, PutDown};
use super::tell::{Seen, Teller};
use super::untold::unasked;
use crate::commands::Commands;
use crate::jobs::{Job, Pace, Work, Worked};

/// The kind of its jobs.
pub const IMPORT_LEADS: &str = "import_leads";

/// Files that a process reads at once: each fills what there is of processors and of the log.
const AT_ONCE: usize = 2;

/// Before it is tried again that the log or the database did not answer; longer each time.
const FIRST: Duration = Duration::from_secs(1);

/// The longest such pause.
const LONGEST: Duration = Duration::from_secs(60);

/// Before a file is looked at again for which there was no place.
const UNTIL_A_PLACE: Duration = Duration::from_secs(2);

/// How often one is begun that does not come to its end.
const MOST: i32 = 1_000;

/// Reads files.
pub struct ImportLeads {
    files: Arc<Files>,
    teller: Teller,
    /// Whether all outside work is to wait.
    paused: watch::Receiver<bool>,
    pub(super) places: Semaphore,
}

impl ImportLeads {
    /// Reads what is in `files`, and tells the log by `commands` what that does not have, by `log`; not while it is `paused`.
    #[must_use]
    pub fn new(files: Arc<Files>, log: LogReader, commands: Commands, paused: watch::Receiver<bool>) -> Self {
        let teller = Teller { pool: files.pool.clone(), log, commands, keys: Arc::clone(&files.keys) };
        Self { files, teller, paused, places: Semaphore::new(AT_ONCE) }
    }

    async fn import(&self, job: &Job, stopping: &CancellationToken) -> Result<Worked, String> {
        let id = job.subject.as_uuid();
        let Some(mut import) = self.files.start(id).await.map_err(|error| unasked(&error))? else {
            return Ok(Worked::Done);
        };
        if import.cancelled_at.is_some() {
            return self.end(&import, ImportState::Cancelled, None).await;
        }
        if import.turns > MOST {
            return self.failed(&import, "the log did not answer").await;
        }
        let (Some(about), Some(actor)) = (import.about.clone(), import.actor()) else {
            return self.failed(&import, "its retention has ended").await;
        };
        let from = (import.rows_passed, import.read_to, import.text_bytes);
        let batches = Batches::open(&self.files, id, about.layout.delimiter, from).await;
        let Ok(mut batches) = batches.map_err(|error| unasked(&error))? else {
            return self.failed(&import, "its retention has ended").await;
        };
        let mut seen = Seen::new();
        // Whoever began it before may have told of these.
        let mut may_be_told = import.turns > 1;
        let mut next = batches.some().await.map_err(|error| unasked(&error))?;
        loop {
            if stopping.is_cancelled() || *self.paused.borrow() {
                return Ok(Worked::Again {
                    after: Duration::ZERO,
                    reason: "its process stopped, or is to wait".to_owned(),
                });
            }
            let batch = match next {
                Ok(Some(batch)) => batch,
                Ok(None) => return self.end(&import, ImportState::Done, None).await,
                Err(_) => return self.failed(&import, "its retention has ended").await,
            };
            // While some rows are told, the next are read.
            let told = self.teller.tell(&import, &about, &actor, &batch.records, may_be_told, &mut seen);
            let (told, read) = tokio::join!(Box::pin(told), batches.some());
            let told = told?;
            next = read.map_err(|error| unasked(&error))?;
            may_be_told = false;
            import.read_to = batch.read_to;
            import.rows_passed = batch.rows_passed;
            import.told_to = import.told_to.max(told.told_to);
            import.counts.add(told.counts);
            match self.files.put_down(&import, &told.errors).await.map_err(|error| unasked(&error))? {
                PutDown::GoesOn => {}
                PutDown::IsCancelled => return self.end(&import, ImportState::Cancelled, None).await,
                PutDown::IsAnothers => {
                    return Ok(Worked::Again { after: LONGEST, reason: "another process has it".to_owned() });
                }
            }
        }
    }

    async fn end(&self, import: &Import, state: ImportState, failure: Option<&str>) -> Result<Worked, String> {
        self.files.end(import, state, failure).await.map_err(|error| unasked(&error))?;
        Ok(match failure {
            None => Worked::Done,
            Some(reason) => Worked::Failed { reason: reason.to_owned() },
        })
    }

    async fn failed(&self, import: &Import, reason: &str) -> Result<Worked, String> {
        self.end(import, ImportState::Failed, Some(reason)).await
    }
}

/// It is tried again, later each time.
fn later(job: &Job, reason: String) -> Worked {
    Worked::later(job, FIRST, LONGEST, reason)
}

impl Work for ImportLeads {
    fn kind(&self) -> &'static str {
        IMPORT_LEADS
    }

    fn pace(&self) -> Pace {
        Pace::UNBOUNDED
    }

    fn work(&self, job: Job, stop: CancellationToken) -> BoxFuture<'_, Worked> {
        async move {
            // Whoever waited here would keep the file from a process that has a place.
            let Ok(place) = self.places.try_acquire() else {
                return Worked::Again {
                    after: UNTIL_A_PLACE + entropy::jitter(UNTIL_A_PLACE / 2),
                    reason: "its process reads others".to_owned(),
                };
            };
            let worked = self.import(&job, &stop).await.unwrap_or_else(|reason| later(&job, reason));
            drop(place);
            worked
        }
        .boxed()
    }
}
