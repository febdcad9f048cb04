//! One operation out of several, and the variables that it is run with.

use super::*;

async fn run(document: &str, operation: &str, variables: Value) -> Answer {
    ask(GRAPHQL, &json!({ "query": document, "operationName": operation, "variables": variables })).await
}

#[tokio::test]
async fn a_variable_that_is_not_sent_is_its_default_for_skip_and_include_too() {
    for (directive, default, shown) in
        [("include", "true", true), ("include", "false", false), ("skip", "true", false), ("skip", "false", true)]
    {
        for kind in ["Boolean", "Boolean!"] {
            let document = format!(
                "query($x: {kind} = {default}) {{ __typename few {{ ...F }} forbidden @{directive}(if: $x) }} \
                 fragment F on Conversation {{ id @{directive}(if: $x) contact {{ name }} }}"
            );
            let told = query(&document).await;
            assert_eq!(told.status, StatusCode::OK, "{}", told.body);
            assert_eq!(told.body["data"].get("forbidden").is_some(), shown, "{document}");
            assert_eq!(told.body["data"]["few"][0].get("id").is_some(), shown, "{document}");
            let sent = run(&document, "", json!({ "x": default != "true" })).await;
            assert_eq!(sent.status, StatusCode::BAD_REQUEST, "it has no name");
            let sent = ask(GRAPHQL, &json!({ "query": document, "variables": { "x": default != "true" } })).await;
            assert_eq!(sent.body["data"].get("forbidden").is_some(), !shown, "what was sent stands: {document}");
            let null = ask(GRAPHQL, &json!({ "query": document, "variables": { "x": null } })).await;
            assert_eq!((null.status, null.code()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"), "{}", null.body);
        }
    }
}

const SEVERAL: &str = "query A { few { ...Id } } \
     query B($first: Int!, $x: Boolean = true) { conversations(first: $first) { ...Id ...Name @include(if: $x) } } \
     query C($first: String!) { any(values: [$first]) } \
     fragment Id on Conversation { id } fragment Name on Conversation { contact { name } }";

#[tokio::test]
async fn of_several_operations_one_is_run_and_priced_with_its_own_variables() {
    for (operation, variables, price) in [
        ("A", json!({}), 101),
        ("A", json!({ "first": "x" }), 101),
        ("B", json!({ "first": 2 }), 4),
        ("C", json!({ "first": "x" }), 1),
    ] {
        let told = run(SEVERAL, operation, variables).await;
        assert_eq!((told.status, told.body.get("errors")), (StatusCode::OK, None), "{operation}: {}", told.body);
        assert_eq!(told.body["extensions"]["cost"]["requestedQueryCost"], price, "{operation}");
    }
    let wrong = run(SEVERAL, "B", json!({ "first": "x" })).await;
    assert_eq!((wrong.status, wrong.code()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"), "{}", wrong.body);
    let missing = run(SEVERAL, "B", json!({})).await;
    assert!(missing.message().contains("$first"), "{}", missing.message());
}

#[tokio::test]
async fn what_is_wrong_with_one_operation_is_wrong_with_the_document() {
    for (document, complaint) in [
        ("query A { few { id } } query B { nope }", "nope"),
        ("query A { few { id } } query B { any(values: $v) }", "$v"),
        ("query A { few { id } } query B($v: Int) { few { id } }", "$v"),
        ("query A { few { id } } query B { few { id } } fragment F on Conversation { id }", "F"),
        ("query A { few { id } } query B { few { ...G } }", "G"),
        ("query A { few { id } } query B { conversations(first: \"x\") { id } }", "first"),
    ] {
        let told = run(document, "A", json!({})).await;
        assert_eq!(
            (told.status, told.code()),
            (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"),
            "{document}: {}",
            told.body
        );
        assert!(told.message().contains(complaint) && !told.has_data(), "{document}: {}", told.body);
    }
}

#[tokio::test]
async fn a_mutation_among_several_operations_is_carried_out_once() {
    let document = "query A { few { id } } mutation M($name: String!) { rename(input: { name: $name }) }";
    let told = run(document, "M", json!({ "name": "Grace" })).await;
    assert_eq!(told.body["data"], json!({ "rename": "Grace" }), "{}", told.body);
}
