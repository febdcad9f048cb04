//! By what leads are found.

use leadflow_domain::lead::{LeadSource, LeadStatus};
use sqlx::{Postgres, QueryBuilder};

use crate::filter::{Field, IdIs, NumberIs, TimeIs, one_of};
use crate::inbox::push_all_of;
use crate::word::Word;

/// What can be asked of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadField {
    /// Its id.
    Id(IdIs),
    /// It stands at one of these.
    Status(Vec<LeadStatus>),
    /// It came from one of these.
    Source(Vec<LeadSource>),
    /// Who is interested, or stands for her.
    Contact(IdIs),
    /// The conversation in which that was first seen.
    Conversation(IdIs),
    /// The provider's time of her earliest message.
    Captured(TimeIs),
    /// When its status was said.
    Assessed(TimeIs),
    /// How good it is.
    Score(NumberIs),
}

impl Field for LeadField {
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::Id(is) => is.push(sql, "lead_id"),
            Self::Status(any) => one_of(sql, "status", &any.iter().map(|one| one.word()).collect::<Vec<_>>()),
            Self::Source(any) => one_of(sql, "source", &any.iter().map(|one| one.word()).collect::<Vec<_>>()),
            Self::Contact(IdIs::In(ids)) => push_all_of(sql, "contact_id", ids),
            Self::Contact(is @ IdIs::Null(_)) => is.push(sql, "contact_id"),
            Self::Conversation(is) => is.push(sql, "conversation_id"),
            Self::Captured(is) => is.push(sql, "captured_at"),
            Self::Assessed(is) => is.push(sql, "assessed_at"),
            Self::Score(is) => is.push(sql, "score"),
        }
    }
}
