//! What somebody is asked to see to.

use serde::{Deserialize, Serialize};

use super::{CampaignKey, Source};
use crate::{ChannelId, ConversationId, LeadId, MemberId, SourceId, TeamId};

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
    /// Which team is asked, if one is: then nobody else is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// By which campaign it came, if by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignKey>,
    /// From which place a lead came, if from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_source: Option<SourceId>,
    /// The number that it came in by, if by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// Who saw to this customer last, if anybody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent: Option<MemberId>,
    /// What was seen to so far of the same customer's, and is no more: the lead of whom a conversation begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<WorkItem>,
}

impl Request {
    /// For `work`, and it depends on nothing.
    #[must_use]
    pub const fn of(work: WorkItem) -> Self {
        Self { work, team: None, campaign: None, lead_source: None, channel: None, last_agent: None, instead_of: None }
    }

    /// Which pools it may fall to, the more particular first: its campaign's, its place's, its channel's, the one for everything
    /// else. What a team is asked for falls to the pool that serves this team, and to no other: there it would be given to others.
    pub(super) fn sources(&self) -> impl Iterator<Item = Source> {
        let own = match self.team {
            Some(team) => [Some(Source::Team(team)), None, None, None],
            None => [
                self.campaign.clone().map(Source::Campaign),
                self.lead_source.map(Source::LeadSource),
                self.channel.map(Source::Channel),
                Some(Source::Everything),
            ],
        };
        own.into_iter().flatten()
    }
}
