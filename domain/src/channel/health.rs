//! How a number and its account stand with WhatsApp, and what follows from that for what is sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ProviderId;

/// The account may not write to whoever has not written to it within a day.
const NO_FIRST: &str = "RESTRICTED_BIZ_INITIATED_MESSAGING";

/// The account may not answer whoever has.
const NO_ANSWERS: &str = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING";

/// Something that WhatsApp tells of how a number, or its account, stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthNews {
    /// What people think of the number's messages.
    Quality(NumberQuality),
    /// To how many people a day may be written first, in WhatsApp's word, such as `TIER_10K` or `2000`.
    MessagingLimit(String),
    /// What becomes of the account.
    Account(AccountStanding),
    /// All that the account may not do for a while.
    Restrictions(Vec<Restriction>),
    /// Which rule the account broke, in WhatsApp's word, such as `ADULT`.
    Violation(String),
}

/// What people think of a number's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberQuality {
    /// Nothing bad: WhatsApp's green, or a number that is flagged no more.
    Good,
    /// Some block or report them: WhatsApp's yellow.
    Middling,
    /// Many do, and the limit falls if that goes on: WhatsApp's red, or a number that is flagged.
    Bad,
}

/// What becomes of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStanding {
    /// All is well, or well again.
    Good,
    /// It will be disabled, unless WhatsApp is brought round.
    ToBeDisabled {
        /// On which day, in WhatsApp's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<String>,
    },
    /// It is disabled: WhatsApp takes nothing of its numbers.
    Disabled,
    /// It is not used by this business's app any more.
    Offboarded,
    /// It is gone.
    Deleted,
}

impl AccountStanding {
    /// Whether nothing can be sent from the account's numbers any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Good | Self::ToBeDisabled { .. } => false,
            Self::Disabled | Self::Offboarded | Self::Deleted => true,
        }
    }
}

/// Something that an account may not do for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// What, in WhatsApp's word, such as `RESTRICTED_BIZ_INITIATED_MESSAGING`.
    pub kind: String,
    /// Until when, if that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What was told last of one thing, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told<T> {
    /// What it was.
    pub what: T,
    /// When, by WhatsApp's clock: so it is since then.
    pub at: Timestamp,
}

/// What was told last of how a number stands: of each thing the latest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The account that the number was of: what was told of one says nothing of another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waba_id: Option<ProviderId>,
    /// What people think of the number's messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Told<NumberQuality>>,
    /// To how many people a day may be written first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging_limit: Option<Told<String>>,
    /// What became of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Told<AccountStanding>>,
    /// What the account may not do for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restrictions: Option<Told<Vec<Restriction>>>,
    /// Which rule the account broke last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub violation: Option<Told<String>>,
}

impl Health {
    /// Whether it is news of `at` that time: not what is known, and not older than what was told of the same.
    pub(super) fn is_news(&self, waba_id: &ProviderId, news: &HealthNews, at: Timestamp) -> bool {
        if self.waba_id.as_ref() != Some(waba_id) {
            return true;
        }
        match news {
            HealthNews::Quality(quality) => is_news(self.quality.as_ref(), quality, at),
            HealthNews::MessagingLimit(limit) => is_news(self.messaging_limit.as_ref(), limit, at),
            HealthNews::Account(standing) => is_news(self.account.as_ref(), standing, at),
            HealthNews::Restrictions(restrictions) => is_news(self.restrictions.as_ref(), restrictions, at),
            HealthNews::Violation(rule) => is_news(self.violation.as_ref(), rule, at),
        }
    }

    /// Takes in what was told of a number while it was of the account.
    pub fn tell(&mut self, waba_id: &ProviderId, news: &[HealthNews], at: Timestamp) {
        if self.waba_id.as_ref() != Some(waba_id) {
            *self = Self { waba_id: Some(waba_id.clone()), ..Self::default() };
        }
        for news in news.iter().cloned() {
            match news {
                HealthNews::Quality(what) => self.quality = Some(Told { what, at }),
                HealthNews::MessagingLimit(what) => self.messaging_limit = Some(Told { what, at }),
                HealthNews::Account(what) => self.account = Some(Told { what, at }),
                HealthNews::Restrictions(what) => self.restrictions = Some(Told { what, at }),
                HealthNews::Violation(what) => self.violation = Some(Told { what, at }),
            }
        }
    }

    /// What may not be sent at this time.
    pub(super) fn barred(&self, now: Timestamp) -> Barred {
        let restricts = |kind: &str| {
            let told = self.restrictions.iter().flat_map(|told| &told.what);
            told.filter(|one| one.kind == kind).any(|one| one.until.is_none_or(|until| now < until))
        };
        Barred {
            all: self.account.as_ref().is_some_and(|told| told.what.is_closed()),
            first: restricts(NO_FIRST),
            answers: restricts(NO_ANSWERS),
        }
    }

    /// Whether something may not be sent, now or at any time.
    pub(super) fn bars(&self) -> bool {
        self.barred(Timestamp::MIN) != Barred::default()
    }
}

/// What WhatsApp said that may not be sent from a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Barred {
    /// Anything: the account is disabled, gone, or another app's.
    pub all: bool,
    /// What goes to whoever has not written within a day.
    pub first: bool,
    /// What answers whoever has.
    pub answers: bool,
}

fn is_news<T: PartialEq>(known: Option<&Told<T>>, what: &T, at: Timestamp) -> bool {
    known.is_none_or(|known| at >= known.at && known.what != *what)
}
