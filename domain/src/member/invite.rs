//! Somebody is asked to work for the business. Whether her address signs in elsewhere shows only when she accepts, to
//! her: nobody else learns it.

use super::state::Standing;
use super::{Member, MemberEvent, MemberRefusal};
use crate::role::MemberRole;
use crate::{EmailAddress, TeamId};

pub(super) fn decide(
    member: &Member,
    email: EmailAddress,
    role: MemberRole,
    team: Option<TeamId>,
) -> Result<Vec<MemberEvent>, MemberRefusal> {
    match &member.standing {
        Standing::Unknown => Ok(vec![MemberEvent::Invited { email: email.into(), role, team }]),
        Standing::Invited { .. } | Standing::Withdrawn | Standing::Joined(_) => Err(MemberRefusal::SomebodyElse),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{MEMBER, TEAM, email, invited, put_out, working};
    use crate::member::{Member, MemberCommand, MemberEvent, MemberRefusal};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide};

    fn invite(role: MemberRole) -> MemberCommand {
        MemberCommand::Invite { email: email("ada@example.com"), role, team: Some(TEAM) }
    }

    #[test]
    fn somebody_is_asked() {
        for role in [MemberRole::Agent, MemberRole::Owner] {
            TestFramework::<Member>::with(())
                .given_no_previous_events()
                .when(invite(role))
                .then_expect_events(vec![invited(role)]);
        }
    }

    #[test]
    fn an_id_keeps_its_person() {
        for given in [
            vec![invited(MemberRole::Agent)],
            vec![invited(MemberRole::Agent), MemberEvent::InvitationWithdrawn {}],
            working(MemberRole::Agent),
            put_out(MemberRole::Agent),
        ] {
            TestFramework::<Member>::with(())
                .given(given)
                .when(invite(MemberRole::Agent))
                .then_expect_error(MemberRefusal::SomebodyElse);
        }
    }

    #[test]
    fn who_is_only_asked_holds_nothing_and_owns_nothing() {
        assert_eq!(Member::reservations(MEMBER.into(), &invited(MemberRole::Owner)), []);
        let hers = DataSubject::Holds(MEMBER.into());
        assert_eq!(Member::data_subject(MEMBER.into(), &invited(MemberRole::Owner)), hers);
    }
}
