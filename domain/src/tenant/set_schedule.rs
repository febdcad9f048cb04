//! A business says when it is open, or that it has no hours any more.

use super::onboarding::with_step;
use super::{OnboardingStep, Schedule, Tenant, TenantEvent, TenantRefusal};

pub(super) fn set(tenant: &Tenant, schedule: Schedule) -> Result<Vec<TenantEvent>, TenantRefusal> {
    tenant.registered()?;
    Ok(match &tenant.schedule {
        Some(known) if *known == schedule => vec![],
        Some(_) | None => with_step(tenant, TenantEvent::ScheduleSet { schedule }, OnboardingStep::Hours),
    })
}

pub(super) fn remove(tenant: &Tenant) -> Result<Vec<TenantEvent>, TenantRefusal> {
    tenant.registered()?;
    Ok(if tenant.schedule.is_some() { vec![TenantEvent::ScheduleRemoved {}] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::Zone;
    use crate::tenant::schedule::samples::{hours, shop};
    use crate::tenant::state::samples::registered;
    use crate::tenant::{OnboardingStep, Schedule, Tenant, TenantCommand, TenantEvent, TenantRefusal, Weekday};

    fn other() -> Schedule {
        Schedule::new(Zone::parse("UTC").unwrap(), [(Weekday::Friday, hours(&["09:00-12:00"]))], []).unwrap()
    }

    fn set(schedule: Schedule) -> TenantCommand {
        TenantCommand::SetSchedule { schedule }
    }

    fn was_set(schedule: Schedule) -> TenantEvent {
        TenantEvent::ScheduleSet { schedule }
    }

    fn done() -> TenantEvent {
        TenantEvent::OnboardingStepCompleted { step: OnboardingStep::Hours }
    }

    #[test]
    fn a_business_says_when_it_is_open() {
        TestFramework::<Tenant>::with(())
            .given(vec![registered()])
            .when(set(shop()))
            .then_expect_events(vec![was_set(shop()), done()]);
        TestFramework::<Tenant>::with(())
            .given(vec![registered(), was_set(shop()), done()])
            .when(set(other()))
            .then_expect_events(vec![was_set(other())]);
    }

    #[test]
    fn saying_so_again_changes_nothing() {
        TestFramework::<Tenant>::with(())
            .given(vec![registered(), was_set(shop())])
            .when(set(shop()))
            .then_expect_events(vec![]);
    }

    #[test]
    fn it_can_go_back_to_none() {
        TestFramework::<Tenant>::with(())
            .given(vec![registered(), was_set(shop())])
            .when(TenantCommand::RemoveSchedule)
            .then_expect_events(vec![TenantEvent::ScheduleRemoved {}]);
        TestFramework::<Tenant>::with(())
            .given(vec![registered(), was_set(shop()), done(), TenantEvent::ScheduleRemoved {}])
            .when(set(shop()))
            .then_expect_events(vec![was_set(shop())]);
    }

    #[test]
    fn who_has_none_keeps_none() {
        for given in [vec![registered()], vec![registered(), was_set(shop()), TenantEvent::ScheduleRemoved {}]] {
            TestFramework::<Tenant>::with(())
                .given(given)
                .when(TenantCommand::RemoveSchedule)
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn who_is_not_registered_has_no_hours() {
        for command in [set(shop()), TenantCommand::RemoveSchedule] {
            TestFramework::<Tenant>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_error(TenantRefusal::NotFound);
        }
    }
}
