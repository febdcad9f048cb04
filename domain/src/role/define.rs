//! A business makes a role of its own; that none is called the same is the reservation's business.

use super::state::Standing;
use super::{Permissions, Role, RoleEvent, RoleName, RoleRefusal};

pub(super) fn decide(role: &Role, name: RoleName, permissions: Permissions) -> Result<Vec<RoleEvent>, RoleRefusal> {
    match &role.standing {
        Standing::Unknown => Ok(vec![RoleEvent::Defined { name, permissions }]),
        Standing::Defined { name: known, permissions: may } if (known, may) == (&name, &permissions) => Ok(vec![]),
        Standing::Defined { .. } | Standing::Removed => Err(RoleRefusal::DefinedOtherwise),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::role::state::samples::{defined, may, name, removed};
    use crate::role::{Permission, Role, RoleCommand, RoleRefusal, role_name_reservation, role_reservation};
    use crate::{Decide, ReservationChange, RoleId};

    fn define() -> RoleCommand {
        RoleCommand::Define { name: name("Auditor"), permissions: may(Permission::SeeAudit) }
    }

    #[test]
    fn a_role_is_defined() {
        TestFramework::<Role>::with(())
            .given_no_previous_events()
            .when(define())
            .then_expect_events(vec![defined("Auditor", Permission::SeeAudit)]);
    }

    #[test]
    fn defining_it_again_changes_nothing() {
        TestFramework::<Role>::with(())
            .given(vec![defined("Auditor", Permission::SeeAudit)])
            .when(define())
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_id_keeps_its_role() {
        for given in [
            vec![defined("Auditor", Permission::SeeUsage)],
            vec![defined("Accountant", Permission::SeeAudit)],
            vec![defined("Auditor", Permission::SeeAudit), removed("Auditor")],
        ] {
            TestFramework::<Role>::with(())
                .given(given)
                .when(define())
                .then_expect_error(RoleRefusal::DefinedOtherwise);
        }
    }

    #[test]
    fn its_name_is_its_own_whatever_the_letters_case() {
        let id = RoleId::from_uuid(Uuid::from_u128(1));
        let taken = Role::reservations(id.into(), &defined("Auditor", Permission::SeeAudit));
        let expected = [role_reservation(id), role_name_reservation(&name("AUDITOR"))];
        assert_eq!(taken, expected.map(ReservationChange::Take));
    }
}
