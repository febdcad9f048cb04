//! A message of the business that is in the log was understood wrongly: an event says how it is understood now.

use super::{OutboundMessage, OutboundMessageEvent, OutboundMessageRefusal, Thread};
use crate::conversation::Correction;

pub(super) fn decide(
    outbound: &OutboundMessage,
    correction: Correction,
) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
    match &outbound.known {
        Some(known) => {
            let Thread { contact, channel, conversation } = known.thread;
            Ok(vec![OutboundMessageEvent::Corrected { contact, channel, conversation, correction }])
        }
        None => Err(OutboundMessageRefusal::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::EventId;
    use crate::conversation::{Correction, MessageContent};
    use crate::outbound_message::state::samples::{echoed, message, thread};
    use crate::outbound_message::{
        OutboundMessage, OutboundMessageCommand, OutboundMessageEvent, OutboundMessageRefusal, Thread,
    };

    fn correction() -> Correction {
        Correction {
            content: MessageContent::Welcome {},
            ..Correction::as_echoed(EventId::from_uuid(Uuid::from_u128(5)), message())
        }
    }

    #[test]
    fn a_message_that_was_told_is_corrected_where_it_stands() {
        let Thread { contact, channel, conversation } = thread(1);
        TestFramework::<OutboundMessage>::with(())
            .given(vec![echoed()])
            .when(OutboundMessageCommand::CorrectMessage { correction: correction() })
            .then_expect_events(vec![OutboundMessageEvent::Corrected {
                contact,
                channel,
                conversation,
                correction: correction(),
            }]);
    }

    #[test]
    fn of_what_nothing_was_told_there_is_nothing_to_correct() {
        TestFramework::<OutboundMessage>::with(())
            .given_no_previous_events()
            .when(OutboundMessageCommand::CorrectMessage { correction: correction() })
            .then_expect_error(OutboundMessageRefusal::NotFound);
    }
}
