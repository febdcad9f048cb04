//! One call of `append_events`: a group, column by column, as the function takes it.

use std::borrow::Cow;
use std::collections::HashMap;

use leadflow_domain::{DataSubjectId, Reservation, ReservationChange, StreamId, TenantId};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::run::{Commit, Run, State};
use super::{Append, Appended, Decided, RunNumber, Subject};
use crate::RestsOn;
use crate::reservations::stored_scope;

/// Runs on its own, outside any transaction of ours: it is its own commit.
pub(super) async fn append_events(pool: &PgPool, run: &Run, group: &[Append]) -> Result<Vec<Appended>, sqlx::Error> {
    let unheard = Unheard(Some(run));
    let said = call(pool, run.now(), group).await?;
    let run = unheard.heard(said.head, said.disturbed);
    said.rows.iter().map(|row| Appended::from_row(row, run)).collect()
}

/// A call whose end was not heard, by an error or a panic, ends the run.
struct Unheard<'a>(Option<&'a Run>);

impl Unheard<'_> {
    fn heard(mut self, head: Option<Commit>, disturbed: bool) -> RunNumber {
        self.0.take().map_or_else(RunNumber::default, |run| run.go_on(head, disturbed))
    }
}

impl Drop for Unheard<'_> {
    fn drop(&mut self) {
        if let Some(run) = self.0 {
            run.end();
        }
    }
}

/// What the function said.
struct Said {
    rows: Vec<PgRow>,
    head: Option<Commit>,
    /// Somebody else has appended, or not everything came to what was decided.
    disturbed: bool,
}

async fn call(pool: &PgPool, now: State, group: &[Append]) -> Result<Said, sqlx::Error> {
    let columns = Columns::of(now, group)?;
    let Columns { commands: c, events: e, reservations: r, subjects: s } = columns;
    let rows = sqlx::query(
        "select outcome, last_position, version, detail, head, head_at, undisturbed from append_events(\
         $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
         $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, \
         $26, $27, $28, $29, $30, $31, \
         $32, $33, $34, $35, $36, $37)",
    )
    .bind(c.tenant)
    .bind(c.aggregate_type)
    .bind(c.stream)
    .bind(c.expected)
    .bind(c.expected_event)
    .bind(c.command)
    .bind(c.count)
    .bind(c.last_event)
    .bind(c.subject)
    .bind(c.erases)
    .bind(c.request)
    .bind(c.outcome)
    .bind(c.detail)
    .bind(c.follows)
    .bind(c.seen)
    .bind(e.tenant)
    .bind(e.aggregate_type)
    .bind(e.stream)
    .bind(e.sequence)
    .bind(e.command)
    .bind(e.event_type)
    .bind(e.event_version)
    .bind(e.payload)
    .bind(e.metadata)
    .bind(e.id)
    .bind(r.command)
    .bind(r.change)
    .bind(r.scope)
    .bind(r.kind)
    .bind(r.value)
    .bind(r.holder)
    .bind(s.id)
    .bind(s.tenant)
    .bind(s.generation)
    .bind(s.wrapped_key)
    .bind(now.head.map(|head| head.position))
    .bind(now.head.map(|head| head.recorded_at))
    .fetch_all(pool)
    .await?;
    if rows.len() != group.len() {
        return Err(sqlx::Error::Protocol(format!(
            "append_events answered {} of {} commands",
            rows.len(),
            group.len()
        )));
    }
    let (mut head, mut disturbed) = (None, false);
    for row in &rows {
        // The last row has the last word.
        let position = row.try_get("head")?;
        let recorded_at: Option<jiff_sqlx::Timestamp> = row.try_get("head_at")?;
        head = recorded_at.map(|recorded_at| Commit { position, recorded_at });
        let as_decided = matches!(row.try_get("outcome")?, "appended" | "unchanged" | "refused");
        disturbed |= !row.try_get::<bool, _>("undisturbed")? || !as_decided;
    }
    Ok(Said { rows, head, disturbed })
}

#[derive(Default)]
struct Columns<'a> {
    commands: Commands<'a>,
    events: Events<'a>,
    reservations: Reservations<'a>,
    subjects: Subjects<'a>,
}

#[derive(Default)]
struct Commands<'a> {
    tenant: Vec<Uuid>,
    aggregate_type: Vec<&'static str>,
    stream: Vec<String>,
    expected: Vec<i64>,
    expected_event: Vec<Uuid>,
    command: Vec<Uuid>,
    count: Vec<i32>,
    last_event: Vec<Uuid>,
    subject: Vec<i32>,
    erases: Vec<bool>,
    request: Vec<Option<&'a [u8]>>,
    outcome: Vec<Option<&'static str>>,
    detail: Vec<Option<String>>,
    follows: Vec<i32>,
    seen: Vec<bool>,
    /// The newest command on each stream so far.
    newest: HashMap<(&'static str, StreamId), i32>,
}

#[derive(Default)]
struct Events<'a> {
    tenant: Vec<Uuid>,
    aggregate_type: Vec<&'static str>,
    stream: Vec<String>,
    sequence: Vec<i64>,
    command: Vec<Option<Uuid>>,
    event_type: Vec<&'a str>,
    event_version: Vec<&'a str>,
    payload: Vec<&'a str>,
    metadata: Vec<&'a str>,
    id: Vec<Uuid>,
}

#[derive(Default)]
struct Reservations<'a> {
    command: Vec<i32>,
    change: Vec<&'static str>,
    scope: Vec<Uuid>,
    kind: Vec<&'static str>,
    value: Vec<Cow<'a, str>>,
    holder: Vec<Option<String>>,
}

/// Whose key, as it is to be stored, and whether it is to be destroyed.
type Place<'a> = (TenantId, DataSubjectId, Option<&'a [u8]>, bool);

#[derive(Default)]
struct Subjects<'a> {
    /// Each with its place, counted from 1, by its key: two commands of a tenant with one key are one entry. Of two
    /// tenants they are two, for a key is one tenant's.
    places: HashMap<Place<'a>, i32>,
    id: Vec<Uuid>,
    tenant: Vec<Uuid>,
    generation: Vec<i32>,
    wrapped_key: Vec<Option<&'a [u8]>>,
}

impl<'a> Columns<'a> {
    fn of(now: State, group: &'a [Append]) -> Result<Self, sqlx::Error> {
        let mut columns = Self::default();
        for (nth, append) in (1..).zip(group) {
            columns.commands.seen.push(append.seen == now.number);
            columns.put(nth, append).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        }
        Ok(columns)
    }

    fn put(&mut self, nth: i32, append: &'a Append) -> Result<(), serde_json::Error> {
        let stream = append.stream.to_string();
        self.events.put(append, &stream);
        for change in &append.reservations {
            let (change, reservation) = match change {
                ReservationChange::Take(reservation) => ("take", reservation),
                ReservationChange::Release(reservation) => ("release", reservation),
            };
            self.reservations.put(nth, append, change, reservation, None);
        }
        for assertion in &append.assertions {
            self.reservations.put(nth, append, "assert", &assertion.reservation, Some(assertion.holder.to_string()));
        }
        if let Some(rests_on) = &append.rests_on {
            self.reservations.rest(nth, append.tenant, rests_on);
        }
        let (subject, erases) = self.subjects.put(append);
        let (outcome, detail) = match &append.what {
            Decided::Events(_) => (None, None),
            Decided::Unchanged => (Some("unchanged"), None),
            Decided::Refused(refusal) => (Some("refused"), Some(serde_json::to_string(refusal)?)),
        };
        let commands = &mut self.commands;
        commands.tenant.push(append.tenant.as_uuid());
        commands.aggregate_type.push(append.aggregate_type);
        commands.stream.push(stream);
        commands.expected.push(append.expected_version);
        commands.expected_event.push(append.expected_event.as_uuid());
        commands.command.push(append.command.as_uuid());
        commands.count.push(i32::try_from(append.events().len()).unwrap_or(i32::MAX));
        commands.last_event.push(append.last_event().as_uuid());
        commands.subject.push(subject);
        commands.erases.push(erases);
        commands.request.push(append.request.as_ref().map(crate::keys::RequestHash::as_bytes));
        commands.outcome.push(outcome);
        commands.detail.push(detail);
        let before = commands.newest.insert((append.aggregate_type, append.stream), nth);
        commands.follows.push(before.unwrap_or(0));
        Ok(())
    }
}

impl<'a> Events<'a> {
    fn put(&mut self, append: &'a Append, stream: &str) {
        for (nth, event) in (1..).zip(append.events()) {
            self.tenant.push(append.tenant.as_uuid());
            self.aggregate_type.push(append.aggregate_type);
            self.stream.push(stream.to_owned());
            self.sequence.push(append.expected_version + nth);
            self.command.push((nth == 1).then_some(append.command.as_uuid()));
            self.event_type.push(&event.event_type);
            self.event_version.push(&event.event_version);
            self.payload.push(&event.payload);
            self.metadata.push(&append.metadata);
            self.id.push(event.id.as_uuid());
        }
    }
}

impl<'a> Reservations<'a> {
    fn put(
        &mut self,
        command: i32,
        append: &Append,
        change: &'static str,
        reservation: &'a Reservation,
        holder: Option<String>,
    ) {
        self.command.push(command);
        self.change.push(change);
        self.scope.push(stored_scope(reservation.scope, append.tenant));
        self.kind.push(reservation.kind);
        self.value.push(Cow::Borrowed(&reservation.value));
        self.holder.push(holder);
    }

    /// Where another stream must stand: no reservation, and checked beside them.
    fn rest(&mut self, command: i32, tenant: TenantId, rests_on: &RestsOn) {
        self.command.push(command);
        self.change.push("stands");
        self.scope.push(tenant.as_uuid());
        self.kind.push(rests_on.aggregate_type);
        self.value.push(Cow::Owned(rests_on.stream.to_string()));
        self.holder.push(Some(rests_on.version.to_string()));
    }
}

impl<'a> Subjects<'a> {
    /// The place of the command's person, 0 for nobody, and whether she is erased.
    fn put(&mut self, append: &'a Append) -> (i32, bool) {
        let (subject, generation, to_store, erases) = match &append.subject {
            None => return (0, false),
            Some(Subject::Sealed(subject, held)) => (*subject, held.generation, held.to_store(), false),
            // What generation her key has is all the same to its end.
            Some(Subject::Erases(subject)) => (*subject, 0, None, true),
        };
        let next = i32::try_from(self.id.len()).unwrap_or(i32::MAX).saturating_add(1);
        let place = *self.places.entry((append.tenant, subject, to_store, erases)).or_insert(next);
        if place == next {
            self.id.push(subject.as_uuid());
            self.tenant.push(append.tenant.as_uuid());
            self.generation.push(generation);
            self.wrapped_key.push(to_store);
        }
        (place, erases)
    }
}
