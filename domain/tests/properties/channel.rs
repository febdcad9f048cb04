//! Histories of channels.

use jiff::Timestamp;
use leadflow_domain::CredentialId;
use leadflow_domain::channel::{
    AccountStanding, AppKey, Channel, ChannelCommand, ChannelEvent, DisplayPhone, HealthNews, ProviderId, StopReason,
    WhatsAppNumber,
};
use proptest::prelude::{Just, Strategy, prop_oneof};
use uuid::Uuid;

use crate::laws::laws;

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
    let commands = prop_oneof![
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
