//! Where the library hands over.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use super::alone::is_alone;
use super::{Piece, Plain, PlainFields};

/// An object that is written at once where all that is selected of it is plain, and resolved by the library where it is not.
#[derive(Debug, Clone)]
pub(in crate::graphql) struct AtOnce<T>(pub(in crate::graphql) T);

/// Among a request's data: everything is resolved by the library, for tests to compare.
#[cfg(test)]
pub(in crate::graphql) struct ByTheLibrary;

impl<T: Plain> OutputType for AtOnce<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match written(context, &self.0) {
            Some(piece) => Ok(piece),
            None => self.0.resolve(context, field).await,
        }
    }
}

fn written<T: Plain>(context: &ContextSelectionSet<'_>, object: &T) -> Option<Value> {
    #[cfg(test)]
    if context.data_opt::<ByTheLibrary>().is_some() {
        return None;
    }
    if !is_alone(context) {
        return None;
    }
    let fields = PlainFields::of(context, [&context.item.node])?;
    let mut piece = Piece::begin();
    fields.write(object, &mut piece)?;
    Some(piece.into_value())
}
