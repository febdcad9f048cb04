use super::Capture;

/// What can be asked of a lead.
#[derive(Debug, Clone)]
pub enum LeadCommand {
    /// A contact's message shows her interest.
    Capture(Capture),
}
