//! What somebody sees of her business.

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
