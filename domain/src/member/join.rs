//! Whoever was asked accepts, by a link that was sent to her address: from then on it is hers in the whole installation.

use super::state::Standing;
use super::{Member, MemberEvent, MemberName, MemberRefusal};
use crate::{EmailAddress, IdentifierHash};

pub(super) fn decide(
    member: &Member,
    name: MemberName,
    email: EmailAddress,
    email_hash: IdentifierHash,
) -> Result<Vec<MemberEvent>, MemberRefusal> {
    match &member.standing {
        Standing::Unknown => Err(MemberRefusal::NotFound),
        Standing::Withdrawn => Err(MemberRefusal::Withdrawn),
        Standing::Invited { role, team } => {
            let (name, email, role, team) = (name.into(), email.into(), *role, *team);
            Ok(vec![MemberEvent::Joined { name, email, email_hash, role, team }])
        }
        Standing::Joined(known) if known.email_hash != email_hash => Err(MemberRefusal::SomebodyElse),
        Standing::Joined(known) if known.active => Ok(vec![]),
        Standing::Joined(_) => Err(MemberRefusal::Deactivated),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{MEMBER, email, hash, invited, joined, name, put_out, working};
    use crate::member::{Member, MemberCommand, MemberEvent, MemberRefusal, email_reservation, owner_reservation};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide, ReservationChange};

    const ADA: &str = "ada@example.com";

    fn join(address: &str) -> MemberCommand {
        MemberCommand::Join { name: name("Ada"), email: email(address), email_hash: hash(address) }
    }

    #[test]
    fn she_comes_as_what_she_was_asked_to_be() {
        for role in [MemberRole::Agent, MemberRole::Owner] {
            TestFramework::<Member>::with(())
                .given(vec![invited(role)])
                .when(join(ADA))
                .then_expect_events(vec![joined(ADA, role)]);
        }
    }

    #[test]
    fn her_address_is_hers_and_so_is_the_business_if_she_comes_as_an_owner() {
        let address = ReservationChange::Take(email_reservation(&hash(ADA)));
        let as_one = |role| Member::reservations(MEMBER.into(), &joined(ADA, role));
        assert_eq!(as_one(MemberRole::Agent), std::slice::from_ref(&address));
        assert_eq!(as_one(MemberRole::Owner), [address, ReservationChange::Take(owner_reservation(MEMBER))]);
        let hers = DataSubject::Holds(MEMBER.into());
        assert_eq!(Member::data_subject(MEMBER.into(), &joined(ADA, MemberRole::Agent)), hers);
    }

    #[test]
    fn accepting_again_changes_nothing() {
        TestFramework::<Member>::with(()).given(working(MemberRole::Agent)).when(join(ADA)).then_expect_events(vec![]);
    }

    #[test]
    fn a_link_is_for_one_person_while_she_is_wanted() {
        let invited = || invited(MemberRole::Agent);
        for (given, address, refusal) in [
            (vec![], ADA, MemberRefusal::NotFound),
            (vec![invited(), MemberEvent::InvitationWithdrawn {}], ADA, MemberRefusal::Withdrawn),
            (put_out(MemberRole::Agent), ADA, MemberRefusal::Deactivated),
            (working(MemberRole::Agent), "eve@example.com", MemberRefusal::SomebodyElse),
        ] {
            TestFramework::<Member>::with(()).given(given).when(join(address)).then_expect_error(refusal);
        }
    }
}
