//! A member is called something else. What she was called is nothing that a decision knows, so each time is told.

use super::{Member, MemberEvent, MemberName, MemberRefusal};

pub(super) fn decide(member: &Member, name: MemberName) -> Result<Vec<MemberEvent>, MemberRefusal> {
    member.joined()?;
    Ok(vec![MemberEvent::Renamed { name: name.into() }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{MEMBER, name, put_out, registered, who_is_not_in, working};
    use crate::member::{Member, MemberCommand, MemberEvent};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide};

    fn rename() -> MemberCommand {
        MemberCommand::Rename { name: name("Ada Rossi") }
    }

    fn renamed() -> MemberEvent {
        MemberEvent::Renamed { name: name("Ada Rossi").into() }
    }

    #[test]
    fn a_member_is_called_something_else() {
        for given in [
            working(MemberRole::Agent),
            put_out(MemberRole::Agent),
            vec![registered("ada@example.com")],
            [working(MemberRole::Agent), vec![renamed()]].concat(),
        ] {
            TestFramework::<Member>::with(()).given(given).when(rename()).then_expect_events(vec![renamed()]);
        }
        assert_eq!(Member::data_subject(MEMBER.into(), &renamed()), DataSubject::Holds(MEMBER.into()));
    }

    #[test]
    fn who_never_came_has_no_name() {
        for (given, refusal) in who_is_not_in() {
            TestFramework::<Member>::with(()).given(given).when(rename()).then_expect_error(refusal);
        }
    }
}
