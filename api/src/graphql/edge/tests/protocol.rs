//! GraphQL over HTTP: media types, statuses, parameters.

use async_graphql::Request;
use axum::http::header::{ALLOW, CONTENT_ENCODING};

use super::super::{method_not_allowed, refusal};
use super::*;

#[tokio::test]
async fn a_query_is_answered_in_the_type_asked_for() {
    for (accept, content_type) in [
        (GRAPHQL, "application/graphql-response+json; charset=utf-8"),
        (JSON, "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
    ] {
        let answer = ask(accept, &json!({ "query": "{ conversation(id: 7) { id contact { name } } }" })).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers[CONTENT_TYPE], content_type);
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.body["data"], json!({ "conversation": { "id": "7", "contact": { "name": "Ada" } } }));
        assert_eq!(answer.body.get("errors"), None);
        assert_eq!(answer.body["extensions"]["requestId"], "r-1", "a good answer can be asked about, too");
    }
}

#[tokio::test]
async fn a_mutation_runs_with_variables_and_the_named_operation() {
    let answer = ask(
        GRAPHQL,
        &json!({
            "query": "query A { __typename } mutation B($n: String!) { rename(input: { name: $n }) }",
            "operationName": "B",
            "variables": { "n": "Grace", "unknown": [1] },
            "extensions": { "some": "thing" },
        }),
    )
    .await;
    assert_eq!(answer.body["data"], json!({ "rename": "Grace" }));
}

#[tokio::test]
async fn what_prepare_adds_is_there() {
    let headers = headers(&[(CONTENT_TYPE, JSON)]);
    let prepare = |request: Request| request.data(schema::Tenant("acme"));
    let sent = Sent::Body(Bytes::from_static(br#"{"query":"{ tenant says }"}"#));
    let answer =
        Answer::of(answer(&schema::build(), &documents(), AT_MOST, &headers, sent, fresh(), prepare).await).await;
    assert_eq!(answer.body["data"]["tenant"], "acme");
    assert_eq!(answer.headers["x-said"], "yes");
}

#[tokio::test]
async fn request_errors_have_no_data_and_the_status_of_the_type() {
    for body in [
        json!({ "query": "{" }),
        json!({ "query": "" }),
        json!({ "query": "{ nope }" }),
        json!({ "query": "{ conversation { id } }" }),
        json!({ "query": "{ __typename }", "operationName": "Nope" }),
        json!({ "query": "query A { __typename } query B { __typename }" }),
        json!({ "query": "subscription { __typename }" }),
        json!({ "query": "query($id: ID!) { conversation(id: $id) { id } }" }),
        json!({ "query": "query($id: ID!) { conversation(id: $id) { id } }", "variables": { "id": null } }),
        json!({ "query": "query($n: Int!) { conversations(first: $n) { id } }", "variables": { "n": "x" } }),
    ] {
        let graphql = ask(GRAPHQL, &body).await;
        assert_eq!((graphql.status, graphql.has_data()), (StatusCode::BAD_REQUEST, false), "{body}: {}", graphql.body);
        assert_eq!(graphql.code(), "BAD_USER_INPUT", "{body}: {}", graphql.body);
        assert_eq!(graphql.body["errors"][0]["extensions"]["requestId"], "r-1");
        let json = ask(JSON, &body).await;
        assert_eq!((json.status, json.has_data()), (StatusCode::OK, false), "{body}");
    }
}

#[tokio::test]
async fn field_errors_are_part_of_a_success() {
    let answer = query("{ forbidden conversation(id: 1) { id } }").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["data"], json!({ "forbidden": null, "conversation": { "id": "1" } }));
    let nulled = query("{ tenant }").await;
    assert_eq!((nulled.status, &nulled.body["data"]), (StatusCode::OK, &Value::Null));
    assert!(nulled.has_data(), "a failed non-null field nulls data, it does not remove it");
}

#[tokio::test]
async fn parameters_of_another_type_are_refused() {
    let good = json!({ "query": "{ __typename }", "variables": null, "operationName": null, "extensions": null });
    assert_eq!(ask(JSON, &good).await.status, StatusCode::OK);
    let wrong = [json!(0), json!(false), json!(["x"]), json!("text"), json!({ "a": 1 }), json!(null)];
    for (name, accepted) in
        [("query", &[3, 9][..]), ("operationName", &[3, 5]), ("variables", &[4, 5]), ("extensions", &[4, 5])]
    {
        for (index, value) in wrong.iter().enumerate().filter(|(index, _)| !accepted.contains(index)) {
            let mut body = json!({ "query": "{ __typename }" });
            body[name] = value.clone();
            let answer = ask(JSON, &body).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"), "{index}: {body}");
            assert!(answer.message().contains(name), "{}", answer.message());
        }
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let headers = headers(&[(CONTENT_TYPE, JSON)]);
    for body in ["", "null", "7", "\"{ __typename }\"", "{", "{\"query\":\"\\ud800\"}", "{}", "{\"query\":\"{a}\"} x"] {
        let answer = send(&headers, body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"), "{body}");
    }
    let answer = send(&headers, &b"{\"query\":\"\xff\"}"[..]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "not UTF-8");
    let batch = send(&headers, r#"[{"query":"{ __typename }"}]"#).await;
    assert_eq!(batch.status, StatusCode::BAD_REQUEST);
    assert!(batch.message().contains("Batches"), "{}", batch.message());
}

#[tokio::test]
async fn http_says_no_in_its_own_statuses() {
    let body = r#"{"query":"{ __typename }"}"#;
    for content_type in
        ["text/plain", "application/graphql", "application/x-www-form-urlencoded", "multipart/form-data"]
    {
        let answer = send(&headers(&[(CONTENT_TYPE, content_type)]), body).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    assert_eq!(send(&HeaderMap::new(), body).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let packed = headers(&[(CONTENT_TYPE, JSON), (CONTENT_ENCODING, "gzip")]);
    assert_eq!(send(&packed, body).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let html = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, "text/html")]);
    assert_eq!(send(&html, body).await.status, StatusCode::NOT_ACCEPTABLE);
    let long = send(&headers(&[(CONTENT_TYPE, JSON)]), vec![b' '; 256 * 1024 + 1]).await;
    assert_eq!((long.status, long.code()), (StatusCode::PAYLOAD_TOO_LARGE, "QUERY_TOO_COMPLEX"));
}

#[tokio::test]
async fn other_methods_are_told_which_ones() {
    let answer = Answer::of(method_not_allowed(&headers(&[(REQUEST_ID, "r-9")]))).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.headers[ALLOW], "GET, POST");
    assert_eq!(answer.body["errors"][0]["extensions"], json!({ "code": "BAD_USER_INPUT", "requestId": "r-9" }));
}

#[tokio::test]
async fn refusals_have_the_shape_of_answers() {
    let request = headers(&[(ACCEPT, GRAPHQL), (REQUEST_ID, "r-2")]);
    let answer = Answer::of(refusal(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "Sign in.", &request)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers[CONTENT_TYPE], "application/graphql-response+json; charset=utf-8");
    let error = json!({ "message": "Sign in.", "extensions": { "code": "UNAUTHENTICATED", "requestId": "r-2" } });
    assert_eq!(answer.body, json!({ "errors": [error], "extensions": { "requestId": "r-2" } }));
}

#[tokio::test]
async fn an_id_that_someone_made_up_is_not_repeated() {
    let id = "x".repeat(65);
    let request = headers(&[(REQUEST_ID, id.as_str())]);
    let answer = Answer::of(refusal(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "Sign in.", &request)).await;
    assert_eq!(answer.body["errors"][0]["extensions"], json!({ "code": "UNAUTHENTICATED" }));
}
