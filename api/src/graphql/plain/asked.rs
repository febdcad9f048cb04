//! What is selected of objects, each field once.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{ContextSelectionSet, Positioned};

use super::{Piece, Plain, PlainFields, Writer, by};
use crate::graphql::connection::Window;
use crate::graphql::pages::window_of_field;

/// A field that is asked for under one name of the answer, however often.
pub(in crate::graphql) struct Asked<'c, 'q> {
    context: &'c ContextSelectionSet<'q>,
    field: &'q Positioned<Field>,
    /// The same field with the same arguments, of which other things may be selected.
    again: Vec<&'q Positioned<Field>>,
}

impl<'c, 'q> Asked<'c, 'q> {
    /// What `set` asks for of an object of the type `type_name`, in the order of the answer, added to `asked`. None where the library must see to it.
    pub(super) fn gather(
        context: &'c ContextSelectionSet<'q>,
        set: &'q SelectionSet,
        type_name: &str,
        asked: &mut Vec<Self>,
    ) -> Option<()> {
        for selection in &set.items {
            let (condition, selected) = match &selection.node {
                Selection::Field(field) => {
                    // What was to be skipped is gone, and its directives with it.
                    if !field.node.directives.is_empty() {
                        return None;
                    }
                    let key = &field.node.response_key().node;
                    match asked.iter_mut().find(|asked| asked.key() == key.as_str()) {
                        None => asked.push(Self { context, field, again: Vec::new() }),
                        Some(asked) if asked.is_same(&field.node) => asked.again.push(field),
                        Some(_) => return None,
                    }
                    continue;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &context.query_env.fragments.get(&spread.node.fragment_name.node)?.node;
                    (Some(&fragment.type_condition), &fragment.selection_set)
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
                }
            };
            if condition.is_some_and(|condition| condition.node.on.node != type_name) {
                return None;
            }
            Self::gather(context, &selected.node, type_name, asked)?;
        }
        Some(())
    }

    fn is_same(&self, other: &Field) -> bool {
        self.field.node.name == other.name && self.field.node.arguments == other.arguments
    }

    /// Its name in the answer.
    pub(super) fn key(&self) -> &'q str {
        self.field.node.response_key().node.as_str()
    }

    /// Its name in the schema.
    pub(in crate::graphql) fn name(&self) -> &'q str {
        self.field.node.name.node.as_str()
    }

    /// Which page of a list it asks for.
    pub(in crate::graphql) fn window(&self) -> Option<Window> {
        window_of_field(&self.context.with_field(self.field).field())
    }

    /// What is selected of it, where it is an object or a list of them.
    pub(in crate::graphql) fn fields<N: Plain>(&self) -> Option<PlainFields<N>> {
        let fields = [self.field].into_iter().chain(self.again.iter().copied());
        PlainFields::of(self.context, fields.map(|field| &field.node.selection_set.node))
    }

    /// Written as an object that is part of another, or as null.
    pub(in crate::graphql) fn object<T, N: Plain>(
        &self,
        of: impl Fn(&T) -> Option<&N> + Send + Sync + 'static,
    ) -> Option<Writer<T>> {
        let fields = self.fields()?;
        by(move |object, piece| match of(object) {
            Some(inner) => fields.write(inner, piece),
            None => null(piece),
        })
    }

    /// Written as an object that is made for it, or as null.
    pub(in crate::graphql) fn made<T, N: Plain>(
        &self,
        of: impl Fn(&T) -> Option<N> + Send + Sync + 'static,
    ) -> Option<Writer<T>> {
        let fields = self.fields()?;
        by(move |object, piece| match of(object) {
            Some(inner) => fields.write(&inner, piece),
            None => null(piece),
        })
    }
}

fn null(piece: &mut Piece) -> Option<()> {
    piece.text("null");
    Some(())
}
