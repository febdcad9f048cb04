//! How a business works its leads: the stages that they go through, why they are lost, and what is put down about them beyond what
//! every lead has. One of each business.
//!
//! What these are called are the business's own words, and nobody's personal values.

mod attribute;
mod attributes;
mod command;
mod create_stage;
mod event;
mod lost_reasons;
mod refusal;
mod remove_stage;
mod rename_stage;
mod reorder_stages;
mod stage;
mod state;

pub use attribute::{Attribute, AttributeKind, AttributeName, Choice, MAX_CHOICES, NotAValue};
pub use command::PipelineCommand;
pub use event::PipelineEvent;
pub use refusal::PipelineRefusal;
pub use stage::{LostReasonText, Stage, StageKind, StageName};
pub use state::Pipeline;
#[cfg(test)]
pub(crate) use state::samples;

/// Most stages of a business.
pub const MAX_STAGES: usize = 50;

/// Most reasons for which leads are lost.
pub const MAX_LOST_REASONS: usize = 50;

/// Most attributes of a business's leads.
pub const MAX_ATTRIBUTES: usize = 50;
