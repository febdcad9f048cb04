use super::{Assessment, AttributeValue, Capture, Company, LeadNote, Submission, Tag, Worth};
use crate::{AttributeId, ContactId, LostReasonId, MemberId, Personal, StageId};

crate::event_type::events! {
    /// What happened to a lead.
    pub enum LeadEvent {
        /// A contact's interest was first seen: in what she wrote, which names the `conversation`, or in what she told by a form,
        /// which names the `submission`.
        "lead.captured", "2" => Captured(Capture),
        /// What is from before what was taken for the first arrived late: the interest began there.
        "lead.capture_corrected", "2" => CaptureCorrected(Capture),
        /// She told of it by a form, or somebody of the business entered it. Where the lead was there already it is linked to
        /// that, and `added` is what she has become known by.
        "lead.submitted", "1" => Submitted(Box<Submission>),
        /// Somebody of the business found it worth pursuing.
        "lead.qualified", "1" => Qualified(Assessment),
        /// Somebody of the business found it not worth pursuing.
        "lead.disqualified", "1" => Disqualified(Assessment),
        /// It is worked on at another stage than before. Every lead begins at the first of those that every business begins with.
        "lead.moved", "1" => Moved {
            /// Whose lead it is.
            contact: ContactId,
            /// An open stage.
            stage: StageId,
        },
        /// She has bought, or what that is worth was said anew.
        "lead.converted", "1" => Converted {
            /// Whose lead it is.
            contact: ContactId,
            /// A stage of what is won.
            stage: StageId,
            /// What it is worth, if that was said.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            worth: Option<Worth>,
        },
        /// She does not buy, or why she does not was said anew.
        "lead.lost", "1" => Lost {
            /// Whose lead it is.
            contact: ContactId,
            /// A stage of what is lost.
            stage: StageId,
            /// Why, of the business's list, if that was said.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<LostReasonId>,
        },
        /// Somebody of the business says that it is spam.
        "lead.spam_marked", "1" => SpamMarked {
            /// Whose lead it is.
            contact: ContactId,
        },
        /// It is no spam after all.
        "lead.spam_unmarked", "1" => SpamUnmarked {
            /// Whose lead it is.
            contact: ContactId,
        },
        /// It was marked as being of some kind, in the business's own words.
        "lead.tagged", "1" => Tagged {
            /// Whose lead it is.
            contact: ContactId,
            /// The mark.
            tag: Tag,
        },
        /// A mark was taken from it.
        "lead.untagged", "1" => Untagged {
            /// Whose lead it is.
            contact: ContactId,
            /// The mark.
            tag: Tag,
        },
        /// Somebody of the business put something down that she does not see.
        "lead.note_added", "1" => NoteAdded {
            /// Whose lead it is.
            contact: ContactId,
            /// What.
            text: Personal<LeadNote>,
        },
        /// It is known whom she works for; absent when it is not any more.
        "lead.company_set", "1" => CompanySet {
            /// Whose lead it is.
            contact: ContactId,
            /// Whom.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            company: Option<Company>,
        },
        /// An attribute has a value; absent when it has none any more.
        "lead.attribute_set", "1" => AttributeSet {
            /// Whose lead it is.
            contact: ContactId,
            /// Which, of the business's pipeline.
            attribute: AttributeId,
            /// The value.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            value: Option<AttributeValue>,
        },
        /// Somebody of the business is to see to it; absent when it is nobody in particular.
        "lead.transferred", "1" => Transferred {
            /// Whose lead it is.
            contact: ContactId,
            /// Who.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            to: Option<MemberId>,
        },
    }
}
