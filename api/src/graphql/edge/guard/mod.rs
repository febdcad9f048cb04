//! The measure of a request before the library sees it.
//!
//! The library's own limits come too late: its recursion overflows while it parses, and it walks every fragment as
//! often as it is spread before it counts. Each step here is linear in what it reads:
//!
//! 1. [`json::scan`]: the body's nesting and number of values, before it is decoded.
//! 2. [`text`]: the document's size, tokens and nesting, before it is parsed.
//! 3. [`fragments`]: cycles, depth and expanded size, before it is validated.

pub mod fragments;
pub mod json;
pub mod text;

use std::collections::HashMap;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, VariableDefinition,
};
use async_graphql::parser::{Error as ParseError, parse_query};
use async_graphql::{Positioned, Request, Value, Variables};

use super::{Limits, Parameters, Rejection};

/// A request that may be executed.
#[derive(Debug)]
pub struct Admitted {
    /// Carries its parsed document: the text is parsed once.
    pub request: Request,
    /// What the operation that was chosen is.
    pub operation: OperationType,
}

/// Measures, parses and measures again.
///
/// # Errors
/// When the document is over a limit, is no GraphQL, or has not the operation that was asked for.
pub fn admit(limits: &Limits, parameters: Parameters) -> Result<Admitted, Rejection> {
    let Parameters { query, operation_name, mut variables, extensions } = parameters;
    text::scan(&query, limits)?;
    let document = parse_query(&query).map_err(|error| syntax_error(&error))?;
    fragments::measure(&document, limits)?;
    let chosen = choose(&document, operation_name.as_deref())?;
    require_variables(&chosen.node, &variables)?;
    settle_absent(&chosen.node, &mut variables);
    let operation = chosen.node.ty;

    let mut request = Request::new(query).variables(variables);
    request.operation_name = operation_name;
    request.extensions = extensions;
    request.set_parsed_query(document);
    Ok(Admitted { request, operation })
}

/// The operation to run (GraphQL §6.1, `GetOperation`).
fn choose<'a>(
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

/// A variable that must be given and is not is a request error (GraphQL §6.1.2). The library finds out while it
/// executes, when the answer would already be a success with errors.
fn require_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Rejection> {
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

/// A variable that may be null, and is not sent, is null. The library prices a list by its arguments, and fails where one of them is
/// a variable that was not sent, as clients don't send what they have no value for. Null and nothing mean the same here.
fn settle_absent(operation: &OperationDefinition, variables: &mut Variables) {
    for definition in &operation.variable_definitions {
        let VariableDefinition { name, var_type, default_value, .. } = &definition.node;
        if var_type.node.nullable && default_value.is_none() {
            variables.entry(name.node.clone()).or_insert(Value::Null);
        }
    }
}

/// The parser's message is a drawing of the source line, as long as that line; its last line says what was expected.
fn syntax_error(error: &ParseError) -> Rejection {
    let message = if let ParseError::Syntax { message, .. } = error {
        let expectation = message.lines().next_back().unwrap_or_default();
        format!("Syntax error: {}.", expectation.trim_start_matches([' ', '=']))
    } else {
        format!("Syntax error: {}.", error.to_string().trim_end_matches('.'))
    };
    Rejection::Document { message, locations: error.positions().collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_left_out_is_null() {
        let query = "query ($first: Int, $size: Int = 5, $last: Int, $after: String) { a(b: $first) }";
        let body = json!({"query": query, "variables": {"last": 7}}).to_string();
        let limits = Limits::default();
        let admitted = admit(&limits, Parameters::from_json(body.as_bytes(), &limits).unwrap()).unwrap();
        assert_eq!(
            serde_json::to_value(&admitted.request.variables).unwrap(),
            json!({"first": null, "last": 7, "after": null})
        );
    }
}
