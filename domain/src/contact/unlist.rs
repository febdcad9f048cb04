//! The business took a person out of its address book; maybe before it is told that she was in it.
//!
//! The same told twice is the same command twice; the log's command ids see to that.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, Telling};
use crate::ChannelId;

pub(super) fn decide(
    contact: &Contact,
    channel: ChannelId,
    telling: Telling,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Known { .. } => Ok(vec![ContactEvent::Unlisted { channel, telling }]),
        Person::Erased => Err(ContactRefusal::Erased),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::ChannelId;
    use crate::contact::state::samples::{erased, introduced, telling};
    use crate::contact::{Contact, ContactCommand, ContactEvent, ContactRefusal};

    const PHONE: &str = "+393331234567";
    const CHANNEL: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));

    fn unlist() -> ContactCommand {
        ContactCommand::Unlist { channel: CHANNEL, telling: telling(2) }
    }

    #[test]
    fn that_she_was_taken_out_is_recorded_also_before_she_was_in_it() {
        let name = "Ada Rossi".to_owned().into();
        let listed = ContactEvent::Listed { channel: CHANNEL, name, first_name: None, telling: telling(1) };
        for given in [vec![introduced(PHONE)], vec![introduced(PHONE), listed]] {
            TestFramework::<Contact>::with(())
                .given(given)
                .when(unlist())
                .then_expect_events(vec![ContactEvent::Unlisted { channel: CHANNEL, telling: telling(2) }]);
        }
    }

    #[test]
    fn it_needs_somebody() {
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(unlist())
            .then_expect_error(ContactRefusal::NotFound);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), erased(PHONE)])
            .when(unlist())
            .then_expect_error(ContactRefusal::Erased);
    }
}
