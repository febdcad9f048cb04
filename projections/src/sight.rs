//! What somebody sees of her business.

use leadflow_domain::role::{Permission, Permissions};
use leadflow_domain::{MemberId, TeamId};

/// Which conversations somebody sees, and with them their contacts, groups and leads. What she does not see does not exist for
/// her: not in lists, not in numbers, not by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of them.
    Everything,
    /// Those that somebody of her team is to see to, whoever is in it now, and she herself.
    Team {
        /// She.
        member: MemberId,
        /// Her team.
        team: TeamId,
        /// Whether she sees those, too, that nobody in particular is to see to.
        unassigned: bool,
    },
    /// Those that she is to see to.
    Own {
        /// She.
        member: MemberId,
        /// Whether she sees those, too, that nobody in particular is to see to.
        unassigned: bool,
    },
    /// None.
    Nothing,
}

impl Sight {
    /// What whoever has these permissions sees.
    #[must_use]
    pub fn of(permissions: Permissions, member: MemberId, team: Option<TeamId>, unassigned: bool) -> Self {
        if permissions.contains(Permission::SeeAllConversations) {
            return Self::Everything;
        }
        match team {
            Some(team) if permissions.contains(Permission::SeeTeamConversations) => {
                Self::Team { member, team, unassigned }
            }
            _ if permissions.contains(Permission::WorkConversations) => Self::Own { member, unassigned },
            _ => Self::Nothing,
        }
    }
}
