//! There is no such role any more. Whoever has it keeps it and may do nothing, until she is given another.

use super::state::Standing;
use super::{Role, RoleEvent, RoleRefusal};

pub(super) fn decide(role: &Role) -> Result<Vec<RoleEvent>, RoleRefusal> {
    match &role.standing {
        Standing::Unknown => Err(RoleRefusal::NotFound),
        Standing::Defined { name, .. } => Ok(vec![RoleEvent::Removed { name: name.clone() }]),
        Standing::Removed => Ok(vec![]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::role::state::samples::{changed, defined, name, removed};
    use crate::role::{Permission, Role, RoleCommand, RoleRefusal, role_name_reservation, role_reservation};
    use crate::{Decide, ReservationChange, RoleId};

    #[test]
    fn a_role_is_removed() {
        TestFramework::<Role>::with(())
            .given(vec![
                defined("Auditor", Permission::SeeAudit),
                changed("Auditor", "Controller", Permission::SeeAudit),
            ])
            .when(RoleCommand::Remove)
            .then_expect_events(vec![removed("Controller")]);
    }

    #[test]
    fn removing_it_again_changes_nothing() {
        TestFramework::<Role>::with(())
            .given(vec![defined("Auditor", Permission::SeeAudit), removed("Auditor")])
            .when(RoleCommand::Remove)
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_was_never_defined_is_not_found() {
        TestFramework::<Role>::with(())
            .given_no_previous_events()
            .when(RoleCommand::Remove)
            .then_expect_error(RoleRefusal::NotFound);
    }

    #[test]
    fn its_name_is_free_and_nobody_is_given_it() {
        let id = RoleId::from_uuid(Uuid::from_u128(1));
        let released = [role_name_reservation(&name("Auditor")), role_reservation(id)];
        assert_eq!(Role::reservations(id.into(), &removed("Auditor")), released.map(ReservationChange::Release));
    }
}
