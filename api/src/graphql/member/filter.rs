//! Which members are listed, and in which order.

use async_graphql::{Enum, Error, InputObject};
use leadflow_projections::people::{self, MemberField, RoleKind};

use super::types::{MemberRole, MemberState};
use crate::graphql::filter::{Fields, Filter, IdFilter, Parts, StringFilter, WordFilter};

/// Which members. All that is given must hold, so that `{}` is true of every one; at most 3 levels, and 30
/// things asked of fields.
#[derive(Debug, Clone, InputObject)]
pub(super) struct MemberFilter {
    /// All of these hold.
    and: Option<Vec<MemberFilter>>,
    /// One of these holds at least; of none, nothing does.
    or: Option<Vec<MemberFilter>>,
    /// This does not hold.
    not: Option<Box<MemberFilter>>,
    /// Her id.
    id: Option<IdFilter>,
    /// What she is called.
    name: Option<StringFilter>,
    /// How she stands to the business.
    state: Option<WordFilter<MemberState>>,
    /// What she is.
    role: Option<WordFilter<MemberRole>>,
    /// Which of the business's own roles she has.
    custom_role_id: Option<IdFilter>,
    /// With whom she works.
    team_id: Option<IdFilter>,
}

/// In which order members are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "people::MemberOrder")]
pub(super) enum MemberOrder {
    /// By when they were asked, or began the business, the earliest first.
    #[default]
    Oldest,
    /// By the same time, the latest first.
    Newest,
}

impl Filter for MemberFilter {
    type Field = MemberField;

    fn parts(self) -> Result<Parts<Self>, Error> {
        let fields = Fields::new()
            .add(self.id.map(IdFilter::of_members).transpose()?, MemberField::Id)
            .add(self.name.map(StringFilter::read).transpose()?, MemberField::Name)
            .add(self.state.map(|of| of.known_as(people::MemberState::from)).transpose()?, MemberField::State)
            .add(self.role.map(|of| of.known_as(RoleKind::from)).transpose()?, MemberField::Role)
            .add(self.custom_role_id.map(|of| of.of_people("role")).transpose()?, MemberField::CustomRole)
            .add(self.team_id.map(|of| of.of_people("team")).transpose()?, MemberField::Team);
        Ok(Parts { and: self.and, or: self.or, not: self.not, fields })
    }
}
