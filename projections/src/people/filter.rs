//! By what members are found.

use sqlx::{Postgres, QueryBuilder};

use super::words::{MemberState, RoleKind};
use crate::filter::{Field, IdIs, TextIs, one_of};
use crate::word::Word;

/// What can be asked of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberField {
    /// Her id.
    Id(IdIs),
    /// What she is called.
    Name(TextIs),
    /// She stands to the business in one of these ways.
    State(Vec<MemberState>),
    /// She has a role of one of these kinds.
    Role(Vec<RoleKind>),
    /// Which of the business's own roles she has.
    CustomRole(IdIs),
    /// With whom she works.
    Team(IdIs),
}

impl Field for MemberField {
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::Id(is) => is.push(sql, "m.member_id"),
            Self::Name(is) => is.push(sql, "m.name"),
            Self::State(any) => one_of(sql, "m.state", &any.iter().map(|one| one.word()).collect::<Vec<_>>()),
            Self::Role(any) => one_of(sql, "m.role", &any.iter().map(|one| one.word()).collect::<Vec<_>>()),
            Self::CustomRole(is) => is.push(sql, "r.role_id"),
            Self::Team(is) => is.push(sql, "g.team_id"),
        }
    }
}
