use super::Capture;

crate::event_type::events! {
    /// What happened to a lead.
    pub enum LeadEvent {
        /// A contact's interest was first seen.
        "lead.captured", "1" => Captured(Capture),
        /// A message from before what was taken for the first one arrived late: the interest began there.
        "lead.capture_corrected", "1" => CaptureCorrected(Capture),
    }
}
