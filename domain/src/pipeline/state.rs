use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Attribute, LostReasonText, PipelineCommand, PipelineEvent, PipelineRefusal, Stage, StageKind, StageName,
    attributes, create_stage, lost_reasons, remove_stage, rename_stage, reorder_stages,
};
use crate::{AttributeId, DataSubject, Decide, LostReasonId, ReservationChange, StageId, StreamId, aggregate};

/// What the decisions of how a business works its leads need to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    /// In their order.
    pub(super) stages: Vec<Stage>,
    /// Those that there are no more, each with the one that its leads stand at now.
    pub(super) removed_stages: BTreeMap<StageId, StageId>,
    pub(super) lost_reasons: BTreeMap<LostReasonId, Kept<LostReasonText>>,
    pub(super) attributes: BTreeMap<AttributeId, Kept<Attribute>>,
}

/// Whether there still is what there was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept<T> {
    pub(super) what: T,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_removed: bool,
}

impl<T> Kept<T> {
    fn new(what: T) -> Self {
        Self { what, is_removed: false }
    }

    pub(super) fn present(&self) -> Option<&T> {
        (!self.is_removed).then_some(&self.what)
    }
}

impl Default for Pipeline {
    /// What every business begins with. These are for ever: what was said of leads names them.
    fn default() -> Self {
        Self {
            stages: Stage::provided(),
            removed_stages: BTreeMap::new(),
            lost_reasons: BTreeMap::new(),
            attributes: BTreeMap::new(),
        }
    }
}

impl Stage {
    /// The stages that every business begins with, in their order.
    #[must_use]
    pub fn provided() -> Vec<Self> {
        let named = |stage, name: &str, kind| StageName::parse(name).ok().map(|name| Self { stage, name, kind });
        [
            named(StageId::NEW, "New", StageKind::Open),
            named(StageId::CONTACTED, "Contacted", StageKind::Open),
            named(StageId::NEGOTIATING, "Negotiating", StageKind::Open),
            named(StageId::WON, "Won", StageKind::Won),
            named(StageId::LOST, "Lost", StageKind::Lost),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

aggregate::aggregate!(Pipeline, "pipeline", PipelineCommand, PipelineEvent, PipelineRefusal);

impl Pipeline {
    /// The stages, in their order.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// A stage; `None` where there is none, or not any more.
    #[must_use]
    pub fn stage(&self, stage: StageId) -> Option<&Stage> {
        self.stages.iter().find(|known| known.stage == stage)
    }

    /// The first stage of a kind. There always is one.
    #[must_use]
    pub fn first(&self, kind: StageKind) -> Option<&Stage> {
        self.stages.iter().find(|known| known.kind == kind)
    }

    /// Where leads stand that were said to stand at `stage`.
    #[must_use]
    pub fn present(&self, stage: StageId) -> StageId {
        self.removed_stages.get(&stage).copied().unwrap_or(stage)
    }

    /// A reason for which leads are lost now.
    #[must_use]
    pub fn lost_reason(&self, reason: LostReasonId) -> Option<&LostReasonText> {
        self.lost_reasons.get(&reason)?.present()
    }

    /// An attribute that leads have now.
    #[must_use]
    pub fn attribute(&self, attribute: AttributeId) -> Option<&Attribute> {
        self.attributes.get(&attribute)?.present()
    }

    fn evolve(&mut self, event: PipelineEvent) {
        match event {
            PipelineEvent::StageCreated { stage, order } => {
                self.stages.push(stage);
                self.put_in_order(&order);
            }
            PipelineEvent::StageRenamed { stage, name } => {
                for known in self.stages.iter_mut().filter(|known| known.stage == stage) {
                    known.name = name.clone();
                }
            }
            PipelineEvent::StagesReordered { order } => self.put_in_order(&order),
            PipelineEvent::StageRemoved { stage, successor } => {
                self.stages.retain(|known| known.stage != stage);
                for present in self.removed_stages.values_mut().filter(|present| **present == stage) {
                    *present = successor;
                }
                self.removed_stages.insert(stage, successor);
            }
            PipelineEvent::LostReasonAdded { reason, text } | PipelineEvent::LostReasonRenamed { reason, text } => {
                self.lost_reasons.insert(reason, Kept::new(text));
            }
            PipelineEvent::LostReasonRemoved { reason } => {
                if let Some(known) = self.lost_reasons.get_mut(&reason) {
                    known.is_removed = true;
                }
            }
            PipelineEvent::AttributeDefined { attribute, definition }
            | PipelineEvent::AttributeChanged { attribute, definition } => {
                self.attributes.insert(attribute, Kept::new(definition));
            }
            PipelineEvent::AttributeRemoved { attribute } => {
                if let Some(known) = self.attributes.get_mut(&attribute) {
                    known.is_removed = true;
                }
            }
        }
    }

    fn put_in_order(&mut self, order: &[StageId]) {
        let place = |stage: &Stage| order.iter().position(|known| *known == stage.stage).unwrap_or(usize::MAX);
        self.stages.sort_by_key(place);
    }
}

impl Decide for Pipeline {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: PipelineCommand) -> Result<Vec<PipelineEvent>, PipelineRefusal> {
        match command {
            PipelineCommand::CreateStage(stage) => create_stage::decide(self, stage),
            PipelineCommand::RenameStage { stage, name } => rename_stage::decide(self, stage, name),
            PipelineCommand::ReorderStages { order } => reorder_stages::decide(self, order),
            PipelineCommand::RemoveStage { stage, successor } => remove_stage::decide(self, stage, successor),
            PipelineCommand::AddLostReason { reason, text } => lost_reasons::add(self, reason, text),
            PipelineCommand::RenameLostReason { reason, text } => lost_reasons::rename(self, reason, text),
            PipelineCommand::RemoveLostReason { reason } => lost_reasons::remove(self, reason),
            PipelineCommand::DefineAttribute { attribute, definition } => {
                attributes::define(self, attribute, definition)
            }
            PipelineCommand::ChangeAttribute { attribute, name, choices } => {
                attributes::change(self, attribute, name, choices)
            }
            PipelineCommand::RemoveAttribute { attribute } => attributes::remove(self, attribute),
        }
    }

    fn reservations(_: StreamId, event: &PipelineEvent) -> Vec<ReservationChange> {
        match event {
            PipelineEvent::StageCreated { .. }
            | PipelineEvent::StageRenamed { .. }
            | PipelineEvent::StagesReordered { .. }
            | PipelineEvent::StageRemoved { .. }
            | PipelineEvent::LostReasonAdded { .. }
            | PipelineEvent::LostReasonRenamed { .. }
            | PipelineEvent::LostReasonRemoved { .. }
            | PipelineEvent::AttributeDefined { .. }
            | PipelineEvent::AttributeChanged { .. }
            | PipelineEvent::AttributeRemoved { .. } => vec![],
        }
    }

    fn data_subject(_: StreamId, event: &PipelineEvent) -> DataSubject {
        match event {
            PipelineEvent::StageCreated { .. }
            | PipelineEvent::StageRenamed { .. }
            | PipelineEvent::StagesReordered { .. }
            | PipelineEvent::StageRemoved { .. }
            | PipelineEvent::LostReasonAdded { .. }
            | PipelineEvent::LostReasonRenamed { .. }
            | PipelineEvent::LostReasonRemoved { .. }
            | PipelineEvent::AttributeDefined { .. }
            | PipelineEvent::AttributeChanged { .. }
            | PipelineEvent::AttributeRemoved { .. } => DataSubject::Nobody,
        }
    }
}

/// Whether two names differ in a letter's case alone.
pub(super) fn alike(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
pub(crate) mod samples {
    use uuid::Uuid;

    use crate::pipeline::{
        Attribute, AttributeKind, AttributeName, Choice, LostReasonText, PipelineEvent, Stage, StageKind, StageName,
    };
    use crate::{AttributeId, LostReasonId, StageId};

    pub(crate) fn stage_id(number: u128) -> StageId {
        StageId::from_uuid(Uuid::from_u128(number))
    }

    pub(crate) fn name(text: &str) -> StageName {
        StageName::parse(text).unwrap()
    }

    pub(crate) fn stage(number: u128, text: &str, kind: StageKind) -> Stage {
        Stage { stage: stage_id(number), name: name(text), kind }
    }

    /// "Visited", behind the provided open stages.
    pub(crate) fn created() -> PipelineEvent {
        let order =
            vec![StageId::NEW, StageId::CONTACTED, StageId::NEGOTIATING, stage_id(1), StageId::WON, StageId::LOST];
        PipelineEvent::StageCreated { stage: stage(1, "Visited", StageKind::Open), order }
    }

    pub(crate) fn removed(stage: StageId, successor: StageId) -> PipelineEvent {
        PipelineEvent::StageRemoved { stage, successor }
    }

    pub(crate) fn reason_id() -> LostReasonId {
        LostReasonId::from_uuid(Uuid::from_u128(11))
    }

    pub(crate) fn reason_text(text: &str) -> LostReasonText {
        LostReasonText::parse(text).unwrap()
    }

    pub(crate) fn reason_added() -> PipelineEvent {
        PipelineEvent::LostReasonAdded { reason: reason_id(), text: reason_text("Too expensive") }
    }

    pub(crate) fn attribute_id() -> AttributeId {
        AttributeId::from_uuid(Uuid::from_u128(12))
    }

    pub(crate) fn attribute(name: &str, choices: &[&str]) -> Attribute {
        Attribute {
            name: AttributeName::parse(name).unwrap(),
            kind: AttributeKind::Choice,
            choices: choices.iter().map(|choice| Choice::parse(choice).unwrap()).collect(),
        }
    }

    pub(crate) fn defined() -> PipelineEvent {
        PipelineEvent::AttributeDefined {
            attribute: attribute_id(),
            definition: attribute("Size", &["Small", "Large"]),
        }
    }

    pub(crate) fn changed(name: &str, choices: &[&str]) -> PipelineEvent {
        PipelineEvent::AttributeChanged { attribute: attribute_id(), definition: attribute(name, choices) }
    }
}
