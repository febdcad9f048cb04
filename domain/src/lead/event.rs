use super::{Assessment, Capture, Submission};

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
    }
}
