//! Leads go through one stage more. It stands behind the others of its kind, until somebody says otherwise.

use super::state::alike;
use super::{MAX_STAGES, Pipeline, PipelineEvent, PipelineRefusal, Stage};
use crate::StageId;

pub(super) fn decide(pipeline: &Pipeline, stage: Stage) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    if let Some(known) = pipeline.stage(stage.stage) {
        return if *known == stage { Ok(vec![]) } else { Err(PipelineRefusal::CreatedOtherwise) };
    }
    if pipeline.removed_stages.contains_key(&stage.stage) {
        return Err(PipelineRefusal::CreatedOtherwise);
    }
    if pipeline.stages.iter().any(|known| alike(known.name.as_str(), stage.name.as_str())) {
        return Err(PipelineRefusal::NameTaken);
    }
    if pipeline.stages.len() >= MAX_STAGES {
        return Err(PipelineRefusal::TooManyStages);
    }
    let mut order: Vec<StageId> = pipeline.stages.iter().map(|known| known.stage).collect();
    let behind = pipeline.stages.iter().rposition(|known| known.kind == stage.kind);
    order.insert(behind.map_or(order.len(), |nth| nth + 1), stage.stage);
    Ok(vec![PipelineEvent::StageCreated { stage, order }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::StageId;
    use crate::pipeline::samples::{created, removed, stage, stage_id};
    use crate::pipeline::{MAX_STAGES, Pipeline, PipelineCommand, PipelineEvent, PipelineRefusal, StageKind};

    #[test]
    fn it_stands_behind_the_others_of_its_kind() {
        TestFramework::<Pipeline>::with(())
            .given_no_previous_events()
            .when(PipelineCommand::CreateStage(stage(1, "Visited", StageKind::Open)))
            .then_expect_events(vec![created()]);
        let order = [StageId::NEW, StageId::CONTACTED, StageId::NEGOTIATING, StageId::WON, StageId::LOST, stage_id(2)];
        let no_answer = stage(2, "No answer", StageKind::Lost);
        TestFramework::<Pipeline>::with(())
            .given_no_previous_events()
            .when(PipelineCommand::CreateStage(no_answer.clone()))
            .then_expect_events(vec![PipelineEvent::StageCreated { stage: no_answer, order: order.to_vec() }]);
    }

    #[test]
    fn creating_it_again_changes_nothing_and_an_id_keeps_its_stage() {
        TestFramework::<Pipeline>::with(())
            .given(vec![created()])
            .when(PipelineCommand::CreateStage(stage(1, "Visited", StageKind::Open)))
            .then_expect_events(vec![]);
        let gone = vec![created(), removed(stage_id(1), StageId::NEW)];
        for (given, name) in [(vec![created()], "Seen"), (gone, "Visited")] {
            TestFramework::<Pipeline>::with(())
                .given(given)
                .when(PipelineCommand::CreateStage(stage(1, name, StageKind::Open)))
                .then_expect_error(PipelineRefusal::CreatedOtherwise);
        }
    }

    #[test]
    fn no_two_are_called_the_same() {
        TestFramework::<Pipeline>::with(())
            .given(vec![created()])
            .when(PipelineCommand::CreateStage(stage(2, "VISITED", StageKind::Won)))
            .then_expect_error(PipelineRefusal::NameTaken);
    }

    #[test]
    fn there_are_not_too_many() {
        let mut pipeline = Pipeline::default();
        let mut number = 0;
        while pipeline.stages.len() < MAX_STAGES {
            number += 1;
            pipeline.stages.push(stage(number, &format!("Stage {number}"), StageKind::Open));
        }
        let one_more = super::decide(&pipeline, stage(999, "One more", StageKind::Open));
        assert_eq!(one_more, Err(PipelineRefusal::TooManyStages));
    }
}
