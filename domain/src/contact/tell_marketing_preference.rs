//! She says whether she wants marketing. What she said last by the provider's time counts, in whatever order it is told;
//! where she said both at the same moment, that she wants no more of it.
//!
//! The same told twice is the same command twice; the log's command ids see to that.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, MarketingPreference};
use crate::ChannelId;

pub(super) fn decide(
    contact: &Contact,
    channel: ChannelId,
    preference: MarketingPreference,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Known { .. } => Ok(vec![ContactEvent::MarketingPreferenceTold { channel, preference }]),
        Person::Erased => Err(ContactRefusal::Erased),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::contact::state::samples::{erased, introduced, telling};
    use crate::contact::{
        Contact, ContactCommand, ContactEvent, ContactRefusal, Marketing, MarketingPreference, Wants,
    };
    use crate::{ChannelId, ContactId, DataSubject, Decide, StreamId};

    const PHONE: &str = "+393331234567";
    const CHANNEL: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));

    fn preference(word: &str, second: i64) -> MarketingPreference {
        MarketingPreference {
            wants: Wants::of(word),
            category: "marketing_messages".to_owned(),
            telling: telling(second),
            detail: None,
        }
    }

    fn about_coupons(word: &str, second: i64) -> MarketingPreference {
        MarketingPreference { category: "coupons".to_owned(), ..preference(word, second) }
    }

    fn told(preference: MarketingPreference) -> ContactEvent {
        ContactEvent::MarketingPreferenceTold { channel: CHANNEL, preference }
    }

    fn tell(preference: MarketingPreference) -> ContactCommand {
        ContactCommand::TellMarketingPreference { channel: CHANNEL, preference }
    }

    fn after(said: &[MarketingPreference]) -> Option<Marketing> {
        let mut contact = Contact::default();
        contact.apply(introduced(PHONE));
        said.iter().for_each(|preference| contact.apply(told(preference.clone())));
        contact.marketing()
    }

    #[test]
    fn what_she_says_is_recorded_whatever_she_said_before() {
        for given in [vec![], vec![told(preference("stop", 1))], vec![told(preference("resume", 9))]] {
            for said in [preference("stop", 5), preference("signup", 5), about_coupons("stop", 5)] {
                TestFramework::<Contact>::with(())
                    .given([vec![introduced(PHONE)], given.clone()].concat())
                    .when(tell(said.clone()))
                    .then_expect_events(vec![told(said)]);
            }
        }
    }

    #[test]
    fn a_provider_that_refuses_to_send_her_marketing_says_the_same() {
        assert_eq!(after(&[MarketingPreference::stopped(telling(2).told_at)]), Some(Marketing::Stopped));
        let later = [MarketingPreference::stopped(telling(2).told_at), preference("resume", 3)];
        assert_eq!(after(&later), Some(Marketing::Wanted));
    }

    #[test]
    fn what_she_said_last_counts_in_any_order() {
        let (stop, resume) = (preference("stop", 1), preference("resume", 2));
        assert_eq!(after(&[stop.clone(), resume.clone()]), Some(Marketing::Wanted));
        assert_eq!(after(&[resume, stop]), Some(Marketing::Wanted));
        assert_eq!(after(&[preference("stop", 3), preference("resume", 2)]), Some(Marketing::Stopped));
    }

    #[test]
    fn at_the_same_moment_no_counts() {
        let (stop, resume) = (preference("stop", 1), preference("resume", 1));
        assert_eq!(after(&[stop.clone(), resume.clone()]), Some(Marketing::Stopped));
        assert_eq!(after(&[resume, stop]), Some(Marketing::Stopped));
    }

    #[test]
    fn other_words_and_other_things_say_nothing_of_marketing() {
        assert_eq!(after(&[]), None);
        assert_eq!(after(&[preference("signup", 1), about_coupons("stop", 2)]), None);
        let later = [preference("stop", 1), preference("signup", 2), about_coupons("resume", 3)];
        assert_eq!(after(&later), Some(Marketing::Stopped));
    }

    #[test]
    fn only_how_she_said_it_is_about_her() {
        let contact = ContactId::from_uuid(Uuid::from_u128(1));
        let subject = |preference| Contact::data_subject(StreamId::from(contact), &told(preference));
        assert_eq!(subject(preference("stop", 1)), DataSubject::Nobody);
        let detail = Some("User requested to stop".to_owned().into());
        assert_eq!(
            subject(MarketingPreference { detail, ..preference("stop", 1) }),
            DataSubject::Holds(contact.into())
        );
    }

    #[test]
    fn it_needs_somebody() {
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(tell(preference("stop", 1)))
            .then_expect_error(ContactRefusal::NotFound);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), erased(PHONE)])
            .when(tell(preference("stop", 1)))
            .then_expect_error(ContactRefusal::Erased);
    }
}
