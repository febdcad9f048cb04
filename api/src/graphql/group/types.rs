//! A group.

use async_graphql::{Enum, ID, SimpleObject};
use leadflow_projections::inbox::GroupRow;

use crate::graphql::edge::Word;
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::plain::{Asked, Plain, Writer, by};

/// Several people who talk with the business, and with each other, in one place.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Group {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// What it is called; null while WhatsApp has told nothing of it but messages.
    subject: Option<String>,
    /// What may be done there.
    state: GroupState,
    /// How many people are in it, of whom WhatsApp told that they came. Who was there before it told is not counted.
    participant_count: i32,
}

/// What may be done in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::GroupState")]
pub(in crate::graphql) enum GroupState {
    /// People write there.
    Active,
    /// WhatsApp lets nobody write there until further notice.
    Suspended,
    /// It was given up.
    Deleted,
}

impl Plain for Group {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "id" => by(|group: &Self, to| to.put(&group.id)),
            "subject" => by(|group: &Self, to| to.put(&group.subject)),
            "state" => by(|group: &Self, to| to.put(&Word(group.state))),
            "participantCount" => by(|group: &Self, to| to.put(&group.participant_count)),
            _ => None,
        }
    }
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        Self {
            id: encode(Kind::Group, row.id),
            subject: row.subject,
            state: row.state.into(),
            participant_count: i32::try_from(row.participants).unwrap_or(i32::MAX),
        }
    }
}
