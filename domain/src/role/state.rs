use serde::{Deserialize, Serialize};

use super::{
    Permissions, RoleCommand, RoleEvent, RoleName, RoleRefusal, change, define, remove, role_name_reservation,
    role_reservation,
};
use crate::{DataSubject, Decide, ReservationChange, RoleId, StreamId, aggregate};

/// What a role's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub(super) standing: Standing,
}

/// Whether there is such a role.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// Nobody defined it yet.
    #[default]
    Unknown,
    /// There is.
    Defined { name: RoleName, permissions: Permissions },
    /// Not any more.
    Removed,
}

aggregate::aggregate!(Role, "role", RoleCommand, RoleEvent, RoleRefusal);

impl Role {
    fn evolve(&mut self, event: RoleEvent) {
        self.standing = match event {
            RoleEvent::Defined { name, permissions } | RoleEvent::Changed { before: _, name, permissions } => {
                Standing::Defined { name, permissions }
            }
            RoleEvent::Removed { .. } => Standing::Removed,
        };
    }
}

impl Decide for Role {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: RoleCommand) -> Result<Vec<RoleEvent>, RoleRefusal> {
        match command {
            RoleCommand::Define { name, permissions } => define::decide(self, name, permissions),
            RoleCommand::Change { name, permissions } => change::decide(self, name, permissions),
            RoleCommand::Remove => remove::decide(self),
        }
    }

    fn reservations(stream: StreamId, event: &RoleEvent) -> Vec<ReservationChange> {
        let itself = role_reservation(RoleId::from_uuid(stream.as_uuid()));
        match event {
            RoleEvent::Defined { name, .. } => {
                vec![ReservationChange::Take(itself), ReservationChange::Take(role_name_reservation(name))]
            }
            RoleEvent::Changed { before, name, .. } => vec![
                ReservationChange::Release(role_name_reservation(before)),
                ReservationChange::Take(role_name_reservation(name)),
            ],
            RoleEvent::Removed { name } => {
                vec![ReservationChange::Release(role_name_reservation(name)), ReservationChange::Release(itself)]
            }
        }
    }

    fn data_subject(_stream: StreamId, event: &RoleEvent) -> DataSubject {
        match event {
            RoleEvent::Defined { .. } | RoleEvent::Changed { .. } | RoleEvent::Removed { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::RoleEvent;
    use crate::role::{Permission, Permissions, RoleName};

    pub(in crate::role) fn name(text: &str) -> RoleName {
        RoleName::parse(text).unwrap()
    }

    pub(in crate::role) fn may(permission: Permission) -> Permissions {
        Permissions::of(&[permission])
    }

    pub(in crate::role) fn defined(text: &str, permission: Permission) -> RoleEvent {
        RoleEvent::Defined { name: name(text), permissions: may(permission) }
    }

    pub(in crate::role) fn changed(before: &str, text: &str, permission: Permission) -> RoleEvent {
        RoleEvent::Changed { before: name(before), name: name(text), permissions: may(permission) }
    }

    pub(in crate::role) fn removed(text: &str) -> RoleEvent {
        RoleEvent::Removed { name: name(text) }
    }
}
