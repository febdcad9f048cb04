use super::{Attribute, AttributeName, Choice, LostReasonText, Stage, StageName};
use crate::{AttributeId, LostReasonId, StageId};

/// What can be asked of how a business works its leads.
#[derive(Debug, Clone)]
pub enum PipelineCommand {
    /// Leads go through one stage more, behind the others of its kind.
    CreateStage(Stage),
    /// A stage is called something else.
    RenameStage {
        /// Which.
        stage: StageId,
        /// What it is called now.
        name: StageName,
    },
    /// The stages are in this order.
    ReorderStages {
        /// Each of them, once.
        order: Vec<StageId>,
    },
    /// There is a stage less; leads that stand there stand at another one of its kind.
    RemoveStage {
        /// Which.
        stage: StageId,
        /// Where its leads stand now, and whatever is said to stand there later.
        successor: StageId,
    },
    /// Leads may be lost for one reason more.
    AddLostReason {
        /// Its id.
        reason: LostReasonId,
        /// What it is called.
        text: LostReasonText,
    },
    /// A reason is called something else.
    RenameLostReason {
        /// Which.
        reason: LostReasonId,
        /// What it is called now.
        text: LostReasonText,
    },
    /// No more leads are lost for a reason; those that were stay so.
    RemoveLostReason {
        /// Which.
        reason: LostReasonId,
    },
    /// Something more is put down about leads.
    DefineAttribute {
        /// Its id.
        attribute: AttributeId,
        /// What it is.
        definition: Attribute,
    },
    /// An attribute is called something else, or there are other choices. What was put down stays.
    ChangeAttribute {
        /// Which.
        attribute: AttributeId,
        /// What it is called now.
        name: AttributeName,
        /// Among which is chosen now.
        choices: Vec<Choice>,
    },
    /// Nothing more is put down there, and what was is shown no more.
    RemoveAttribute {
        /// Which.
        attribute: AttributeId,
    },
}
