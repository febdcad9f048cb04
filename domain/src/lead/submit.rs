//! A contact tells of her interest by a form, or somebody of the business enters it. The first time captures her lead; later on
//! it is linked to that, and what it told is kept. Forms arrive in any order, as messages do, so an earlier one corrects where
//! the interest began.
//!
//! That nothing is submitted twice is for the id of its command.

use super::{Lead, LeadEvent, LeadRefusal, Submission, capture};

pub(super) fn decide(lead: &Lead, submission: Box<Submission>) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let mut events = capture::decide(lead, submission.capture())?;
    events.push(LeadEvent::Submitted(submission));
    Ok(events)
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::lead::state::samples::{CONTACT, captured, submission};
    use crate::lead::{Lead, LeadCommand, LeadEvent, LeadRefusal, Submission};
    use crate::{ContactId, DataSubject, Decide, LeadId};

    fn submitted(submission: Submission) -> LeadEvent {
        LeadEvent::Submitted(Box::new(submission))
    }

    fn submit(submission: &Submission) -> LeadCommand {
        LeadCommand::Submit(Box::new(submission.clone()))
    }

    #[test]
    fn the_first_form_captures_a_lead_and_is_kept() {
        let form = submission(1, 10);
        TestFramework::<Lead>::with(())
            .given_no_previous_events()
            .when(submit(&form))
            .then_expect_events(vec![LeadEvent::Captured(form.capture()), submitted(form.clone())]);
    }

    #[test]
    fn a_later_one_is_linked() {
        let (first, later) = (submission(1, 10), submission(2, 20));
        let given = [
            vec![LeadEvent::Captured(first.capture()), submitted(first)],
            // She has written before.
            vec![captured()],
        ];
        let later = [later, submission(2, 2_000_000_000)];
        for (given, later) in given.into_iter().zip(later) {
            TestFramework::<Lead>::with(())
                .given(given)
                .when(submit(&later))
                .then_expect_events(vec![submitted(later)]);
        }
    }

    #[test]
    fn an_earlier_one_that_comes_later_corrects_the_beginning() {
        let (first, earlier) = (submission(1, 10), submission(2, 9));
        TestFramework::<Lead>::with(())
            .given(vec![LeadEvent::Captured(first.capture()), submitted(first)])
            .when(submit(&earlier))
            .then_expect_events(vec![LeadEvent::CaptureCorrected(earlier.capture()), submitted(earlier)]);
    }

    #[test]
    fn of_one_moment_the_smaller_id_began_it() {
        let (one, other) = (submission(1, 10), submission(2, 10));
        for (first, second, corrects) in [(&one, &other, false), (&other, &one, true)] {
            let corrected = corrects.then(|| LeadEvent::CaptureCorrected(second.capture()));
            TestFramework::<Lead>::with(())
                .given(vec![LeadEvent::Captured(first.capture()), submitted(first.clone())])
                .when(submit(second))
                .then_expect_events(corrected.into_iter().chain([submitted(second.clone())]).collect());
        }
    }

    #[test]
    fn a_lead_stays_with_its_contact() {
        let of_somebody_else = Submission { contact: ContactId::from_uuid(Uuid::from_u128(7)), ..submission(1, 10) };
        TestFramework::<Lead>::with(())
            .given(vec![captured()])
            .when(submit(&of_somebody_else))
            .then_expect_error(LeadRefusal::AnotherContact);
    }

    #[test]
    fn what_she_told_is_about_her_and_where_it_began_about_nobody() {
        let (stream, form) = (LeadId::of(CONTACT).into(), submission(1, 10));
        let hers = DataSubject::Holds(CONTACT.into());
        assert_eq!(Lead::data_subject(stream, &LeadEvent::Captured(form.capture())), DataSubject::Nobody);
        assert_eq!(Lead::data_subject(stream, &submitted(form.clone())), hers);
        let bare = Submission { provider_lead_id: None, name: None, click_id: None, answers: vec![], ..form };
        assert_eq!(Lead::data_subject(stream, &submitted(bare)), DataSubject::Nobody);
    }
}
