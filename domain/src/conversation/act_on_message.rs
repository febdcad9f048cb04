//! A customer reacts to a message, changes or revokes one of hers. The message may be one that nobody here knows, or
//! arrive later: acts are recorded as they are told, and read models put them beside what they are about.

use super::{Conversation, ConversationEvent, ConversationRefusal, Counterpart};
use crate::ChannelId;

pub(super) fn decide(
    conversation: &Conversation,
    counterpart: Counterpart,
    channel: ChannelId,
    act: ConversationEvent,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let mut events = conversation.opening_with(counterpart, channel)?;
    events.push(act);
    Ok(events)
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::ContactId;
    use crate::conversation::state::samples::{CHANNEL, GROUP, acts, opened, opened_with_group, received};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    #[test]
    fn acts_are_recorded_as_they_are_told() {
        for (command, event) in acts(None) {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), received("a")])
                .when(command)
                .then_expect_events(vec![event]);
        }
        for (command, event) in acts(Some(GROUP)) {
            TestFramework::<Conversation>::with(())
                .given(vec![opened_with_group()])
                .when(command)
                .then_expect_events(vec![event]);
        }
    }

    #[test]
    fn one_that_comes_first_opens_the_thread() {
        for (group, opened) in [(None, opened()), (Some(GROUP), opened_with_group())] {
            for (command, event) in acts(group) {
                TestFramework::<Conversation>::with(())
                    .given_no_previous_events()
                    .when(command)
                    .then_expect_events(vec![opened.clone(), event]);
            }
        }
    }

    #[test]
    fn a_settled_matter_stays_settled() {
        for (command, event) in acts(None) {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), received("a"), ConversationEvent::Resolved {}])
                .when(command)
                .then_expect_events(vec![event]);
        }
    }

    #[test]
    fn somebody_else_s_act_is_refused() {
        let contact = ContactId::from_uuid(Uuid::from_u128(9));
        for (command, _) in acts(None) {
            let command = match command {
                ConversationCommand::React { reaction, .. } => {
                    ConversationCommand::React { contact, channel: CHANNEL, group: None, reaction }
                }
                ConversationCommand::EditMessage { edit, .. } => {
                    ConversationCommand::EditMessage { contact, channel: CHANNEL, group: None, edit }
                }
                ConversationCommand::RevokeMessage { revocation, .. } => {
                    ConversationCommand::RevokeMessage { contact, channel: CHANNEL, group: None, revocation }
                }
                other @ (ConversationCommand::Open { .. }
                | ConversationCommand::ReceiveMessage { .. }
                | ConversationCommand::ReceiveSubmission { .. }
                | ConversationCommand::MarkRead
                | ConversationCommand::Resolve
                | ConversationCommand::SetPriority { .. }
                | ConversationCommand::CorrectMessage { .. }
                | ConversationCommand::ImportMessage { .. }
                | ConversationCommand::RecordCall { .. }
                | ConversationCommand::Assign { .. }
                | ConversationCommand::Take { .. }
                | ConversationCommand::AssignToTeam { .. }
                | ConversationCommand::Unassign
                | ConversationCommand::AddNote { .. }
                | ConversationCommand::Label { .. }
                | ConversationCommand::Unlabel { .. }
                | ConversationCommand::Snooze { .. }
                | ConversationCommand::Wake { .. }
                | ConversationCommand::Reopen
                | ConversationCommand::Answer { .. }) => panic!("{other:?} is no act"),
            };
            TestFramework::<Conversation>::with(())
                .given(vec![opened()])
                .when(command)
                .then_expect_error(ConversationRefusal::WrongThread);
        }
        for (group, given) in [(Some(GROUP), opened()), (None, opened_with_group())] {
            for (command, _) in acts(group) {
                TestFramework::<Conversation>::with(())
                    .given(vec![given.clone()])
                    .when(command)
                    .then_expect_error(ConversationRefusal::WrongThread);
            }
        }
    }
}
