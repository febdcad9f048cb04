//! The words in the people's columns.

use leadflow_domain::RoleId;
use leadflow_domain::role::{MemberRole, Permission, Permissions};
use uuid::Uuid;

use crate::word::Word;

/// How a member stands to the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberState {
    /// She was asked, and has not answered.
    Invited,
    /// She works for it.
    Active,
    /// She was put out.
    Deactivated,
    /// She was asked, and is no more.
    Withdrawn,
}

impl Word for MemberState {
    const ALL: &'static [Self] = &[Self::Invited, Self::Active, Self::Deactivated, Self::Withdrawn];

    fn word(self) -> &'static str {
        match self {
            Self::Invited => "INVITED",
            Self::Active => "ACTIVE",
            Self::Deactivated => "DEACTIVATED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }
}

/// What somebody may do, as columns have it.
pub(super) fn words(may: Permissions) -> Vec<&'static str> {
    may.iter().map(Permission::as_str).collect()
}

/// What a column says that somebody may do. A permission that only a newer program knows gives nothing here.
#[must_use]
pub fn read_permissions(words: &[String]) -> Permissions {
    words.iter().filter_map(|word| Permission::parse(word)).collect()
}

/// What kind of role a member has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleKind {
    /// May do everything.
    Owner,
    /// Sees to a team.
    TeamLead,
    /// Works conversations.
    Agent,
    /// Sees what is charged.
    BillingAdmin,
    /// One of the business's own; which, is beside it.
    Custom,
}

impl Word for RoleKind {
    const ALL: &'static [Self] = &[Self::Owner, Self::TeamLead, Self::Agent, Self::BillingAdmin, Self::Custom];

    fn word(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::TeamLead => "TEAM_LEAD",
            Self::Agent => "AGENT",
            Self::BillingAdmin => "BILLING_ADMIN",
            Self::Custom => "CUSTOM",
        }
    }
}

impl RoleKind {
    /// What kind of role that is.
    #[must_use]
    pub const fn of(role: MemberRole) -> Self {
        match role {
            MemberRole::Owner => Self::Owner,
            MemberRole::TeamLead => Self::TeamLead,
            MemberRole::Agent => Self::Agent,
            MemberRole::BillingAdmin => Self::BillingAdmin,
            MemberRole::Custom(_) => Self::Custom,
        }
    }

    /// Which of the business's own it is, if it is one.
    pub(super) fn own(role: MemberRole) -> Option<Uuid> {
        match role {
            MemberRole::Custom(own) => Some(own.as_uuid()),
            MemberRole::Owner | MemberRole::TeamLead | MemberRole::Agent | MemberRole::BillingAdmin => None,
        }
    }

    /// The role of this kind; `None` where it has to be one of the business's own and is none, or the other way round.
    #[must_use]
    pub fn role(self, own: Option<RoleId>) -> Option<MemberRole> {
        match (self, own) {
            (Self::Owner, None) => Some(MemberRole::Owner),
            (Self::TeamLead, None) => Some(MemberRole::TeamLead),
            (Self::Agent, None) => Some(MemberRole::Agent),
            (Self::BillingAdmin, None) => Some(MemberRole::BillingAdmin),
            (Self::Custom, Some(own)) => Some(MemberRole::Custom(own)),
            (Self::Owner | Self::TeamLead | Self::Agent | Self::BillingAdmin, Some(_)) | (Self::Custom, None) => None,
        }
    }
}
