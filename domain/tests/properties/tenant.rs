//! Histories of tenants.

use leadflow_domain::tenant::{Tenant, TenantCommand, TenantEvent, TenantName};
use proptest::prelude::{Just, Strategy, prop_oneof};

use crate::laws::laws;

#[test]
fn a_tenant_keeps_the_laws() {
    let commands = prop_oneof![Just("Acme"), Just("Bottega Aurora"), Just("Çınar & Oğulları")]
        .prop_map(|name| TenantCommand::Register { name: TenantName::parse(name).unwrap() });
    laws::<Tenant>(commands, |_| true, TenantEvent::TYPES);
}
