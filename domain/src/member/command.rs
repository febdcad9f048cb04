use super::{By, DeniedAction, MemberName};
use crate::role::{MemberRole, Permission};
use crate::{EmailAddress, IdentifierHash, TeamId};

/// What can be asked of a member.
#[derive(Debug, Clone)]
pub enum MemberCommand {
    /// Somebody whose address is proven begins a business: its first owner.
    Register {
        /// What she is called.
        name: MemberName,
        /// Her address.
        email: EmailAddress,
        /// Keyed hash of the address, by which it is reserved.
        email_hash: IdentifierHash,
    },
    /// Somebody is asked to work for the business.
    Invite {
        /// Where the invitation goes.
        email: EmailAddress,
        /// What she is to be.
        role: MemberRole,
        /// With whom she is to work.
        team: Option<TeamId>,
    },
    /// She accepts, by a link that was sent to her address.
    Join {
        /// What she is called.
        name: MemberName,
        /// Her address.
        email: EmailAddress,
        /// Keyed hash of the address, by which it is reserved.
        email_hash: IdentifierHash,
    },
    /// She is asked no more.
    WithdrawInvitation,
    /// She is called something else.
    Rename {
        /// What.
        name: MemberName,
    },
    /// She is something else for the business.
    ChangeRole {
        /// What.
        role: MemberRole,
        /// Who says so.
        by: By,
    },
    /// She works with others, or with nobody.
    MoveToTeam {
        /// With whom.
        team: Option<TeamId>,
    },
    /// She is put out.
    Deactivate {
        /// Who says so.
        by: By,
    },
    /// She may come in again.
    Reactivate {
        /// Who says so.
        by: By,
    },
    /// She has a password, or another one.
    SetPassword,
    /// She signs in with a second factor from now on.
    EnableSecondFactor,
    /// She needs none any more.
    DisableSecondFactor,
    /// She tried what she may not.
    Deny {
        /// What.
        action: DeniedAction,
        /// What she lacks.
        permission: Permission,
    },
}
