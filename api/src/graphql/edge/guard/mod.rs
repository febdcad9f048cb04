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
    BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::parser::{Error as ParseError, parse_query};
use async_graphql::{Positioned, Request};

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
    give_numbers(&chosen.node, &mut variables);
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
fn require_variables(operation: &OperationDefinition, variables: &async_graphql::Variables) -> Result<(), Rejection> {
    for definition in &operation.variable_definitions {
        let required = !definition.node.var_type.node.nullable;
        let name = definition.node.name.node.as_str();
        let problem = match variables.get(name) {
            None if required && definition.node.default_value.is_none() => "is required",
            Some(async_graphql::Value::Null) if required => "must not be null",
            None | Some(_) => continue,
        };
        let message = format!("Variable \"${name}\" of type \"{}\" {problem}.", definition.node.var_type.node);
        return Err(Rejection::document(message, Some(definition.pos)));
    }
    Ok(())
}

/// A number that may be null and is not given is null. The library computes what a list costs from its `first` and `last`,
/// and there refuses a variable that is not given; no argument of ours tells the two apart.
fn give_numbers(operation: &OperationDefinition, variables: &mut async_graphql::Variables) {
    for definition in &operation.variable_definitions {
        let of = &definition.node.var_type.node;
        if of.nullable
            && matches!(&of.base, BaseType::Named(name) if name == "Int")
            && definition.node.default_value.is_none()
        {
            variables.entry(definition.node.name.node.clone()).or_insert(async_graphql::Value::Null);
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
