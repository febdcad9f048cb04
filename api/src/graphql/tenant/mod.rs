//! What the business says of itself: what it is and how it looks and works, when it is open, and what it has done of what new
//! ones do.

mod business_hours;
mod complete_onboarding_step;
mod mutate;
mod queries;
mod remove_business_hours;
mod set_branding;
mod set_business_hours;
mod set_business_profile;
mod set_settings;
mod tell;
#[cfg(test)]
mod tests;
mod types;

pub(super) use business_hours::BusinessHours;
pub(super) use complete_onboarding_step::CompleteOnboardingStep;
pub(super) use queries::TenantQueries;
pub(super) use remove_business_hours::RemoveBusinessHours;
pub(super) use set_branding::SetBranding;
pub(super) use set_business_hours::{DateHoursInput, SetBusinessHours, WeekdayHoursInput, schedule};
pub(super) use set_business_profile::SetBusinessProfile;
pub(super) use set_settings::SetSettings;
pub(super) use types::{Tenant, of_viewer};
