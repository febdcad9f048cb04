//! The pass over the events, page by page.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use leadflow_domain::{CommandId, DataSubject, DataSubjectId, Event, ReservationChange};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::Problems;
use crate::reservations::stored_scope;
use crate::{EventStore, PersonalValues, RawEvent, ReadError};

/// Events of a page.
const PAGE: i64 = 2_000;

const UNREADABLE: &str = "unreadable events";

/// A unique fact, and who owns it by the events.
pub(super) type Reservations = HashMap<(Uuid, &'static str, String), Owned>;

/// Who owns a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owned {
    pub(super) tenant: Uuid,
    pub(super) aggregate_type: String,
    pub(super) stream: String,
}

/// What the events come to.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) events: Problems,
    pub(super) reservations: Reservations,
    pub(super) erased: HashSet<DataSubjectId>,
}

#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) events: i64,
    pub(super) commands: i64,
    pub(super) commits: i64,
    pub(super) streams: i64,
}

#[derive(Debug, Default)]
pub(super) struct Pass {
    position: i64,
    recorded_at: Option<Timestamp>,
    command: Option<CommandId>,
    found: Found,
    totals: Totals,
}

/// An event, and the one before it in its stream.
struct Entry {
    raw: RawEvent,
    /// Set on the first event of a command.
    begins_command: Option<CommandId>,
    before: Option<(i64, Uuid)>,
}

impl Pass {
    pub(super) fn position(&self) -> i64 {
        self.position
    }

    pub(super) fn end(self) -> (Found, Totals) {
        (self.found, self.totals)
    }

    /// Checks a page; how many events it had.
    pub(super) async fn page(
        &mut self,
        store: &EventStore,
        connection: &mut PgConnection,
    ) -> Result<usize, sqlx::Error> {
        let sql = format!(
            "select {}, command_id, b.before_position, b.before_tenant \
             from events left join lateral ( \
                 select e.position as before_position, e.tenant_id as before_tenant from events e \
                 where e.aggregate_type = events.aggregate_type and e.aggregate_id = events.aggregate_id \
                   and e.sequence = events.sequence - 1 \
             ) b on true \
             where position > $1 order by position limit $2",
            RawEvent::COLUMNS
        );
        let rows = sqlx::query(&sql).bind(self.position).bind(PAGE).fetch_all(connection).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let before: Option<i64> = row.try_get("before_position")?;
            let tenant: Option<Uuid> = row.try_get("before_tenant")?;
            let begins_command = row.try_get::<Option<Uuid>, _>("command_id")?.map(CommandId::from_uuid);
            entries.push(Entry { raw: RawEvent::from_row(row)?, begins_command, before: before.zip(tenant) });
        }
        for entry in &entries {
            self.place(entry);
        }
        self.read(store, entries.into_iter().map(|entry| entry.raw).collect()).await?;
        Ok(rows.len())
    }

    /// Checks where an event stands.
    fn place(&mut self, entry: &Entry) {
        let Entry { raw, begins_command, before } = entry;
        let problems = &mut self.found.events;
        if raw.position != self.position + 1 {
            let (from, to) = (self.position + 1, raw.position - 1);
            problems.add("positions", || format!("positions {from} to {to} are missing"));
        }
        let stream = || format!("stream {} {}: version {}", raw.aggregate_type, raw.stream, raw.version);
        match before {
            None if raw.version == 1 => self.totals.streams += 1,
            None => problems.add("versions", || format!("{} follows a version that is missing", stream())),
            Some((position, _)) if *position >= raw.position => {
                problems.add("both orders", || format!("{} stands before the version it follows", stream()));
            }
            Some((_, tenant)) if *tenant != raw.tenant.as_uuid() => {
                problems.add("tenants", || format!("{} is another tenant's than the version it follows", stream()));
            }
            Some(_) => {}
        }
        match self.recorded_at {
            Some(last) if raw.recorded_at < last => {
                problems.add("times", || format!("position {} was recorded before the one it follows", raw.position));
            }
            Some(last) if raw.recorded_at == last => {}
            Some(_) | None => self.totals.commits += 1,
        }
        let belongs = match begins_command {
            Some(command) => raw.command == Some(*command),
            None => raw.command.is_some() && raw.command == self.command,
        };
        if !belongs {
            problems.add("commands", || format!("event {} stands apart from its command", raw.position));
        }
        self.command = raw.command;
        self.recorded_at = Some(raw.recorded_at);
        self.position = raw.position;
        self.totals.events += 1;
        self.totals.commands += i64::from(begins_command.is_some());
    }

    /// Checks what the events of a page say.
    async fn read(&mut self, store: &EventStore, page: Vec<RawEvent>) -> Result<(), sqlx::Error> {
        let read = match store.reader().read(page.clone(), PersonalValues::Opened).await {
            Ok(read) => read,
            Err(ReadError::Database(error)) => return Err(error),
            Err(ReadError::Unreadable(_) | ReadError::Key(_)) => return self.read_one_by_one(store, page).await,
        };
        for (raw, recorded) in page.iter().zip(read) {
            self.fold(raw, &recorded.event);
        }
        Ok(())
    }

    async fn read_one_by_one(&mut self, store: &EventStore, page: Vec<RawEvent>) -> Result<(), sqlx::Error> {
        for raw in page {
            match store.reader().read(vec![raw.clone()], PersonalValues::Opened).await {
                Ok(read) => {
                    for recorded in read {
                        self.fold(&raw, &recorded.event);
                    }
                }
                Err(ReadError::Database(error)) => return Err(error),
                Err(ReadError::Unreadable(error)) => {
                    self.found.events.add(UNREADABLE, || error.to_string());
                }
                Err(ReadError::Key(error)) => {
                    self.found.events.add(UNREADABLE, || format!("event {} can't be read: {error}", raw.position));
                }
            }
        }
        Ok(())
    }

    fn fold(&mut self, raw: &RawEvent, event: &Event) {
        for change in event.reservations(raw.stream) {
            let (reservation, taken) = match change {
                ReservationChange::Take(reservation) => (reservation, true),
                ReservationChange::Release(reservation) => (reservation, false),
            };
            let key = (stored_scope(reservation.scope, raw.tenant), reservation.kind, reservation.value);
            let stream = raw.stream.to_string();
            if taken {
                let owned = Owned { tenant: raw.tenant.as_uuid(), aggregate_type: raw.aggregate_type.clone(), stream };
                // Taking what it already owns changes nothing.
                let known = self.found.reservations.entry(key).or_insert_with(|| owned.clone());
                if *known != owned {
                    self.found.events.add("reservations", || {
                        format!("event {} takes what {} {} has", raw.position, known.aggregate_type, known.stream)
                    });
                }
            } else if self.found.reservations.get(&key).is_some_and(|owned| owned.stream == stream) {
                self.found.reservations.remove(&key);
            }
        }
        match event.data_subject(raw.stream) {
            DataSubject::Erases(subject) => {
                self.found.erased.insert(subject);
            }
            DataSubject::Holds(subject) if self.found.erased.contains(&subject) => {
                self.found
                    .events
                    .add("erasures", || format!("event {} is about somebody who was erased", raw.position));
            }
            DataSubject::Holds(subject) if raw.subject != Some(subject) => {
                self.found.events.add("data subjects", || {
                    format!("event {} is about another person than it was sealed for", raw.position)
                });
            }
            DataSubject::Holds(_) | DataSubject::Nobody => {}
        }
    }
}
