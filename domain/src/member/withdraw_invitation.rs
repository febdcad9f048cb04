//! Whoever was asked and has not answered is asked no more.

use super::state::Standing;
use super::{Member, MemberEvent, MemberRefusal};

pub(super) fn decide(member: &Member) -> Result<Vec<MemberEvent>, MemberRefusal> {
    match &member.standing {
        Standing::Unknown => Err(MemberRefusal::NotFound),
        Standing::Invited { .. } => Ok(vec![MemberEvent::InvitationWithdrawn {}]),
        Standing::Withdrawn => Ok(vec![]),
        Standing::Joined(_) => Err(MemberRefusal::HasJoined),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{invited, put_out, registered, working};
    use crate::member::{Member, MemberCommand, MemberEvent, MemberRefusal};
    use crate::role::MemberRole;

    #[test]
    fn she_is_asked_no_more() {
        TestFramework::<Member>::with(())
            .given(vec![invited(MemberRole::Agent)])
            .when(MemberCommand::WithdrawInvitation)
            .then_expect_events(vec![MemberEvent::InvitationWithdrawn {}]);
    }

    #[test]
    fn withdrawing_it_again_changes_nothing() {
        TestFramework::<Member>::with(())
            .given(vec![invited(MemberRole::Agent), MemberEvent::InvitationWithdrawn {}])
            .when(MemberCommand::WithdrawInvitation)
            .then_expect_events(vec![]);
    }

    #[test]
    fn whoever_came_is_there() {
        for given in [working(MemberRole::Agent), put_out(MemberRole::Agent), vec![registered("ada@example.com")]] {
            TestFramework::<Member>::with(())
                .given(given)
                .when(MemberCommand::WithdrawInvitation)
                .then_expect_error(MemberRefusal::HasJoined);
        }
    }

    #[test]
    fn whom_nobody_asked_is_not_found() {
        TestFramework::<Member>::with(())
            .given_no_previous_events()
            .when(MemberCommand::WithdrawInvitation)
            .then_expect_error(MemberRefusal::NotFound);
    }
}
