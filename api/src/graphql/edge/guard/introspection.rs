//! How much of the schema a document asks for, before it is executed.
//!
//! The schema's own lists lead back into themselves: an interface's possible types have interfaces, which have possible
//! types. Nine times as many with every round are gigabytes from 300 bytes, and the library answers all of it without
//! ever pausing, so that no time-out can stop it. So one of these lists on a path is all there may be, as the query of
//! every tool has it; and what it comes to is estimated, since it may be asked for under many aliases.

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};

use super::super::{Limits, Rejection};

/// Walks what the operations ask of the schema, fragments expanded. Call it after [`super::fragments::measure`], which
/// bounds its work.
///
/// # Errors
/// When a list of fields, interfaces, possible types or input fields is within another, or all may come to too much.
pub fn measure(document: &ExecutableDocument, limits: &Limits) -> Result<(), Rejection> {
    let walk = Walk { document };
    let mut most = 0_usize;
    for (_, operation) in document.operations.iter() {
        most = most.max(walk.asked(&operation.node.selection_set.node)?);
    }
    let limit = limits.max_introspection;
    if most > limit {
        let message = format!("The document asks for some {most} fields of the schema, and one may ask for {limit}.");
        return Err(Rejection::too_complex(message));
    }
    Ok(())
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
}

impl Walk<'_> {
    /// Fields of the schema that `set` and what is below it ask for.
    fn asked(&self, set: &SelectionSet) -> Result<usize, Rejection> {
        self.sum(set, |field| match field.name.node.as_str() {
            "__schema" | "__type" => self.within(field, false),
            _ => self.asked(&field.selection_set.node),
        })
    }

    /// Fields that `field`, which is the schema's own, may come to. `in_list`: it is below one of the lists that lead back.
    fn within(&self, field: &Field, in_list: bool) -> Result<usize, Rejection> {
        let name = field.name.node.as_str();
        let leads_back = LEAD_BACK.contains(&name);
        if leads_back && in_list {
            let message =
                format!("\"{name}\" is asked for within another list of the schema; ask for the types by their names.");
            return Err(Rejection::too_complex(message));
        }
        let below = self.sum(&field.selection_set.node, |field| self.within(field, in_list || leads_back))?;
        let below = match name {
            // Types are wrapped in types, and most of them but once.
            "ofType" => below / 2,
            name => times(name).saturating_mul(below),
        };
        Ok(below.saturating_add(1))
    }

    fn sum(
        &self,
        set: &SelectionSet,
        of: impl Fn(&Field) -> Result<usize, Rejection> + Copy,
    ) -> Result<usize, Rejection> {
        set.items.iter().try_fold(0_usize, |sum, selection| {
            let more = match &selection.node {
                Selection::Field(field) => of(&field.node)?,
                Selection::InlineFragment(inline) => self.sum(&inline.node.selection_set.node, of)?,
                Selection::FragmentSpread(spread) => {
                    match self.document.fragments.get(&spread.node.fragment_name.node) {
                        Some(fragment) => self.sum(&fragment.node.selection_set.node, of)?,
                        None => 0,
                    }
                }
            };
            Ok(sum.saturating_add(more))
        })
    }
}

/// The lists through which the schema leads back into itself.
const LEAD_BACK: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// How many things a field of the schema has, about: as many types as ours, each list as long as a type's is in the mean.
/// A type that is asked for by itself may be ten times as large.
fn times(name: &str) -> usize {
    match name {
        "types" => 600,
        "__type" | "queryType" | "mutationType" | "subscriptionType" => 10,
        "fields" | "directives" => 5,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn check(document: &str) -> Result<(), Rejection> {
        measure(&parse_query(document).expect("the document parses"), &Limits::default())
    }

    #[track_caller]
    fn is_refused(document: &str) {
        assert!(matches!(check(document), Err(Rejection::TooComplex(_))), "{document}");
    }

    #[test]
    fn one_list_on_a_path_is_all_there_may_be() {
        for one in [
            "{ __schema { types { fields { type { name ofType { name } } } interfaces { name } } } }",
            "{ __type(name: \"Node\") { possibleTypes { name } a: possibleTypes { name } } }",
            "{ __schema { types { ...F } } } fragment F on __Type { inputFields { type { ...R } } fields { args { name } } } \
             fragment R on __Type { enumValues { name } }",
            // Not the schema's.
            "{ report { fields { fields { interfaces { id } } } } }",
        ] {
            assert_eq!(check(one), Ok(()), "{one}");
        }
        for two in [
            "{ __type(name: \"Node\") { possibleTypes { interfaces { name } } } }",
            "{ __schema { queryType { fields { type { fields { name } } } } } }",
            "{ __schema { types { a: fields { b: args { c: type { d: inputFields { name } } } } } } }",
            "{ __schema { types { fields { type { ... on __Type { ... { possibleTypes { name } } } } } } } }",
            "{ a: __type(name: \"Node\") { ...A } } fragment A on __Type { interfaces { ...B } } \
             fragment B on __Type { ofType { possibleTypes { name } } }",
            "query A { id } query B { ...Q } fragment Q on Query { __schema { types { fields { type { fields { name } } } } } }",
        ] {
            is_refused(two);
        }
    }

    #[test]
    fn what_many_aliases_come_to_is_estimated() {
        let names: String = (0..100).map(|n| format!(" n{n}: name")).collect();
        is_refused(&format!("{{ __schema {{ types {{ fields {{ {names} }} }} }} }}"));
        let roots: String = (0..100).map(|n| format!(" r{n}: __schema {{ types {{ fields {{ name }} }} }}")).collect();
        is_refused(&format!("{{ {roots} }}"));
        let few: String = (0..10).map(|n| format!(" t{n}: __type(name: \"T{n}\") {{ fields {{ name }} }}")).collect();
        assert_eq!(check(&format!("{{ {few} }}")), Ok(()));
    }
}
