use super::{Assessment, Capture};

crate::event_type::events! {
    /// What happened to a lead.
    pub enum LeadEvent {
        /// A contact's interest was first seen.
        "lead.captured", "1" => Captured(Capture),
        /// A message from before what was taken for the first one arrived late: the interest began there.
        "lead.capture_corrected", "1" => CaptureCorrected(Capture),
        /// Somebody of the business found it worth pursuing.
        "lead.qualified", "1" => Qualified(Assessment),
        /// Somebody of the business found it not worth pursuing.
        "lead.disqualified", "1" => Disqualified(Assessment),
    }
}
