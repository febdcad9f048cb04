use super::{DeniedAction, MemberName};
use crate::role::{MemberRole, Permission};
use crate::{EmailAddress, IdentifierHash, Personal, TeamId};

crate::event_type::events! {
    /// What happened to a member.
    pub enum MemberEvent {
        /// Somebody whose address is proven began a business: its first owner.
        "member.registered", "1" => Registered {
            /// What she is called.
            name: Personal<MemberName>,
            /// Her address.
            email: Personal<EmailAddress>,
            /// Keyed hash of the address.
            email_hash: IdentifierHash,
        },
        /// Somebody was asked to work for the business.
        "member.invited", "1" => Invited {
            /// Where the invitation goes.
            email: Personal<EmailAddress>,
            /// What she is to be.
            role: MemberRole,
            /// With whom she is to work.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            team: Option<TeamId>,
        },
        /// She accepted, by a link that was sent to her address.
        "member.joined", "1" => Joined {
            /// What she is called.
            name: Personal<MemberName>,
            /// Her address.
            email: Personal<EmailAddress>,
            /// Keyed hash of the address.
            email_hash: IdentifierHash,
            /// What she is, as she was invited.
            role: MemberRole,
            /// With whom she works, as she was invited.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            team: Option<TeamId>,
        },
        /// She is asked no more: the link leads nowhere.
        "member.invitation_withdrawn", "1" => InvitationWithdrawn {},
        /// She is called something else.
        "member.renamed", "1" => Renamed {
            /// What.
            name: Personal<MemberName>,
        },
        /// She is something else for the business, from this event on.
        "member.role_changed", "1" => RoleChanged {
            /// What.
            role: MemberRole,
        },
        /// She works with others, or with nobody, from this event on.
        "member.team_changed", "1" => TeamChanged {
            /// With whom.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            team: Option<TeamId>,
        },
        /// She was put out: nothing that she asks is answered from this event on.
        ///
        /// Her address stays hers, and what is assigned to her stays so.
        "member.deactivated", "1" => Deactivated {},
        /// She may come in again.
        "member.reactivated", "1" => Reactivated {
            /// What she is, as she was before.
            role: MemberRole,
        },
        /// She has a password, or another one. It stands nowhere in the log.
        "member.password_set", "1" => PasswordSet {},
        /// She signs in with a second factor from now on. Its secret stands nowhere in the log.
        "member.second_factor_enabled", "1" => SecondFactorEnabled {},
        /// She needs none any more.
        "member.second_factor_disabled", "1" => SecondFactorDisabled {},
        /// She tried what she may not, and nothing was done.
        "member.denied", "1" => Denied {
            /// What.
            action: DeniedAction,
            /// What she lacked.
            permission: Permission,
        },
    }
}
