//! The stages are in another order. Somebody who names not all of them has looked at others.

use super::{Pipeline, PipelineEvent, PipelineRefusal};
use crate::StageId;

pub(super) fn decide(pipeline: &Pipeline, order: Vec<StageId>) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
    let known: Vec<StageId> = pipeline.stages.iter().map(|stage| stage.stage).collect();
    if known == order {
        return Ok(vec![]);
    }
    let sorted = |mut stages: Vec<StageId>| {
        stages.sort_unstable();
        stages
    };
    if sorted(known) != sorted(order.clone()) {
        return Err(PipelineRefusal::NotAnOrder);
    }
    Ok(vec![PipelineEvent::StagesReordered { order }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::StageId;
    use crate::pipeline::{Pipeline, PipelineCommand, PipelineEvent, PipelineRefusal};

    const OTHERWISE: [StageId; 5] =
        [StageId::LOST, StageId::NEW, StageId::NEGOTIATING, StageId::CONTACTED, StageId::WON];

    #[test]
    fn they_are_in_another_order() {
        let reordered = PipelineEvent::StagesReordered { order: OTHERWISE.to_vec() };
        for (given, expected) in [(vec![], vec![reordered.clone()]), (vec![reordered], vec![])] {
            TestFramework::<Pipeline>::with(())
                .given(given)
                .when(PipelineCommand::ReorderStages { order: OTHERWISE.to_vec() })
                .then_expect_events(expected);
        }
    }

    #[test]
    fn each_stands_there_once() {
        let [first, .., last] = OTHERWISE;
        for order in [OTHERWISE[1..].to_vec(), [OTHERWISE.as_slice(), &[last]].concat(), vec![first; 5], vec![]] {
            TestFramework::<Pipeline>::with(())
                .given_no_previous_events()
                .when(PipelineCommand::ReorderStages { order })
                .then_expect_error(PipelineRefusal::NotAnOrder);
        }
    }
}
