//! Whoever was put out may come in again, as what she was: who was an owner, if an owner says so.

use super::{By, Member, MemberEvent, MemberRefusal};

pub(super) fn decide(member: &Member, by: By) -> Result<Vec<MemberEvent>, MemberRefusal> {
    let known = member.joined()?;
    if known.active {
        Ok(vec![])
    } else {
        Member::may_be_touched(known.role, by)?;
        Ok(vec![MemberEvent::Reactivated { role: known.role }])
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{MEMBER, put_out, who_is_not_in, working};
    use crate::member::{By, Member, MemberCommand, MemberEvent, MemberRefusal, owner_reservation};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide, ReservationChange};

    fn back_by(by: By) -> MemberCommand {
        MemberCommand::Reactivate { by }
    }

    fn back(role: MemberRole) -> MemberEvent {
        MemberEvent::Reactivated { role }
    }

    #[test]
    fn she_comes_back_as_what_she_was() {
        for role in [MemberRole::Agent, MemberRole::Owner] {
            TestFramework::<Member>::with(())
                .given(put_out(role))
                .when(back_by(By::AnotherOwner))
                .then_expect_events(vec![back(role)]);
        }
    }

    #[test]
    fn who_was_an_owner_comes_back_by_an_owner_only() {
        TestFramework::<Member>::with(())
            .given(put_out(MemberRole::Owner))
            .when(back_by(By::Another))
            .then_expect_error(MemberRefusal::OwnersOnly);
        TestFramework::<Member>::with(())
            .given(put_out(MemberRole::Agent))
            .when(back_by(By::Another))
            .then_expect_events(vec![back(MemberRole::Agent)]);
    }

    #[test]
    fn who_is_in_stays_in() {
        for given in [working(MemberRole::Agent), [put_out(MemberRole::Agent), vec![back(MemberRole::Agent)]].concat()]
        {
            TestFramework::<Member>::with(()).given(given).when(back_by(By::AnotherOwner)).then_expect_events(vec![]);
        }
    }

    #[test]
    fn who_never_came_does_not_come_back() {
        for (given, refusal) in who_is_not_in() {
            TestFramework::<Member>::with(()).given(given).when(back_by(By::AnotherOwner)).then_expect_error(refusal);
        }
    }

    #[test]
    fn an_owner_owns_again() {
        let of = |role| Member::reservations(MEMBER.into(), &back(role));
        assert_eq!(of(MemberRole::Owner), [ReservationChange::Take(owner_reservation(MEMBER))]);
        assert_eq!(of(MemberRole::Agent), []);
        assert_eq!(Member::data_subject(MEMBER.into(), &back(MemberRole::Owner)), DataSubject::Nobody);
    }
}
