//! Histories of tenants.

use leadflow_domain::tenant::{
    Branding, Color, OnboardingStep, Profile, Schedule, Sector, Settings, Size, Tenant, TenantCommand, TenantEvent,
    TenantName, Weekday,
};
use leadflow_domain::{E164, Zone};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use crate::laws::laws;

#[test]
fn a_tenant_keeps_the_laws() {
    let commands = prop_oneof![
        2 => prop_oneof![Just("Acme"), Just("Bottega Aurora"), Just("Çınar & Oğulları")]
            .prop_map(|name| TenantCommand::Register { name: TenantName::parse(name).unwrap() }),
        2 => schedule().prop_map(|schedule| TenantCommand::SetSchedule { schedule }),
        1 => Just(TenantCommand::RemoveSchedule),
        1 => profile().prop_map(|profile| TenantCommand::SetProfile { profile }),
        1 => proptest::option::of(select(vec!["#1f6feb", "#1F6FEB", "#000000"])).prop_map(|color| {
            let theme_color = color.and_then(|color| Color::parse(color).ok());
            TenantCommand::SetBranding { branding: Branding { theme_color, ..Branding::default() } }
        }),
        1 => proptest::bool::ANY.prop_map(|unassigned_visible| TenantCommand::SetSettings {
            settings: Settings { unassigned_visible, answering: None },
        }),
        1 => select(OnboardingStep::ALL.to_vec()).prop_map(|step| TenantCommand::CompleteOnboardingStep { step }),
    ];
    laws::<Tenant>(commands, |_| true, TenantEvent::TYPES);
}

fn profile() -> impl Strategy<Value = Profile> {
    (select(vec![Sector::Retail, Sector::Other]), select(vec![Size::UpTo10, Size::Over200])).prop_map(
        |(sector, size)| {
            let (name, phone) = (TenantName::parse("Acme").unwrap(), E164::parse("+390212345678").unwrap());
            Profile { name, sector, phone, size }
        },
    )
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let zone = prop_oneof![Just("Europe/Rome"), Just("UTC")];
    let hours = prop_oneof![Just("09:00-13:00"), Just("22:00-24:00")];
    (zone, hours, proptest::bool::ANY).prop_map(|(zone, hours, holiday)| {
        let dates = holiday.then(|| ("2026-12-25".parse().unwrap(), vec![]));
        let week = [(Weekday::Monday, vec![hours.parse().unwrap()])];
        Schedule::new(Zone::parse(zone).unwrap(), week, dates).unwrap()
    })
}
