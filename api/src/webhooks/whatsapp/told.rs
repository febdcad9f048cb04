//! Items that lead somewhere by a number of the business.

use leadflow_domain::{CommandId, StreamId};
use leadflow_event_store::Keys;

use super::echo::Echo;
use super::envelope::{EnvelopeItem, Reading};
use super::group_update::GroupUpdate;
use super::inbound::now_known_by;
use super::message::{Inbound, Party};
use super::status::Status;
use super::translate::Route;
use crate::webhooks::items::ItemState;

/// What a message's command is derived from.
pub(super) const RECEIVE: &str = "message";

/// What `items` tell.
pub(super) fn told(items: &[EnvelopeItem]) -> impl Iterator<Item = Told<'_>> {
    items.iter().filter_map(|item| Told::of(&item.reading).ok())
}

/// What an item tells, where it is routed by a number.
#[derive(Clone, Copy)]
pub(super) enum Told<'a> {
    Inbound(&'a Inbound),
    Echo(&'a Echo),
    Status(&'a Status),
    Group(&'a GroupUpdate),
}

impl<'a> Told<'a> {
    /// Or what becomes of an item that leads nowhere.
    pub(super) fn of(reading: &'a Reading) -> Result<Self, ItemState> {
        match reading {
            Reading::Inbound(inbound) => Ok(Self::Inbound(inbound)),
            Reading::Echo(echo) => Ok(Self::Echo(echo)),
            Reading::Status(status) => Ok(Self::Status(status)),
            Reading::Group(update) => Ok(Self::Group(update)),
            Reading::Notice(reason) => Err(ItemState::Notice { reason: reason.clone() }),
            Reading::Unreadable(reason) => Err(ItemState::Parked { reason: reason.clone() }),
        }
    }

    /// Meta's id of the number.
    pub(super) fn phone_number_id(self) -> &'a str {
        match self {
            Self::Inbound(inbound) => &inbound.phone_number_id,
            Self::Echo(echo) => &echo.phone_number_id,
            Self::Status(status) => &status.phone_number_id,
            Self::Group(update) => &update.phone_number_id,
        }
    }

    /// The person on the other side.
    pub(super) fn party(self) -> Option<&'a Party> {
        match self {
            Self::Inbound(inbound) => Some(&inbound.sender),
            Self::Echo(echo) => Some(&echo.recipient),
            Self::Status(status) => status.recipient.as_ref(),
            Self::Group(update) => update.party(),
        }
    }

    /// The provider's id of the group that it is in, or is about.
    pub(super) fn group(self) -> Option<&'a str> {
        match self {
            Self::Inbound(inbound) => inbound.group.as_deref(),
            Self::Group(update) => Some(&update.group),
            Self::Echo(_) | Self::Status(_) => None,
        }
    }

    /// What she is known by from now on, if it tells that.
    pub(super) fn now_known_by(self) -> Option<&'a Party> {
        match self {
            Self::Inbound(inbound) => now_known_by(inbound),
            Self::Echo(_) | Self::Status(_) | Self::Group(_) => None,
        }
    }

    /// The command it becomes.
    pub(super) fn command(self, route: Route) -> CommandId {
        match self {
            Self::Inbound(inbound) => route.command(RECEIVE, &inbound.id),
            Self::Echo(echo) => route.echo(echo),
            Self::Status(status) => route.status(status),
            Self::Group(update) => route.group_update(update),
        }
    }

    /// The message whose status it is.
    pub(super) fn message(self, route: Route, keys: &Keys) -> Option<StreamId> {
        match self {
            Self::Status(status) => Some(route.message(keys, &status.message)),
            Self::Inbound(_) | Self::Echo(_) | Self::Group(_) => None,
        }
    }
}
