//! How a business works its leads: the stages that they go through, why they are lost, and what is put down about them.

mod attributes;
mod lost_reasons;
mod mutate;
mod queries;
mod stages;
mod types;

pub(super) use attributes::DefineAttributes;
pub(super) use lost_reasons::ListLostReasons;
pub(super) use queries::PipelineQueries;
pub(super) use stages::ArrangeStages;
pub(super) use types::{LeadStage, LeadStageKind, LostReason};
