//! A member tried what she may not: nothing was done but that it is known.

use super::{DeniedAction, Member, MemberEvent, MemberRefusal};
use crate::role::Permission;

pub(super) fn decide(
    member: &Member,
    action: DeniedAction,
    permission: Permission,
) -> Result<Vec<MemberEvent>, MemberRefusal> {
    member.active()?;
    Ok(vec![MemberEvent::Denied { action, permission }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{MEMBER, put_out, who_is_not_in, working};
    use crate::member::{DeniedAction, Member, MemberCommand, MemberEvent, MemberRefusal};
    use crate::role::{MemberRole, Permission};
    use crate::{DataSubject, Decide};

    const PERMISSION: Permission = Permission::EraseContacts;

    fn action() -> DeniedAction {
        DeniedAction::parse("eraseContact").unwrap()
    }

    fn denied() -> MemberEvent {
        MemberEvent::Denied { action: action(), permission: PERMISSION }
    }

    #[test]
    fn each_time_is_told() {
        for given in [working(MemberRole::Agent), [working(MemberRole::Agent), vec![denied()]].concat()] {
            TestFramework::<Member>::with(())
                .given(given)
                .when(MemberCommand::Deny { action: action(), permission: PERMISSION })
                .then_expect_events(vec![denied()]);
        }
        assert_eq!(Member::data_subject(MEMBER.into(), &denied()), DataSubject::Nobody);
    }

    #[test]
    fn who_may_not_come_in_tries_nothing() {
        for (given, refusal) in
            who_is_not_in().into_iter().chain([(put_out(MemberRole::Agent), MemberRefusal::Deactivated)])
        {
            TestFramework::<Member>::with(())
                .given(given)
                .when(MemberCommand::Deny { action: action(), permission: PERMISSION })
                .then_expect_error(refusal);
        }
    }
}
