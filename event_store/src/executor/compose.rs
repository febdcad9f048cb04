//! From decided events to what the log is given: serialised, sealed, with their reservations and metadata.

use cqrs_es::{Aggregate, DomainEvent};
use leadflow_domain::{DataSubject, DataSubjectId, Decide, ReservationChange, StreamId};

use super::CommandContext;
use super::answer::IfItStands;
use crate::append::{Append, Decided, NewEvent, StoredRefusal, Subject};
use crate::reader::Loaded;
use crate::sealing::{self, Place};
use crate::subject_keys::{HeldKey, KeyState, SubjectKeyError, SubjectKeys};
use crate::{Metadata, entropy, source};

/// Why a command can't be composed.
pub(crate) enum NotComposed {
    /// What it says can't be stored.
    Unstorable(String),
    /// The person's key can't be had.
    Key(SubjectKeyError),
}

/// What is sent to the log, and what the caller is told if it stands.
pub(crate) struct Composed<R> {
    pub(crate) append: Append,
    pub(super) told: IfItStands<R>,
}

pub(crate) async fn compose<A: Decide>(
    keys: &SubjectKeys,
    stream: StreamId,
    stands_on: &Loaded<A>,
    context: &CommandContext,
    decided: &Result<Vec<A::Event>, A::Error>,
) -> Result<Composed<A::Error>, NotComposed>
where
    A::Error: Clone,
{
    let mut append = Append {
        tenant: context.tenant,
        aggregate_type: A::TYPE,
        stream,
        expected_version: stands_on.version,
        expected_event: stands_on.event,
        command: context.id,
        metadata: String::new(),
        what: Decided::Unchanged,
        reservations: Vec::new(),
        assertions: context.assertions.clone(),
        rests_on: context.rests_on,
        subject: None,
        request: context.request,
        seen: stands_on.seen,
    };
    if let Some(expected) = another_expected(context, stands_on, decided) {
        append.what = Decided::Refused(StoredRefusal::another_version(stands_on.version, expected));
        return Ok(Composed { append, told: IfItStands::AnotherVersion { expected } });
    }
    let told = match decided {
        Err(refusal) => {
            append.what = Decided::Refused(StoredRefusal::of(refusal));
            IfItStands::Refused(refusal.clone())
        }
        Ok(events) if events.is_empty() => IfItStands::AlreadySo,
        Ok(events) => {
            append.subject = match data_subject::<A>(stream, events)? {
                DataSubject::Nobody => None,
                DataSubject::Erases(subject) => Some(Subject::Erases(subject)),
                DataSubject::Holds(subject) => {
                    match keys.of(context.tenant, subject).await.map_err(NotComposed::Key)? {
                        KeyState::Held(held) => Some(Subject::Sealed(subject, held)),
                        // Nothing can be sealed for her, now or later. What the log already has of this command still
                        // counts.
                        KeyState::Erased => {
                            append.what = Decided::Refused(StoredRefusal::erased());
                            return Ok(Composed { append, told: IfItStands::Erased });
                        }
                    }
                }
            };
            let sealed = match &append.subject {
                Some(Subject::Sealed(subject, held)) => Some((*subject, held.as_ref())),
                Some(Subject::Erases(_)) | None => None,
            };
            let source = source::seal(keys, context).await.map_err(NotComposed::Key)?;
            append.metadata = metadata(context, sealed.map(|(subject, _)| subject), source).map_err(unwritable)?;
            append.what = Decided::Events(new_events::<A>(context, events, sealed.map(|(_, held)| held))?);
            append.reservations =
                events.iter().flat_map(|event| A::reservations(stream, event)).collect::<Vec<ReservationChange>>();
            IfItStands::Appended
        }
    };
    Ok(Composed { append, told })
}

/// The version that was expected, where it is another. Of what is not there the rules say so, as they do of what is another
/// tenant's.
fn another_expected<A: Decide>(
    context: &CommandContext,
    stands_on: &Loaded<A>,
    decided: &Result<Vec<A::Event>, A::Error>,
) -> Option<i64> {
    let is_there = stands_on.version > 0 || decided.is_ok();
    context.expected_version.filter(|expected| *expected != stands_on.version && is_there)
}

pub(crate) fn unwritable(error: serde_json::Error) -> NotComposed {
    NotComposed::Unstorable(error.to_string())
}

/// Whom the events of one command are about: one person at most, because one key is asserted.
pub(crate) fn data_subject<A: Decide>(stream: StreamId, events: &[A::Event]) -> Result<DataSubject, NotComposed> {
    let mut found = DataSubject::Nobody;
    for event in events {
        match (found, A::data_subject(stream, event)) {
            (_, DataSubject::Nobody) => {}
            (DataSubject::Nobody, subject) => found = subject,
            (found, subject) if found == subject => {}
            _ => return Err(NotComposed::Unstorable("a command holds values of two persons".to_owned())),
        }
    }
    Ok(found)
}

pub(crate) fn metadata(
    context: &CommandContext,
    subject: Option<DataSubjectId>,
    source: Option<String>,
) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Metadata {
        tenant: context.tenant,
        actor: context.actor.to_string(),
        command: context.id,
        correlation: context.correlation.clone(),
        causation: context.causation.clone(),
        subject,
        source,
    })
}

pub(crate) fn new_events<A: Aggregate>(
    context: &CommandContext,
    events: &[A::Event],
    sealed: Option<&HeldKey>,
) -> Result<Vec<NewEvent>, NotComposed> {
    (0..)
        .zip(events)
        .map(|(ordinal, event)| {
            let id = context.event(ordinal);
            let mut payload = serde_json::to_value(event).map_err(unwritable)?;
            match sealed {
                Some(held) => {
                    let place = Place { tenant: context.tenant, event: id };
                    sealing::seal(&mut payload, place, &held.key, entropy::bytes);
                }
                None if sealing::holds_personal(&mut payload) => {
                    return Err(NotComposed::Unstorable("it holds a personal value of nobody".to_owned()));
                }
                None => {}
            }
            Ok(NewEvent {
                id,
                event_type: event.event_type(),
                event_version: event.event_version(),
                payload: payload.to_string(),
            })
        })
        .collect()
}
