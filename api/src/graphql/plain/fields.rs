//! What is selected of a type, made into a way to write each object of it.

use async_graphql::ContextSelectionSet;
use async_graphql::parser::types::SelectionSet;

use super::{Asked, Piece, Plain, Writer, by};

/// Fields of an object as they are written, in the order of the answer.
pub(in crate::graphql) struct PlainFields<T>(Vec<(String, Writer<T>)>);

impl<T: Plain> PlainFields<T> {
    /// What all these sets select of an object; none where the library must see to it.
    pub(super) fn of<'q>(
        context: &ContextSelectionSet<'q>,
        sets: impl IntoIterator<Item = &'q SelectionSet>,
    ) -> Option<Self> {
        let type_name = T::type_name();
        let mut asked = Vec::new();
        for set in sets {
            Asked::gather(context, set, &type_name, &mut asked)?;
        }
        let mut fields = Vec::with_capacity(asked.len());
        for asked in &asked {
            let writer = if asked.name() == "__typename" {
                let name = type_name.clone().into_owned();
                by(move |_, piece| piece.plain_text(&name))
            } else {
                T::writer(asked)
            };
            // A name of GraphQL's has nothing to be escaped.
            let comma = if fields.is_empty() { "" } else { "," };
            fields.push((format!("{comma}\"{}\":", asked.key()), writer?));
        }
        Some(Self(fields))
    }

    /// Writes an object.
    pub(in crate::graphql) fn write(&self, object: &T, piece: &mut Piece) -> Option<()> {
        piece.text("{");
        for (name, writer) in &self.0 {
            piece.text(name);
            writer(object, piece)?;
        }
        piece.text("}");
        piece.count(self.0.len());
        Some(())
    }

    /// Writes a list of objects.
    pub(in crate::graphql) fn write_all<'t>(
        &self,
        objects: impl IntoIterator<Item = &'t T>,
        piece: &mut Piece,
    ) -> Option<()> {
        piece.text("[");
        for (nth, object) in objects.into_iter().enumerate() {
            if nth > 0 {
                piece.text(",");
            }
            self.write(object, piece)?;
        }
        piece.text("]");
        Some(())
    }
}
