use async_graphql::{Enum, ID, SimpleObject};
use leadflow_domain::pipeline::{MAX_ATTRIBUTES, MAX_LOST_REASONS, MAX_STAGES};
use leadflow_projections::leads::{AttributeRow, LostReasonRow, PipelineRow, StageRow};

/// How a business works its leads.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadPipeline {
    /// The stages that leads go through, in their order, 50 at most. Every business begins with five.
    #[graphql(complexity = "1 + MAX_STAGES * child_complexity")]
    stages: Vec<LeadStage>,
    /// Why leads are lost, first added first, 50 at most, without those for which none are any more.
    #[graphql(complexity = "1 + MAX_LOST_REASONS * child_complexity")]
    lost_reasons: Vec<LostReason>,
    /// What is put down about leads beyond what every lead has, first defined first, 50 at most.
    #[graphql(complexity = "1 + MAX_ATTRIBUTES * child_complexity")]
    attributes: Vec<LeadAttribute>,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`. 0 where the business has said nothing yet.
    version: i64,
}

/// A stage that leads go through.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadStage {
    /// Its id, a uuid.
    id: ID,
    /// What it is called.
    name: String,
    /// What it means to stand there.
    kind: LeadStageKind,
}

/// What it means that a lead stands at a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::pipeline::StageKind")]
pub(in crate::graphql) enum LeadStageKind {
    /// It is worked on.
    Open,
    /// Its contact has bought.
    Won,
    /// Its contact does not buy.
    Lost,
}

/// Why leads are lost.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LostReason {
    /// Its id, a uuid.
    id: ID,
    /// What it is called.
    name: String,
}

/// What a business puts down about its leads beyond what every lead has.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadAttribute {
    /// Its id, a uuid.
    id: ID,
    /// What it is called.
    name: String,
    /// What kind of values it has.
    kind: LeadAttributeKind,
    /// Among which is chosen, in this order; empty of other kinds than CHOICE.
    choices: Vec<String>,
}

/// What kind of values an attribute has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::pipeline::AttributeKind")]
pub(in crate::graphql) enum LeadAttributeKind {
    /// Texts.
    Text,
    /// Decimal numbers.
    Number,
    /// Days.
    Date,
    /// Yes and no.
    Boolean,
    /// One of a list.
    Choice,
}

impl From<&StageRow> for LeadStage {
    fn from(row: &StageRow) -> Self {
        Self { id: row.id.to_string().into(), name: row.name.clone(), kind: row.kind.into() }
    }
}

impl From<&LostReasonRow> for LostReason {
    fn from(row: &LostReasonRow) -> Self {
        Self { id: row.id.to_string().into(), name: row.name.clone() }
    }
}

impl From<&AttributeRow> for LeadAttribute {
    fn from(row: &AttributeRow) -> Self {
        let AttributeRow { id, name, kind, choices } = row;
        Self { id: id.to_string().into(), name: name.clone(), kind: (*kind).into(), choices: choices.clone() }
    }
}

impl From<PipelineRow> for LeadPipeline {
    fn from(row: PipelineRow) -> Self {
        Self {
            stages: row.stages.iter().map(LeadStage::from).collect(),
            lost_reasons: row.lost_reasons.iter().filter(|row| !row.is_removed).map(LostReason::from).collect(),
            attributes: row.attributes.iter().map(LeadAttribute::from).collect(),
            version: row.version,
        }
    }
}
