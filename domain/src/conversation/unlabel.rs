//! A conversation is of some kind no more.

use super::{Conversation, ConversationEvent, ConversationRefusal, Label};

pub(super) fn decide(conversation: &Conversation, label: Label) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let thread = conversation.thread()?;
    Ok(if thread.labels.contains(&label) { vec![ConversationEvent::Unlabelled { label }] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::conversation::state::samples::{labelled, opened, unlabelled};
    use crate::conversation::{Conversation, ConversationCommand, ConversationRefusal, Label};

    fn unmark(text: &str) -> ConversationCommand {
        ConversationCommand::Unlabel { label: Label::parse(text).unwrap() }
    }

    #[test]
    fn one_mark_is_taken_away() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), labelled("VIP"), labelled("Returns")])
            .when(unmark("VIP"))
            .then_expect_events(vec![unlabelled("VIP")]);
    }

    #[test]
    fn a_mark_that_is_not_there_stays_away() {
        for given in [vec![opened(), labelled("vip")], vec![opened(), labelled("VIP"), unlabelled("VIP")]] {
            TestFramework::<Conversation>::with(()).given(given).when(unmark("VIP")).then_expect_events(vec![]);
        }
    }

    #[test]
    fn what_nobody_began_has_no_marks() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(unmark("VIP"))
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
