//! A conversation is marked as being of some kind: "VIP", "Returns". A label is the business's own word and about nobody.

use super::{Conversation, ConversationEvent, ConversationRefusal};
use crate::ShortText;

/// A mark, as somebody typed it: labels that differ in a letter's case are two.
pub type Label = ShortText<1, 50>;

/// Most labels of a conversation.
pub const MAX_LABELS: usize = 50;

pub(super) fn decide(conversation: &Conversation, label: Label) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let labels = &conversation.thread()?.labels;
    if labels.contains(&label) {
        Ok(vec![])
    } else if labels.len() >= MAX_LABELS {
        Err(ConversationRefusal::TooManyLabels)
    } else {
        Ok(vec![ConversationEvent::Labelled { label }])
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::MAX_LABELS;
    use crate::conversation::state::samples::{labelled, opened, opened_with_group, unlabelled};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    fn mark(text: &str) -> ConversationCommand {
        ConversationCommand::Label { label: super::Label::parse(text).unwrap() }
    }

    fn full() -> Vec<ConversationEvent> {
        std::iter::once(opened()).chain((0..MAX_LABELS).map(|nth| labelled(&format!("Label {nth}")))).collect()
    }

    #[test]
    fn a_conversation_is_of_a_kind() {
        for given in [vec![opened()], vec![opened_with_group()], vec![opened(), ConversationEvent::Resolved {}]] {
            TestFramework::<Conversation>::with(())
                .given(given)
                .when(mark("VIP"))
                .then_expect_events(vec![labelled("VIP")]);
        }
    }

    #[test]
    fn it_may_be_of_several_which_are_told_apart_by_each_letter() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), labelled("VIP")])
            .when(mark("Vip"))
            .then_expect_events(vec![labelled("Vip")]);
    }

    #[test]
    fn saying_so_again_changes_nothing() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), labelled("VIP"), labelled("Returns")])
            .when(mark(" VIP "))
            .then_expect_events(vec![]);
    }

    #[test]
    fn it_is_of_so_many_kinds_at_most() {
        TestFramework::<Conversation>::with(())
            .given(full())
            .when(mark("One more"))
            .then_expect_error(ConversationRefusal::TooManyLabels);
        TestFramework::<Conversation>::with(()).given(full()).when(mark("Label 7")).then_expect_events(vec![]);
        TestFramework::<Conversation>::with(())
            .given([full(), vec![unlabelled("Label 7")]].concat())
            .when(mark("One more"))
            .then_expect_events(vec![labelled("One more")]);
    }

    #[test]
    fn what_nobody_began_is_of_no_kind() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(mark("VIP"))
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
