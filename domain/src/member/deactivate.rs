//! A member is put out: for the next thing she asks she is nobody. No owner does it to herself, and another one asserts
//! that she still is one.

use super::{By, Member, MemberEvent, MemberRefusal};

pub(super) fn decide(member: &Member, by: By) -> Result<Vec<MemberEvent>, MemberRefusal> {
    let known = member.joined()?;
    if !known.active {
        Ok(vec![])
    } else {
        Member::may_be_touched(known.role, by)?;
        Ok(vec![MemberEvent::Deactivated {}])
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{MEMBER, put_out, registered, who_is_not_in, working};
    use crate::member::{By, Member, MemberCommand, MemberEvent, MemberRefusal, owner_reservation};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide, ReservationChange};

    fn deactivate(by: By) -> MemberCommand {
        MemberCommand::Deactivate { by }
    }

    #[test]
    fn a_member_is_put_out() {
        for (given, by) in [
            (working(MemberRole::Agent), By::Another),
            (working(MemberRole::Agent), By::Herself),
            (working(MemberRole::Agent), By::AnotherOwner),
            (working(MemberRole::Owner), By::AnotherOwner),
            (vec![registered("ada@example.com")], By::AnotherOwner),
        ] {
            TestFramework::<Member>::with(())
                .given(given)
                .when(deactivate(by))
                .then_expect_events(vec![MemberEvent::Deactivated {}]);
        }
    }

    #[test]
    fn putting_her_out_again_changes_nothing() {
        for (role, by) in [(MemberRole::Agent, By::Another), (MemberRole::Owner, By::Herself)] {
            TestFramework::<Member>::with(()).given(put_out(role)).when(deactivate(by)).then_expect_events(vec![]);
        }
    }

    #[test]
    fn an_owner_is_put_out_by_another_owner_only() {
        for given in [working(MemberRole::Owner), vec![registered("ada@example.com")]] {
            for (by, refusal) in [(By::Herself, MemberRefusal::ByHerself), (By::Another, MemberRefusal::OwnersOnly)] {
                TestFramework::<Member>::with(()).given(given.clone()).when(deactivate(by)).then_expect_error(refusal);
            }
        }
    }

    #[test]
    fn who_is_not_in_can_t_be_put_out() {
        for (given, refusal) in who_is_not_in() {
            TestFramework::<Member>::with(()).given(given).when(deactivate(By::Another)).then_expect_error(refusal);
        }
    }

    #[test]
    fn she_owns_nothing_any_more_and_her_address_stays_hers() {
        let event = MemberEvent::Deactivated {};
        let given_up = [ReservationChange::Release(owner_reservation(MEMBER))];
        assert_eq!(Member::reservations(MEMBER.into(), &event), given_up);
        assert_eq!(Member::data_subject(MEMBER.into(), &event), DataSubject::Nobody);
    }
}
