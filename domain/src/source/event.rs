use super::Opening;

crate::event_type::events! {
    /// What happened to a source of leads.
    pub enum SourceEvent {
        /// Leads come from here from now on.
        "source.opened", "1" => Opened(Opening),
        /// They no longer do; those that came stay.
        "source.closed", "1" => Closed {},
        /// They do again.
        "source.reopened", "1" => Reopened {},
    }
}
