//! How a number stands.

use async_graphql::{Enum, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::channel::{self as told, Health, Told};

/// Most restrictions of one account.
const MOST_RESTRICTIONS: usize = 20;

/// How a number and its WhatsApp Business Account stand, as WhatsApp tells of it by itself: of each thing what was told last, by
/// WhatsApp's clock, and null while nothing was. Once the number is of another account, what was told before is forgotten.
#[derive(Debug, Clone, PartialEq, SimpleObject)]
pub(in crate::graphql) struct ChannelHealth {
    /// What people think of the number's messages. That stops nothing.
    quality: Option<NumberQuality>,
    /// Since when.
    quality_since: Option<Timestamp>,
    /// To how many people a day may be written first, in WhatsApp's word: `TIER_1K`, `TIER_UNLIMITED`, `2000`. It is not counted here.
    messaging_limit: Option<String>,
    /// Since when.
    messaging_limit_since: Option<Timestamp>,
    /// What became of the account.
    account: Option<AccountStanding>,
    /// Since when.
    account_since: Option<Timestamp>,
    /// Of `TO_BE_DISABLED`: on which day, in WhatsApp's words, such as `April 17, 2027`; null where it was not told.
    disabled_on: Option<String>,
    /// What the account may not do for a while, 20 at most; empty when it was told that there is nothing, and before anything was told.
    #[graphql(complexity = "1 + MOST_RESTRICTIONS * child_complexity")]
    restrictions: Vec<AccountRestriction>,
    /// Since when these are all.
    restrictions_since: Option<Timestamp>,
    /// Which rule the account broke last, in WhatsApp's word, such as `ADULT`; what follows from it, if anything, is told besides.
    violation: Option<String>,
    /// When that was told.
    violation_since: Option<Timestamp>,
}

/// What people think of a number's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "told::NumberQuality")]
pub(in crate::graphql) enum NumberQuality {
    /// Nothing bad: WhatsApp's green, or a number that is flagged no more.
    Good,
    /// Some block or report them: WhatsApp's yellow.
    Middling,
    /// Many do, and the limit falls if that goes on: WhatsApp's red, or a number that is flagged.
    Bad,
}

/// What became of a WhatsApp Business Account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum AccountStanding {
    /// All is well, or well again.
    Good,
    /// It will be disabled, unless WhatsApp is brought round. Until then all is sent.
    ToBeDisabled,
    /// It is disabled. Nothing is sent: what waits goes on waiting, until WhatsApp tells otherwise or `resumeSending` is said.
    Disabled,
    /// It is not used by this business's app any more. Nothing is sent, likewise.
    Offboarded,
    /// It is gone. Nothing is sent, likewise.
    Deleted,
}

/// Something that a WhatsApp Business Account may not do for a while.
#[derive(Debug, Clone, PartialEq, SimpleObject)]
pub(in crate::graphql) struct AccountRestriction {
    /// What, in WhatsApp's word. Two of them concern what is sent, which is refused while they last: `RESTRICTED_BIZ_INITIATED_MESSAGING`
    /// what goes to whoever has not written in the last 24 hours, `RESTRICTED_CUSTOMER_INITIATED_MESSAGING` what answers whoever has.
    kind: String,
    /// Until when; null where that was not told.
    until: Option<Timestamp>,
}

impl From<Health> for ChannelHealth {
    fn from(health: Health) -> Self {
        let Health { waba_id: _, quality, messaging_limit, account, restrictions, violation } = health;
        let (quality, quality_since) = parts(quality);
        let (messaging_limit, messaging_limit_since) = parts(messaging_limit);
        let (account, account_since) = parts(account);
        let (restrictions, restrictions_since) = parts(restrictions);
        let (violation, violation_since) = parts(violation);
        let (account, disabled_on) = account.map(standing).unzip();
        let restriction = |told::Restriction { kind, until }| AccountRestriction { kind, until };
        Self {
            quality: quality.map(NumberQuality::from),
            quality_since,
            messaging_limit,
            messaging_limit_since,
            account,
            account_since,
            disabled_on: disabled_on.flatten(),
            restrictions: restrictions.into_iter().flatten().map(restriction).collect(),
            restrictions_since,
            violation,
            violation_since,
        }
    }
}

fn parts<T>(told: Option<Told<T>>) -> (Option<T>, Option<Timestamp>) {
    told.map(|Told { what, at }| (what, at)).unzip()
}

/// What it is, and from which day on.
fn standing(standing: told::AccountStanding) -> (AccountStanding, Option<String>) {
    match standing {
        told::AccountStanding::Good => (AccountStanding::Good, None),
        told::AccountStanding::ToBeDisabled { on } => (AccountStanding::ToBeDisabled, on),
        told::AccountStanding::Disabled => (AccountStanding::Disabled, None),
        told::AccountStanding::Offboarded => (AccountStanding::Offboarded, None),
        told::AccountStanding::Deleted => (AccountStanding::Deleted, None),
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::channel::{HealthNews, ProviderId, Restriction};

    use super::*;

    #[test]
    fn each_thing_has_its_time_and_each_standing_its_word() {
        let account = ProviderId::parse("20").unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut health = Health::default();
        health.tell(&account, &[HealthNews::Quality(told::NumberQuality::Bad)], at(1));
        health.tell(&account, &[HealthNews::MessagingLimit("TIER_1K".to_owned())], at(2));
        let restriction = Restriction { kind: "A".to_owned(), until: Some(at(9)) };
        health.tell(&account, &[HealthNews::Restrictions(vec![restriction])], at(3));
        health.tell(&account, &[HealthNews::Violation("ADULT".to_owned())], at(4));
        let shown = ChannelHealth {
            quality: Some(NumberQuality::Bad),
            quality_since: Some(at(1)),
            messaging_limit: Some("TIER_1K".to_owned()),
            messaging_limit_since: Some(at(2)),
            account: None,
            account_since: None,
            disabled_on: None,
            restrictions: vec![AccountRestriction { kind: "A".to_owned(), until: Some(at(9)) }],
            restrictions_since: Some(at(3)),
            violation: Some("ADULT".to_owned()),
            violation_since: Some(at(4)),
        };
        assert_eq!(ChannelHealth::from(health.clone()), shown);
        let day = Some("April 17, 2027".to_owned());
        for (told, word, disabled_on) in [
            (told::AccountStanding::Good, AccountStanding::Good, None),
            (told::AccountStanding::ToBeDisabled { on: day.clone() }, AccountStanding::ToBeDisabled, day),
            (told::AccountStanding::Disabled, AccountStanding::Disabled, None),
            (told::AccountStanding::Offboarded, AccountStanding::Offboarded, None),
            (told::AccountStanding::Deleted, AccountStanding::Deleted, None),
        ] {
            let mut health = health.clone();
            health.tell(&account, &[HealthNews::Account(told)], at(5));
            let account = Some(word);
            let expected = ChannelHealth { account, account_since: Some(at(5)), disabled_on, ..shown.clone() };
            assert_eq!(ChannelHealth::from(health), expected);
        }
    }
}
