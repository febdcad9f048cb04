use super::{AttributeValue, Capture, Company, LeadNote, Reason, Score, Submission, Tag, Worth};
use crate::{AttributeId, LostReasonId, MemberId, StageId};

/// What can be asked of a lead.
#[derive(Debug, Clone)]
pub enum LeadCommand {
    /// A contact's message shows her interest.
    Capture(Capture),
    /// She tells of it by a form, or somebody of the business enters it.
    Submit(Box<Submission>),
    /// Somebody of the business finds it worth pursuing.
    Qualify {
        /// Why.
        reason: Option<Reason>,
        /// How good it is.
        score: Option<Score>,
    },
    /// Somebody of the business finds it not worth pursuing.
    Disqualify {
        /// Why.
        reason: Option<Reason>,
        /// How good it is.
        score: Option<Score>,
        /// Where leads stand that are lost, if it is worked on yet.
        lost_at: StageId,
    },
    /// It is worked on at a stage.
    Advance {
        /// Which.
        stage: StageId,
    },
    /// She has bought.
    Convert {
        /// Where it stands now.
        stage: StageId,
        /// What it is worth; what was said of that before, where nothing is said.
        worth: Option<Worth>,
    },
    /// She does not buy.
    Lose {
        /// Where it stands now.
        stage: StageId,
        /// Why, if that was said.
        reason: Option<LostReasonId>,
    },
    /// It is spam.
    MarkSpam,
    /// It is no spam after all.
    UnmarkSpam,
    /// It is of some kind.
    Tag {
        /// Which.
        tag: Tag,
    },
    /// It is not of that kind.
    Untag {
        /// Which.
        tag: Tag,
    },
    /// Somebody of the business puts something down that she does not see.
    AddNote {
        /// What.
        text: LeadNote,
    },
    /// It is known whom she works for, or not any more.
    SetCompany {
        /// Whom.
        company: Option<Company>,
    },
    /// An attribute of hers has a value, or none.
    SetAttribute {
        /// Which.
        attribute: AttributeId,
        /// The value.
        value: Option<AttributeValue>,
    },
    /// She is to see to it, if nobody is yet, or somebody who is not there any more, and it is no spam.
    Take {
        /// She.
        member: MemberId,
        /// Who was to see to it and has left the business.
        after: Option<MemberId>,
    },
    /// Somebody of the business is to see to it, or nobody in particular.
    Transfer {
        /// Who.
        to: Option<MemberId>,
    },
}
