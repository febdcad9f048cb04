//! Something that the provider tells of a group, or of somebody in it.

use leadflow_domain::ContactId;
use leadflow_domain::conversation::ProviderError;
use leadflow_domain::group::{GroupFact, Participation};

use super::message::{Party, ToldAt};
use super::place::Place;

/// Something that is told of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupUpdate {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The provider's id of the group.
    pub group: String,
    /// When it was, by the provider's clock.
    pub told_at: ToldAt,
    /// What.
    pub change: Change,
    /// All of it: what differs is another change.
    pub fingerprint: String,
}

impl GroupUpdate {
    /// The business's number.
    pub(super) fn place(&self) -> Place {
        Place::Number(self.phone_number_id.clone())
    }

    /// Of whom it tells.
    pub(super) fn party(&self) -> Option<&Party> {
        match &self.change {
            Change::OfGroup(_) => None,
            Change::OfMember(member) => Some(&member.party),
        }
    }
}

/// What is told of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Of the group itself.
    OfGroup(GroupFact),
    /// Of somebody in it.
    OfMember(Member),
}

/// What is told of somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub party: Party,
    /// What she did, or what was done to her.
    pub step: Step,
    /// Why, or by whom, in the provider's word.
    pub reason: Option<String>,
    /// The provider's id of a request.
    pub request: Option<String>,
    /// Why it could not be done.
    pub errors: Vec<ProviderError>,
}

impl Member {
    /// What it is, of the contact she is.
    pub(super) fn fact(&self, contact: ContactId) -> GroupFact {
        let participation = Participation {
            contact,
            reason: self.reason.clone().map(Into::into),
            request: self.request.clone(),
            errors: self.errors.clone(),
        };
        match self.step {
            Step::Joined => GroupFact::Joined(participation),
            Step::Left => GroupFact::Left(participation),
            Step::Kept => GroupFact::Kept(participation),
            Step::JoinRequested => GroupFact::JoinRequested(participation),
            Step::JoinRequestWithdrawn => GroupFact::JoinRequestWithdrawn(participation),
        }
    }
}

/// What somebody has to do with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// She came in.
    Joined,
    /// She went, or was sent away.
    Left,
    /// She was to be sent away, and could not be.
    Kept,
    /// She asks to be let in.
    JoinRequested,
    /// She does not ask any more.
    JoinRequestWithdrawn,
}
