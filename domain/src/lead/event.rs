use serde::{Deserialize, Serialize};

use super::Capture;

/// What happened to a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LeadEvent {
    /// A contact's interest was first seen.
    #[serde(rename = "lead.captured")]
    Captured(Capture),
    /// A message from before what was taken for the first one arrived late: the interest began there.
    #[serde(rename = "lead.capture_corrected")]
    CaptureCorrected(Capture),
}

crate::aggregate::event_types!(LeadEvent {
    Captured => "lead.captured", "1";
    CaptureCorrected => "lead.capture_corrected", "1";
});
