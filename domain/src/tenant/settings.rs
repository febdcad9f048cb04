//! How a business wants to work.

use serde::{Deserialize, Serialize};

use super::{Tenant, TenantEvent, TenantRefusal};
use crate::ChannelId;

/// How a business works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether everybody sees the conversations that are nobody's.
    pub unassigned_visible: bool,
    /// The number that leads are answered from which came by no number; the one that was connected first, where that was not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answering: Option<ChannelId>,
}

impl Default for Settings {
    /// How a business works that never said how.
    fn default() -> Self {
        Self { unassigned_visible: true, answering: None }
    }
}

pub(super) fn set(tenant: &Tenant, settings: Settings) -> Result<Vec<TenantEvent>, TenantRefusal> {
    tenant.registered()?;
    Ok(if tenant.settings == settings { vec![] } else { vec![TenantEvent::SettingsSet { settings }] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use uuid::Uuid;

    use super::*;
    use crate::tenant::TenantCommand;
    use crate::tenant::state::samples::registered;

    fn said(unassigned_visible: bool) -> Settings {
        Settings { unassigned_visible, ..Settings::default() }
    }

    fn set(unassigned_visible: bool) -> TenantCommand {
        TenantCommand::SetSettings { settings: said(unassigned_visible) }
    }

    fn was_set(unassigned_visible: bool) -> TenantEvent {
        TenantEvent::SettingsSet { settings: said(unassigned_visible) }
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
    fn it_says_by_which_number_leads_are_answered() {
        let answering = |number| Settings { answering: number, ..Settings::default() };
        let shop = Some(ChannelId::from_uuid(Uuid::from_u128(2)));
        for (before, after) in [(None, shop), (shop, None)] {
            TestFramework::<Tenant>::with(())
                .given(vec![registered(), TenantEvent::SettingsSet { settings: answering(before) }])
                .when(TenantCommand::SetSettings { settings: answering(after) })
                .then_expect_events(vec![TenantEvent::SettingsSet { settings: answering(after) }]);
        }
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
