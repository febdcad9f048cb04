//! There is a stage less. Its leads stand at another one of its kind, so that what they came to stays what it was, and there always
//! is one of each kind.

use super::{Pipeline, PipelineEvent, PipelineRefusal};
use crate::StageId;

pub(super) fn decide(
    pipeline: &Pipeline,
    stage: StageId,
    successor: StageId,
) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    if pipeline.removed_stages.contains_key(&stage) {
        return Ok(vec![]);
    }
    let known = pipeline.stage(stage).ok_or(PipelineRefusal::NoSuchStage)?;
    let is_fit = pipeline.stage(successor).is_some_and(|other| other.stage != stage && other.kind == known.kind);
    if !is_fit {
        return Err(PipelineRefusal::NoSuccessor);
    }
    Ok(vec![PipelineEvent::StageRemoved { stage, successor }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::StageId;
    use crate::pipeline::samples::{created, removed, stage_id};
    use crate::pipeline::{Pipeline, PipelineCommand, PipelineRefusal, StageKind};

    fn remove(stage: StageId, successor: StageId) -> PipelineCommand {
        PipelineCommand::RemoveStage { stage, successor }
    }

    #[test]
    fn its_leads_stand_elsewhere() {
        for stage in [StageId::NEW, stage_id(1)] {
            TestFramework::<Pipeline>::with(())
                .given(vec![created()])
                .when(remove(stage, StageId::NEGOTIATING))
                .then_expect_events(vec![removed(stage, StageId::NEGOTIATING)]);
            TestFramework::<Pipeline>::with(())
                .given(vec![created(), removed(stage, StageId::NEGOTIATING)])
                .when(remove(stage, StageId::CONTACTED))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn they_stand_where_it_means_the_same() {
        for (stage, successor) in [
            (StageId::NEW, StageId::NEW),
            (StageId::NEW, StageId::WON),
            (StageId::WON, StageId::LOST),
            (StageId::NEW, stage_id(7)),
        ] {
            TestFramework::<Pipeline>::with(())
                .given_no_previous_events()
                .when(remove(stage, successor))
                .then_expect_error(PipelineRefusal::NoSuccessor);
        }
        TestFramework::<Pipeline>::with(())
            .given_no_previous_events()
            .when(remove(stage_id(1), StageId::NEW))
            .then_expect_error(PipelineRefusal::NoSuchStage);
    }

    #[test]
    fn whatever_was_said_to_stand_there_is_found() {
        use cqrs_es::Aggregate;

        let mut pipeline = Pipeline::default();
        for event in [
            created(),
            removed(StageId::NEW, stage_id(1)),
            removed(StageId::CONTACTED, stage_id(1)),
            removed(stage_id(1), StageId::NEGOTIATING),
        ] {
            pipeline.apply(event);
        }
        for stage in [StageId::NEW, StageId::CONTACTED, stage_id(1), StageId::NEGOTIATING] {
            assert_eq!(pipeline.present(stage), StageId::NEGOTIATING);
        }
        let first = StageKind::ALL.map(|kind| pipeline.first(kind).unwrap().stage);
        assert_eq!(first, [StageId::NEGOTIATING, StageId::WON, StageId::LOST]);
    }
}
