//! What somebody is for the business: one of the fixed roles, or one of the business's own.

use serde::{Deserialize, Serialize};

use super::{Permission, Permissions};
use crate::RoleId;

/// A member's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Whose business it is: may do everything.
    Owner,
    /// Sees to a team and its conversations.
    TeamLead,
    /// Works conversations.
    Agent,
    /// Sees what is charged.
    BillingAdmin,
    /// One of the business's own.
    Custom(RoleId),
}

impl MemberRole {
    /// What whoever has it may do; `None` for the business's own, which say it in the log.
    #[must_use]
    pub const fn permissions(self) -> Option<Permissions> {
        Some(match self {
            Self::Owner => Permissions::ALL,
            Self::TeamLead => Permissions::of(&[
                Permission::SeeTeamConversations,
                Permission::WorkConversations,
                Permission::AssignConversations,
                Permission::JudgeLeads,
                Permission::ManageTemplates,
            ]),
            Self::Agent => Permissions::of(&[Permission::WorkConversations, Permission::JudgeLeads]),
            Self::BillingAdmin => Permissions::of(&[Permission::SeeUsage]),
            Self::Custom(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn who_has_a_fixed_role_may_do_what_it_says() {
        let may =
            |role: MemberRole| role.permissions().map(|may| may.iter().map(Permission::as_str).collect::<Vec<_>>());
        assert_eq!(MemberRole::Owner.permissions(), Some(Permissions::ALL));
        assert_eq!(
            may(MemberRole::TeamLead).unwrap(),
            ["SEE_TEAM_CONVERSATIONS", "WORK_CONVERSATIONS", "ASSIGN_CONVERSATIONS", "JUDGE_LEADS", "MANAGE_TEMPLATES"]
        );
        assert_eq!(may(MemberRole::Agent).unwrap(), ["WORK_CONVERSATIONS", "JUDGE_LEADS"]);
        assert_eq!(may(MemberRole::BillingAdmin).unwrap(), ["SEE_USAGE"]);
        assert_eq!(may(MemberRole::Custom(RoleId::from_uuid(Uuid::from_u128(1)))), None);
    }
}
