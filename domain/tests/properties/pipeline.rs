//! Histories of how a business works its leads.

use leadflow_domain::pipeline::{
    Attribute, AttributeKind, AttributeName, Choice, LostReasonText, Pipeline, PipelineCommand, PipelineEvent, Stage,
    StageKind, StageName,
};
use leadflow_domain::{AttributeId, LostReasonId, StageId};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use crate::laws::laws;
use crate::strategies::uuid;

fn stage_id() -> impl Strategy<Value = StageId> {
    let provided = vec![StageId::NEW, StageId::CONTACTED, StageId::NEGOTIATING, StageId::WON, StageId::LOST];
    prop_oneof![2 => uuid().prop_map(StageId::from_uuid), 3 => select(provided)]
}

fn name() -> impl Strategy<Value = &'static str> {
    select(vec!["New", "Visited", "visited", "Seen", "Won twice", "Gone"])
}

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    vec(select(vec!["Small", "Large"]).prop_map(|choice| Choice::parse(choice).unwrap()), 0..3)
}

#[test]
fn a_pipeline_keeps_the_laws() {
    let stage_name = || name().prop_map(|name| StageName::parse(name).unwrap());
    let reason = || uuid().prop_map(LostReasonId::from_uuid);
    let text = || name().prop_map(|text| LostReasonText::parse(text).unwrap());
    let attribute = || uuid().prop_map(AttributeId::from_uuid);
    let attribute_name = || name().prop_map(|name| AttributeName::parse(name).unwrap());
    let definition = (attribute_name(), select(AttributeKind::ALL.to_vec()), choices())
        .prop_map(|(name, kind, choices)| Attribute { name, kind, choices });
    let provided = vec![StageId::LOST, StageId::NEW, StageId::CONTACTED, StageId::NEGOTIATING, StageId::WON];
    let stage = (uuid(), stage_name(), select(StageKind::ALL.to_vec())).prop_map(|(stage, name, kind)| Stage {
        stage: StageId::from_uuid(stage),
        name,
        kind,
    });
    let commands = prop_oneof![
        3 => stage.prop_map(PipelineCommand::CreateStage),
        2 => (stage_id(), stage_name()).prop_map(|(stage, name)| PipelineCommand::RenameStage { stage, name }),
        1 => Just(provided).prop_shuffle().prop_map(|order| PipelineCommand::ReorderStages { order }),
        2 => (stage_id(), stage_id())
            .prop_map(|(stage, successor)| PipelineCommand::RemoveStage { stage, successor }),
        2 => (reason(), text()).prop_map(|(reason, text)| PipelineCommand::AddLostReason { reason, text }),
        1 => (reason(), text()).prop_map(|(reason, text)| PipelineCommand::RenameLostReason { reason, text }),
        1 => reason().prop_map(|reason| PipelineCommand::RemoveLostReason { reason }),
        3 => (attribute(), definition)
            .prop_map(|(attribute, definition)| PipelineCommand::DefineAttribute { attribute, definition }),
        2 => (attribute(), attribute_name(), choices())
            .prop_map(|(attribute, name, choices)| PipelineCommand::ChangeAttribute { attribute, name, choices }),
        1 => attribute().prop_map(|attribute| PipelineCommand::RemoveAttribute { attribute }),
    ];
    laws::<Pipeline>(commands, |_| true, PipelineEvent::TYPES);
}
