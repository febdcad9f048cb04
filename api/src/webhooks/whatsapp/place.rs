//! Where an item came to: a number, or an account of Messenger or Instagram, by Meta's id of it. One channel of the whole installation
//! has it.

use leadflow_domain::Reservation;
use leadflow_domain::channel::{ProviderId, SocialNetwork, phone_number_id_reservation};

use super::PROVIDER;
use crate::webhooks::items::{Awaited, ItemState};

/// Where an item came to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A WhatsApp number.
    Number(String),
    /// An account of this network.
    Account(SocialNetwork, String),
}

impl Place {
    /// Meta's id of it.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Number(id) | Self::Account(_, id) => id,
        }
    }

    /// Who tells of what comes there.
    pub(super) fn provider(&self) -> &'static str {
        match self {
            Self::Number(_) => PROVIDER,
            Self::Account(network, _) => network.word(),
        }
    }

    /// What whoever has it holds.
    pub(super) fn reservation(&self) -> Reservation {
        match self {
            Self::Number(id) => phone_number_id_reservation(id),
            Self::Account(network, id) => network.account_reservation(id),
        }
    }

    /// What becomes of an item while nobody has connected it.
    pub(super) fn without_channel(&self) -> ItemState {
        // As it stands there, or connecting it would not find the item.
        let id = ProviderId::parse(self.id()).ok().filter(|id| id.as_str() == self.id());
        let waiting = |for_what, reason: &str| ItemState::Waiting { for_what, reason: reason.to_owned() };
        let parked = |reason: &str| ItemState::Parked { reason: reason.to_owned() };
        match (self, id) {
            (Self::Number(_), Some(id)) => {
                waiting(Awaited::Number(id), "no connected channel has this phone number id")
            }
            (Self::Number(_), None) => parked("its phone number id is none that a channel can have"),
            (Self::Account(network, _), Some(id)) => {
                waiting(Awaited::Account(*network, id), "nobody has connected this account")
            }
            (Self::Account(..), None) => parked("its account's id is none that a channel can have"),
        }
    }
}
