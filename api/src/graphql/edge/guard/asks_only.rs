//! Whether a request asks for nothing but a few things.

use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};

use super::{Admitted, Documents, admit, chosen};
use crate::graphql::edge::{Open, Parameters};

/// Whether a body is a query or a mutation within the limits of `documents`, all of whose fields `may` be asked for. Nothing is said of whether
/// it is valid.
#[must_use]
pub fn asks_only(body: &[u8], documents: &Documents, may: &Open) -> bool {
    let Ok(parameters) = Parameters::from_json(body, documents.limits()) else { return false };
    let name = parameters.operation_name.clone();
    let Ok(Admitted { mut request, operation, .. }) = admit(documents, parameters, &mut 0) else { return false };
    let names = match operation {
        OperationType::Query => may.queries,
        OperationType::Mutation => may.mutations,
        OperationType::Subscription => return false,
    };
    let Ok(document) = request.parsed_query() else { return false };
    let Ok(operation) = chosen::choose(document, name.as_deref()) else { return false };
    are_among(document, &operation.node.selection_set.node, names)
}

/// The guard has seen that no fragment comes back to itself.
fn are_among(document: &ExecutableDocument, set: &SelectionSet, names: &[&str]) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => names.contains(&field.node.name.node.as_str()),
        Selection::InlineFragment(inline) => are_among(document, &inline.node.selection_set.node, names),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .is_some_and(|fragment| are_among(document, &fragment.node.selection_set.node, names)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graphql::edge::Limits;

    const MAY: Open = Open { queries: &["providers"], mutations: &["signIn", "register"] };

    fn asks_only_to_sign_in(document: &str, operation: Option<&str>) -> bool {
        let body = json!({ "query": document, "operationName": operation }).to_string();
        asks_only(body.as_bytes(), &documents(), &MAY)
    }

    fn documents() -> Documents {
        Documents::of_strangers(Limits::default())
    }

    #[test]
    fn every_field_of_the_operation_counts_however_it_comes_there() {
        for fine in [
            "mutation { signIn { a } }",
            "mutation { alias: signIn { a } register { conversations } }",
            "{ alias: providers { conversations } }",
            "query Q { ...F } fragment F on Query { providers { a } }",
            "mutation M($p: String) { ...F } fragment F on Mutation { ... on Mutation { signIn(p: $p) { a } } }",
        ] {
            assert!(asks_only_to_sign_in(fine, None), "{fine}");
        }
        for not_only in [
            "{ signIn { a } }",
            "{ providers { a } __typename }",
            "{ providers { a } conversations { a } }",
            "{ __schema { types { name } } }",
            "mutation { providers { a } }",
            "subscription { providers { a } }",
            "query { signIn { a } }",
            "subscription { signIn { a } }",
            "mutation { __typename }",
            "mutation { signIn { a } __typename }",
            "mutation { signIn: eraseContact { a } }",
            "mutation { signIn { a } eraseContact { a } }",
            "mutation { signIn { a } ... { eraseContact { a } } }",
            "mutation { signIn { a } ...F } fragment F on Mutation { eraseContact { a } }",
            "mutation { signIn { a } ...Unknown }",
            "mutation { ...F } fragment F on Mutation { ...F }",
            "mutation { signIn @skip(if: true) { a } eraseContact @include(if: false) { a } }",
            "mutation {",
            "",
        ] {
            assert!(!asks_only_to_sign_in(not_only, None), "{not_only}");
        }
    }

    #[test]
    fn of_several_operations_the_one_that_is_executed_counts() {
        let both = "mutation In { signIn { a } } mutation Erase { eraseContact { a } }";
        assert!(asks_only_to_sign_in(both, Some("In")));
        assert!(!asks_only_to_sign_in(both, Some("Erase")));
        assert!(!asks_only_to_sign_in(both, Some("Other")));
        assert!(!asks_only_to_sign_in(both, None));
    }

    #[test]
    fn what_is_no_request_asks_for_nothing() {
        for body in ["", "[]", "null", "{", "[{\"query\":\"mutation { signIn { a } }\"}]"] {
            assert!(!asks_only(body.as_bytes(), &documents(), &MAY), "{body}");
        }
        let long = json!({ "query": format!("mutation {{ {} }}", "signIn { a } ".repeat(500)) }).to_string();
        let few = Documents::of_strangers(Limits { max_tokens: 100, ..Limits::default() });
        assert!(!asks_only(long.as_bytes(), &few, &MAY));
    }
}
