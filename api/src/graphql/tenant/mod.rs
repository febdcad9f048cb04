//! What the business says of itself: what it is called, and when it is open.

mod business_hours;
mod mutate;
mod queries;
mod remove_business_hours;
mod set_business_hours;
mod types;

pub(super) use queries::TenantQueries;
pub(super) use remove_business_hours::RemoveBusinessHours;
pub(super) use set_business_hours::SetBusinessHours;
pub(super) use types::{Tenant, of_viewer};
