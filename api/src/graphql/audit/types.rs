//! An act.

use std::net::IpAddr;

use async_graphql::{ID, SimpleObject};
use jiff::Timestamp;
use leadflow_event_store::RecordedActor;
use leadflow_projections::audit::ActRow;

use crate::graphql::global_id::{self, encode};
use crate::graphql::history::{ActorNames, HistoryActor};
use crate::graphql::log_id::LogId;
use crate::graphql::position::Position;

/// Something that somebody did, or was not allowed to.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct AuditEvent {
    /// Its id, which the `causationId` of what followed from it names.
    event: LogId,
    /// Its place in the log.
    position: Position,
    /// What was done, by a name that never changes its meaning, such as `conversation.assigned`; docs/EVENTS.md lists them.
    #[graphql(name = "type")]
    kind: String,
    /// The global id of what it was done to; null where the API has no such thing. `history` tells what exactly was said.
    thing: Option<ID>,
    /// The id, in the log, of what it was done to.
    stream: LogId,
    /// When it was recorded.
    recorded_at: Timestamp,
    /// Who did it; null where only a newer program knows.
    actor: Option<HistoryActor>,
    /// The network address that it was asked from. Null where nobody asked over a network, and where whoever asked was erased.
    source_address: Option<String>,
    /// The command that it followed from, perhaps with others.
    command_id: Option<LogId>,
    /// The request that all of this began with, as the `requestId` of its answer and the log of the server have it.
    correlation_id: String,
    /// The event that led to it; null where a request did.
    causation_id: Option<String>,
}

impl AuditEvent {
    pub(super) fn of(row: ActRow, source: Option<IpAddr>, names: &ActorNames) -> Self {
        Self {
            event: row.event.into(),
            position: Position(row.position),
            thing: global_id::Kind::of_stream(&row.thing_kind).map(|kind| encode(kind, row.thing)),
            kind: row.what,
            stream: row.thing.into(),
            recorded_at: row.at,
            actor: RecordedActor::parse(&row.actor).map(|actor| HistoryActor::of(actor, names)),
            source_address: source.map(|address| address.to_string()),
            command_id: row.command.map(|command| command.as_uuid().into()),
            correlation_id: row.correlation,
            causation_id: row.causation,
        }
    }
}
