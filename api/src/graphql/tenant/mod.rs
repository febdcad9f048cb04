//! What the business says of itself: when it is open.

mod business_hours;
mod mutate;
mod queries;
mod remove_business_hours;
mod set_business_hours;

pub(super) use queries::TenantQueries;
pub(super) use remove_business_hours::RemoveBusinessHours;
pub(super) use set_business_hours::SetBusinessHours;
