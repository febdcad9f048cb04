//! Histories of tenants.

use leadflow_domain::Zone;
use leadflow_domain::tenant::{Schedule, Tenant, TenantCommand, TenantEvent, TenantName, Weekday};
use proptest::prelude::{Just, Strategy, prop_oneof};

use crate::laws::laws;

#[test]
fn a_tenant_keeps_the_laws() {
    let commands = prop_oneof![
        2 => prop_oneof![Just("Acme"), Just("Bottega Aurora"), Just("Çınar & Oğulları")]
            .prop_map(|name| TenantCommand::Register { name: TenantName::parse(name).unwrap() }),
        2 => schedule().prop_map(|schedule| TenantCommand::SetSchedule { schedule }),
        1 => Just(TenantCommand::RemoveSchedule),
    ];
    laws::<Tenant>(commands, |_| true, TenantEvent::TYPES);
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
