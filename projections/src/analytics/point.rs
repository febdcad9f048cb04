//! Points: what matters to a conversation's times, each at its moment.

use jiff::Timestamp;
use leadflow_domain::lead::LeadSource;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::word::Word;

/// When something happened, and the event that tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) event: Uuid,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Happening {
    Captured(LeadSource),
    Qualified,
    Disqualified,
    Opened,
    Reopened,
    Snoozed,
    Woken,
    Resolved,
    Assigned(Uuid),
    Unassigned,
    CustomerWrote,
    HumanWrote,
    BotWrote,
}

/// Something that happened in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Point {
    pub(super) moment: Moment,
    /// Version of its stream, which says what came first of one moment.
    pub(super) version: i64,
    pub(super) what: Happening,
}

/// Where a point stands among those of its conversation.
///
/// By time. Of one moment the lead comes first, then the conversation in the order of its stream (its opening before the
/// message that opens it), then what the business answered. WhatsApp tells whole seconds, so this matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    at: Timestamp,
    rank: u8,
    version: i64,
    event: Uuid,
}

impl Point {
    pub(super) fn place(&self) -> Place {
        let Moment { at, event } = self.moment;
        Place { at, rank: self.what.rank(), version: self.version, event }
    }
}

impl Happening {
    fn rank(self) -> u8 {
        match self {
            Self::Captured(_) | Self::Qualified | Self::Disqualified => 0,
            Self::Opened
            | Self::Reopened
            | Self::Snoozed
            | Self::Woken
            | Self::Resolved
            | Self::Assigned(_)
            | Self::Unassigned
            | Self::CustomerWrote => 1,
            Self::HumanWrote | Self::BotWrote => 2,
        }
    }

    /// Whether it is told of the conversation's lead, not of the conversation.
    pub(super) fn is_of_lead(self) -> bool {
        self.rank() == 0
    }

    /// Its word in the column, beside whom or what it names.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Captured(_) => "captured",
            Self::Qualified => "qualified",
            Self::Disqualified => "disqualified",
            Self::Opened => "opened",
            Self::Reopened => "reopened",
            Self::Snoozed => "snoozed",
            Self::Woken => "woken",
            Self::Resolved => "resolved",
            Self::Assigned(_) => "assigned",
            Self::Unassigned => "unassigned",
            Self::CustomerWrote => "customer_wrote",
            Self::HumanWrote => "human_wrote",
            Self::BotWrote => "bot_wrote",
        }
    }

    /// What a row holds: its word, and the attribution that a capture or an assignment names.
    pub(super) fn read(word: &str, member: Option<Uuid>, source: Option<&str>) -> Option<Self> {
        Some(match word {
            "captured" => Self::Captured(LeadSource::ALL.iter().copied().find(|known| Some(known.word()) == source)?),
            "qualified" => Self::Qualified,
            "disqualified" => Self::Disqualified,
            "opened" => Self::Opened,
            "reopened" => Self::Reopened,
            "snoozed" => Self::Snoozed,
            "woken" => Self::Woken,
            "resolved" => Self::Resolved,
            "assigned" => Self::Assigned(member?),
            "unassigned" => Self::Unassigned,
            "customer_wrote" => Self::CustomerWrote,
            "human_wrote" => Self::HumanWrote,
            "bot_wrote" => Self::BotWrote,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_read_as_it_was_written() {
        use Happening::{
            Assigned, BotWrote, Captured, CustomerWrote, Disqualified, HumanWrote, Opened, Qualified, Reopened,
            Resolved, Snoozed, Unassigned, Woken,
        };
        let member = Uuid::from_u128(7);
        let (whatsapp, source) = (LeadSource::WhatsApp, LeadSource::WhatsApp.word());
        for what in [
            Captured(whatsapp),
            Qualified,
            Disqualified,
            Opened,
            Reopened,
            Snoozed,
            Woken,
            Resolved,
            Assigned(member),
            Unassigned,
            CustomerWrote,
            HumanWrote,
            BotWrote,
        ] {
            assert_eq!(Happening::read(what.word(), Some(member), Some(source)), Some(what));
        }
        for odd in ["", "sneezed", "captured", "assigned"] {
            assert_eq!(Happening::read(odd, None, None), None, "{odd}");
        }
    }

    #[test]
    fn of_one_moment_the_opening_comes_before_her_message_and_that_before_its_answer() {
        let point = |what, version, event| Point {
            moment: Moment { at: Timestamp::UNIX_EPOCH, event: Uuid::from_u128(event) },
            version,
            what,
        };
        let told = [
            point(Happening::Captured(LeadSource::WhatsApp), 1, 9),
            point(Happening::Opened, 1, 8),
            point(Happening::CustomerWrote, 2, 7),
            point(Happening::Resolved, 3, 6),
            point(Happening::Reopened, 4, 5),
            point(Happening::HumanWrote, 1, 3),
            point(Happening::HumanWrote, 1, 4),
        ];
        assert!(told.is_sorted_by_key(Point::place));
    }
}
