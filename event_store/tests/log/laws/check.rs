//! Whether what was observed keeps the laws: V1 to V4 of the promises, and that the log is what the rules make of it.
//!
//! Everything is recomputed from the log by a naive replay. What is wrong comes back as sentences.

use std::collections::{BTreeMap, HashMap, HashSet};

use cqrs_es::Aggregate;
use leadflow_domain::channel::Channel;
use leadflow_domain::contact::Contact;
use leadflow_domain::conversation::Conversation;
use leadflow_domain::{
    CommandId, DataSubject, DataSubjectId, Decide, ERASED_MARK, Event, PERSONAL_MARK, ReservationChange, Scope,
    StreamId,
};
use leadflow_event_store::{RawEvent, testing};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Answer, Told};
use super::plan::{Ask, Command, Step};
use super::run::{Observed, StoredReceipt};
use crate::support::{TENANT, contact};

type Fact = (Uuid, String, String);

/// A stream as its events make it, after each of them.
#[derive(Default)]
struct Stream {
    states: Vec<State>,
    positions: Vec<i64>,
}

#[derive(Clone)]
enum State {
    Conversation(Conversation),
    Contact(Contact),
    Channel(Box<Channel>),
}

/// A command as it stands in the log.
struct Stored<'a> {
    events: &'a [RawEvent],
}

struct Check<'a> {
    observed: &'a Observed,
    streams: HashMap<(String, StreamId), Stream>,
    stored: HashMap<CommandId, Stored<'a>>,
    asked: HashMap<CommandId, Vec<&'a Step>>,
    erased: HashSet<DataSubjectId>,
    wrong: Vec<String>,
}

/// What is wrong with `observed`: nothing, if the log keeps its promises.
pub(crate) fn check(observed: &Observed) -> Vec<String> {
    let mut asked: HashMap<CommandId, Vec<&Step>> = HashMap::new();
    for answer in &observed.answers {
        asked.entry(answer.to.id()).or_default().push(&answer.to);
    }
    let mut check = Check {
        observed,
        streams: HashMap::new(),
        stored: HashMap::new(),
        asked,
        erased: HashSet::new(),
        wrong: Vec::new(),
    };
    check.orders();
    check.commands();
    check.replay();
    check.answers();
    check.receipts();
    check.wrong
}

impl State {
    fn new(kind: &str) -> Self {
        match kind {
            "conversation" => Self::Conversation(Conversation::default()),
            "contact" => Self::Contact(Contact::default()),
            "channel" => Self::Channel(Box::default()),
            other => panic!("no plan has a {other}"),
        }
    }

    fn apply(&mut self, event: Event) {
        match (self, event) {
            (Self::Conversation(state), Event::Conversation(event)) => state.apply(event),
            (Self::Contact(state), Event::Contact(event)) => state.apply(event),
            (Self::Channel(state), Event::Channel(event)) => state.apply(event),
            _ => panic!("an event of another kind of stream"),
        }
    }

    /// The payloads that `ask` comes to; an error for a refusal.
    fn decide(&self, ask: &Ask) -> Result<Vec<Value>, ()> {
        match (self, ask.command()) {
            (Self::Conversation(state), Command::Conversation(command)) => decided(state, command),
            (Self::Contact(state), Command::Contact(command)) => decided(state, command),
            (Self::Channel(state), Command::Channel(command)) => decided(&**state, command),
            _ => panic!("a command to another kind of stream"),
        }
    }
}

impl Stream {
    /// The state at `version`, and where that version's event stands.
    fn at(&self, version: i64) -> Option<(&State, i64)> {
        let version = usize::try_from(version).ok()?;
        let position = if version == 0 { 0 } else { *self.positions.get(version - 1)? };
        Some((self.states.get(version)?, position))
    }
}

fn decided<A: Decide>(state: &A, command: A::Command) -> Result<Vec<Value>, ()> {
    let events = state.decide(command).map_err(drop)?;
    Ok(events.iter().map(|event| serde_json::to_value(event).unwrap()).collect())
}

/// Whether `opened`, as it is read now, is what was decided; what was erased since may have been anything personal.
fn same(opened: &Value, decided: &Value) -> bool {
    match (opened, decided) {
        (Value::String(mark), Value::Object(value)) if mark == ERASED_MARK => value.contains_key(PERSONAL_MARK),
        (Value::Object(opened), Value::Object(decided)) => {
            opened.len() == decided.len()
                && opened.iter().all(|(name, value)| decided.get(name).is_some_and(|decided| same(value, decided)))
        }
        (opened, decided) => opened == decided,
    }
}

impl<'a> Check<'a> {
    fn expect(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(otherwise());
        }
    }

    /// V2, V3 and V4, and that a reader saw just that.
    fn orders(&mut self) {
        let mut versions: HashMap<(&str, StreamId), i64> = HashMap::new();
        for (expected, event) in (1..).zip(&self.observed.log) {
            self.expect(event.position == expected, || format!("position {} is number {expected}", event.position));
            let version = versions.entry((&event.aggregate_type, event.stream)).or_default();
            *version += 1;
            let version = *version;
            self.expect(event.version == version, || {
                format!(
                    "position {}: version {} of {} is its number {version}",
                    event.position, event.version, event.stream
                )
            });
        }
        let log: Vec<_> = self.observed.log.iter().map(|event| (event.position, event.id)).collect();
        let seen: HashSet<_> = self.observed.seen.iter().collect();
        for event in log.iter().filter(|event| !seen.contains(event)) {
            self.wrong.push(format!("the reader missed position {}", event.0));
        }
        self.expect(self.observed.seen.len() <= log.len(), || "the reader saw an event twice".to_owned());
        self.expect(self.observed.seen.is_sorted(), || "the reader saw events out of order".to_owned());
    }

    /// V1: each command's events stand together, once, and somebody asked for them.
    fn commands(&mut self) {
        let starts: Vec<(i64, CommandId)> = self.observed.commands.iter().map(|(at, id)| (*at, *id)).collect();
        for (nth, (start, id)) in starts.iter().enumerate() {
            let end = starts.get(nth + 1).map_or(i64::MAX, |(next, _)| *next);
            let from = self.observed.log.partition_point(|event| event.position < *start);
            let to = self.observed.log.partition_point(|event| event.position < end);
            let events = &self.observed.log[from..to];
            let together = events
                .iter()
                .all(|event| event.command == Some(*id) && (event.stream, event.tenant) == (events[0].stream, TENANT));
            self.expect(together, || format!("the events of {id} do not stand together"));
            self.expect(self.asked.contains_key(id), || format!("nobody asked for {id}"));
            let twice = self.stored.insert(*id, Stored { events }).is_some();
            self.expect(!twice, || format!("{id} is stored twice"));
        }
    }

    /// The log is what the rules make of what was asked, command by command.
    fn replay(&mut self) {
        let mut held: BTreeMap<Fact, StreamId> = BTreeMap::new();
        let mut erasing: HashSet<DataSubjectId> = HashSet::new();
        for event in &self.observed.log {
            let read = event.clone().read().unwrap().event;
            if let Some(id) = self.observed.commands.get(&event.position) {
                self.decision(*id, event, &held);
            }
            match read.data_subject(event.stream) {
                DataSubject::Nobody => {}
                DataSubject::Holds(subject) => self.expect(!erasing.contains(&subject), || {
                    format!("position {} holds values of {subject}, who was erased before", event.position)
                }),
                DataSubject::Erases(subject) => drop(erasing.insert(subject)),
            }
            for change in read.reservations(event.stream) {
                let (reservation, takes) = match change {
                    ReservationChange::Take(reservation) => (reservation, true),
                    ReservationChange::Release(reservation) => (reservation, false),
                };
                let scope = match reservation.scope {
                    Scope::Installation => Uuid::nil(),
                    Scope::Tenant => TENANT.as_uuid(),
                };
                let fact = (scope, reservation.kind.to_owned(), reservation.value);
                let others = held.get(&fact).is_some_and(|holder| *holder != event.stream);
                self.expect(!(takes && others), || format!("position {} takes what another holds", event.position));
                if takes {
                    held.insert(fact, event.stream);
                } else if !others {
                    held.remove(&fact);
                }
            }
            let stream = self.streams.entry((event.aggregate_type.clone(), event.stream)).or_default();
            if stream.states.is_empty() {
                stream.states.push(State::new(&event.aggregate_type));
            }
            let mut state = stream.states[stream.states.len() - 1].clone();
            state.apply(read);
            stream.states.push(state);
            stream.positions.push(event.position);
        }
        let held: Vec<_> =
            held.into_iter().map(|((scope, kind, value), holder)| (scope, kind, value, holder.to_string())).collect();
        self.expect(held == self.observed.reservations, || {
            format!("reservations are {:?}, and by the log {held:?}", self.observed.reservations)
        });
        self.erased = erasing;
    }

    /// A command was decided on the very state it stands on, and what it took for granted was so.
    fn decision(&mut self, id: CommandId, first: &RawEvent, held: &BTreeMap<Fact, StreamId>) {
        let (Some(steps), Some(stored)) = (self.asked.get(&id), self.stored.get(&id)) else { return };
        let new = State::new(&first.aggregate_type);
        let state =
            self.streams.get(&(first.aggregate_type.clone(), first.stream)).and_then(|stream| stream.states.last());
        let state = state.unwrap_or(&new);
        let payloads: Vec<Value> =
            stored.events.iter().map(|event| serde_json::from_str(&event.payload).unwrap()).collect();
        // Under a client's key several requests may have come. Its receipt says which one was granted.
        let receipt = self.observed.receipts.iter().find(|row| row.command_id == id.as_uuid());
        let granted = steps.iter().find(|step| {
            step.request().is_none_or(|request| receipt.is_some_and(|row| is_hash_of(&row.request_hash, &request)))
        });
        let Some(granted) = granted.copied() else {
            self.wrong.push(format!("position {} has no receipt", first.position));
            return;
        };
        let by_the_rules = (granted.what.kind(), granted.what.stream())
            == (first.aggregate_type.as_str(), first.stream)
            && state.decide(&granted.what).is_ok_and(|events| {
                events.len() == payloads.len()
                    && payloads.iter().zip(&events).all(|(opened, decided)| same(opened, decided))
            });
        self.expect(by_the_rules, || {
            format!("position {}: no rule leads from the state there to {payloads:?} by {granted:?}", first.position)
        });
        if let Some(assertion) = granted.what.assertion() {
            let fact = (Uuid::nil(), assertion.reservation.kind.to_owned(), assertion.reservation.value);
            let holder = held.get(&fact).copied();
            self.expect(holder == Some(assertion.holder), || {
                format!("position {}: {fact:?} was held by {holder:?}, not by {}", first.position, assertion.holder)
            });
        }
    }

    /// Everybody was told the truth, and nobody two of them.
    fn answers(&mut self) {
        let mut appended = HashSet::new();
        for Answer { to, told } in &self.observed.answers {
            let id = to.id();
            let last = self.stored.get(&id).and_then(|stored| stored.events.last());
            let truth = match told {
                Told::Appended { position, version } | Told::Before { position, version } => {
                    let once = matches!(told, Told::Before { .. }) || appended.insert(id);
                    once && last.is_some_and(|last| (last.position, last.version) == (*position, *version))
                }
                Told::AlreadySo { position, version } => {
                    let new = State::new(to.what.kind());
                    let stream = self.streams.get(&(to.what.kind().to_owned(), to.what.stream()));
                    let at = match stream {
                        Some(stream) => stream.at(*version),
                        None => (*version == 0).then_some((&new, 0)),
                    };
                    at.is_some_and(|(state, at)| at == *position && state.decide(&to.what) == Ok(vec![]))
                }
                // Under a fact's name only this very fact comes.
                Told::KeyReused => self.asked[&id].iter().any(|other| other.request() != to.request()),
                Told::Refused | Told::Erased | Told::Reserved { .. } | Told::NotHeld => true,
                Told::Unsettled(_) | Told::Wrong(_) => false,
            };
            self.expect(truth, || format!("{told:?} is not the truth about {to:?}, {id}"));
        }
        for (id, stored) in &self.stored {
            let settled = self.observed.answers.iter().any(|answer| {
                answer.to.id() == *id && matches!(answer.told, Told::Appended { .. } | Told::Before { .. })
            });
            if !settled {
                self.wrong.push(format!("position {} was never acknowledged", stored.events[0].position));
            }
        }
    }

    /// Receipts say what the log says, and what everybody was told.
    fn receipts(&mut self) {
        let receipts: HashMap<CommandId, &StoredReceipt> =
            self.observed.receipts.iter().map(|row| (CommandId::from_uuid(row.command_id), row)).collect();
        for (id, row) in &receipts {
            let last = self.stored.get(id).and_then(|stored| stored.events.last());
            let agrees = match row.outcome.as_str() {
                "appended" => last.is_some_and(|last| (last.position, last.version) == (row.position, row.version)),
                _ => last.is_none(),
            };
            self.expect(agrees, || format!("{row:?} is not what the log says"));
        }
        for Answer { to, told } in &self.observed.answers {
            let Some(request) = to.request() else { continue };
            let row = receipts.get(&to.id());
            let mine = row.is_some_and(|row| is_hash_of(&row.request_hash, &request));
            let agrees = match told {
                Told::KeyReused => row.is_some() && !mine,
                Told::Unsettled(_) | Told::Wrong(_) | Told::NotHeld => continue,
                Told::Appended { position, version } | Told::Before { position, version } => {
                    mine && row.is_some_and(|row| {
                        (row.outcome.as_str(), row.position, row.version) == ("appended", *position, *version)
                    })
                }
                Told::AlreadySo { position, version } => {
                    mine && row.is_some_and(|row| {
                        (row.outcome.as_str(), row.position, row.version) == ("unchanged", *position, *version)
                    })
                }
                Told::Refused | Told::Erased => mine && self.refused(row, to),
                Told::Reserved { holder } => {
                    mine && row.is_some_and(|row| {
                        row.outcome == "reserved" && row.holder.as_deref() == Some(&holder.to_string())
                    })
                }
            };
            self.expect(agrees, || format!("{told:?} to {to:?}, and the receipt is {row:?}"));
        }
    }

    /// The rules forbade it where it was decided, or the person was erased.
    fn refused(&self, row: Option<&&StoredReceipt>, step: &Step) -> bool {
        let Some(row) = row.filter(|row| row.outcome == "refused") else { return false };
        let new = State::new(step.what.kind());
        let stream = self.streams.get(&(step.what.kind().to_owned(), step.what.stream()));
        let Some((state, position)) = stream.map_or(Some((&new, 0)), |stream| stream.at(row.version)) else {
            return false;
        };
        let person_erased = matches!(step.what, Ask::Receive { thread, .. }
            if self.erased.contains(&contact(u128::from(thread)).into()));
        position == row.position && (state.decide(&step.what).is_err() || person_erased)
    }
}

/// Whether `stored` is the keyed hash of `request`.
fn is_hash_of(stored: &[u8], request: &str) -> bool {
    format!("RequestHash({stored:?})") == format!("{:?}", testing::keys().request_hash(&[request]))
}
