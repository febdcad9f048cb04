//! Making a long log in bulk, for benches: what was decided elsewhere is put into the form of the log, sealed as the
//! executor seals it, and copied by the owner. Nothing is checked on the way; [`verify`](crate::verify) tells whether it
//! became a log.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write;
use std::sync::Arc;

use jiff::Timestamp;
use leadflow_domain::{DataSubject, DataSubjectId, Decide, ReservationChange, StreamId};
use sqlx::{Connection, PgConnection, PgPool};
use thiserror::Error;
use tokio::task::JoinSet;

use crate::executor::compose::{self, NotComposed};
use crate::keys::Whose;
use crate::reservations::stored_scope;
use crate::subject_keys::HeldKey;
use crate::{CommandContext, Keys, SubjectKeyError};

/// Bytes of events that one copy carries. While it is written, the next one is made.
const COPIED_AT_ONCE: usize = 8 << 20;

/// The log could not be filled.
#[derive(Debug, Error)]
pub enum FillError {
    /// The database did not take it.
    #[error("the log can't be filled")]
    Database(#[from] sqlx::Error),
    /// What was to be put there can't be stored.
    #[error("the log can't be filled with this: {0}")]
    Unstorable(String),
}

impl From<NotComposed> for FillError {
    fn from(error: NotComposed) -> Self {
        match error {
            NotComposed::Unstorable(reason) => Self::Unstorable(reason),
            NotComposed::Key(SubjectKeyError::Database(error)) => Self::Database(error),
            NotComposed::Key(error @ SubjectKeyError::Broken(_)) => Self::Unstorable(error.to_string()),
        }
    }
}

/// A log that is being filled. Nobody else may append meanwhile; between [`begin`](Self::begin)s others may, to other
/// streams and about other people.
#[derive(Debug)]
pub struct Filling {
    owner: PgPool,
    keys: Arc<Keys>,
    held: HashMap<DataSubjectId, HeldKey>,
    head: i64,
    rows: Rows,
    /// The copy that is under way.
    copying: JoinSet<Result<(), sqlx::Error>>,
}

/// Rows in COPY's text format.
#[derive(Debug, Default)]
struct Rows {
    events: String,
    subjects: String,
    reservations: String,
}

impl Filling {
    /// Of the log behind `owner`, who may write every table.
    #[must_use]
    pub fn new(owner: PgPool, keys: Arc<Keys>) -> Self {
        Self { owner, keys, held: HashMap::new(), head: 0, rows: Rows::default(), copying: JoinSet::new() }
    }

    /// Goes on after whatever is in the log by now.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin(&mut self) -> Result<(), FillError> {
        self.head = sqlx::query_scalar("select coalesce(max(position), 0) from events").fetch_one(&self.owner).await?;
        Ok(())
    }

    /// The position of the last event that was put.
    #[must_use]
    pub fn head(&self) -> i64 {
        self.head
    }

    /// Puts the events of one command behind version `version` of its stream, as one commit of that time; times never
    /// fall.
    ///
    /// # Errors
    /// [`FillError`].
    pub async fn put<A: Decide>(
        &mut self,
        stream: StreamId,
        version: i64,
        recorded_at: Timestamp,
        context: &CommandContext,
        events: &[A::Event],
    ) -> Result<(), FillError> {
        let subject = match compose::data_subject::<A>(stream, events)? {
            DataSubject::Nobody => None,
            DataSubject::Holds(subject) => Some(subject),
            DataSubject::Erases(_) => return Err(FillError::Unstorable("an erasure is not only an event".to_owned())),
        };
        let tenant = context.tenant;
        let held = match subject {
            None => None,
            Some(subject) => Some(match self.held.entry(subject) {
                Entry::Occupied(known) => &*known.into_mut(),
                Entry::Vacant(place) => {
                    let held = place.insert(HeldKey::generate(&self.keys, Whose { tenant, subject }));
                    self.rows.subject(subject, context, held, recorded_at);
                    held
                }
            }),
        };
        let metadata = compose::metadata(context, subject, None).map_err(compose::unwritable)?;
        let new_events = compose::new_events::<A>(context, events, held)?;
        for (nth, event) in (1..).zip(new_events) {
            self.head += 1;
            let row = &mut self.rows.events;
            // Writing to a String can't fail.
            let _ = write!(row, "{}\t{tenant}\t{}\t{stream}\t{}\t", self.head, A::TYPE, version + nth);
            let _ = write!(row, "{}\t{}\t", event.event_type, event.event_version);
            escaped(row, &event.payload);
            row.push('\t');
            escaped(row, &metadata);
            let _ = match nth {
                1 => writeln!(row, "\t{}\t{}\t{recorded_at}", event.id, context.id),
                _ => writeln!(row, "\t{}\t\\N\t{recorded_at}", event.id),
            };
        }
        for change in events.iter().flat_map(|event| A::reservations(stream, event)) {
            let ReservationChange::Take(taken) = change else {
                return Err(FillError::Unstorable("what is given up is not copied".to_owned()));
            };
            let scope = stored_scope(taken.scope, tenant);
            let _ = write!(self.rows.reservations, "{scope}\t{}\t", taken.kind);
            escaped(&mut self.rows.reservations, &taken.value);
            let _ = writeln!(self.rows.reservations, "\t{tenant}\t{}\t{stream}", A::TYPE);
        }
        if self.rows.events.len() >= COPIED_AT_ONCE { self.copy().await } else { Ok(()) }
    }

    /// Begins to copy what was put, once what was put before is there.
    async fn copy(&mut self) -> Result<(), FillError> {
        self.copied().await?;
        let (owner, rows) = (self.owner.clone(), std::mem::take(&mut self.rows));
        self.copying.spawn(async move {
            let mut connection = owner.acquire().await?;
            let mut tx = connection.begin().await?;
            for (table, columns, rows) in [
                (
                    "events",
                    "position, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, \
                     metadata, event_id, command_id, recorded_at",
                    rows.events,
                ),
                ("data_subjects", "subject_id, tenant_id, generation, wrapped_key, created_at", rows.subjects),
                ("reservations", "scope, kind, value, tenant_id, owner_type, owner_id", rows.reservations),
            ] {
                copy(&mut tx, table, columns, rows).await?;
            }
            tx.commit().await
        });
        Ok(())
    }

    async fn copied(&mut self) -> Result<(), FillError> {
        while let Some(copied) = self.copying.join_next().await {
            copied.map_err(|_stopped| sqlx::Error::WorkerCrashed)??;
        }
        Ok(())
    }

    /// Waits until all that was put is in the log.
    ///
    /// # Errors
    /// [`FillError`].
    pub async fn end(&mut self) -> Result<(), FillError> {
        self.copy().await?;
        self.copied().await
    }
}

impl Rows {
    fn subject(&mut self, subject: DataSubjectId, context: &CommandContext, held: &HeldKey, at: Timestamp) {
        let wrapped = hex::encode(&held.wrapped);
        let _ = writeln!(self.subjects, "{subject}\t{}\t{}\t\\\\x{wrapped}\t{at}", context.tenant, held.generation);
    }
}

async fn copy(rows: &mut PgConnection, table: &str, columns: &str, text: String) -> Result<(), sqlx::Error> {
    let mut into = rows.copy_in_raw(&format!("copy {table} ({columns}) from stdin")).await?;
    into.send(text.into_bytes()).await?;
    into.finish().await?;
    Ok(())
}

/// A value in COPY's text format, where a backslash begins what can't stand for itself.
fn escaped(row: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '\\' => row.push_str("\\\\"),
            '\n' => row.push_str("\\n"),
            '\r' => row.push_str("\\r"),
            '\t' => row.push_str("\\t"),
            other => row.push(other),
        }
    }
}
