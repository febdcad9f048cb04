//! A source.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::leads::SourceRow;

use crate::webhooks::google;

/// A place from which only leads come. Messages come by channels.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Source {
    /// Its id, a uuid.
    id: ID,
    /// What kind of place it is.
    kind: SourceKind,
    /// What the business calls it.
    name: String,
    /// Whether leads come from it.
    status: SourceStatus,
    /// Where it sends what is filled in: this path of this installation. With it goes the key that was told when it was opened.
    webhook_path: String,
    /// When it was opened.
    opened_at: Timestamp,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
}

/// What kind of place a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::source::SourceKind")]
pub(in crate::graphql) enum SourceKind {
    /// A lead form in Google's ads.
    GoogleForm,
}

/// Whether leads come from a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum SourceStatus {
    /// They do.
    Open,
    /// They do not. Those that came stay.
    Closed,
}

impl From<SourceRow> for Source {
    fn from(row: SourceRow) -> Self {
        Self {
            webhook_path: format!("{}/{}", google::PATH, row.id),
            id: row.id.to_string().into(),
            kind: row.kind.into(),
            name: row.name,
            status: if row.is_open { SourceStatus::Open } else { SourceStatus::Closed },
            opened_at: row.opened_at,
            version: row.version,
        }
    }
}
