use super::{Response, ResponseTitle};

crate::event_type::events! {
    /// What happened to an answer that a business keeps ready.
    pub enum ResponseTemplateEvent {
        /// The business made it ready. `intent` is what it answers, and absent where that was not said.
        "response_template.created", "1" => Created(Response),
        /// It is called something else, is for something else, or says something else.
        "response_template.changed", "1" => Changed {
            /// What it was called.
            before: ResponseTitle,
            /// What it is now.
            #[serde(flatten)]
            response: Response,
        },
        /// It is not kept any more.
        "response_template.removed", "1" => Removed {
            /// What it was called.
            title: ResponseTitle,
        },
    }
}
