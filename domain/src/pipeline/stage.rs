use serde::{Deserialize, Serialize};

use crate::{ShortText, StageId};

/// What a stage is called: 1 to 50 characters.
pub type StageName = ShortText<1, 50>;

/// Why leads are lost, in the business's words: 1 to 100 characters.
pub type LostReasonText = ShortText<1, 100>;

/// What it means that a lead stands at a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    /// It is worked on.
    Open,
    /// She has bought.
    Won,
    /// She does not buy.
    Lost,
}

/// A stage that leads go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Its id.
    pub stage: StageId,
    /// What it is called.
    pub name: StageName,
    /// What it means.
    pub kind: StageKind,
}

impl StageKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Won, Self::Lost];
}
