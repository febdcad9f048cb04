//! A member: somebody who works for the business and signs in.
//!
//! Her password, the secret of her second factor and her sessions are no events: whoever reads the log learns that they
//! changed, and nothing that opens a door.

mod change_role;
mod command;
mod deactivate;
mod deny;
mod event;
mod invite;
mod join;
mod move_to_team;
mod reactivate;
mod refusal;
mod register;
mod rename;
mod second_factor;
mod set_password;
mod state;
mod withdraw_invitation;

pub use command::MemberCommand;
pub use event::MemberEvent;
pub use refusal::MemberRefusal;
pub use state::Member;

use crate::{IdentifierHash, MemberId, Reservation, Scope, ShortText};

/// What a member is called: 1 to 100 characters.
pub type MemberName = ShortText<1, 100>;

/// What somebody tried who may not, by its name at the edge: 1 to 64 characters.
pub type DeniedAction = ShortText<1, 64>;

/// Who says something of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// She.
    Herself,
    /// An owner, which whoever says so asserts of her; or who acts for the business as one.
    AnotherOwner,
    /// Somebody else.
    Another,
}

/// An address signs in to one business of the installation.
#[must_use]
pub fn email_reservation(email_hash: &IdentifierHash) -> Reservation {
    Reservation { scope: Scope::Installation, kind: "member.email", value: email_hash.as_str().to_owned() }
}

/// That a member is an active owner. Whoever puts out an owner asserts that another one still is: so a business
/// never loses its last.
#[must_use]
pub fn owner_reservation(member: MemberId) -> Reservation {
    Reservation { scope: Scope::Tenant, kind: "member.owner", value: member.to_string() }
}
