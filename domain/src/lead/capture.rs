//! A contact's earliest message, or form, captures her lead. They arrive in any order, so an earlier one that comes
//! later corrects what was taken for the beginning.

use super::{Capture, Lead, LeadEvent, LeadRefusal};

pub(super) fn decide(lead: &Lead, capture: Capture) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let Some(known) = &lead.capture else { return Ok(vec![LeadEvent::Captured(capture)]) };
    if known.contact != capture.contact {
        return Err(LeadRefusal::AnotherContact);
    }
    let began_earlier = capture.order() < known.order();
    Ok(if began_earlier { vec![LeadEvent::CaptureCorrected(capture)] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use jiff::Timestamp;
    use uuid::Uuid;

    use crate::lead::{Capture, Lead, LeadCommand, LeadEvent, LeadRefusal, LeadSource};
    use crate::{ContactId, ConversationId};

    fn at(second: i64, conversation: u128) -> Capture {
        Capture::by_message(
            ContactId::from_uuid(Uuid::from_u128(1)),
            LeadSource::WhatsApp,
            ConversationId::from_uuid(Uuid::from_u128(conversation)),
            Timestamp::from_second(second).unwrap(),
        )
    }

    #[test]
    fn the_first_message_captures_a_lead() {
        TestFramework::<Lead>::with(())
            .given_no_previous_events()
            .when(LeadCommand::Capture(at(10, 1)))
            .then_expect_events(vec![LeadEvent::Captured(at(10, 1))]);
    }

    #[test]
    fn later_messages_and_the_same_again_change_nothing() {
        for capture in [at(10, 1), at(10, 2), at(11, 0)] {
            TestFramework::<Lead>::with(())
                .given(vec![LeadEvent::Captured(at(10, 1))])
                .when(LeadCommand::Capture(capture))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn an_earlier_message_that_comes_later_corrects_the_beginning() {
        for earlier in [at(9, 5), at(10, 0)] {
            TestFramework::<Lead>::with(())
                .given(vec![LeadEvent::Captured(at(10, 1))])
                .when(LeadCommand::Capture(earlier.clone()))
                .then_expect_events(vec![LeadEvent::CaptureCorrected(earlier)]);
        }
    }

    #[test]
    fn a_lead_stays_with_its_contact() {
        let somebody_else = Capture { contact: ContactId::from_uuid(Uuid::from_u128(7)), ..at(10, 1) };
        TestFramework::<Lead>::with(())
            .given(vec![LeadEvent::Captured(at(10, 1))])
            .when(LeadCommand::Capture(somebody_else))
            .then_expect_error(LeadRefusal::AnotherContact);
    }
}
