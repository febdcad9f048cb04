//! The measure of a request before the library sees it.
//!
//! The library's own limits come too late: its recursion overflows while it parses, and it walks every fragment as
//! often as it is spread before it counts. Each step here is linear in what it reads:
//!
//! 1. [`json::scan`]: the body's nesting and number of values, before it is decoded.
//! 2. [`text`]: the document's size, tokens and nesting, before it is parsed.
//! 3. [`fragments`]: cycles, depth and expanded size, before it is validated.
//! 4. [`introspection`]: what it asks of the schema itself.

mod asks_only;
mod chosen;
pub mod fragments;
pub mod introspection;
pub mod json;
pub mod text;

pub use asks_only::asks_only;

use async_graphql::Request;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::parser::{Error as ParseError, parse_query};

use super::{Limits, Parameters, Rejection};

/// A request that may be executed.
#[derive(Debug)]
pub struct Admitted {
    /// Carries its parsed document: the text is parsed once. Of several operations it has the one that was chosen.
    pub request: Request,
    /// The document as it came, if it has more operations than one. All of it must be valid, though one alone is priced and
    /// executed, with variables that are no other's.
    pub whole: Option<ExecutableDocument>,
    /// What the operation that was chosen is.
    pub operation: OperationType,
}

/// Measures, parses and measures again. `steps` is what the document comes to by its latest measure, also of one that
/// is refused.
///
/// # Errors
/// When the document is over a limit, is no GraphQL, or has not the operation that was asked for.
pub fn admit(limits: &Limits, parameters: Parameters, steps: &mut usize) -> Result<Admitted, Rejection> {
    let Parameters { query, operation_name, mut variables, extensions } = parameters;
    *steps = text::scan(&query, limits)?;
    let document = parse_query(&query).map_err(|error| syntax_error(&error))?;
    *steps = fragments::measure(&document, limits)?;
    introspection::measure(&document, limits)?;
    let operation = &chosen::choose(&document, operation_name.as_deref())?.node;
    chosen::require_variables(operation, &variables)?;
    chosen::settle_absent(operation, &mut variables);
    let operation = operation.ty;
    let (document, whole) = match chosen::alone(&document, operation_name.as_deref()) {
        Some(alone) => (alone, Some(document)),
        None => (document, None),
    };

    let mut request = Request::new(query).variables(variables);
    request.operation_name = operation_name;
    request.extensions = extensions;
    request.set_parsed_query(document);
    Ok(Admitted { request, whole, operation })
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
    fn what_was_left_out_is_its_default_or_null() {
        let query = "query ($first: Int, $size: Int = 5, $last: Int, $after: String) { a(b: $first) }";
        let body = json!({"query": query, "variables": {"last": 7}}).to_string();
        let limits = Limits::default();
        let admitted = admit(&limits, Parameters::from_json(body.as_bytes(), &limits).unwrap(), &mut 0).unwrap();
        assert_eq!(
            serde_json::to_value(&admitted.request.variables).unwrap(),
            json!({"first": null, "size": 5, "last": 7, "after": null})
        );
    }
}
