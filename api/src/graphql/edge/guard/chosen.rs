//! The operation to run, out of all that a document has, and its variables.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet, VariableDefinition,
};
use async_graphql::{Name, Positioned, Value, Variables};

use super::super::Rejection;

/// The operation to run (GraphQL §6.1, `GetOperation`).
pub(super) fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a Positioned<OperationDefinition>, Rejection> {
    let (found, problem) = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => (Some(operation), String::new()),
        (DocumentOperations::Single(_), Some(name)) => (None, unknown(name)),
        (DocumentOperations::Multiple(operations), Some(name)) => (operations.get(name), unknown(name)),
        (DocumentOperations::Multiple(operations), None) => {
            (only(operations), "The document has several operations: name one in \"operationName\".".to_owned())
        }
    };
    found.ok_or_else(|| Rejection::document(problem, None))
}

fn unknown(name: &str) -> String {
    format!("The document has no operation named \"{name}\".")
}

fn only<K, V>(map: &HashMap<K, V>) -> Option<&V> {
    let mut values = map.values();
    values.next().filter(|_| values.next().is_none())
}

/// Of a document with several operations, the one with this name and the fragments that it comes to. `None` of any
/// other document: what it has besides is validation's business.
pub(super) fn alone(document: &ExecutableDocument, name: Option<&str>) -> Option<ExecutableDocument> {
    let (DocumentOperations::Multiple(operations), Some(name)) = (&document.operations, name) else { return None };
    let (name, operation) = operations.get_key_value(name).filter(|_| operations.len() > 1)?;
    let mut reached = HashSet::new();
    reach(document, &operation.node.selection_set.node, &mut reached);
    let fragments = document.fragments.iter().filter(|(name, _)| reached.contains(*name));
    Some(ExecutableDocument {
        operations: DocumentOperations::Multiple(HashMap::from([(name.clone(), operation.clone())])),
        fragments: fragments.map(|(name, fragment)| (name.clone(), fragment.clone())).collect(),
    })
}

fn reach<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, reached: &mut HashSet<&'a Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => reach(document, &field.node.selection_set.node, reached),
            Selection::InlineFragment(inline) => reach(document, &inline.node.selection_set.node, reached),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = document.fragments.get(name)
                    && reached.insert(name)
                {
                    reach(document, &fragment.node.selection_set.node, reached);
                }
            }
        }
    }
}

/// A variable that must be given and is not is a request error (GraphQL §6.1.2). The library finds out while it
/// executes, when the answer would already be a success with errors.
pub(super) fn require_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Rejection> {
    for definition in &operation.variable_definitions {
        let required = !definition.node.var_type.node.nullable;
        let name = definition.node.name.node.as_str();
        let problem = match variables.get(name) {
            None if required && definition.node.default_value.is_none() => "is required",
            Some(Value::Null) if required => "must not be null",
            None | Some(_) => continue,
        };
        let message = format!("Variable \"${name}\" of type \"{}\" {problem}.", definition.node.var_type.node);
        return Err(Rejection::document(message, Some(definition.pos)));
    }
    Ok(())
}

/// A variable that is not sent is its default, and null where it has none. The library looks for defaults in most places,
/// but decides what `@skip` and `@include` leave out by what was sent; and it prices a list by its arguments, and fails
/// where one of them is a variable that was not sent, as clients don't send what they have no value for. Null and
/// nothing mean the same here.
pub(super) fn settle_absent(operation: &OperationDefinition, variables: &mut Variables) {
    for definition in &operation.variable_definitions {
        let VariableDefinition { name, var_type, default_value, .. } = &definition.node;
        let absent = match default_value {
            Some(default) => default.node.clone(),
            None if var_type.node.nullable => Value::Null,
            None => continue,
        };
        variables.entry(name.node.clone()).or_insert(absent);
    }
}
