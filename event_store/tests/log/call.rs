//! `append_events` called with our own hands, to say what the executor would not.

use sqlx::{PgPool, Row};
use uuid::Uuid;

use crate::support::TENANT;

/// One command as the function takes it. Its stream is a conversation unless said otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) tenant: Uuid,
    pub(crate) kind: &'static str,
    pub(crate) stream: u128,
    pub(crate) expected: i64,
    pub(crate) expected_event: Uuid,
    pub(crate) id: u128,
    pub(crate) events: i32,
    pub(crate) changes: Vec<Change>,
    pub(crate) subject: Option<Subject>,
    pub(crate) request: Option<Vec<u8>>,
    pub(crate) outcome: Option<&'static str>,
}

/// What reservations of tests are of.
const RESERVED: &str = "test";

/// A change of a reservation, of a made-up kind and for the whole installation; or where another stream must stand.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) what: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    pub(crate) holder: Option<String>,
}

/// What a command has to do with a person.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) id: u128,
    pub(crate) generation: i32,
    pub(crate) made_here: Option<Vec<u8>>,
    pub(crate) erases: bool,
}

/// What the function said to one command: outcome, position, version.
pub(crate) type Said = (String, Option<i64>, Option<i64>);

/// What it says of what is in the log now.
pub(crate) fn appended(position: i64, version: i64) -> Said {
    said("appended", position, version)
}

pub(crate) fn said(outcome: &str, position: i64, version: i64) -> Said {
    (outcome.to_owned(), Some(position), Some(version))
}

impl Command {
    /// Command `id`, decided on a stream where nothing ever happened: `events` happen.
    pub(crate) fn new(id: u128, stream: u128, events: i32) -> Self {
        Self {
            tenant: TENANT.as_uuid(),
            kind: "conversation",
            stream,
            expected: 0,
            expected_event: Uuid::nil(),
            id,
            events,
            changes: Vec::new(),
            subject: None,
            request: None,
            outcome: None,
        }
    }

    /// Decided on what `other` leaves.
    pub(crate) fn after(self, other: &Self) -> Self {
        Self { expected: other.expected + i64::from(other.events), expected_event: other.last_event(), ..self }
    }

    pub(crate) fn changing(mut self, what: &'static str, value: &str) -> Self {
        self.changes.push(Change { what, kind: RESERVED, value: value.to_owned(), holder: None });
        self
    }

    pub(crate) fn asserting(mut self, value: &str, holder: u128) -> Self {
        let holder = Some(Uuid::from_u128(holder).to_string());
        self.changes.push(Change { what: "assert", kind: RESERVED, value: value.to_owned(), holder });
        self
    }

    /// It rests on another conversation's being at this version.
    pub(crate) fn resting_on(mut self, stream: u128, version: i64) -> Self {
        let (value, holder) = (Uuid::from_u128(stream).to_string(), Some(version.to_string()));
        self.changes.push(Change { what: "stands", kind: "conversation", value, holder });
        self
    }

    pub(crate) fn about(self, subject: Subject) -> Self {
        Self { subject: Some(subject), ..self }
    }

    pub(crate) fn asked(self, request: &str) -> Self {
        Self { request: Some(request.as_bytes().to_vec()), ..self }
    }

    /// Came to no event.
    pub(crate) fn coming_to(self, outcome: &'static str) -> Self {
        Self { outcome: Some(outcome), events: 0, ..self }
    }

    /// The id of its event number `nth`, from 1.
    fn event(&self, nth: i32) -> Uuid {
        Uuid::from_u128(self.id << 32 | u128::from(nth.unsigned_abs()))
    }

    fn last_event(&self) -> Uuid {
        if self.events == 0 { self.expected_event } else { self.event(self.events) }
    }

    fn stream(&self) -> String {
        Uuid::from_u128(self.stream).to_string()
    }
}

/// One call: one group, one commit. Its caller has seen nothing.
pub(crate) async fn append(pool: &PgPool, group: &[Command]) -> Vec<Said> {
    append_knowing(pool, group, None).await
}

/// One call of a caller who says that it has seen every stream, as of the commit at a position. The moment it names is
/// off by so many microseconds.
pub(crate) async fn append_knowing(pool: &PgPool, group: &[Command], known: Option<(i64, i32)>) -> Vec<Said> {
    let each = |of: fn(&Command) -> Uuid| group.iter().map(of).collect::<Vec<_>>();
    let events: Vec<(&Command, i32)> =
        group.iter().flat_map(|command| (1..=command.events).map(move |nth| (command, nth))).collect();
    let changes: Vec<(i32, &Change)> =
        (1..).zip(group).flat_map(|(nth, command)| command.changes.iter().map(move |change| (nth, change))).collect();
    let subjects: Vec<(&Command, &Subject)> =
        group.iter().filter_map(|command| Some((command, command.subject.as_ref()?))).collect();
    let mut place = 0;
    let places: Vec<i32> = group
        .iter()
        .map(|command| {
            place += i32::from(command.subject.is_some());
            if command.subject.is_some() { place } else { 0 }
        })
        .collect();
    let follows: Vec<i32> = (0..group.len())
        .map(|nth| {
            let same = |other: &Command| (other.kind, other.stream) == (group[nth].kind, group[nth].stream);
            group[..nth].iter().rposition(same).map_or(0, |before| i32::try_from(before + 1).unwrap())
        })
        .collect();
    let rows = sqlx::query(
        "select outcome, last_position, version from append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
         $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, \
         $36, (select recorded_at + make_interval(secs => $37 / 1e6) from events where position = $36))",
    )
    .bind(each(|command| command.tenant))
    .bind(group.iter().map(|command| command.kind).collect::<Vec<_>>())
    .bind(group.iter().map(Command::stream).collect::<Vec<_>>())
    .bind(group.iter().map(|command| command.expected).collect::<Vec<_>>())
    .bind(each(|command| command.expected_event))
    .bind(each(|command| Uuid::from_u128(command.id)))
    .bind(group.iter().map(|command| command.events).collect::<Vec<_>>())
    .bind(each(Command::last_event))
    .bind(places)
    .bind(
        group.iter().map(|command| command.subject.as_ref().is_some_and(|subject| subject.erases)).collect::<Vec<_>>(),
    )
    .bind(group.iter().map(|command| command.request.clone()).collect::<Vec<_>>())
    .bind(group.iter().map(|command| command.outcome).collect::<Vec<_>>())
    .bind(group.iter().map(|_| None::<String>).collect::<Vec<_>>())
    .bind(follows)
    .bind(group.iter().map(|_| known.is_some()).collect::<Vec<_>>())
    .bind(events.iter().map(|(command, _)| command.tenant).collect::<Vec<_>>())
    .bind(events.iter().map(|(command, _)| command.kind).collect::<Vec<_>>())
    .bind(events.iter().map(|(command, _)| command.stream()).collect::<Vec<_>>())
    .bind(events.iter().map(|(command, nth)| command.expected + i64::from(*nth)).collect::<Vec<_>>())
    .bind(events.iter().map(|(command, nth)| (*nth == 1).then(|| Uuid::from_u128(command.id))).collect::<Vec<_>>())
    .bind(events.iter().map(|_| "conversation.read").collect::<Vec<_>>())
    .bind(events.iter().map(|_| "1").collect::<Vec<_>>())
    .bind(events.iter().map(|_| r#"{"conversation.read": {}}"#).collect::<Vec<_>>())
    .bind(
        events
            .iter()
            .map(|(command, _)| format!(r#"{{"command": "{}"}}"#, Uuid::from_u128(command.id)))
            .collect::<Vec<_>>(),
    )
    .bind(events.iter().map(|(command, nth)| command.event(*nth)).collect::<Vec<_>>())
    .bind(changes.iter().map(|(nth, _)| *nth).collect::<Vec<_>>())
    .bind(changes.iter().map(|(_, change)| change.what).collect::<Vec<_>>())
    .bind(changes.iter().map(|_| Uuid::nil()).collect::<Vec<_>>())
    .bind(changes.iter().map(|(_, change)| change.kind).collect::<Vec<_>>())
    .bind(changes.iter().map(|(_, change)| change.value.as_str()).collect::<Vec<_>>())
    .bind(changes.iter().map(|(_, change)| change.holder.clone()).collect::<Vec<_>>())
    .bind(subjects.iter().map(|(_, subject)| Uuid::from_u128(subject.id)).collect::<Vec<_>>())
    .bind(subjects.iter().map(|(command, _)| command.tenant).collect::<Vec<_>>())
    .bind(subjects.iter().map(|(_, subject)| subject.generation).collect::<Vec<_>>())
    .bind(subjects.iter().map(|(_, subject)| subject.made_here.clone()).collect::<Vec<_>>())
    .bind(known.map(|(position, _)| position))
    .bind(known.map(|(_, microseconds)| f64::from(microseconds)))
    .fetch_all(pool)
    .await
    .unwrap();
    rows.iter().map(|row| (row.get("outcome"), row.get("last_position"), row.get("version"))).collect()
}
