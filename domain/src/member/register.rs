//! Somebody begins a business, by a link that was sent to her address: nothing of it was in the log before.

use super::state::Standing;
use super::{Member, MemberEvent, MemberName, MemberRefusal};
use crate::role::MemberRole;
use crate::{EmailAddress, IdentifierHash};

pub(super) fn decide(
    member: &Member,
    name: MemberName,
    email: EmailAddress,
    email_hash: IdentifierHash,
) -> Result<Vec<MemberEvent>, MemberRefusal> {
    match &member.standing {
        Standing::Unknown => Ok(vec![MemberEvent::Registered { name: name.into(), email: email.into(), email_hash }]),
        Standing::Joined(known) if known.email_hash == email_hash && known.role == MemberRole::Owner => Ok(vec![]),
        Standing::Joined(_) | Standing::Invited { .. } | Standing::Withdrawn => Err(MemberRefusal::SomebodyElse),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{MEMBER, email, hash, invited, name, registered, working};
    use crate::member::{Member, MemberCommand, MemberEvent, MemberRefusal, email_reservation, owner_reservation};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide, ReservationChange};

    const ADA: &str = "ada@example.com";

    fn register(address: &str) -> MemberCommand {
        MemberCommand::Register { name: name("Ada"), email: email(address), email_hash: hash(address) }
    }

    #[test]
    fn whoever_begins_a_business_owns_it() {
        TestFramework::<Member>::with(())
            .given_no_previous_events()
            .when(register(ADA))
            .then_expect_events(vec![registered(ADA)]);
        let taken = [email_reservation(&hash(ADA)), owner_reservation(MEMBER)];
        assert_eq!(Member::reservations(MEMBER.into(), &registered(ADA)), taken.map(ReservationChange::Take));
    }

    #[test]
    fn doing_it_again_changes_nothing() {
        TestFramework::<Member>::with(()).given(vec![registered(ADA)]).when(register(ADA)).then_expect_events(vec![]);
    }

    #[test]
    fn an_id_keeps_its_person() {
        for given in [
            vec![registered("eve@example.com")],
            vec![invited(MemberRole::Owner)],
            vec![invited(MemberRole::Owner), MemberEvent::InvitationWithdrawn {}],
            working(MemberRole::Agent),
        ] {
            TestFramework::<Member>::with(())
                .given(given)
                .when(register(ADA))
                .then_expect_error(MemberRefusal::SomebodyElse);
        }
    }

    #[test]
    fn what_she_is_called_and_where_she_is_written_to_is_hers() {
        assert_eq!(Member::data_subject(MEMBER.into(), &registered(ADA)), DataSubject::Holds(MEMBER.into()));
    }
}
