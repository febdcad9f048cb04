//! What lists of acts are narrowed by.

use sqlx::{Postgres, QueryBuilder};

use crate::filter::Field;
use crate::{IdIs, TextIs, TimeIs};

/// What is asked of one field of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActField {
    /// What kind of actor: the part before the colon.
    ActorKind(TextIs),
    /// Which of that kind.
    ActorId(TextIs),
    /// The event's name.
    What(TextIs),
    /// To what it happened, by its stream.
    Thing(IdIs),
    /// The request that it began with.
    Correlation(TextIs),
    /// When it was recorded.
    At(TimeIs),
}

impl Field for ActField {
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::ActorKind(is) => is.push(sql, "actor_kind"),
            Self::ActorId(is) => is.push(sql, "actor_id"),
            Self::What(is) => is.push(sql, "what"),
            Self::Thing(is) => is.push(sql, "thing_id"),
            Self::Correlation(is) => is.push(sql, "correlation"),
            Self::At(is) => is.push(sql, "at"),
        }
    }
}
