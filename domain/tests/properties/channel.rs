//! Histories of channels.

use cqrs_es::Aggregate as _;
use jiff::Timestamp;
use leadflow_domain::CredentialId;
use leadflow_domain::channel::{
    AccountName, AccountStanding, AppKey, Channel, ChannelCommand, ChannelEvent, DisplayPhone, Health, HealthNews,
    NumberQuality, ProviderId, Restriction, SocialAccount, SocialNetwork, StopReason, WhatsAppNumber,
};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof};
use uuid::Uuid;

use crate::laws::{handle, laws, runner};

#[test]
fn a_channel_keeps_the_laws() {
    let app = prop_oneof![Just(None), Just(AppKey::parse("shop").ok())];
    let number = (1..=2_u8, 1..=2_u8, 1..=3_u8, app).prop_map(|(id, waba, display, app)| WhatsAppNumber {
        phone_number_id: ProviderId::parse(&id.to_string()).unwrap(),
        waba_id: ProviderId::parse(&waba.to_string()).unwrap(),
        display_phone: DisplayPhone::parse(&format!("+39 02 {display}")).unwrap(),
        app,
    });
    let credential = (1..=3_u128).prop_map(|id| CredentialId::from_uuid(Uuid::from_u128(id)));
    let news = prop_oneof![
        (1..=3_u8).prop_map(|limit| HealthNews::MessagingLimit(format!("TIER_{limit}K"))),
        Just(HealthNews::Account(AccountStanding::Disabled)),
        Just(HealthNews::Account(AccountStanding::Good)),
    ];
    let health = (1..=2_u8, news, 1..=3_i64).prop_map(|(account, news, second)| ChannelCommand::TellHealth {
        waba_id: ProviderId::parse(&account.to_string()).unwrap(),
        news: vec![news],
        at: Timestamp::from_second(second).unwrap(),
    });
    let account = (1..=2_u8, 1..=2_u8).prop_map(|(id, name)| SocialAccount {
        network: SocialNetwork::Messenger,
        account_id: ProviderId::parse(&id.to_string()).unwrap(),
        name: AccountName::parse(&name.to_string()).unwrap(),
        app: None,
    });
    let with = prop_oneof![Just(None), credential.clone().prop_map(Some)];
    let connect_account =
        (account, with).prop_map(|(account, credential)| ChannelCommand::ConnectSocialAccount { account, credential });
    let commands = prop_oneof![
        2 => connect_account,
        2 => number.prop_map(ChannelCommand::ConnectWhatsAppNumber),
        1 => Just(ChannelCommand::Disconnect),
        2 => credential.prop_map(|credential| ChannelCommand::EnterWhatsAppCredentials { credential }),
        1 => Just(ChannelCommand::RemoveWhatsAppCredentials),
        1 => Just(ChannelCommand::StopSending { reason: StopReason { code: 190, title: None } }),
        1 => Just(ChannelCommand::ResumeSending),
        2 => health,
    ];
    laws::<Channel>(commands, |_| true, ChannelEvent::TYPES);
}

fn number() -> WhatsAppNumber {
    WhatsAppNumber {
        phone_number_id: ProviderId::parse("10").unwrap(),
        waba_id: ProviderId::parse("20").unwrap(),
        display_phone: DisplayPhone::parse("+39 02 1234").unwrap(),
        app: None,
    }
}

fn second(second: usize) -> Timestamp {
    Timestamp::from_second(i64::try_from(second).unwrap()).unwrap()
}

fn tell(channel: &mut Channel, at: usize, news: HealthNews) {
    let waba_id = ProviderId::parse("20").unwrap();
    handle(channel, ChannelCommand::TellHealth { waba_id, news: vec![news], at: second(at) }).unwrap();
}

/// Words of WhatsApp's of a few kinds, so that the same is told again and again.
fn news() -> impl Strategy<Value = HealthNews> {
    let restrictions =
        [vec![], vec!["RESTRICTED_BIZ_INITIATED_MESSAGING"], vec!["RESTRICTED_CUSTOMER_INITIATED_MESSAGING"]];
    let restrictions = restrictions.map(|kinds| {
        let told = kinds.into_iter().map(|kind| Restriction { kind: kind.to_owned(), until: None });
        Just(HealthNews::Restrictions(told.collect()))
    });
    let [none, first, answers] = restrictions;
    prop_oneof![
        Just(HealthNews::Account(AccountStanding::Disabled)),
        Just(HealthNews::Account(AccountStanding::Offboarded)),
        Just(HealthNews::Account(AccountStanding::Good)),
        Just(HealthNews::Quality(NumberQuality::Bad)),
        Just(HealthNews::Quality(NumberQuality::Good)),
        none,
        first,
        answers,
    ]
}

/// What is so now, without since when: of which time that is known depends on what came.
fn what(health: Option<&Health>) -> impl PartialEq + std::fmt::Debug {
    health.map(|health| {
        let account = health.account.as_ref().map(|told| told.what.clone());
        let restrictions = health.restrictions.as_ref().map(|told| told.what.clone());
        (account, restrictions, health.quality.as_ref().map(|told| told.what))
    })
}

#[test]
fn what_was_told_last_counts_in_whatever_order_it_comes() {
    let (mut runner, seed) = runner();
    let told = vec((news(), proptest::prelude::any::<u16>()), 1..12);
    let verdict = runner.run(&told, |told| {
        // In the order of WhatsApp's times, and in the order in which it comes, some of it twice.
        let mut connected = Channel::default();
        connected.apply(ChannelEvent::WhatsAppNumberConnected(number()));
        let (mut in_order, mut as_it_comes) = (connected.clone(), connected);
        told.iter().enumerate().for_each(|(at, (news, _))| tell(&mut in_order, at, news.clone()));
        let mut coming: Vec<_> = told.into_iter().enumerate().collect();
        coming.sort_by_key(|(_, (_, place))| *place);
        for (at, (news, place)) in &coming {
            tell(&mut as_it_comes, *at, news.clone());
            if place % 2 == 0 {
                tell(&mut as_it_comes, *at, news.clone());
            }
        }
        assert_eq!(what(in_order.health()), what(as_it_comes.health()));
        assert_eq!(in_order.barred(second(99)), as_it_comes.barred(second(99)));
        // Somebody says that it is over, and all of it comes once more.
        handle(&mut as_it_comes, ChannelCommand::ResumeSending).unwrap();
        coming.into_iter().for_each(|(at, (news, _))| tell(&mut as_it_comes, at, news));
        assert_eq!(as_it_comes.barred(second(99)), Channel::default().barred(second(99)));
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
}
