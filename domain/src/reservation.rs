//! Unique facts: "this phone is that contact". Taken and given up inside an append, each change by an event.

use serde::{Deserialize, Serialize};

use crate::StreamId;

/// Within what a fact is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole installation: a WhatsApp number belongs to one tenant.
    Installation,
    /// The tenant of the stream.
    Tenant,
}

/// A fact that one stream owns at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Within what it is unique.
    pub scope: Scope,
    /// What kind of fact, e.g. `contact.phone`.
    pub kind: &'static str,
    /// The fact; a keyed hash where it is about a person.
    pub value: String,
}

/// What an event does to a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReservationChange {
    /// The stream takes it; taking what it already owns changes nothing.
    Take(Reservation),
    /// The stream gives it up.
    Release(Reservation),
}

/// The command stands only while `holder` holds the reservation. It is checked as the command's events are appended and
/// leaves no trace: what a decision took for granted from another stream is still so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The fact.
    pub reservation: Reservation,
    /// Whose it must be.
    pub holder: StreamId,
}

/// Keyed hash of what a person, a group or a message is known by, in hex. Equal identifiers have equal hashes within an installation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdentifierHash(String);

impl IdentifierHash {
    /// Takes the hash in hex, as the event store's keys compute it.
    #[must_use]
    pub fn from_hex(hex: String) -> Self {
        Self(hex)
    }

    /// The hash in hex.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
