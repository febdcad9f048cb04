//! A business registers once.

use super::{Tenant, TenantEvent, TenantName, TenantRefusal};

pub(super) fn decide(tenant: &Tenant, name: TenantName) -> Result<Vec<TenantEvent>, TenantRefusal> {
    match &tenant.name {
        None => Ok(vec![TenantEvent::Registered { name }]),
        Some(known) if *known == name => Ok(vec![]),
        Some(_) => Err(TenantRefusal::RegisteredUnderAnotherName),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::tenant::{Tenant, TenantCommand, TenantEvent, TenantName, TenantRefusal};

    fn name(text: &str) -> TenantName {
        TenantName::parse(text).unwrap()
    }

    fn registered(text: &str) -> TenantEvent {
        TenantEvent::Registered { name: name(text) }
    }

    #[test]
    fn a_new_business_is_registered() {
        TestFramework::<Tenant>::with(())
            .given_no_previous_events()
            .when(TenantCommand::Register { name: name("Acme") })
            .then_expect_events(vec![registered("Acme")]);
    }

    #[test]
    fn registering_again_changes_nothing() {
        TestFramework::<Tenant>::with(())
            .given(vec![registered("Acme")])
            .when(TenantCommand::Register { name: name("Acme") })
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_id_keeps_its_name() {
        TestFramework::<Tenant>::with(())
            .given(vec![registered("Acme")])
            .when(TenantCommand::Register { name: name("Other") })
            .then_expect_error(TenantRefusal::RegisteredUnderAnotherName);
    }
}
