//! A contact: the person on the other side, known by her identifiers.

mod add_first_phone;
mod add_identifier;
mod change_identifier;
mod command;
mod erase;
mod event;
mod identifier;
mod introduce;
mod list;
mod marketing;
mod merge;
mod merging;
mod record_conflict;
mod refusal;
mod state;
mod tell_apart;
mod tell_marketing_preference;
mod telling;
mod unlist;
mod unmerge;

pub use command::ContactCommand;
pub use event::ContactEvent;
pub use identifier::{HeldIdentifier, Identifier, IdentifierKind};
pub use marketing::{Marketing, MarketingPreference, SaidLast, Wants};
pub use merging::{MergeReason, STANDS_FOR, Standing, stands_for};
pub use refusal::ContactRefusal;
pub use state::Contact;
pub use telling::Telling;
