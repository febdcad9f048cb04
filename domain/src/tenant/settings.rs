//! How a business wants to work.

use serde::{Deserialize, Serialize};

use super::{Tenant, TenantEvent, TenantRefusal};

/// How a business works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether everybody sees the conversations that are nobody's.
    pub unassigned_visible: bool,
}

impl Default for Settings {
    /// How a business works that never said how.
    fn default() -> Self {
        Self { unassigned_visible: true }
    }
}

pub(super) fn set(tenant: &Tenant, settings: Settings) -> Result<Vec<TenantEvent>, TenantRefusal> {
    tenant.registered()?;
    Ok(if tenant.settings == settings { vec![] } else { vec![TenantEvent::SettingsSet { settings }] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::*;
    use crate::tenant::TenantCommand;
    use crate::tenant::state::samples::registered;

    fn set(unassigned_visible: bool) -> TenantCommand {
        TenantCommand::SetSettings { settings: Settings { unassigned_visible } }
    }

    fn was_set(unassigned_visible: bool) -> TenantEvent {
        TenantEvent::SettingsSet { settings: Settings { unassigned_visible } }
    }

    #[test]
    fn a_business_says_how_it_works() {
        TestFramework::<Tenant>::with(())
            .given(vec![registered()])
            .when(set(false))
            .then_expect_events(vec![was_set(false)]);
        TestFramework::<Tenant>::with(())
            .given(vec![registered(), was_set(false)])
            .when(set(true))
            .then_expect_events(vec![was_set(true)]);
    }

    #[test]
    fn what_is_so_already_changes_nothing() {
        for (given, visible) in [(vec![registered()], true), (vec![registered(), was_set(false)], false)] {
            TestFramework::<Tenant>::with(()).given(given).when(set(visible)).then_expect_events(vec![]);
        }
    }

    #[test]
    fn who_is_not_registered_does_not_work() {
        TestFramework::<Tenant>::with(())
            .given_no_previous_events()
            .when(set(false))
            .then_expect_error(TenantRefusal::NotFound);
    }
}
