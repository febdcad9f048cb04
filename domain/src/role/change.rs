//! A role is called something else, or may do something else, also for whoever has it already.

use super::state::Standing;
use super::{Permissions, Role, RoleEvent, RoleName, RoleRefusal};

pub(super) fn decide(role: &Role, name: RoleName, permissions: Permissions) -> Result<Vec<RoleEvent>, RoleRefusal> {
    match &role.standing {
        Standing::Unknown | Standing::Removed => Err(RoleRefusal::NotFound),
        Standing::Defined { name: known, permissions: may } if (known, may) == (&name, &permissions) => Ok(vec![]),
        Standing::Defined { name: before, .. } => {
            Ok(vec![RoleEvent::Changed { before: before.clone(), name, permissions }])
        }
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::role::state::samples::{changed, defined, may, name, removed};
    use crate::role::{Permission, Role, RoleCommand, RoleRefusal, role_name_reservation};
    use crate::{Decide, ReservationChange, StreamId};

    fn change(text: &str, permission: Permission) -> RoleCommand {
        RoleCommand::Change { name: name(text), permissions: may(permission) }
    }

    #[test]
    fn a_role_is_called_or_may_do_something_else() {
        for (text, permission) in [("Controller", Permission::SeeAudit), ("Auditor", Permission::SeeUsage)] {
            TestFramework::<Role>::with(())
                .given(vec![defined("Auditor", Permission::SeeAudit)])
                .when(change(text, permission))
                .then_expect_events(vec![changed("Auditor", text, permission)]);
        }
    }

    #[test]
    fn what_is_so_already_changes_nothing() {
        TestFramework::<Role>::with(())
            .given(vec![
                defined("Auditor", Permission::SeeAudit),
                changed("Auditor", "Controller", Permission::SeeUsage),
            ])
            .when(change("Controller", Permission::SeeUsage))
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_is_not_there_can_t_be_changed() {
        for given in [vec![], vec![defined("Auditor", Permission::SeeAudit), removed("Auditor")]] {
            TestFramework::<Role>::with(())
                .given(given)
                .when(change("Auditor", Permission::SeeUsage))
                .then_expect_error(RoleRefusal::NotFound);
        }
    }

    #[test]
    fn its_old_name_is_free() {
        let stream = StreamId::from_uuid(Uuid::from_u128(1));
        assert_eq!(
            Role::reservations(stream, &changed("Auditor", "Controller", Permission::SeeAudit)),
            [
                ReservationChange::Release(role_name_reservation(&name("Auditor"))),
                ReservationChange::Take(role_name_reservation(&name("Controller"))),
            ]
        );
    }
}
