use super::{Attribute, LostReasonText, Stage, StageName};
use crate::{AttributeId, LostReasonId, StageId};

crate::event_type::events! {
    /// What happened to how a business works its leads. Until something has, it has the five stages that every business begins with.
    pub enum PipelineEvent {
        /// Leads go through one stage more.
        "pipeline.stage_created", "1" => StageCreated {
            /// The stage.
            #[serde(flatten)]
            stage: Stage,
            /// All stages in their order, with this one.
            order: Vec<StageId>,
        },
        /// A stage is called something else.
        "pipeline.stage_renamed", "1" => StageRenamed {
            /// Which.
            stage: StageId,
            /// What it is called now.
            name: StageName,
        },
        /// The stages are in another order.
        "pipeline.stages_reordered", "1" => StagesReordered {
            /// All of them.
            order: Vec<StageId>,
        },
        /// There is a stage less. Leads that stood there stand at its successor, and so does whatever is said to stand there later.
        "pipeline.stage_removed", "1" => StageRemoved {
            /// Which.
            stage: StageId,
            /// Another stage of the same kind.
            successor: StageId,
        },
        /// Leads may be lost for one reason more.
        "pipeline.lost_reason_added", "1" => LostReasonAdded {
            /// Its id.
            reason: LostReasonId,
            /// What it is called.
            text: LostReasonText,
        },
        /// A reason for which leads are lost is called something else, also of those that were lost before.
        "pipeline.lost_reason_renamed", "1" => LostReasonRenamed {
            /// Which.
            reason: LostReasonId,
            /// What it is called now.
            text: LostReasonText,
        },
        /// No more leads are lost for a reason; those that were stay so.
        "pipeline.lost_reason_removed", "1" => LostReasonRemoved {
            /// Which.
            reason: LostReasonId,
        },
        /// Something more is put down about leads.
        "pipeline.attribute_defined", "1" => AttributeDefined {
            /// Its id.
            attribute: AttributeId,
            /// What it is.
            #[serde(flatten)]
            definition: Attribute,
        },
        /// An attribute is called something else, or there are other choices. What was put down stays.
        "pipeline.attribute_changed", "1" => AttributeChanged {
            /// Which.
            attribute: AttributeId,
            /// What it is now.
            #[serde(flatten)]
            definition: Attribute,
        },
        /// Nothing more is put down there, and what was is shown no more.
        "pipeline.attribute_removed", "1" => AttributeRemoved {
            /// Which.
            attribute: AttributeId,
        },
    }
}
