//! A team is asked to see to a conversation, whatever its status: it is nobody's in particular, and the team's until a member has it.

use super::{Conversation, ConversationEvent, ConversationRefusal};
use crate::TeamId;

pub(super) fn decide(conversation: &Conversation, team: TeamId) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let asked = conversation.thread()?.asked;
    Ok(match asked {
        Some(asked) if asked.team == team => vec![],
        Some(_) | None => vec![ConversationEvent::AssignedToTeam { team }],
    })
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::TeamId;
    use crate::conversation::state::samples::{
        COLLEAGUE, MEMBER, TEAM, assigned, assigned_to_team, opened, opened_with_group, received, snoozed,
    };
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    const OTHERS: TeamId = TeamId::from_uuid(Uuid::from_u128(10));

    fn ask(team: TeamId) -> ConversationCommand {
        ConversationCommand::AssignToTeam { team }
    }

    fn state(events: Vec<ConversationEvent>) -> Conversation {
        let mut conversation = Conversation::default();
        for event in events {
            conversation.apply(event);
        }
        conversation
    }

    #[test]
    fn a_team_is_asked_whatever_its_status_and_whoever_has_it() {
        for given in [
            vec![opened(), received("a")],
            vec![opened_with_group()],
            vec![opened(), snoozed()],
            vec![opened(), assigned(MEMBER)],
            vec![opened(), assigned_to_team(OTHERS)],
            vec![opened(), assigned_to_team(TEAM), assigned(MEMBER)],
            vec![opened(), assigned_to_team(TEAM), ConversationEvent::Unassigned {}],
            vec![opened(), assigned_to_team(TEAM), ConversationEvent::Resolved {}],
        ] {
            TestFramework::<Conversation>::with(())
                .given(given)
                .when(ask(TEAM))
                .then_expect_events(vec![assigned_to_team(TEAM)]);
        }
    }

    #[test]
    fn asking_the_same_team_again_changes_nothing() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), assigned_to_team(TEAM), received("a"), snoozed()])
            .when(ask(TEAM))
            .then_expect_events(vec![]);
    }

    #[test]
    fn it_is_nobody_s_and_the_team_s_until_a_member_has_it() {
        let asked = state(vec![opened(), assigned(MEMBER), assigned_to_team(TEAM)]);
        assert_eq!((asked.assignee(), asked.team(), asked.team_asked_at()), (None, Some(TEAM), Some(3)));
        let taken = state(vec![opened(), assigned_to_team(TEAM), assigned(COLLEAGUE)]);
        assert_eq!((taken.assignee(), taken.team(), taken.team_asked_at()), (Some(COLLEAGUE), None, None));
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), assigned_to_team(TEAM)])
            .when(ConversationCommand::Take { member: MEMBER })
            .then_expect_events(vec![assigned(MEMBER)]);
    }

    #[test]
    fn what_is_settled_or_taken_back_is_no_team_s() {
        for end in [ConversationEvent::Resolved {}, ConversationEvent::Unassigned {}] {
            assert_eq!(state(vec![opened(), assigned_to_team(TEAM), end]).team(), None);
        }
    }

    #[test]
    fn for_what_nobody_began_no_team_is_asked() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(ask(TEAM))
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
