//! A tenant: one business, the unit of isolation, of limits and of billing.

mod branding;
mod command;
mod event;
mod hours;
mod onboarding;
mod open_hours;
mod profile;
mod refusal;
mod register;
mod schedule;
mod set_schedule;
mod settings;
mod state;

pub use branding::{Branding, Color, LogoUrl, NotAColor, NotALogoUrl, ThemeName};
pub use command::TenantCommand;
pub use event::TenantEvent;
pub use hours::{BadHours, Hours};
pub use onboarding::OnboardingStep;
pub use open_hours::{OpenHours, ValidFrom};
pub use profile::{Profile, Sector, Size};
pub use refusal::TenantRefusal;
pub use schedule::{BadSchedule, MOST_DATES, Schedule, Weekday};
pub use settings::Settings;
pub use state::Tenant;

use crate::ShortText;

/// What a business calls itself: 2 to 100 characters.
pub type TenantName = ShortText<2, 100>;
