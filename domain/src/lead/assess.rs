//! Somebody of the business says whether a lead is worth pursuing, why, and how good it is. Whoever says so again
//! otherwise has changed her mind.

use super::{Assessment, Lead, LeadEvent, LeadRefusal, LeadStatus, Reason, Score};
use crate::StageId;
use crate::pipeline::StageKind;

/// What was found not worth pursuing is worked on again where it was before.
pub(super) fn qualify(
    lead: &Lead,
    reason: Option<Reason>,
    score: Option<Score>,
) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    let mut events = said(lead, LeadStatus::Qualified, LeadEvent::Qualified, Assessment { contact, reason, score });
    if lead.status == LeadStatus::Disqualified && lead.standing.kind == StageKind::Lost {
        events.push(LeadEvent::Moved { contact, stage: lead.standing.worked_at });
    }
    Ok(events)
}

/// What is not worth pursuing is lost, if it was not before.
pub(super) fn disqualify(
    lead: &Lead,
    reason: Option<Reason>,
    score: Option<Score>,
    lost_at: StageId,
) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    let mut events =
        said(lead, LeadStatus::Disqualified, LeadEvent::Disqualified, Assessment { contact, reason, score });
    match lead.standing.kind {
        StageKind::Won => return Err(LeadRefusal::Won),
        StageKind::Open => events.push(LeadEvent::Lost { contact, stage: lost_at, reason: None }),
        StageKind::Lost => {}
    }
    Ok(events)
}

fn said(lead: &Lead, status: LeadStatus, event: fn(Assessment) -> LeadEvent, assessment: Assessment) -> Vec<LeadEvent> {
    let same_reason = lead.reason.as_ref() == assessment.reason.as_ref().map(|reason| &reason.hash);
    let already_so = lead.status == status && lead.score == assessment.score && same_reason;
    if already_so { vec![] } else { vec![event(assessment)] }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::lead::state::samples::{CONTACT, captured, reason, score};
    use crate::lead::{Assessment, Lead, LeadCommand, LeadEvent, LeadRefusal};
    use crate::{DataSubject, Decide, LeadId, StageId};

    fn qualify(said: Option<&str>, number: Option<u8>) -> LeadCommand {
        LeadCommand::Qualify { reason: said.map(reason), score: number.map(score) }
    }

    fn disqualify(said: Option<&str>, number: Option<u8>) -> LeadCommand {
        LeadCommand::Disqualify { reason: said.map(reason), score: number.map(score), lost_at: StageId::LOST }
    }

    fn assessment(said: Option<&str>, number: Option<u8>) -> Assessment {
        Assessment { contact: CONTACT, reason: said.map(reason), score: number.map(score) }
    }

    fn qualified(said: Option<&str>, number: Option<u8>) -> LeadEvent {
        LeadEvent::Qualified(assessment(said, number))
    }

    fn disqualified(said: Option<&str>, number: Option<u8>) -> LeadEvent {
        LeadEvent::Disqualified(assessment(said, number))
    }

    fn lost() -> LeadEvent {
        LeadEvent::Lost { contact: CONTACT, stage: StageId::LOST, reason: None }
    }

    fn moved(stage: StageId) -> LeadEvent {
        LeadEvent::Moved { contact: CONTACT, stage }
    }

    /// With and without a reason and a score.
    const CONTENTS: [(Option<&str>, Option<u8>); 4] =
        [(None, None), (Some("has a budget"), None), (None, Some(0)), (Some("has a budget"), Some(100))];

    #[test]
    fn a_new_lead_is_found_worth_pursuing_or_not() {
        for (said, number) in CONTENTS {
            TestFramework::<Lead>::with(())
                .given(vec![captured()])
                .when(qualify(said, number))
                .then_expect_events(vec![qualified(said, number)]);
            TestFramework::<Lead>::with(())
                .given(vec![captured()])
                .when(disqualify(said, number))
                .then_expect_events(vec![disqualified(said, number), lost()]);
        }
    }

    #[test]
    fn minds_change() {
        for (said, number) in CONTENTS {
            TestFramework::<Lead>::with(())
                .given(vec![captured(), qualified(said, number)])
                .when(disqualify(said, number))
                .then_expect_events(vec![disqualified(said, number), lost()]);
            TestFramework::<Lead>::with(())
                .given(vec![captured(), disqualified(said, number), lost()])
                .when(qualify(said, number))
                .then_expect_events(vec![qualified(said, number), moved(StageId::NEW)]);
        }
    }

    #[test]
    fn saying_the_same_again_changes_nothing() {
        for (said, number) in CONTENTS {
            TestFramework::<Lead>::with(())
                .given(vec![captured(), qualified(said, number)])
                .when(qualify(said, number))
                .then_expect_events(vec![]);
            TestFramework::<Lead>::with(())
                .given(vec![captured(), qualified(None, Some(7)), disqualified(said, number), lost()])
                .when(disqualify(said, number))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn another_reason_or_score_is_said_anew() {
        let known = qualified(Some("has a budget"), Some(50));
        for (said, number) in
            [(Some("buys often"), Some(50)), (None, Some(50)), (Some("has a budget"), Some(51)), (None, None)]
        {
            TestFramework::<Lead>::with(())
                .given(vec![captured(), known.clone()])
                .when(qualify(said, number))
                .then_expect_events(vec![qualified(said, number)]);
        }
    }

    #[test]
    fn what_is_worth_pursuing_again_is_worked_on_where_it_was() {
        TestFramework::<Lead>::with(())
            .given(vec![captured(), moved(StageId::CONTACTED), disqualified(None, None), lost()])
            .when(qualify(None, None))
            .then_expect_events(vec![qualified(None, None), moved(StageId::CONTACTED)]);
        // It was lost otherwise, and stays so.
        TestFramework::<Lead>::with(())
            .given(vec![captured(), lost()])
            .when(qualify(None, None))
            .then_expect_events(vec![qualified(None, None)]);
        TestFramework::<Lead>::with(())
            .given(vec![captured(), lost()])
            .when(disqualify(None, None))
            .then_expect_events(vec![disqualified(None, None)]);
    }

    #[test]
    fn who_has_bought_was_worth_pursuing() {
        let won = LeadEvent::Converted { contact: CONTACT, stage: StageId::WON, worth: None };
        TestFramework::<Lead>::with(())
            .given(vec![captured(), qualified(None, None), won])
            .when(disqualify(None, None))
            .then_expect_error(LeadRefusal::Won);
    }

    #[test]
    fn what_was_judged_before_there_was_a_pipeline_is_lost_when_that_is_said_again() {
        TestFramework::<Lead>::with(())
            .given(vec![captured(), disqualified(None, None)])
            .when(disqualify(None, None))
            .then_expect_events(vec![lost()]);
        TestFramework::<Lead>::with(())
            .given(vec![captured(), disqualified(None, None)])
            .when(qualify(None, None))
            .then_expect_events(vec![qualified(None, None)]);
    }

    #[test]
    fn where_her_interest_began_is_another_matter() {
        let LeadEvent::Captured(capture) = captured() else { panic!("a capture") };
        TestFramework::<Lead>::with(())
            .given(vec![captured(), qualified(Some("has a budget"), None), LeadEvent::CaptureCorrected(capture)])
            .when(qualify(Some("has a budget"), None))
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_nobody_captured_is_not_judged() {
        for command in [qualify(None, None), disqualify(Some("no budget"), Some(3))] {
            TestFramework::<Lead>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_error(LeadRefusal::NotFound);
        }
    }

    #[test]
    fn a_reason_is_about_the_contact_and_a_score_about_nobody() {
        let stream = LeadId::of(CONTACT).into();
        for event in [qualified, disqualified] {
            let hers = DataSubject::Holds(CONTACT.into());
            assert_eq!(Lead::data_subject(stream, &event(Some("has a budget"), Some(1))), hers);
            assert_eq!(Lead::data_subject(stream, &event(None, Some(1))), DataSubject::Nobody);
        }
    }
}
