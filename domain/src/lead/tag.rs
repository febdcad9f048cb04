//! A lead is marked as being of some kind: "Fair 2026", "Wants a boat". A tag is the business's own word and about nobody.

use super::{Lead, LeadEvent, LeadRefusal};
use crate::ShortText;

/// A mark, as somebody typed it: tags that differ in a letter's case are two.
pub type Tag = ShortText<1, 50>;

/// Most tags of a lead.
pub const MAX_TAGS: usize = 50;

pub(super) fn tag(lead: &Lead, tag: Tag) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    if lead.tags.contains(&tag) {
        Ok(vec![])
    } else if lead.tags.len() >= MAX_TAGS {
        Err(LeadRefusal::TooManyTags)
    } else {
        Ok(vec![LeadEvent::Tagged { contact, tag }])
    }
}

pub(super) fn untag(lead: &Lead, tag: Tag) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    Ok(if lead.tags.contains(&tag) { vec![LeadEvent::Untagged { contact, tag }] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::{MAX_TAGS, Tag};
    use crate::lead::state::samples::{CONTACT, captured};
    use crate::lead::{Lead, LeadCommand, LeadEvent, LeadRefusal};

    fn tag(text: &str) -> Tag {
        Tag::parse(text).unwrap()
    }

    fn tagged(text: &str) -> LeadEvent {
        LeadEvent::Tagged { contact: CONTACT, tag: tag(text) }
    }

    fn untagged(text: &str) -> LeadEvent {
        LeadEvent::Untagged { contact: CONTACT, tag: tag(text) }
    }

    #[test]
    fn a_lead_is_of_a_kind_until_it_is_not() {
        let (mark, unmark) = (|text| LeadCommand::Tag { tag: tag(text) }, |text| LeadCommand::Untag { tag: tag(text) });
        for (given, command, expected) in [
            (vec![], mark("Fair"), vec![tagged("Fair")]),
            (vec![tagged("Fair")], mark("Fair"), vec![]),
            (vec![tagged("Fair")], mark("fair"), vec![tagged("fair")]),
            (vec![tagged("Fair")], unmark("Fair"), vec![untagged("Fair")]),
            (vec![tagged("Fair")], unmark("fair"), vec![]),
            (vec![tagged("Fair"), untagged("Fair")], mark("Fair"), vec![tagged("Fair")]),
        ] {
            TestFramework::<Lead>::with(())
                .given([vec![captured()], given].concat())
                .when(command)
                .then_expect_events(expected);
        }
        for command in [mark("Fair"), unmark("Fair")] {
            TestFramework::<Lead>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_error(LeadRefusal::NotFound);
        }
    }

    #[test]
    fn a_lead_is_not_of_too_many_kinds() {
        let full: Vec<_> =
            std::iter::once(captured()).chain((0..MAX_TAGS).map(|nth| tagged(&format!("Tag {nth}")))).collect();
        TestFramework::<Lead>::with(())
            .given(full.clone())
            .when(LeadCommand::Tag { tag: tag("One more") })
            .then_expect_error(LeadRefusal::TooManyTags);
        TestFramework::<Lead>::with(())
            .given(full)
            .when(LeadCommand::Tag { tag: tag("Tag 7") })
            .then_expect_events(vec![]);
    }
}
