//! Why leads are lost, as a list of the business's. Those that were lost for a reason keep it.

use super::state::alike;
use super::{LostReasonText, MAX_LOST_REASONS, Pipeline, PipelineEvent, PipelineRefusal};
use crate::LostReasonId;

pub(super) fn add(
    pipeline: &Pipeline,
    reason: LostReasonId,
    text: LostReasonText,
) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    if let Some(known) = pipeline.lost_reasons.get(&reason) {
        return if known.present() == Some(&text) { Ok(vec![]) } else { Err(PipelineRefusal::CreatedOtherwise) };
    }
    must_be_free(pipeline, reason, &text)?;
    if pipeline.lost_reasons.values().filter_map(super::state::Kept::present).count() >= MAX_LOST_REASONS {
        return Err(PipelineRefusal::TooManyLostReasons);
    }
    Ok(vec![PipelineEvent::LostReasonAdded { reason, text }])
}

pub(super) fn rename(
    pipeline: &Pipeline,
    reason: LostReasonId,
    text: LostReasonText,
) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    let known = pipeline.lost_reason(reason).ok_or(PipelineRefusal::NoSuchLostReason)?;
    if *known == text {
        return Ok(vec![]);
    }
    must_be_free(pipeline, reason, &text)?;
    Ok(vec![PipelineEvent::LostReasonRenamed { reason, text }])
}

pub(super) fn remove(pipeline: &Pipeline, reason: LostReasonId) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    let known = pipeline.lost_reasons.get(&reason).ok_or(PipelineRefusal::NoSuchLostReason)?;
    Ok(known.present().map(|_| PipelineEvent::LostReasonRemoved { reason }).into_iter().collect())
}

fn must_be_free(pipeline: &Pipeline, reason: LostReasonId, text: &LostReasonText) -> Result<(), PipelineRefusal> {
    let mut others = pipeline.lost_reasons.iter().filter(|(other, _)| **other != reason);
    let taken = others.any(|(_, other)| other.present().is_some_and(|other| alike(other.as_str(), text.as_str())));
    if taken { Err(PipelineRefusal::NameTaken) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::LostReasonId;
    use crate::pipeline::samples::{reason_added, reason_id, reason_text};
    use crate::pipeline::{MAX_LOST_REASONS, Pipeline, PipelineCommand, PipelineEvent, PipelineRefusal};

    fn add(number: u128, text: &str) -> PipelineCommand {
        PipelineCommand::AddLostReason {
            reason: LostReasonId::from_uuid(Uuid::from_u128(number)),
            text: reason_text(text),
        }
    }

    fn rename(text: &str) -> PipelineCommand {
        PipelineCommand::RenameLostReason { reason: reason_id(), text: reason_text(text) }
    }

    fn gone() -> Vec<PipelineEvent> {
        vec![reason_added(), PipelineEvent::LostReasonRemoved { reason: reason_id() }]
    }

    #[test]
    fn a_reason_is_added_once() {
        for (given, expected) in [(vec![], vec![reason_added()]), (vec![reason_added()], vec![])] {
            TestFramework::<Pipeline>::with(())
                .given(given)
                .when(add(11, "Too expensive"))
                .then_expect_events(expected);
        }
        for (given, command, refusal) in [
            (vec![reason_added()], add(11, "Too far"), PipelineRefusal::CreatedOtherwise),
            (gone(), add(11, "Too expensive"), PipelineRefusal::CreatedOtherwise),
            (vec![reason_added()], add(12, "TOO EXPENSIVE"), PipelineRefusal::NameTaken),
        ] {
            TestFramework::<Pipeline>::with(()).given(given).when(command).then_expect_error(refusal);
        }
        let text = reason_text("Too expensive");
        TestFramework::<Pipeline>::with(()).given(gone()).when(add(12, "Too expensive")).then_expect_events(vec![
            PipelineEvent::LostReasonAdded { reason: LostReasonId::from_uuid(Uuid::from_u128(12)), text },
        ]);
    }

    #[test]
    fn a_reason_is_called_something_else() {
        let renamed = PipelineEvent::LostReasonRenamed { reason: reason_id(), text: reason_text("Price") };
        TestFramework::<Pipeline>::with(())
            .given(vec![reason_added()])
            .when(rename("Price"))
            .then_expect_events(vec![renamed.clone()]);
        TestFramework::<Pipeline>::with(())
            .given(vec![reason_added(), renamed])
            .when(rename("Price"))
            .then_expect_events(vec![]);
        for given in [vec![], gone()] {
            TestFramework::<Pipeline>::with(())
                .given(given)
                .when(rename("Price"))
                .then_expect_error(PipelineRefusal::NoSuchLostReason);
        }
    }

    #[test]
    fn a_reason_is_given_no_more() {
        let remove = || PipelineCommand::RemoveLostReason { reason: reason_id() };
        TestFramework::<Pipeline>::with(())
            .given(vec![reason_added()])
            .when(remove())
            .then_expect_events(gone()[1..].to_vec());
        TestFramework::<Pipeline>::with(()).given(gone()).when(remove()).then_expect_events(vec![]);
        TestFramework::<Pipeline>::with(())
            .given_no_previous_events()
            .when(remove())
            .then_expect_error(PipelineRefusal::NoSuchLostReason);
    }

    #[test]
    fn there_are_not_too_many() {
        let most = u128::try_from(MAX_LOST_REASONS).unwrap();
        let given = (0..most).map(|number| PipelineEvent::LostReasonAdded {
            reason: LostReasonId::from_uuid(Uuid::from_u128(100 + number)),
            text: reason_text(&format!("Reason {number}")),
        });
        TestFramework::<Pipeline>::with(())
            .given(given.collect())
            .when(add(11, "One more"))
            .then_expect_error(PipelineRefusal::TooManyLostReasons);
    }
}
