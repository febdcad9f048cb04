//! Somebody of the business answers, from here or elsewhere.
//!
//! An answer rests on what the customer said and did, on what was answered already, and on who sees to her. Who decides for a while, a
//! bot above all, says on which version of the conversation: an answer that rests on what is not so any more is refused, so it never
//! talks over whoever was faster. That it is answered is in the log before the message itself, so there is nothing between both.

use super::{Conversation, ConversationEvent, ConversationRefusal, Counterpart};
use crate::{ChannelId, ContactId, OutboundMessageId};

pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    channel: ChannelId,
    message: OutboundMessageId,
    decided_on: Option<i64>,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let mut events = conversation.opening_with(Counterpart::Contact(contact), channel)?;
    if let Some(version) = decided_on.filter(|version| !conversation.is_as_of(*version)) {
        return Err(ConversationRefusal::Changed { version });
    }
    events.push(ConversationEvent::Answered { message });
    Ok(events)
}

/// Whether an answer that was decided before this happened may be wrong after it. What colleagues note, mark and read among themselves
/// changes nothing for the customer, and what a history tells is old; a reaction asks for nothing.
pub(super) fn outdates_answers(event: &ConversationEvent) -> bool {
    match event {
        ConversationEvent::Opened { .. }
        | ConversationEvent::OpenedWithGroup { .. }
        | ConversationEvent::MessageReceived { .. }
        | ConversationEvent::MessageEdited { .. }
        | ConversationEvent::MessageRevoked { .. }
        | ConversationEvent::MessageCorrected { .. }
        | ConversationEvent::Called { .. }
        | ConversationEvent::SubmissionReceived { .. }
        | ConversationEvent::Assigned { .. }
        | ConversationEvent::Unassigned {}
        | ConversationEvent::AssignedToTeam { .. }
        | ConversationEvent::Resolved {}
        | ConversationEvent::Answered { .. } => true,
        ConversationEvent::Reacted { .. }
        | ConversationEvent::MessageImported { .. }
        | ConversationEvent::Read {}
        | ConversationEvent::Reopened {}
        | ConversationEvent::PrioritySet { .. }
        | ConversationEvent::NoteAdded { .. }
        | ConversationEvent::Labelled { .. }
        | ConversationEvent::Unlabelled { .. }
        | ConversationEvent::Snoozed { .. }
        | ConversationEvent::Woken {} => false,
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::conversation::state::samples::{
        CHANNEL, COLLEAGUE, CONTACT, MEMBER, OTHER, TEAM, answered, assigned, assigned_to_team, labelled, note_added,
        opened, opened_with_group, received, snoozed,
    };
    use crate::conversation::{
        Conversation, ConversationCommand, ConversationEvent, ConversationRefusal, Counterpart, Priority,
    };
    use crate::{ContactId, OutboundMessageId};

    fn answer_to(contact: ContactId, decided_on: Option<i64>) -> ConversationCommand {
        let message = OutboundMessageId::from_uuid(Uuid::from_u128(8));
        ConversationCommand::Answer { contact, channel: CHANNEL, message, decided_on }
    }

    fn answer(decided_on: Option<i64>) -> ConversationCommand {
        answer_to(CONTACT, decided_on)
    }

    #[test]
    fn whoever_says_nothing_of_a_version_answers() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), assigned(MEMBER), answered(7)])
            .when(answer(None))
            .then_expect_events(vec![answered(8)]);
    }

    #[test]
    fn who_writes_first_opens_the_thread() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(answer(None))
            .then_expect_events(vec![opened(), answered(8)]);
    }

    #[test]
    fn what_it_rests_on_is_still_so() {
        let among_colleagues = [
            ConversationEvent::Read {},
            labelled("VIP"),
            ConversationEvent::PrioritySet { priority: Priority::High },
            note_added(Counterpart::Contact(CONTACT), "Call her."),
            snoozed(),
            ConversationEvent::Woken {},
            ConversationEvent::Reopened {},
        ];
        TestFramework::<Conversation>::with(())
            .given([vec![opened(), received("a")], among_colleagues.to_vec()].concat())
            .when(answer(Some(2)))
            .then_expect_events(vec![answered(8)]);
    }

    #[test]
    fn what_rests_on_what_has_changed_is_refused() {
        for since in [
            received("b"),
            answered(7),
            assigned(COLLEAGUE),
            ConversationEvent::Unassigned {},
            assigned_to_team(TEAM),
            ConversationEvent::Resolved {},
        ] {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), received("a"), ConversationEvent::Read {}, since])
                .when(answer(Some(3)))
                .then_expect_error(ConversationRefusal::Changed { version: 3 });
        }
    }

    #[test]
    fn two_that_were_decided_on_the_same_version_are_not_both_sent() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), answered(7)])
            .when(answer(Some(2)))
            .then_expect_error(ConversationRefusal::Changed { version: 2 });
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), answered(7)])
            .when(answer(Some(3)))
            .then_expect_events(vec![answered(8)]);
    }

    #[test]
    fn a_version_that_never_was_is_none_to_decide_on() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a")])
            .when(answer(Some(9)))
            .then_expect_error(ConversationRefusal::Changed { version: 9 });
    }

    #[test]
    fn somebody_else_s_thread_is_refused() {
        for given in [opened(), opened_with_group()] {
            TestFramework::<Conversation>::with(())
                .given(vec![given])
                .when(answer_to(OTHER, None))
                .then_expect_error(ConversationRefusal::WrongThread);
        }
    }
}
