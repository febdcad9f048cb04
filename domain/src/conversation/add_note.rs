//! Somebody of the business puts down something in a conversation that the customer does not see.
//!
//! What is put down is about whom the conversation is with, so it ends with her when she is erased. The same note twice is
//! the same command twice; the log's command ids see to that.

use super::{Conversation, ConversationEvent, ConversationRefusal};
use crate::LongText;

/// What somebody puts down: up to 10,000 characters, in lines.
pub type Note = LongText<10_000>;

pub(super) fn decide(conversation: &Conversation, text: Note) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let about = conversation.thread()?.counterpart;
    Ok(vec![ConversationEvent::NoteAdded { about, text: text.into() }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::conversation::state::samples::{CONTACT, GROUP, note_added, opened, opened_with_group};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal, Counterpart};
    use crate::{DataSubject, Decide, LongText, StreamId};

    const TEXT: &str = "She asked for the blue one.\nCall her on Monday.";

    fn add() -> ConversationCommand {
        ConversationCommand::AddNote { text: LongText::parse(TEXT).unwrap() }
    }

    fn added(about: Counterpart) -> ConversationEvent {
        note_added(about, TEXT)
    }

    #[test]
    fn something_is_put_down() {
        for (given, about) in
            [(opened(), Counterpart::Contact(CONTACT)), (opened_with_group(), Counterpart::Group(GROUP))]
        {
            TestFramework::<Conversation>::with(())
                .given(vec![given])
                .when(add())
                .then_expect_events(vec![added(about)]);
        }
    }

    #[test]
    fn the_same_may_be_put_down_again_and_reopens_nothing() {
        let about = Counterpart::Contact(CONTACT);
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), added(about), ConversationEvent::Resolved {}])
            .when(add())
            .then_expect_events(vec![added(about)]);
    }

    #[test]
    fn it_is_about_whom_the_conversation_is_with() {
        let stream = StreamId::from_uuid(Uuid::max());
        for (about, subject) in
            [(Counterpart::Contact(CONTACT), CONTACT.into()), (Counterpart::Group(GROUP), GROUP.into())]
        {
            assert_eq!(Conversation::data_subject(stream, &added(about)), DataSubject::Holds(subject));
        }
    }

    #[test]
    fn nothing_is_put_down_about_what_nobody_began() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(add())
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
