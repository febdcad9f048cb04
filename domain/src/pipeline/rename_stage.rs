//! A stage is called something else.

use super::state::alike;
use super::{Pipeline, PipelineEvent, PipelineRefusal, StageName};
use crate::StageId;

pub(super) fn decide(
    pipeline: &Pipeline,
    stage: StageId,
    name: StageName,
) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    let known = pipeline.stage(stage).ok_or(PipelineRefusal::NoSuchStage)?;
    if known.name == name {
        return Ok(vec![]);
    }
    let mut others = pipeline.stages.iter().filter(|other| other.stage != stage);
    if others.any(|other| alike(other.name.as_str(), name.as_str())) {
        return Err(PipelineRefusal::NameTaken);
    }
    Ok(vec![PipelineEvent::StageRenamed { stage, name }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::StageId;
    use crate::pipeline::samples::{created, name, removed, stage_id};
    use crate::pipeline::{Pipeline, PipelineCommand, PipelineEvent, PipelineRefusal};

    fn rename(stage: StageId, to: &str) -> PipelineCommand {
        PipelineCommand::RenameStage { stage, name: name(to) }
    }

    #[test]
    fn it_is_called_something_else() {
        for (stage, to) in [(StageId::NEW, "Fresh"), (StageId::NEW, "NEW"), (stage_id(1), "Seen")] {
            TestFramework::<Pipeline>::with(())
                .given(vec![created()])
                .when(rename(stage, to))
                .then_expect_events(vec![PipelineEvent::StageRenamed { stage, name: name(to) }]);
        }
        TestFramework::<Pipeline>::with(())
            .given_no_previous_events()
            .when(rename(StageId::NEW, "New"))
            .then_expect_events(vec![]);
    }

    #[test]
    fn its_name_is_its_own() {
        TestFramework::<Pipeline>::with(())
            .given_no_previous_events()
            .when(rename(StageId::NEW, "won"))
            .then_expect_error(PipelineRefusal::NameTaken);
    }

    #[test]
    fn what_is_not_there_has_no_name() {
        for given in [vec![], vec![created(), removed(stage_id(1), StageId::NEW)]] {
            TestFramework::<Pipeline>::with(())
                .given(given)
                .when(rename(stage_id(1), "Seen"))
                .then_expect_error(PipelineRefusal::NoSuchStage);
        }
    }
}
