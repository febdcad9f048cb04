//! What a new business does one after the other, in whatever order; each of it once.

use serde::{Deserialize, Serialize};

use super::{Tenant, TenantEvent, TenantRefusal};

/// Something that a new business does. What the business says of itself is done once it has said so; what else there is, once
/// somebody says that it is done, or that the business goes without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnboardingStep {
    /// It says what it is.
    Profile,
    /// It says how it looks.
    Branding,
    /// It connects its first number.
    Channel,
    /// It invites its people.
    People,
    /// It says when it is open.
    Hours,
}

impl OnboardingStep {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Profile, Self::Branding, Self::Channel, Self::People, Self::Hours];
}

pub(super) fn complete(tenant: &Tenant, step: OnboardingStep) -> Result<Vec<TenantEvent>, TenantRefusal> {
    tenant.registered()?;
    Ok(if tenant.has_completed(step) { vec![] } else { vec![TenantEvent::OnboardingStepCompleted { step }] })
}

/// `event`, with which a business does what a new one does: the first time, the step is done with it.
pub(super) fn with_step(tenant: &Tenant, event: TenantEvent, step: OnboardingStep) -> Vec<TenantEvent> {
    let step = (!tenant.has_completed(step)).then_some(TenantEvent::OnboardingStepCompleted { step });
    std::iter::once(event).chain(step).collect()
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::*;
    use crate::tenant::TenantCommand;
    use crate::tenant::state::samples::registered;

    fn complete(step: OnboardingStep) -> TenantCommand {
        TenantCommand::CompleteOnboardingStep { step }
    }

    fn completed(step: OnboardingStep) -> TenantEvent {
        TenantEvent::OnboardingStepCompleted { step }
    }

    #[test]
    fn steps_are_taken_in_whatever_order() {
        let mut given = vec![registered()];
        for step in OnboardingStep::ALL.into_iter().rev() {
            TestFramework::<Tenant>::with(())
                .given(given.clone())
                .when(complete(step))
                .then_expect_events(vec![completed(step)]);
            given.push(completed(step));
        }
    }

    #[test]
    fn each_of_them_once() {
        TestFramework::<Tenant>::with(())
            .given(vec![registered(), completed(OnboardingStep::People), completed(OnboardingStep::Hours)])
            .when(complete(OnboardingStep::People))
            .then_expect_events(vec![]);
    }

    #[test]
    fn who_is_not_registered_has_none() {
        TestFramework::<Tenant>::with(())
            .given_no_previous_events()
            .when(complete(OnboardingStep::Profile))
            .then_expect_error(TenantRefusal::NotFound);
    }
}
