//! The measure of a request before the library sees it.
//!
//! The library's own limits come too late: its recursion overflows while it parses, and it walks every fragment as
//! often as it is spread before it counts. Each step here is linear in what it reads:
//!
//! 1. [`json::scan`]: the body's nesting and number of values, before it is decoded.
//! 2. [`text`]: the document's size, tokens and nesting, before it is parsed.
//! 3. [`fragments`]: cycles, depth and expanded size, before it is validated.
//! 4. [`introspection`]: what it asks of the schema itself.
//!
//! [`Documents`] takes all steps but the first, and knows what it has read lately.

mod asks_only;
mod chosen;
mod documents;
pub mod fragments;
pub mod introspection;
pub mod json;
mod judgements;
pub mod text;

pub use asks_only::asks_only;
pub use documents::{Document, Documents};
pub use judgements::{Judgement, judged};

use std::sync::Arc;

use async_graphql::Request;
use async_graphql::parser::types::{ExecutableDocument, OperationType};

use super::{Parameters, Rejection};

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
    /// Whether it was found valid before, where its document is kept.
    pub judgement: Option<Judgement>,
}

/// Has the document read, and chooses what of it is executed. `steps` is what the document comes to by its latest measure, also of one that
/// is refused.
///
/// # Errors
/// When the document is over a limit, is no GraphQL, or has not the operation that was asked for.
pub fn admit(documents: &Documents, parameters: Parameters, steps: &mut usize) -> Result<Admitted, Rejection> {
    let Parameters { query, operation_name, mut variables, extensions } = parameters;
    let document = documents.read(&query, steps)?;
    let parsed = &document.parsed;
    let operation = &chosen::choose(parsed, operation_name.as_deref())?.node;
    chosen::require_variables(operation, &variables)?;
    chosen::settle_absent(operation, &mut variables);
    let operation = operation.ty;
    let alone = chosen::alone(parsed, operation_name.as_deref());
    let judgement = document.judgements.as_ref().and_then(|all| all.of(operation_name.as_deref(), &variables));
    let whole = Arc::unwrap_or_clone(document).parsed;
    let (document, whole) = match alone {
        Some(alone) => (alone, Some(whole)),
        None => (whole, None),
    };

    let mut request = Request::new(query).variables(variables);
    request.operation_name = operation_name;
    request.extensions = extensions;
    request.set_parsed_query(document);
    Ok(Admitted { request, whole, operation, judgement })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graphql::edge::Limits;

    #[test]
    fn what_was_left_out_is_its_default_or_null() {
        let query = "query ($first: Int, $size: Int = 5, $last: Int, $after: String) { a(b: $first) }";
        let body = json!({"query": query, "variables": {"last": 7}}).to_string();
        let documents = Documents::of_callers(Limits::default());
        let parameters = Parameters::from_json(body.as_bytes(), documents.limits()).unwrap();
        let admitted = admit(&documents, parameters, &mut 0).unwrap();
        assert_eq!(
            serde_json::to_value(&admitted.request.variables).unwrap(),
            json!({"first": null, "size": 5, "last": 7, "after": null})
        );
    }
}
