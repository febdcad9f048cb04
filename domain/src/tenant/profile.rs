//! What a business says it is.

use serde::{Deserialize, Serialize};

use super::onboarding::with_step;
use super::{OnboardingStep, Tenant, TenantEvent, TenantName, TenantRefusal};
use crate::E164;

/// What a business says it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What it calls itself.
    pub name: TenantName,
    /// What it does.
    pub sector: Sector,
    /// Where it is called.
    pub phone: E164,
    /// How many work for it.
    pub size: Size,
}

/// What a business does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "their names say it")]
pub enum Sector {
    Retail,
    Healthcare,
    Restaurant,
    Other,
}

/// How many people work for a business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// 1 to 10.
    UpTo10,
    /// 11 to 50.
    UpTo50,
    /// 51 to 200.
    UpTo200,
    /// More than 200.
    Over200,
}

pub(super) fn set(tenant: &Tenant, profile: Profile) -> Result<Vec<TenantEvent>, TenantRefusal> {
    tenant.registered()?;
    Ok(if tenant.profile.as_ref() == Some(&profile) {
        vec![]
    } else {
        with_step(tenant, TenantEvent::ProfileSet { profile }, OnboardingStep::Profile)
    })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::*;
    use crate::tenant::TenantCommand;
    use crate::tenant::state::samples::registered;

    fn profile(sector: Sector) -> Profile {
        let (name, phone) = (TenantName::parse("Acme").unwrap(), E164::parse("+390212345678").unwrap());
        Profile { name, sector, phone, size: Size::UpTo50 }
    }

    fn set(sector: Sector) -> TenantCommand {
        TenantCommand::SetProfile { profile: profile(sector) }
    }

    fn was_set(sector: Sector) -> TenantEvent {
        TenantEvent::ProfileSet { profile: profile(sector) }
    }

    #[test]
    fn a_business_says_what_it_is() {
        let done = || TenantEvent::OnboardingStepCompleted { step: OnboardingStep::Profile };
        TestFramework::<Tenant>::with(())
            .given(vec![registered()])
            .when(set(Sector::Retail))
            .then_expect_events(vec![was_set(Sector::Retail), done()]);
        TestFramework::<Tenant>::with(())
            .given(vec![registered(), was_set(Sector::Other), done()])
            .when(set(Sector::Retail))
            .then_expect_events(vec![was_set(Sector::Retail)]);
    }

    #[test]
    fn it_is_called_what_it_said_last() {
        let mut tenant = Tenant::default();
        let other = Profile { name: TenantName::parse("Acme Sofas").unwrap(), ..profile(Sector::Retail) };
        for (event, name) in [
            (registered(), "Acme"),
            (TenantEvent::ProfileSet { profile: other }, "Acme Sofas"),
            (was_set(Sector::Retail), "Acme"),
        ] {
            cqrs_es::Aggregate::apply(&mut tenant, event);
            assert_eq!(tenant.name().map(TenantName::as_str), Some(name));
        }
    }

    #[test]
    fn saying_so_again_changes_nothing() {
        TestFramework::<Tenant>::with(())
            .given(vec![registered(), was_set(Sector::Retail)])
            .when(set(Sector::Retail))
            .then_expect_events(vec![]);
    }

    #[test]
    fn who_is_not_registered_is_nothing() {
        TestFramework::<Tenant>::with(())
            .given_no_previous_events()
            .when(set(Sector::Retail))
            .then_expect_error(TenantRefusal::NotFound);
    }
}
