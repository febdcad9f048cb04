//! A group: several people who talk with the business, and with each other, in one place.
//!
//! What is written there stands in the group's conversation; here is what the provider tells of the group itself. Who
//! joins and leaves is told by contact ids, and what is personal about her under her own key.

mod command;
mod event;
mod fact;
mod introduce;
mod record;
mod refusal;
mod state;

pub use command::GroupCommand;
pub use event::GroupEvent;
pub use fact::{Creation, Failure, GroupFact, Moment, Participation, Settings, UnchangedSetting};
pub use refusal::GroupRefusal;
pub use state::Group;
#[cfg(test)]
pub(crate) use state::samples;
