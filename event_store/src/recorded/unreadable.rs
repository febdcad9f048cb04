use leadflow_domain::{DataSubjectId, StreamId, UnknownVersion};
use thiserror::Error;

use crate::sealing::NotOpened;

/// An event that this program cannot read.
#[derive(Debug, Error)]
pub enum UnreadableEvent {
    /// Written by a newer version.
    #[error("event {position} can't be read: {source}")]
    UnknownVersion {
        /// Place in the log.
        position: i64,
        /// Which.
        #[source]
        source: UnknownVersion,
    },
    /// Its payload is not what its type and version say.
    #[error(
        "event {position}, {event_type}, can't be read: its payload is damaged: see \"When verify fails\" in docs/OPERATIONS.md"
    )]
    Payload {
        /// Place in the log.
        position: i64,
        /// Its stable name.
        event_type: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// Written by a newer version.
    #[error("event {position} can't be read: its stream is of unknown kind `{aggregate_type}`: upgrade this program")]
    Stream {
        /// Place in the log.
        position: i64,
        /// Kind of stream.
        aggregate_type: String,
    },
    /// A personal value does not open.
    #[error("event {position} can't be read: {source}")]
    NotOpened {
        /// Place in the log.
        position: i64,
        /// Which.
        #[source]
        source: NotOpened,
    },
    /// The person's row is gone. Erasure leaves it there without its key; this is damage.
    #[error(
        "event {position} can't be read: data subject {subject} has no row: see \"When verify fails\" in docs/OPERATIONS.md"
    )]
    NoKey {
        /// Place in the log.
        position: i64,
        /// The person.
        subject: DataSubjectId,
    },
    /// A snapshot is damaged. Snapshots are disposable.
    #[error("the snapshot of {aggregate_type} {stream} can't be read")]
    Snapshot {
        /// Kind of stream.
        aggregate_type: &'static str,
        /// The stream.
        stream: StreamId,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}
