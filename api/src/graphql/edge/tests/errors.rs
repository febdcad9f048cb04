//! What errors say, and what they keep to themselves.

use async_graphql::{EmptySubscription, Schema};

use super::*;

#[tokio::test]
async fn internal_errors_do_not_leak() {
    for field in ["leaks", "leaksWithCode", "pretends"] {
        let answer = query(&format!("{{ {field} }}")).await;
        let error = &answer.body["errors"][0];
        assert_eq!(error["message"], "Something went wrong on our side. Tell us the request id.", "{field}");
        assert_eq!(error["extensions"], json!({ "code": "INTERNAL", "requestId": "r-1" }), "{field}");
        assert_eq!(error["path"], json!([field]));
    }
}

#[tokio::test]
async fn a_resolvers_own_code_stands() {
    let answer = query("{ forbidden }").await;
    assert_eq!((answer.code(), answer.message()), ("FORBIDDEN", "Not yours."));
    assert_eq!(answer.body["errors"][0]["extensions"]["requestId"], "r-1");
}

#[tokio::test]
async fn an_argument_refused_while_executing_is_the_callers() {
    let answer = query("{ conversations(first: 101) { id } }").await;
    assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.body);
    assert!(answer.message().contains("100"), "{}", answer.message());
}

#[tokio::test]
async fn an_operation_over_its_time_is_given_up() {
    let graphql = query("{ hangs }").await;
    assert_eq!((graphql.status, graphql.code()), (StatusCode::GATEWAY_TIMEOUT, "TIMEOUT"));
    assert!(!graphql.has_data());
    let json = ask(JSON, &json!({ "query": "{ hangs }" })).await;
    assert_eq!((json.status, json.code()), (StatusCode::OK, "TIMEOUT"));
}

#[tokio::test]
async fn a_panic_is_an_answer_too() {
    let answer = query("{ panics }").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"));
    assert_eq!(answer.message(), "Something went wrong on our side. Tell us the request id.");
}

#[tokio::test]
async fn a_panic_before_anything_is_executed_is_an_answer_too() {
    let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, GRAPHQL)]);
    let sent = Sent::Body(json!({ "query": "{ __typename }" }).to_string().into());
    let panics = |_request| panic!("what the edge must survive");
    let answer =
        Answer::of(answer(&schema::build(), &documents(), AT_MOST, &headers, sent, fresh(), panics).await).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"), "{}", answer.body);
}

#[tokio::test]
async fn errors_are_few_and_short() {
    let fields: String = (0..50).map(|n| format!(" {}{n}", "x".repeat(600))).collect();
    let answer = query(&format!("{{{fields} }}")).await;
    let errors = answer.body["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 20);
    assert_eq!(answer.body["extensions"]["omittedErrors"], 30);
    assert!(errors.iter().all(|error| error["message"].as_str().is_some_and(|text| text.chars().count() <= 501)));

    let aliased: String = (0..30).map(|n| format!(" a{n}: leaks")).collect();
    let executed = query(&format!("{{{aliased} }}")).await;
    assert_eq!(executed.body["errors"].as_array().map(Vec::len), Some(20));
    assert_eq!(executed.body["extensions"]["omittedErrors"], 10);
}

#[tokio::test]
async fn a_syntax_error_says_what_and_where() {
    let answer = query("{ conversation( }").await;
    assert!(answer.message().starts_with("Syntax error: expected "), "{}", answer.message());
    assert_eq!(answer.body["errors"][0]["locations"], json!([{ "line": 1, "column": 17 }]));
}

/// The library tells its limits in words only; this fails when a new version changes them.
#[tokio::test]
async fn the_schemas_own_limits_are_told_as_such() {
    let build = || Schema::build(schema::Query, schema::Mutation, EmptySubscription);
    for (limit, schema) in [
        ("depth", build().limit_depth(1).finish()),
        ("recursion", build().limit_recursive_depth(1).finish()),
        ("aliases", build().limit_aliases(1).finish()),
        ("directives", build().limit_directives(1).finish()),
    ] {
        let text = "{ a: conversation(id: 1) { b: contact { name @skip(if: false) @include(if: true) } } }";
        let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, GRAPHQL)]);
        let sent = Sent::Body(json!({ "query": text }).to_string().into());
        let answer =
            Answer::of(answer(&schema, &documents(), AT_MOST, &headers, sent, fresh(), |request| request).await).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX"),
            "{limit}: {}",
            answer.body
        );
    }
}

/// Negative control: what the answers would be if a schema forgot to hand over.
#[tokio::test]
async fn without_the_handover_nothing_is_taken_to_be_executed() {
    let schema = Schema::build(schema::Query, schema::Mutation, EmptySubscription).finish();
    let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, GRAPHQL)]);
    let sent = Sent::Body(json!({ "query": "{ __typename leaks }" }).to_string().into());
    let taken_for =
        Answer::of(answer(&schema, &documents(), AT_MOST, &headers, sent, fresh(), |request| request).await).await;
    assert_eq!((taken_for.status, taken_for.has_data()), (StatusCode::BAD_REQUEST, false));
}
