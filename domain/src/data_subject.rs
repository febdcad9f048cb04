//! Whom the personal values of an event are about.

use crate::DataSubjectId;

/// Whose personal values an event holds or ends. An event is about one person at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataSubject {
    /// The event holds no personal value.
    Nobody,
    /// The event's personal values are about her.
    Holds(DataSubjectId),
    /// The event ends all that are about her: her key is destroyed with it.
    Erases(DataSubjectId),
}
