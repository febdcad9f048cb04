//! A member has a password, or another one. Which one is nothing that a decision knows, so each time is told.

use super::{Member, MemberEvent, MemberRefusal};

pub(super) fn decide(member: &Member) -> Result<Vec<MemberEvent>, MemberRefusal> {
    member.active()?;
    Ok(vec![MemberEvent::PasswordSet {}])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{MEMBER, put_out, registered, who_is_not_in, working};
    use crate::member::{Member, MemberCommand, MemberEvent, MemberRefusal};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide};

    #[test]
    fn each_time_is_told() {
        for given in [
            working(MemberRole::Agent),
            vec![registered("ada@example.com")],
            [working(MemberRole::Agent), vec![MemberEvent::PasswordSet {}]].concat(),
        ] {
            TestFramework::<Member>::with(())
                .given(given)
                .when(MemberCommand::SetPassword)
                .then_expect_events(vec![MemberEvent::PasswordSet {}]);
        }
    }

    #[test]
    fn who_may_not_come_in_has_none() {
        for (given, refusal) in
            who_is_not_in().into_iter().chain([(put_out(MemberRole::Agent), MemberRefusal::Deactivated)])
        {
            TestFramework::<Member>::with(()).given(given).when(MemberCommand::SetPassword).then_expect_error(refusal);
        }
    }

    #[test]
    fn nothing_of_it_is_told() {
        assert_eq!(Member::data_subject(MEMBER.into(), &MemberEvent::PasswordSet {}), DataSubject::Nobody);
    }
}
