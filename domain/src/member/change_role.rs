//! A member is something else for the business. Only owners make owners. No owner gives the role up herself: another one
//! takes it from her, and asserts that she still is one.

use super::{By, Member, MemberEvent, MemberRefusal};
use crate::role::MemberRole;

pub(super) fn decide(member: &Member, role: MemberRole, by: By) -> Result<Vec<MemberEvent>, MemberRefusal> {
    let known = member.active()?;
    if known.role == role {
        return Ok(vec![]);
    }
    Member::may_be_touched(known.role, by)?;
    if role == MemberRole::Owner && by != By::AnotherOwner {
        return Err(MemberRefusal::OwnersOnly);
    }
    Ok(vec![MemberEvent::RoleChanged { role }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::member::state::samples::{MEMBER, put_out, registered, who_is_not_in, working};
    use crate::member::{By, Member, MemberCommand, MemberEvent, MemberRefusal, owner_reservation};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide, ReservationChange, RoleId};

    const AUDITOR: MemberRole = MemberRole::Custom(RoleId::from_uuid(Uuid::from_u128(3)));

    fn change(role: MemberRole, by: By) -> MemberCommand {
        MemberCommand::ChangeRole { role, by }
    }

    fn changed(role: MemberRole) -> MemberEvent {
        MemberEvent::RoleChanged { role }
    }

    #[test]
    fn a_member_becomes_something_else() {
        for role in [MemberRole::TeamLead, MemberRole::BillingAdmin, MemberRole::Owner, AUDITOR] {
            TestFramework::<Member>::with(())
                .given(working(MemberRole::Agent))
                .when(change(role, By::AnotherOwner))
                .then_expect_events(vec![changed(role)]);
        }
        for by in [By::Herself, By::Another] {
            TestFramework::<Member>::with(())
                .given(working(MemberRole::Agent))
                .when(change(AUDITOR, by))
                .then_expect_events(vec![changed(AUDITOR)]);
        }
        TestFramework::<Member>::with(())
            .given(working(AUDITOR))
            .when(change(MemberRole::Agent, By::Herself))
            .then_expect_events(vec![changed(MemberRole::Agent)]);
    }

    #[test]
    fn what_she_is_already_changes_nothing() {
        for by in [By::Herself, By::AnotherOwner, By::Another] {
            TestFramework::<Member>::with(())
                .given([working(MemberRole::Agent), vec![changed(AUDITOR)]].concat())
                .when(change(AUDITOR, by))
                .then_expect_events(vec![]);
            TestFramework::<Member>::with(())
                .given(vec![registered("ada@example.com")])
                .when(change(MemberRole::Owner, by))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn only_owners_make_owners() {
        for by in [By::Herself, By::Another] {
            TestFramework::<Member>::with(())
                .given(working(AUDITOR))
                .when(change(MemberRole::Owner, by))
                .then_expect_error(MemberRefusal::OwnersOnly);
        }
    }

    #[test]
    fn an_owner_becomes_something_else_by_another_owner_only() {
        for given in [
            vec![registered("ada@example.com")],
            working(MemberRole::Owner),
            [working(MemberRole::Agent), vec![changed(MemberRole::Owner)]].concat(),
        ] {
            TestFramework::<Member>::with(())
                .given(given.clone())
                .when(change(MemberRole::Agent, By::Herself))
                .then_expect_error(MemberRefusal::ByHerself);
            TestFramework::<Member>::with(())
                .given(given.clone())
                .when(change(MemberRole::Agent, By::Another))
                .then_expect_error(MemberRefusal::OwnersOnly);
            TestFramework::<Member>::with(())
                .given(given)
                .when(change(MemberRole::Agent, By::AnotherOwner))
                .then_expect_events(vec![changed(MemberRole::Agent)]);
        }
    }

    #[test]
    fn who_is_not_in_is_nothing_for_the_business() {
        for (given, refusal) in
            who_is_not_in().into_iter().chain([(put_out(MemberRole::Agent), MemberRefusal::Deactivated)])
        {
            TestFramework::<Member>::with(())
                .given(given)
                .when(change(MemberRole::TeamLead, By::Another))
                .then_expect_error(refusal);
        }
    }

    #[test]
    fn that_she_is_an_owner_is_taken_and_given_up() {
        let owner = owner_reservation(MEMBER);
        let of = |role| Member::reservations(MEMBER.into(), &changed(role));
        assert_eq!(of(MemberRole::Owner), [ReservationChange::Take(owner.clone())]);
        for role in [MemberRole::Agent, AUDITOR] {
            assert_eq!(of(role), [ReservationChange::Release(owner.clone())]);
        }
        assert_eq!(Member::data_subject(MEMBER.into(), &changed(AUDITOR)), DataSubject::Nobody);
    }
}
