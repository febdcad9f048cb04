//! What somebody is asked to see to.

use serde::{Deserialize, Serialize};

use super::{CampaignKey, Source};
use crate::{ChannelId, ConversationId, LeadId, MemberId, TeamId};

/// Something that one member at a time sees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkItem {
    /// A thread with a customer.
    Conversation(ConversationId),
    /// A lead without one.
    Lead(LeadId),
}

/// That somebody is wanted for a work item, with all that it depends on who.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// For what.
    pub work: WorkItem,
    /// Which team is asked, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// By which campaign it came, if by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignKey>,
    /// Where it came in, a number, a page or a form, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// Who saw to this customer last, if anybody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent: Option<MemberId>,
}

impl Request {
    /// Which pools it may fall to, the more particular first: its team's, its campaign's, its channel's, the one for
    /// everything else.
    pub(super) fn sources(&self) -> impl Iterator<Item = Source> {
        let own = [
            self.team.map(Source::Team),
            self.campaign.clone().map(Source::Campaign),
            self.channel.map(Source::Channel),
            Some(Source::Everything),
        ];
        own.into_iter().flatten()
    }
}
