use super::{Creation, Failure, Moment, Participation, Settings};
use crate::{ChannelId, Personal};

crate::event_type::events! {
    /// What happened to a group.
    pub enum GroupEvent {
        /// It was heard of for the first time, by a message or by what was told of it.
        "group.introduced", "1" => Introduced {
            /// Where it writes to.
            channel: ChannelId,
            /// The provider's id of it.
            provider_group_id: Personal<String>,
        },
        /// It was made.
        "group.created", "1" => Created {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// How.
            #[serde(flatten)]
            creation: Creation,
        },
        /// It was given up.
        "group.deleted", "1" => Deleted {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// The provider's id of the business's request, if there was one.
            request: Option<String>,
        },
        /// Somebody came in.
        "group.participant_joined", "1" => ParticipantJoined {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// Who, and why.
            #[serde(flatten)]
            participation: Participation,
        },
        /// Somebody went, or was sent away.
        "group.participant_left", "1" => ParticipantLeft {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// Who, and by whose doing.
            #[serde(flatten)]
            participation: Participation,
        },
        /// Somebody asked to be let in.
        "group.join_requested", "1" => JoinRequested {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// Who, and why.
            #[serde(flatten)]
            participation: Participation,
        },
        /// Somebody does not ask to be let in any more.
        "group.join_request_withdrawn", "1" => JoinRequestWithdrawn {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// Who, and why.
            #[serde(flatten)]
            participation: Participation,
        },
        /// Somebody was to be sent away, and could not be.
        "group.participant_kept", "1" => ParticipantKept {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// Who, and why.
            #[serde(flatten)]
            participation: Participation,
        },
        /// What it is called, and is about, was changed, as far as that could be done.
        "group.described", "1" => Described {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// What was changed, and what was not.
            #[serde(flatten)]
            settings: Settings,
        },
        /// Nobody may write there until further notice.
        "group.suspended", "1" => Suspended {
            /// When.
            #[serde(flatten)]
            moment: Moment,
        },
        /// People may write there again.
        "group.reinstated", "1" => Reinstated {
            /// When.
            #[serde(flatten)]
            moment: Moment,
        },
        /// Something that the business asked for could not be done.
        "group.request_failed", "1" => RequestFailed {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// What, and why.
            #[serde(flatten)]
            failure: Failure,
        },
        /// The provider told something of it that nothing here had a word for.
        "group.remarked", "1" => Remarked {
            /// When.
            #[serde(flatten)]
            moment: Moment,
            /// The provider's word.
            named: String,
        },
    }
}
