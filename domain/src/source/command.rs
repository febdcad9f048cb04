use super::Opening;

/// What can be asked of a source.
#[derive(Debug, Clone)]
pub enum SourceCommand {
    /// Leads come from here from now on.
    Open(Opening),
    /// They no longer do; those that came stay.
    Close,
    /// They do again.
    Reopen,
}
