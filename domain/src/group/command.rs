use super::{GroupFact, Moment};
use crate::ChannelId;

/// What can be asked of a group.
#[derive(Debug, Clone)]
pub enum GroupCommand {
    /// It is heard of for the first time, by whatever comes first.
    Introduce {
        /// Where it writes to.
        channel: ChannelId,
        /// The provider's id of it.
        provider_group_id: String,
    },
    /// The provider tells something of it.
    Record {
        /// When that was.
        moment: Moment,
        /// What.
        fact: GroupFact,
    },
}
