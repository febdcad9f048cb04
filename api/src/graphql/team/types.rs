//! A team.

use async_graphql::{ID, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::people::TeamRow;

use crate::graphql::plain::{Asked, Plain, Writer, by};

/// People of a business who work together. Who is in it, `members` says.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Team {
    /// Its id, a uuid.
    id: ID,
    /// What it is called.
    name: String,
    /// When it was formed.
    formed_at: Timestamp,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
}

impl Plain for Team {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "id" => by(|team: &Self, to| to.put(&team.id)),
            "name" => by(|team: &Self, to| to.put(&team.name)),
            "formedAt" => by(|team: &Self, to| to.put(&team.formed_at)),
            "version" => by(|team: &Self, to| to.put(&team.version)),
            _ => None,
        }
    }
}

impl From<TeamRow> for Team {
    fn from(row: TeamRow) -> Self {
        Self { id: row.id.into(), name: row.name, formed_at: row.formed_at, version: row.version }
    }
}
