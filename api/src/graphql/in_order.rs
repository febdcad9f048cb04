//! Objects whose fields are there already, resolved one after the other.
//!
//! The library resolves all fields of an object at once, each in a boxed future as large as that of the object's largest field,
//! and all rows of a list likewise. Of a page that was read in one statement there is nothing to wait for: an inbox would
//! make eight thousand boxes for nothing. Here fields and rows take turns in one place.

use std::borrow::Cow;

use async_graphql::parser::types::{Field, Selection};
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value, indexmap::IndexMap,
};

/// An object, resolved field by field.
#[derive(Debug, Clone)]
pub(super) struct InOrder<T>(pub(super) T);

/// A list of objects, resolved row by row and field by field.
#[derive(Debug, Clone)]
pub(super) struct Rows<T>(pub(super) Vec<T>);

impl<T: ContainerType> OutputType for InOrder<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        let mut fields = Vec::with_capacity(context.item.node.items.len());
        match gather::<T>(context, &self.0.introspection_type_name(), &mut fields) {
            Some(()) => object(context, &self.0, &fields).await,
            None => resolve_container(context, &self.0).await,
        }
    }
}

impl<T: ContainerType> OutputType for Rows<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let Some(first) = self.0.first() else { return Ok(Value::List(vec![])) };
        let mut fields = Vec::with_capacity(context.item.node.items.len());
        let gathered = gather::<T>(context, &first.introspection_type_name(), &mut fields);
        let mut list = Vec::with_capacity(self.0.len());
        for (nth, row) in self.0.iter().enumerate() {
            let context = context.with_index(nth);
            let value = match gathered {
                Some(()) => object(&context, row, &fields).await,
                None => row.resolve(&context, field).await,
            };
            list.push(value.map_err(|error| context.set_error_path(error))?);
        }
        Ok(Value::List(list))
    }
}

/// The fields that are selected of an object, also by fragments, each once. None where the library must see to them: where the
/// type is one of several, and where two selections of a field are to be merged.
fn gather<'a, T: ContainerType>(
    context: &ContextSelectionSet<'a>,
    type_name: &str,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> Option<()> {
    if T::type_name() != type_name {
        return None;
    }
    for selection in &context.item.node.items {
        let (condition, selected) = match &selection.node {
            Selection::Field(field) => {
                let same =
                    |other: &&Positioned<Field>| other.node.response_key().node == field.node.response_key().node;
                match fields.iter().find(|other| same(other)) {
                    None => fields.push(field),
                    // A value is the same however often it is selected: validation saw to that.
                    Some(_) if field.node.selection_set.node.items.is_empty() => {}
                    Some(_) => return None,
                }
                if !field.node.directives.is_empty() {
                    return None;
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
        gather::<T>(&context.with_selection_set(selected), type_name, fields)?;
    }
    Some(())
}

async fn object<'a, T: ContainerType>(
    context: &ContextSelectionSet<'a>,
    object: &T,
    fields: &[&'a Positioned<Field>],
) -> ServerResult<Value> {
    let mut values: IndexMap<Name, Value> = IndexMap::with_capacity(fields.len());
    for field in fields {
        let value = if field.node.name.node == "__typename" {
            Value::String(object.introspection_type_name().into_owned())
        } else {
            object.resolve_field(&context.with_field(field)).await?.unwrap_or_default()
        };
        values.insert(field.node.response_key().node.clone(), value);
    }
    Ok(Value::Object(values))
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        EmptyMutation, EmptySubscription, Error, Interface, Object, Response, Schema, SimpleObject, Union,
    };

    use super::*;

    #[derive(Debug, Clone, SimpleObject)]
    struct Part {
        name: String,
        size: Option<i32>,
    }

    #[derive(Debug, Clone)]
    struct Thing(i32);

    #[Object]
    impl Thing {
        async fn id(&self) -> i32 {
            self.0
        }

        async fn part(&self, by: Option<i32>) -> Part {
            Part { name: format!("part {}", self.0), size: by }
        }

        /// Fails in the second, alone.
        async fn odd(&self) -> Option<Result<i32, Error>> {
            Some(if self.0 == 2 { Err(Error::new("odd")) } else { Ok(self.0) })
        }

        /// Fails in the second, and its row with it.
        async fn needed(&self) -> Result<i32, Error> {
            if self.0 == 2 { Err(Error::new("needed")) } else { Ok(self.0) }
        }
    }

    #[derive(Debug, Clone, Interface)]
    #[graphql(field(name = "id", ty = "i32"))]
    enum Named {
        Thing(Thing),
    }

    #[derive(Debug, Clone, Union)]
    enum Either {
        Thing(Thing),
        Part(Part),
    }

    struct AsTheLibrary;

    #[Object(name = "Query")]
    impl AsTheLibrary {
        async fn things(&self) -> Vec<Thing> {
            vec![Thing(1), Thing(2), Thing(3)]
        }

        async fn thing(&self) -> Option<Thing> {
            Some(Thing(2))
        }

        async fn none(&self) -> Vec<Thing> {
            vec![]
        }

        async fn either(&self) -> Vec<Either> {
            vec![Either::Thing(Thing(1)), Either::Part(Part { name: "p".to_owned(), size: None })]
        }

        async fn named(&self) -> Named {
            Named::Thing(Thing(1))
        }
    }

    struct Ordered;

    #[Object(name = "Query")]
    impl Ordered {
        async fn things(&self) -> Rows<Thing> {
            Rows(vec![Thing(1), Thing(2), Thing(3)])
        }

        async fn thing(&self) -> Option<InOrder<Thing>> {
            Some(InOrder(Thing(2)))
        }

        async fn none(&self) -> Rows<Thing> {
            Rows(vec![])
        }

        async fn either(&self) -> Rows<Either> {
            Rows(vec![Either::Thing(Thing(1)), Either::Part(Part { name: "p".to_owned(), size: None })])
        }

        async fn named(&self) -> InOrder<Named> {
            InOrder(Named::Thing(Thing(1)))
        }
    }

    #[tokio::test]
    async fn answers_are_those_of_the_library() {
        let library = Schema::new(AsTheLibrary, EmptyMutation, EmptySubscription);
        let ordered = Schema::new(Ordered, EmptyMutation, EmptySubscription);
        assert_eq!(library.sdl(), ordered.sdl());
        for document in [
            "{ things { id part { name size } } thing { id } none { id } }",
            "{ things { b: id a: id __typename kind: __typename } }",
            "{ things { id id part { name } part { size } } }",
            "{ things { ...F id ... { x: id } ... on Thing { part(by: 7) { ...G } } } } \
             fragment F on Thing { id y: part(by: 3) { size } } fragment G on Part { name size __typename }",
            "{ things { ... on Named { id } } thing { ... on Named { id } part { name } } }",
            "{ things { id @include(if: true) part @skip(if: true) { name } } }",
            "{ either { __typename ... on Thing { id } ... on Part { name } } named { __typename id ... on Thing { part { name } } } }",
            "{ things { id odd } }",
            "{ things { id odd needed } none { id } }",
            "{ thing { id needed } none { id } }",
        ] {
            let told = |answer: Response| serde_json::to_value(answer).unwrap();
            let (expected, found) = (told(library.execute(document).await), told(ordered.execute(document).await));
            assert_eq!(found, expected, "{document}");
        }
    }
}
