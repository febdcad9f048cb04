//! A customer reacts to a message, changes or revokes one of hers. The message may be one that nobody here knows, or
//! arrive later: acts are recorded as they are told, and read models put them beside what they are about.

use super::{Conversation, ConversationEvent, ConversationRefusal};
use crate::{ChannelId, ContactId};

pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    channel: ChannelId,
    act: ConversationEvent,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    match &conversation.thread {
        None => Ok(vec![ConversationEvent::Opened { contact, channel }, act]),
        Some(thread) if (thread.contact, thread.channel) != (contact, channel) => Err(ConversationRefusal::WrongThread),
        Some(_) => Ok(vec![act]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::ContactId;
    use crate::conversation::state::samples::{CHANNEL, acts, opened, received};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    #[test]
    fn acts_are_recorded_as_they_are_told() {
        for (command, event) in acts() {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), received("a")])
                .when(command)
                .then_expect_events(vec![event]);
        }
    }

    #[test]
    fn one_that_comes_first_opens_the_thread() {
        for (command, event) in acts() {
            TestFramework::<Conversation>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_events(vec![opened(), event]);
        }
    }

    #[test]
    fn a_settled_matter_stays_settled() {
        for (command, event) in acts() {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), received("a"), ConversationEvent::Resolved {}])
                .when(command)
                .then_expect_events(vec![event]);
        }
    }

    #[test]
    fn somebody_else_s_act_is_refused() {
        let contact = ContactId::from_uuid(Uuid::from_u128(9));
        for (command, _) in acts() {
            let command = match command {
                ConversationCommand::React { reaction, .. } => {
                    ConversationCommand::React { contact, channel: CHANNEL, reaction }
                }
                ConversationCommand::EditMessage { edit, .. } => {
                    ConversationCommand::EditMessage { contact, channel: CHANNEL, edit }
                }
                ConversationCommand::RevokeMessage { revocation, .. } => {
                    ConversationCommand::RevokeMessage { contact, channel: CHANNEL, revocation }
                }
                other @ (ConversationCommand::Open { .. }
                | ConversationCommand::ReceiveMessage { .. }
                | ConversationCommand::MarkRead
                | ConversationCommand::Resolve
                | ConversationCommand::SetPriority { .. }
                | ConversationCommand::CorrectMessage { .. }
                | ConversationCommand::ImportMessage { .. }
                | ConversationCommand::RecordCall { .. }) => panic!("{other:?} is no act"),
            };
            TestFramework::<Conversation>::with(())
                .given(vec![opened()])
                .when(command)
                .then_expect_error(ConversationRefusal::WrongThread);
        }
    }
}
