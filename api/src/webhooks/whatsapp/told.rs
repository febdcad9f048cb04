//! Items that lead somewhere by a number, or an account, of the business.

use leadflow_domain::CommandId;
use leadflow_event_store::Keys;

use super::echo::Echo;
use super::envelope::{EnvelopeItem, Reading};
use super::fact::Fact;
use super::group_update::GroupUpdate;
use super::inbound::now_known_by;
use super::message::{Act, Inbound, Party};
use super::place::Place;
use super::social::Reach;
use super::status::Status;
use super::translate::Route;
use crate::webhooks::items::ItemState;

/// Under which words one message may be told: when it was written, by a history, and there as the place of a file. Each
/// telling is a command of its own, so that none is lost for another, whichever comes first.
pub(super) struct Words([&'static str; 3]);

/// Of what customers write and do.
pub(super) const RECEIVED: Words = Words(["message", "import", "import_placeholder"]);

/// Of what the business writes and does elsewhere than here.
pub(super) const ECHOED: Words = Words(["echo", "import_echo", "import_echo_placeholder"]);

impl Words {
    /// What the command of an act is derived from. What was done to a message is told in one way only.
    pub(super) fn of(&self, act: &Act) -> &'static str {
        let [live, imported, placeholder] = self.0;
        match act {
            Act::Import(import) if import.written.content.is_placeholder() => placeholder,
            Act::Import(_) => imported,
            Act::Message(_) | Act::Reaction { .. } | Act::Edit { .. } | Act::Revocation { .. } => live,
        }
    }

    /// All under which the same may have been told.
    fn of_one(&self, act: &Act) -> &[&'static str] {
        match act {
            Act::Message(_) | Act::Import(_) => &self.0,
            Act::Reaction { .. } | Act::Edit { .. } | Act::Revocation { .. } => &self.0[..1],
        }
    }
}

/// What `items` tell.
pub(super) fn told(items: &[EnvelopeItem]) -> impl Iterator<Item = Told<'_>> {
    items.iter().filter_map(|item| Told::of(&item.reading).ok())
}

/// What an item tells, where it is routed by a number or an account.
#[derive(Clone, Copy)]
pub(super) enum Told<'a> {
    Inbound(&'a Inbound),
    Echo(&'a Echo),
    Status(&'a Status),
    Fact(&'a Fact),
    Group(&'a GroupUpdate),
    Reach(&'a Reach),
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
            Reading::Fact(fact) => Ok(Self::Fact(fact)),
            Reading::Reach(reach) => Ok(Self::Reach(reach)),
            // By its account, or its page: `templates`, `health`, `leads`.
            Reading::Template(_) | Reading::Health(_) | Reading::Lead(_) => {
                Err(ItemState::Notice { reason: "it is routed by no number".to_owned() })
            }
        }
    }

    /// To what of the business it came.
    pub(super) fn place(self) -> Place {
        match self {
            Self::Inbound(inbound) => inbound.place.clone(),
            Self::Echo(echo) => echo.place.clone(),
            Self::Status(status) => status.place.clone(),
            Self::Reach(reach) => reach.place.clone(),
            Self::Fact(fact) => fact.place(),
            Self::Group(update) => update.place(),
        }
    }

    /// The person on the other side.
    pub(super) fn party(self) -> Option<&'a Party> {
        match self {
            Self::Inbound(inbound) => Some(&inbound.sender),
            Self::Echo(echo) => Some(&echo.recipient),
            Self::Status(status) => status.recipient.as_ref(),
            Self::Reach(reach) => Some(&reach.recipient),
            Self::Fact(fact) => Some(fact.person()),
            Self::Group(update) => update.party(),
        }
    }

    /// The provider's id of the group that it is in, or is about.
    pub(super) fn group(self) -> Option<&'a str> {
        match self {
            Self::Inbound(inbound) => inbound.group.as_deref(),
            Self::Group(update) => Some(&update.group),
            Self::Echo(_) | Self::Status(_) | Self::Fact(_) | Self::Reach(_) => None,
        }
    }

    /// What she is known by from now on, if it tells that.
    pub(super) fn now_known_by(self) -> Option<&'a Party> {
        match self {
            Self::Inbound(inbound) => now_known_by(inbound),
            Self::Echo(_) | Self::Status(_) | Self::Fact(_) | Self::Group(_) | Self::Reach(_) => None,
        }
    }

    /// The command it becomes.
    pub(super) fn command(self, route: Route, keys: &Keys) -> CommandId {
        match self {
            Self::Inbound(inbound) => route.command(RECEIVED.of(&inbound.act), &inbound.id),
            Self::Echo(echo) => route.command(ECHOED.of(&echo.act), &echo.id),
            Self::Status(status) => route.status(status),
            Self::Reach(reach) => route.reach(reach),
            Self::Fact(fact) => fact.command(route, keys),
            Self::Group(update) => route.group_update(keys, update),
        }
    }

    /// The commands of all ways to tell it, its own among them.
    pub(super) fn tellings(self, route: Route, keys: &Keys) -> Vec<CommandId> {
        let (words, id) = match self {
            Self::Inbound(inbound) => (RECEIVED.of_one(&inbound.act), &inbound.id),
            Self::Echo(echo) => (ECHOED.of_one(&echo.act), &echo.id),
            Self::Status(_) | Self::Fact(_) | Self::Group(_) | Self::Reach(_) => {
                return vec![self.command(route, keys)];
            }
        };
        words.iter().map(|word| route.command(word, id)).collect()
    }

    /// The status that it is, if it is one.
    pub(super) fn status(self) -> Option<&'a Status> {
        match self {
            Self::Status(status) => Some(status),
            Self::Inbound(_) | Self::Echo(_) | Self::Fact(_) | Self::Group(_) | Self::Reach(_) => None,
        }
    }
}
