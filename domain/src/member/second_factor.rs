//! A member signs in with a second factor, or needs none any more.

use super::{Member, MemberEvent, MemberRefusal};

pub(super) fn enable(member: &Member) -> Result<Vec<MemberEvent>, MemberRefusal> {
    let known = member.active()?;
    Ok(if known.second_factor { vec![] } else { vec![MemberEvent::SecondFactorEnabled {}] })
}

pub(super) fn disable(member: &Member) -> Result<Vec<MemberEvent>, MemberRefusal> {
    let known = member.active()?;
    Ok(if known.second_factor { vec![MemberEvent::SecondFactorDisabled {}] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::MemberCommand::{DisableSecondFactor, EnableSecondFactor};
    use crate::member::MemberEvent::{SecondFactorDisabled, SecondFactorEnabled};
    use crate::member::state::samples::{MEMBER, put_out, who_is_not_in, working};
    use crate::member::{Member, MemberEvent, MemberRefusal};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide};

    fn with(events: Vec<MemberEvent>) -> Vec<MemberEvent> {
        [working(MemberRole::Agent), events].concat()
    }

    #[test]
    fn a_member_begins_with_one_and_needs_none_any_more() {
        for given in [with(vec![]), with(vec![SecondFactorEnabled {}, SecondFactorDisabled {}])] {
            TestFramework::<Member>::with(())
                .given(given)
                .when(EnableSecondFactor)
                .then_expect_events(vec![SecondFactorEnabled {}]);
        }
        TestFramework::<Member>::with(())
            .given(with(vec![SecondFactorEnabled {}]))
            .when(DisableSecondFactor)
            .then_expect_events(vec![SecondFactorDisabled {}]);
    }

    #[test]
    fn saying_so_again_changes_nothing() {
        TestFramework::<Member>::with(())
            .given(with(vec![SecondFactorEnabled {}]))
            .when(EnableSecondFactor)
            .then_expect_events(vec![]);
        TestFramework::<Member>::with(()).given(with(vec![])).when(DisableSecondFactor).then_expect_events(vec![]);
    }

    #[test]
    fn who_may_not_come_in_has_none() {
        for command in [EnableSecondFactor, DisableSecondFactor] {
            for (given, refusal) in
                who_is_not_in().into_iter().chain([(put_out(MemberRole::Agent), MemberRefusal::Deactivated)])
            {
                TestFramework::<Member>::with(()).given(given).when(command.clone()).then_expect_error(refusal);
            }
        }
    }

    #[test]
    fn nothing_of_it_is_told() {
        for event in [SecondFactorEnabled {}, SecondFactorDisabled {}] {
            assert_eq!(Member::data_subject(MEMBER.into(), &event), DataSubject::Nobody);
        }
    }
}
