//! Members: who works for the business, and what can be done with them.

mod change_role;
mod deactivate;
mod filter;
mod invite;
mod letter;
mod move_to_team;
mod mutate;
mod queries;
mod reactivate;
mod rename;
mod resend_invitation;
mod standing;
mod types;
mod withdraw_invitation;

pub(super) use change_role::ChangeMemberRole;
pub(super) use deactivate::DeactivateMember;
pub(super) use invite::InviteMember;
pub(super) use move_to_team::MoveMemberToTeam;
pub(super) use queries::{MemberQueries, by_id, by_ids};
pub(super) use reactivate::ReactivateMember;
pub(super) use rename::RenameMember;
pub(super) use resend_invitation::ResendInvitation;
pub(super) use standing::{must_have, named_role};
pub(super) use types::{Member, MemberRole, MemberState};
pub(super) use withdraw_invitation::WithdrawInvitation;
