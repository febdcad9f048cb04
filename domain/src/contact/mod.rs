//! A contact: the person on the other side, known by her identifiers.

mod command;
mod erase;
mod event;
mod introduce_by_phone;
mod refusal;
mod state;

pub use command::ContactCommand;
pub use event::ContactEvent;
pub use refusal::ContactRefusal;
pub use state::Contact;

use crate::{IdentifierHash, Reservation, Scope};

/// A phone is one contact of a tenant.
#[must_use]
pub fn phone_reservation(phone_hash: &IdentifierHash) -> Reservation {
    Reservation { scope: Scope::Tenant, kind: "contact.phone", value: phone_hash.as_str().to_owned() }
}
