//! A tenant: one business, the unit of isolation, of limits and of billing.

mod command;
mod event;
mod refusal;
mod register;
mod state;

pub use command::TenantCommand;
pub use event::TenantEvent;
pub use refusal::TenantRefusal;
pub use state::Tenant;

use crate::ShortText;

/// What a business calls itself: 2 to 100 characters.
pub type TenantName = ShortText<2, 100>;
