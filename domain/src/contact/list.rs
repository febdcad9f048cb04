//! The business has a person in its own address book, or changed her entry there.
//!
//! The same told twice is the same command twice; the log's command ids see to that.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, Telling};
use crate::{ChannelId, Personal};

pub(super) fn decide(
    contact: &Contact,
    channel: ChannelId,
    name: Personal<String>,
    first_name: Option<Personal<String>>,
    telling: Telling,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Known { .. } => Ok(vec![ContactEvent::Listed { channel, name, first_name, telling }]),
        Person::Erased => Err(ContactRefusal::Erased),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::contact::state::samples::{erased, introduced, telling};
    use crate::contact::{Contact, ContactCommand, ContactEvent, ContactRefusal};
    use crate::{ChannelId, ContactId, DataSubject, Decide, StreamId};

    const PHONE: &str = "+393331234567";
    const CHANNEL: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));

    fn list(name: &str) -> ContactCommand {
        let first_name = Some("Ada".to_owned().into());
        ContactCommand::List { channel: CHANNEL, name: name.to_owned().into(), first_name, telling: telling(1) }
    }

    fn listed(name: &str) -> ContactEvent {
        let first_name = Some("Ada".to_owned().into());
        ContactEvent::Listed { channel: CHANNEL, name: name.to_owned().into(), first_name, telling: telling(1) }
    }

    #[test]
    fn what_the_business_calls_her_is_recorded_also_when_it_changes() {
        for given in [vec![], vec![listed("Ada from the market")]] {
            TestFramework::<Contact>::with(())
                .given([vec![introduced(PHONE)], given].concat())
                .when(list("Ada Rossi"))
                .then_expect_events(vec![listed("Ada Rossi")]);
        }
    }

    #[test]
    fn her_name_is_hers_also_in_somebody_else_s_book() {
        let contact = ContactId::from_uuid(Uuid::from_u128(1));
        let subject = Contact::data_subject(StreamId::from(contact), &listed("Ada Rossi"));
        assert_eq!(subject, DataSubject::Holds(contact.into()));
    }

    #[test]
    fn it_needs_somebody() {
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(list("Ada Rossi"))
            .then_expect_error(ContactRefusal::NotFound);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), erased(PHONE)])
            .when(list("Ada Rossi"))
            .then_expect_error(ContactRefusal::Erased);
    }
}
