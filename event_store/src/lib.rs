//! The event log: append, load, read in order.
//!
//! One table, one order (`docs/adr/0001-event-log-order.md`). [`Executor`] is the one way from a command to events;
//! [`LogReader`] is the one way from events to whoever follows them. Personal values are sealed on the way in, each
//! person's under a key of her own (`sealing`, `subject_keys`). Keys, the database itself and its migrations live here
//! too, because everything else stands on them.

mod append;
mod batched;
mod cache;
pub mod database;
pub mod entropy;
mod executor;
mod filling;
mod framework;
mod group_commit;
mod installation;
mod keys;
mod loads;
mod metadata;
mod personal_values;
mod reader;
mod recorded;
mod reservations;
mod sealing;
mod snapshots;
mod source;
mod store;
mod subject_keys;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod verify;

pub use append::StoredRefusal;
pub use cache::CacheUsage;
pub use executor::{CommandContext, Done, ExecuteError, Executor, Receipt, RestsOn};
pub use filling::{FillError, Filling};
pub use framework::{FrameworkContext, FrameworkStore};
pub use group_commit::{Closed, GroupCommit};
pub use installation::{Installation, OpenError, Rotation};
pub use keys::{
    BrokenSeal, DeliveryKey, Door, Keys, MasterKey, NotAMasterKey, RequestHash, SealedDelivery, SealedLetter,
};
pub use metadata::{Actor, ActorKind, Metadata, RecordedActor};
pub use personal_values::PersonalValues;
pub use reader::{HistoryEvent, HistoryRange, KnownCommand, Loaded, LogReader, ReadError};
pub use recorded::{RawEvent, RecordedEvent, UnreadableEvent};
pub use reservations::{Owner, reservation_owners};
pub use sealing::NotOpened;
pub use source::AskedFrom;
pub use store::EventStore;
pub use subject_keys::SubjectKeyError;
