//! Somebody of the business says that a lead is spam, or that it is none after all. Nothing is lost by it.

use super::{Lead, LeadEvent, LeadRefusal};

pub(super) fn mark(lead: &Lead) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    Ok(if lead.is_spam { vec![] } else { vec![LeadEvent::SpamMarked { contact }] })
}

pub(super) fn unmark(lead: &Lead) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    Ok(if lead.is_spam { vec![LeadEvent::SpamUnmarked { contact }] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::lead::state::samples::{CONTACT, captured};
    use crate::lead::{Lead, LeadCommand, LeadEvent, LeadRefusal};

    #[test]
    fn it_is_spam_until_it_is_none() {
        let (marked, unmarked) =
            (LeadEvent::SpamMarked { contact: CONTACT }, LeadEvent::SpamUnmarked { contact: CONTACT });
        for (given, command, expected) in [
            (vec![], LeadCommand::MarkSpam, vec![marked.clone()]),
            (vec![marked.clone()], LeadCommand::MarkSpam, vec![]),
            (vec![], LeadCommand::UnmarkSpam, vec![]),
            (vec![marked.clone()], LeadCommand::UnmarkSpam, vec![unmarked.clone()]),
            (vec![marked.clone(), unmarked], LeadCommand::MarkSpam, vec![marked]),
        ] {
            TestFramework::<Lead>::with(())
                .given([vec![captured()], given].concat())
                .when(command)
                .then_expect_events(expected);
        }
    }

    #[test]
    fn what_nobody_captured_is_no_spam() {
        for command in [LeadCommand::MarkSpam, LeadCommand::UnmarkSpam] {
            TestFramework::<Lead>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_error(LeadRefusal::NotFound);
        }
    }
}
