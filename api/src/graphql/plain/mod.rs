//! Objects whose fields are plain: there already, and written as JSON without asking the library for each.
//!
//! Of an inbox the library makes eight thousand values, each by a call, a search for the field's name and a name of its own, and moves, writes
//! and drops them. Here what is selected is looked at once for a list, and made into a way to write each of its objects
//! ([`PlainFields`]), whose text goes into the answer as it is ([`super::edge::Piece`]).
//!
//! The library does everything else, and whatever is not known here to be plain is left to it, whole: a field that is not in its
//! type's list, what may fail and did, fragments on interfaces, what is selected twice. Nothing that is written has failed, so there
//! are no errors to tell, and no nulls but those that are so.

mod alone;
mod asked;
mod at_once;
mod fields;
#[cfg(test)]
mod tests;

use async_graphql::ContainerType;

pub(super) use self::asked::Asked;
pub(super) use self::at_once::AtOnce;
#[cfg(test)]
pub(super) use self::at_once::ByTheLibrary;
pub(super) use self::fields::PlainFields;
use super::edge::Piece;

/// How something is written of an object. `None` leaves the whole piece to the library.
pub(super) type Writer<T> = Box<dyn Fn(&T, &mut Piece) -> Option<()> + Send + Sync>;

/// An object of which some fields are plain.
pub(super) trait Plain: ContainerType + Sized + 'static {
    /// How what is asked for is written; none where the library has to resolve it.
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>>;
}

/// A writer.
pub(super) fn by<T>(write: impl Fn(&T, &mut Piece) -> Option<()> + Send + Sync + 'static) -> Option<Writer<T>> {
    Some(Box::new(write))
}
