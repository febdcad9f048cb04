use serde::{Deserialize, Serialize};

use super::{
    By, MemberCommand, MemberEvent, MemberRefusal, change_role, deactivate, deny, email_reservation, invite, join,
    move_to_team, owner_reservation, reactivate, register, rename, second_factor, set_password, withdraw_invitation,
};
use crate::role::MemberRole;
use crate::{DataSubject, Decide, IdentifierHash, MemberId, ReservationChange, StreamId, TeamId, aggregate};

/// What a member's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub(super) standing: Standing,
}

/// How she stands to the business.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// Nobody was asked yet.
    #[default]
    Unknown,
    /// She was asked, and has not answered.
    Invited { role: MemberRole, team: Option<TeamId> },
    /// She was asked, and is no more.
    Withdrawn,
    /// She works for it, or did.
    Joined(Joined),
}

/// Somebody who accepted, or began the business.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Joined {
    pub(super) email_hash: IdentifierHash,
    pub(super) role: MemberRole,
    pub(super) team: Option<TeamId>,
    /// Whether she may come in.
    pub(super) active: bool,
    pub(super) second_factor: bool,
}

aggregate::aggregate!(Member, "member", MemberCommand, MemberEvent, MemberRefusal);

impl Member {
    /// Whether she worked for the business and does not any more.
    #[must_use]
    pub fn has_left(&self) -> bool {
        matches!(&self.standing, Standing::Joined(joined) if !joined.active)
    }

    /// Somebody who joined, whether she may come in or not.
    pub(super) fn joined(&self) -> Result<&Joined, MemberRefusal> {
        match &self.standing {
            Standing::Unknown => Err(MemberRefusal::NotFound),
            Standing::Invited { .. } => Err(MemberRefusal::NotJoined),
            Standing::Withdrawn => Err(MemberRefusal::Withdrawn),
            Standing::Joined(joined) => Ok(joined),
        }
    }

    /// Somebody who may come in.
    pub(super) fn active(&self) -> Result<&Joined, MemberRefusal> {
        self.joined().and_then(|joined| if joined.active { Ok(joined) } else { Err(MemberRefusal::Deactivated) })
    }

    /// That an owner is touched by another owner alone.
    pub(super) fn may_be_touched(role: MemberRole, by: By) -> Result<(), MemberRefusal> {
        match by {
            By::AnotherOwner => Ok(()),
            By::Herself if role == MemberRole::Owner => Err(MemberRefusal::ByHerself),
            By::Another if role == MemberRole::Owner => Err(MemberRefusal::OwnersOnly),
            By::Herself | By::Another => Ok(()),
        }
    }

    fn evolve(&mut self, event: MemberEvent) {
        match event {
            MemberEvent::Registered { email_hash, .. } => self.join(email_hash, MemberRole::Owner, None),
            MemberEvent::Invited { role, team, .. } => self.standing = Standing::Invited { role, team },
            MemberEvent::Joined { email_hash, role, team, .. } => self.join(email_hash, role, team),
            MemberEvent::InvitationWithdrawn {} => self.standing = Standing::Withdrawn,
            MemberEvent::RoleChanged { role } => self.change(|joined| joined.role = role),
            MemberEvent::TeamChanged { team } => self.change(|joined| joined.team = team),
            MemberEvent::Deactivated {} => self.change(|joined| joined.active = false),
            MemberEvent::Reactivated { .. } => self.change(|joined| joined.active = true),
            MemberEvent::SecondFactorEnabled {} => self.change(|joined| joined.second_factor = true),
            MemberEvent::SecondFactorDisabled {} => self.change(|joined| joined.second_factor = false),
            // No decision hangs on what she is called, which password she has, or what she tried.
            MemberEvent::Renamed { .. } | MemberEvent::PasswordSet {} | MemberEvent::Denied { .. } => {}
        }
    }

    fn join(&mut self, email_hash: IdentifierHash, role: MemberRole, team: Option<TeamId>) {
        self.standing = Standing::Joined(Joined { email_hash, role, team, active: true, second_factor: false });
    }

    fn change(&mut self, change: impl FnOnce(&mut Joined)) {
        if let Standing::Joined(joined) = &mut self.standing {
            change(joined);
        }
    }
}

impl Decide for Member {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: MemberCommand) -> Result<Vec<MemberEvent>, MemberRefusal> {
        match command {
            MemberCommand::Register { name, email, email_hash } => register::decide(self, name, email, email_hash),
            MemberCommand::Invite { email, role, team } => invite::decide(self, email, role, team),
            MemberCommand::Join { name, email, email_hash } => join::decide(self, name, email, email_hash),
            MemberCommand::WithdrawInvitation => withdraw_invitation::decide(self),
            MemberCommand::Rename { name } => rename::decide(self, name),
            MemberCommand::ChangeRole { role, by } => change_role::decide(self, role, by),
            MemberCommand::MoveToTeam { team } => move_to_team::decide(self, team),
            MemberCommand::Deactivate { by } => deactivate::decide(self, by),
            MemberCommand::Reactivate { by } => reactivate::decide(self, by),
            MemberCommand::SetPassword => set_password::decide(self),
            MemberCommand::EnableSecondFactor => second_factor::enable(self),
            MemberCommand::DisableSecondFactor => second_factor::disable(self),
            MemberCommand::Deny { action, permission } => deny::decide(self, action, permission),
        }
    }

    fn reservations(stream: StreamId, event: &MemberEvent) -> Vec<ReservationChange> {
        let owner = || owner_reservation(MemberId::from_uuid(stream.as_uuid()));
        let owns_if = |role: MemberRole| (role == MemberRole::Owner).then(|| ReservationChange::Take(owner()));
        let address = |hash| ReservationChange::Take(email_reservation(hash));
        match event {
            MemberEvent::Registered { email_hash, .. } => vec![address(email_hash), ReservationChange::Take(owner())],
            MemberEvent::Joined { email_hash, role, .. } => {
                std::iter::once(address(email_hash)).chain(owns_if(*role)).collect()
            }
            MemberEvent::RoleChanged { role } => vec![owns_if(*role).unwrap_or(ReservationChange::Release(owner()))],
            MemberEvent::Reactivated { role } => owns_if(*role).into_iter().collect(),
            // Her address stays hers.
            MemberEvent::Deactivated {} => vec![ReservationChange::Release(owner())],
            MemberEvent::Invited { .. }
            | MemberEvent::InvitationWithdrawn {}
            | MemberEvent::Renamed { .. }
            | MemberEvent::TeamChanged { .. }
            | MemberEvent::PasswordSet {}
            | MemberEvent::SecondFactorEnabled {}
            | MemberEvent::SecondFactorDisabled {}
            | MemberEvent::Denied { .. } => vec![],
        }
    }

    fn data_subject(stream: StreamId, event: &MemberEvent) -> DataSubject {
        match event {
            MemberEvent::Registered { .. }
            | MemberEvent::Invited { .. }
            | MemberEvent::Joined { .. }
            | MemberEvent::Renamed { .. } => DataSubject::Holds(MemberId::from_uuid(stream.as_uuid()).into()),
            MemberEvent::InvitationWithdrawn {}
            | MemberEvent::RoleChanged { .. }
            | MemberEvent::TeamChanged { .. }
            | MemberEvent::Deactivated {}
            | MemberEvent::Reactivated { .. }
            | MemberEvent::PasswordSet {}
            | MemberEvent::SecondFactorEnabled {}
            | MemberEvent::SecondFactorDisabled {}
            | MemberEvent::Denied { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use uuid::Uuid;

    use super::MemberEvent;
    use crate::member::{MemberName, MemberRefusal};
    use crate::role::MemberRole;
    use crate::{EmailAddress, IdentifierHash, MemberId, TeamId};

    pub(in crate::member) const MEMBER: MemberId = MemberId::from_uuid(Uuid::from_u128(7));
    pub(in crate::member) const TEAM: TeamId = TeamId::from_uuid(Uuid::from_u128(8));
    pub(in crate::member) const OTHER_TEAM: TeamId = TeamId::from_uuid(Uuid::from_u128(9));

    pub(in crate::member) fn name(text: &str) -> MemberName {
        MemberName::parse(text).unwrap()
    }

    pub(in crate::member) fn email(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    pub(in crate::member) fn hash(address: &str) -> IdentifierHash {
        IdentifierHash::from_hex(format!("hash of {address}"))
    }

    pub(in crate::member) fn registered(address: &str) -> MemberEvent {
        MemberEvent::Registered { name: name("Ada").into(), email: email(address).into(), email_hash: hash(address) }
    }

    pub(in crate::member) fn invited(role: MemberRole) -> MemberEvent {
        MemberEvent::Invited { email: email("ada@example.com").into(), role, team: Some(TEAM) }
    }

    pub(in crate::member) fn joined(address: &str, role: MemberRole) -> MemberEvent {
        let (name, email, email_hash) = (name("Ada").into(), email(address).into(), hash(address));
        MemberEvent::Joined { name, email, email_hash, role, team: Some(TEAM) }
    }

    /// Somebody who was invited as `role`, and came.
    pub(in crate::member) fn working(role: MemberRole) -> Vec<MemberEvent> {
        vec![invited(role), joined("ada@example.com", role)]
    }

    /// Somebody who was put out.
    pub(in crate::member) fn put_out(role: MemberRole) -> Vec<MemberEvent> {
        [working(role), vec![MemberEvent::Deactivated {}]].concat()
    }

    /// Whoever is no member, or is none yet, or no more, and why.
    pub(in crate::member) fn who_is_not_in() -> Vec<(Vec<MemberEvent>, MemberRefusal)> {
        let invited = || invited(MemberRole::Agent);
        vec![
            (vec![], MemberRefusal::NotFound),
            (vec![invited()], MemberRefusal::NotJoined),
            (vec![invited(), MemberEvent::InvitationWithdrawn {}], MemberRefusal::Withdrawn),
        ]
    }
}
