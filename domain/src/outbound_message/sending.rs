//! How a message that is sent from here stands, by what is evident.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{DeliveryStatus, FailureCause, OutgoingContent};
use crate::{IdentifierHash, TemplateId};

/// A message that is sent from here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Sending {
    pub(super) standing: Standing,
    /// How often sending it was begun.
    pub(super) attempts: u32,
    /// The first attempt since somebody asked to try again; what is told of earlier ones counts only if it arrived.
    pub(super) round: u32,
    pub(super) needs_open_window: bool,
    /// Of which template it is made, if it is made of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) template: Option<TemplateId>,
    /// Under what the provider took it, by attempt.
    pub(super) accepted: BTreeMap<u32, IdentifierHash>,
}

/// Where a message that is sent from here stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It waits to be sent.
    Queued,
    /// It is being sent.
    Attempted,
    /// Nobody knows whether the provider took it.
    Unknown,
    /// The provider took it.
    Accepted,
    /// The provider did not take it, and is not asked again.
    Refused,
    /// It is not sent, for another reason.
    Failed(FailureCause),
    /// Somebody took it back before it left.
    Cancelled,
}

impl Sending {
    pub(super) fn new(content: &OutgoingContent) -> Self {
        Self {
            standing: Standing::Queued,
            attempts: 0,
            round: 1,
            needs_open_window: content.needs_open_window(),
            template: content.template(),
            accepted: BTreeMap::new(),
        }
    }

    /// How often sending it was begun since somebody last asked for it: as often as it is tried of its own accord is counted from there.
    pub(super) fn attempts_of_round(&self) -> u32 {
        (self.attempts + 1).saturating_sub(self.round)
    }

    /// Whether what is told of `attempt`, which got as far as `reached`, is of the message as it is sent now.
    pub(super) fn counts(&self, attempt: u32, reached: Option<DeliveryStatus>) -> bool {
        (1..=self.attempts).contains(&attempt) && (attempt >= self.round || reached >= Some(DeliveryStatus::Delivered))
    }

    /// Which attempt the provider took under this id; the newest one, where that was never told.
    pub(super) fn attempt_of(&self, hash: &IdentifierHash) -> u32 {
        let known = self.accepted.iter().find(|(_, known)| *known == hash);
        known.map_or(self.attempts, |(attempt, _)| *attempt)
    }
}

impl Standing {
    /// How far that is.
    #[must_use]
    pub fn status(self) -> DeliveryStatus {
        match self {
            Self::Queued => DeliveryStatus::Queued,
            Self::Attempted => DeliveryStatus::Attempted,
            Self::Unknown => DeliveryStatus::Unknown,
            Self::Accepted => DeliveryStatus::Accepted,
            Self::Refused | Self::Failed(_) => DeliveryStatus::Failed,
            Self::Cancelled => DeliveryStatus::Cancelled,
        }
    }
}
