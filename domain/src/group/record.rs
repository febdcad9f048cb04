//! What a provider tells of a group is recorded as it is told: it comes in any order, and read models put it in that of
//! the provider's times. The same twice is the same command twice, and the log's command ids see to that.

use super::{Group, GroupEvent, GroupFact, GroupRefusal, Moment};

pub(super) fn decide(group: &Group, moment: Moment, fact: GroupFact) -> Result<Vec<GroupEvent>, GroupRefusal> {
    if group.channel.is_none() {
        return Err(GroupRefusal::NotFound);
    }
    Ok(vec![match fact {
        GroupFact::Created(creation) => GroupEvent::Created { moment, creation },
        GroupFact::Deleted { request } => GroupEvent::Deleted { moment, request },
        GroupFact::Joined(participation) => GroupEvent::ParticipantJoined { moment, participation },
        GroupFact::Left(participation) => GroupEvent::ParticipantLeft { moment, participation },
        GroupFact::JoinRequested(participation) => GroupEvent::JoinRequested { moment, participation },
        GroupFact::JoinRequestWithdrawn(participation) => GroupEvent::JoinRequestWithdrawn { moment, participation },
        GroupFact::Kept(participation) => GroupEvent::ParticipantKept { moment, participation },
        GroupFact::Described(settings) => GroupEvent::Described { moment, settings },
        GroupFact::Suspended => GroupEvent::Suspended { moment },
        GroupFact::Reinstated => GroupEvent::Reinstated { moment },
        GroupFact::Failed(failure) => GroupEvent::RequestFailed { moment, failure },
        GroupFact::Other { named } => GroupEvent::Remarked { moment, named },
    }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::group::state::samples::{CONTACT, GROUP, facts, introduced, moment};
    use crate::group::{Group, GroupCommand, GroupRefusal};
    use crate::{DataSubject, Decide, StreamId};

    #[test]
    fn each_fact_is_recorded_as_it_is_told() {
        for (fact, event) in facts() {
            TestFramework::<Group>::with(())
                .given(vec![introduced()])
                .when(GroupCommand::Record { moment: moment(), fact })
                .then_expect_events(vec![event]);
        }
    }

    #[test]
    fn facts_of_any_other_order_are_recorded_too() {
        for (fact, event) in facts() {
            let before = facts().into_iter().rev().map(|(_, event)| event);
            TestFramework::<Group>::with(())
                .given(std::iter::once(introduced()).chain(before).collect())
                .when(GroupCommand::Record { moment: moment(), fact })
                .then_expect_events(vec![event]);
        }
    }

    #[test]
    fn nothing_is_told_of_a_group_that_was_not_introduced() {
        for (fact, _) in facts() {
            TestFramework::<Group>::with(())
                .given_no_previous_events()
                .when(GroupCommand::Record { moment: moment(), fact })
                .then_expect_error(GroupRefusal::NotFound);
        }
    }

    #[test]
    fn what_is_about_one_person_is_hers_and_what_it_is_called_is_the_group_s() {
        for (fact, event) in facts() {
            let told = format!("{event:?}");
            let expected = if told.contains("contact") {
                DataSubject::Holds(CONTACT.into())
            } else if told.contains("subject") {
                DataSubject::Holds(GROUP.into())
            } else {
                DataSubject::Nobody
            };
            assert_eq!(Group::data_subject(StreamId::from(GROUP), &event), expected, "{fact:?}");
        }
    }
}
