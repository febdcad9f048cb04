//! What can be changed of many leads at once.

use leadflow_domain::lead::{LeadCommand, Tag};
use leadflow_domain::pipeline::StageKind;
use leadflow_domain::role::Permission;
use leadflow_domain::{LostReasonId, MemberId, StageId};
use serde::{Deserialize, Serialize};

/// What is changed of each of the leads. Nothing of it is personal: stages, reasons and tags are the business's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Change {
    /// They stand at a stage.
    Stage {
        /// Which.
        stage: StageId,
        /// What it means to stand there.
        kind: StageKind,
        /// Why they are lost, if they are and that was said.
        lost_reason: Option<LostReasonId>,
    },
    /// Somebody is to see to them, or nobody in particular.
    Owner {
        /// Who.
        to: Option<MemberId>,
    },
    /// They are of some kinds, and not of others.
    Tags {
        /// The marks that they get.
        add: Vec<Tag>,
        /// The marks that are taken from them, before they get others.
        remove: Vec<Tag>,
    },
    /// They are spam, or none.
    Spam {
        /// Which of the two.
        is_spam: bool,
    },
}

impl Change {
    /// What whoever wants it must be allowed to do: what each lead alone would need.
    #[must_use]
    pub fn needs(&self) -> Permission {
        match self {
            Self::Stage { .. } | Self::Spam { .. } => Permission::JudgeLeads,
            Self::Owner { .. } => Permission::AssignConversations,
            Self::Tags { .. } => Permission::WorkConversations,
        }
    }

    /// What each lead is asked, one after another.
    pub(super) fn commands(&self) -> Vec<LeadCommand> {
        match self {
            Self::Stage { stage, kind, lost_reason } => vec![match kind {
                StageKind::Open => LeadCommand::Advance { stage: *stage },
                StageKind::Won => LeadCommand::Convert { stage: *stage, worth: None },
                StageKind::Lost => LeadCommand::Lose { stage: *stage, reason: *lost_reason },
            }],
            Self::Owner { to } => vec![LeadCommand::Transfer { to: *to }],
            Self::Tags { add, remove } => {
                let removed = remove.iter().map(|tag| LeadCommand::Untag { tag: tag.clone() });
                removed.chain(add.iter().map(|tag| LeadCommand::Tag { tag: tag.clone() })).collect()
            }
            Self::Spam { is_spam: true } => vec![LeadCommand::MarkSpam],
            Self::Spam { is_spam: false } => vec![LeadCommand::UnmarkSpam],
        }
    }

    /// Who is to see to the leads, and to the conversations that go along.
    pub(super) fn hands_over_to(&self) -> Option<MemberId> {
        match self {
            Self::Owner { to } => *to,
            Self::Stage { .. } | Self::Tags { .. } | Self::Spam { .. } => None,
        }
    }
}
