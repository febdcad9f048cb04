//! The appender: one task per process that carries whatever waits to the log in one call, one round trip and one
//! commit.

mod call;
mod outcome;
mod receipt;
mod run;

pub use outcome::StoredRefusal;
pub(crate) use outcome::{Appended, Before, ERASED, another_version};
pub(crate) use receipt::Kept;
pub(crate) use run::RunNumber;

use std::sync::Arc;
use std::time::Duration;

use leadflow_domain::{Assertion, CommandId, DataSubjectId, EventId, ReservationChange, StreamId, TenantId};
use sqlx::PgPool;
use tokio::sync::{oneshot, watch};

use self::run::Run;
use crate::keys::RequestHash;
use crate::subject_keys::HeldKey;
use crate::{Closed, GroupCommit, RestsOn};

/// Commands that one call carries at most. Past this, latency grows and throughput doesn't.
const MOST_IN_A_GROUP: usize = 256;

/// How often a call is tried while the connection fails, with pauses of 1.5 s in all. Commands carry their ids, so
/// whether the lost call was committed settles itself: it then answers that it was there before.
const ATTEMPTS: u32 = 6;

/// What one command appends, and what it takes for granted.
#[derive(Debug, Clone)]
pub(crate) struct Append {
    pub(crate) tenant: TenantId,
    pub(crate) aggregate_type: &'static str,
    pub(crate) stream: StreamId,
    /// The version it was decided on.
    pub(crate) expected_version: i64,
    /// The event that version ends with. A version alone could be another process's by now.
    pub(crate) expected_event: EventId,
    pub(crate) command: CommandId,
    pub(crate) metadata: String,
    pub(crate) what: Decided,
    pub(crate) reservations: Vec<ReservationChange>,
    pub(crate) assertions: Vec<Assertion>,
    /// Where another stream must stand.
    pub(crate) rests_on: Option<RestsOn>,
    /// The person whose values its events hold, or whom they erase.
    pub(crate) subject: Option<Subject>,
    /// Set when a receipt is to be kept.
    pub(crate) request: Option<RequestHash>,
    /// The run in which the stream was seen where it was decided.
    pub(crate) seen: RunNumber,
}

/// What was decided.
#[derive(Debug, Clone)]
pub(crate) enum Decided {
    /// Something happened: at least one event.
    Events(Vec<NewEvent>),
    /// It is already so.
    Unchanged,
    /// The rules forbid it.
    Refused(StoredRefusal),
}

/// An event on its way to the log.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    pub(crate) id: EventId,
    pub(crate) event_type: String,
    pub(crate) event_version: String,
    pub(crate) payload: String,
}

/// What an append has to do with a person.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// Its values are sealed with her key.
    Sealed(DataSubjectId, Arc<HeldKey>),
    /// It ends her key.
    Erases(DataSubjectId),
}

impl Subject {
    /// Whose values it is about.
    pub(crate) fn whose(&self) -> DataSubjectId {
        match self {
            Self::Sealed(subject, _) | Self::Erases(subject) => *subject,
        }
    }
}

impl Append {
    fn events(&self) -> &[NewEvent] {
        match &self.what {
            Decided::Events(events) => events,
            Decided::Unchanged | Decided::Refused(_) => &[],
        }
    }

    /// The stream's newest event once it is in the log.
    pub(crate) fn last_event(&self) -> EventId {
        self.events().last().map_or(self.expected_event, |event| event.id)
    }
}

/// The way into the log. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Appender {
    queue: GroupCommit<Append, Appended>,
    head: watch::Receiver<i64>,
    run: Arc<Run>,
}

impl Appender {
    /// Starts the appending task on `pool`; it ends when the last clone is dropped.
    ///
    /// # Panics
    /// When the operating system gives no thread for it.
    pub(crate) fn start(pool: PgPool) -> Self {
        let (told, head) = watch::channel(0);
        let told = Arc::new(told);
        let run = Arc::new(Run::default());
        let running = Arc::clone(&run);
        let (queue, appending) = GroupCommit::new(MOST_IN_A_GROUP, move |group| {
            let (pool, told, run) = (pool.clone(), Arc::clone(&told), Arc::clone(&running));
            async move {
                let results = append_group(&pool, &run, group).await;
                let newest = results.iter().filter_map(Appended::appended_position).max();
                if let Some(newest) = newest {
                    told.send_replace(newest);
                }
                results
            }
        });
        on_a_thread_of_its_own(appending);
        Self { queue, head, run }
    }

    /// Wakes whoever follows the log, when this process has appended. A hint: others append too.
    pub(crate) fn head(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    /// The run of this moment: whoever looks at a stream takes it down before looking.
    pub(crate) fn run(&self) -> RunNumber {
        self.run.number()
    }

    pub(crate) async fn enqueue(&self, append: Append) -> Result<oneshot::Receiver<Appended>, Closed> {
        self.queue.enqueue(append).await
    }
}

/// Among the tasks of a busy runtime the log's answer would wait its turn while the log is idle: a runtime looks at its
/// sockets once in dozens of tasks.
#[expect(clippy::expect_used, reason = "as of any runtime's start: without a thread there is no process to serve with")]
fn on_a_thread_of_its_own(appending: impl Future<Output = ()> + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let thread = std::thread::Builder::new().name("log-append".to_owned());
    thread.spawn(move || runtime.block_on(appending)).expect("a thread");
}

async fn append_group(pool: &PgPool, run: &Run, group: Vec<Append>) -> Vec<Appended> {
    match append_with_retries(pool, run, &group).await {
        Ok(results) => results,
        Err(error) if is_about_data(&error) && group.len() > 1 => {
            // One of them carries what the database refuses: each goes on its own, so that only that one fails.
            let mut results = Vec::with_capacity(group.len());
            for append in &group {
                results.push(match append_with_retries(pool, run, std::slice::from_ref(append)).await {
                    Ok(mut one) => one.remove(0),
                    Err(error) => failed(&error),
                });
            }
            results
        }
        Err(error) => group.iter().map(|_| failed(&error)).collect(),
    }
}

fn failed(error: &sqlx::Error) -> Appended {
    // Without the database's words: they may quote a personal value.
    let reason = match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
        Some(code) => format!("SQLSTATE {code}"),
        None => error.to_string(),
    };
    if is_about_data(error) { Appended::Unstorable { reason } } else { Appended::Unavailable { reason } }
}

/// Whether the database answered, and what it refuses is the data (SQLSTATE classes 22, 23 and 54) rather than the hour.
fn is_about_data(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code().map(|code| ["22", "23", "54"].iter().any(|class| code.starts_with(class))))
        .unwrap_or(false)
}

async fn append_with_retries(pool: &PgPool, run: &Run, group: &[Append]) -> Result<Vec<Appended>, sqlx::Error> {
    let mut attempt = 1;
    loop {
        match call::append_events(pool, run, group).await {
            Ok(results) => return Ok(results),
            Err(error) if is_about_data(&error) || attempt == ATTEMPTS => return Err(error),
            Err(error) => {
                tracing::warn!(
                    error = %error,
                    attempt,
                    commands = group.len(),
                    "log.append: the call failed and is repeated"
                );
                tokio::time::sleep(Duration::from_millis(25) * 2_u32.pow(attempt)).await;
                attempt += 1;
            }
        }
    }
}
