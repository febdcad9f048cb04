use super::{Capture, Reason, Score, Submission};

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
    },
}
