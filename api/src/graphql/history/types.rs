//! An event of a history.

use async_graphql::{Enum, ID, Json, SimpleObject};
use jiff::Timestamp;
use leadflow_event_store::{ActorKind, HistoryEvent as Row, RecordedActor};
use serde_json::Value;

use super::actors::ActorNames;
use crate::graphql::log_id::LogId;
use crate::graphql::position::Position;

/// Something that happened to one thing.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct HistoryEvent {
    /// Its id, which the `causationId` of what followed from it names.
    event: LogId,
    /// Its place in the log.
    position: Position,
    /// Its number among the events of this thing, from 1.
    version: i64,
    /// What happened, by a name that never changes its meaning, such as `conversation.assigned`; docs/EVENTS.md lists them.
    #[graphql(name = "type")]
    kind: String,
    /// What it says, in the form that docs/EVENTS.md gives for its type: what is about a person stands as it is, and is null
    /// once she was erased.
    what: Json<Value>,
    /// When it was recorded.
    recorded_at: Timestamp,
    /// Who caused it; null where only a newer program knows.
    actor: Option<HistoryActor>,
    /// The command that it followed from, perhaps with others.
    command_id: Option<LogId>,
    /// The request that all of this began with, as the `requestId` of its answer and the log of the server have it.
    correlation_id: String,
    /// The event that led to it; null where a request did.
    causation_id: Option<String>,
}

/// Who caused something.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct HistoryActor {
    /// What kind of actor.
    kind: HistoryActorKind,
    /// Which of that kind: the id of a member, of an API key, or of a token as its bearer's `viewer` has it; or the name of a
    /// provider or reactor. Null for the command line.
    id: Option<ID>,
    /// What the member or the API key is called now; null for all others, and where nothing is known of her.
    name: Option<String>,
}

/// What kind of actor somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ActorKind")]
pub(in crate::graphql) enum HistoryActorKind {
    /// An outside provider told of a fact.
    Provider,
    /// Somebody with a token asked for it.
    Token,
    /// The program itself did so, because of something that had happened.
    Reactor,
    /// A member who has signed in.
    Member,
    /// A program that showed an API key of the business's.
    ApiKey,
    /// Somebody asked for it at the installation's command line.
    CommandLine,
}

impl HistoryEvent {
    pub(super) fn of(row: Row, names: &ActorNames) -> Self {
        Self {
            event: row.id.as_uuid().into(),
            position: Position(row.position),
            version: row.version,
            kind: row.event_type,
            what: Json(row.what),
            recorded_at: row.recorded_at,
            actor: row.actor.map(|actor| HistoryActor::of(actor, names)),
            command_id: row.command.map(|command| command.as_uuid().into()),
            correlation_id: row.correlation,
            causation_id: row.causation,
        }
    }
}

impl HistoryActor {
    pub(in crate::graphql) fn of(actor: RecordedActor, names: &ActorNames) -> Self {
        Self { name: names.name(&actor), kind: actor.kind.into(), id: actor.id.map(ID) }
    }
}
