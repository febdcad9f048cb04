//! Queries in a URL: the same answers, under the same rules, and nothing but queries.

use axum::http::header::{ALLOW, CONNECTION, UPGRADE};
use form_urlencoded::Serializer;

use super::super::upgrade_refused;
use super::*;

async fn get_as(accept: &str, query: &str) -> Answer {
    let headers = headers(&[(ACCEPT, accept), (REQUEST_ID, "r-1")]);
    let sent = Sent::Query(query.to_owned());
    Answer::of(answer(&schema::build(), &documents(), AT_MOST, &headers, sent, fresh(), |request| request).await).await
}

async fn get(parameters: &[(&str, &str)]) -> Answer {
    get_as(GRAPHQL, &Serializer::new(String::new()).extend_pairs(parameters).finish()).await
}

#[tokio::test]
async fn a_query_is_answered_as_by_post() {
    let answer = get(&[
        ("query", "query A($id: ID!) { conversation(id: $id) { id } } query B { __typename }"),
        ("operationName", "A"),
        ("variables", r#"{"id":"7 & more"}"#),
        ("extensions", "{}"),
        ("utm_source", "somebody's, and not ours"),
    ])
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body["data"], json!({ "conversation": { "id": "7 & more" } }));
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(get(&[("query", "{ a }"), ("variables", "null")]).await.code(), "BAD_USER_INPUT", "no such field");
}

#[tokio::test]
async fn the_answer_s_type_is_negotiated_as_by_post() {
    assert_eq!(get_as(JSON, "query={nope}").await.status, StatusCode::OK);
    assert_eq!(get_as(GRAPHQL, "query={nope}").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(get_as("text/html", "query={__typename}").await.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn mutations_are_refused_and_not_carried_out() {
    for document in [
        r#"mutation { rename(input: { name: "x" }) }"#,
        "mutation { __typename }",
        r#"query Q { __typename } mutation M { rename(input: { name: "x" }) }"#,
    ] {
        for accept in [GRAPHQL, JSON] {
            let query = Serializer::new(String::new())
                .append_pair("query", document)
                .extend_pairs(document.contains("query").then_some(("operationName", "M")))
                .finish();
            let answer = get_as(accept, &query).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::METHOD_NOT_ALLOWED, "BAD_USER_INPUT"));
            assert_eq!(answer.headers[ALLOW], "POST");
            assert!(!answer.has_data());
        }
    }
}

#[tokio::test]
async fn parameters_are_as_strict_as_in_a_body() {
    for query in [
        "",
        "query",
        "query=",
        "quer=%7B__typename%7D",
        "query=%7B__typename%7D&query=%7B__typename%7D",
        "query=%7B__typename%7D&variables=",
        "query=%7B__typename%7D&variables=%5B%5D",
        "query=%7B__typename%7D&variables=7",
        "query=%7B__typename%7D&variables=%7B",
        "query=%7B__typename%7D&variables=%7B%7D&variables=%7B%7D",
        "query=%7B__typename%7D&extensions=%22x%22",
        "query=%7B__typename%7D&operationName=Nope",
        "query=%7B__typename%7D%FF",
        "query=%7B__typename%7D&variables=%7B%22a%22:%22%FF%22%7D",
        "query=subscription%7B__typename%7D",
    ] {
        let answer = get_as(GRAPHQL, query).await;
        let told = (answer.status, answer.code());
        assert_eq!(told, (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"), "{query}: {}", answer.body);
        assert!(!answer.has_data(), "{query}");
    }
}

#[tokio::test]
async fn the_guard_stands_before_it_too() {
    let deep = "[".repeat(5_000);
    let bomb = format!("{{ any(values: {deep}) }}");
    assert_eq!(get(&[("query", bomb.as_str())]).await.code(), "QUERY_TOO_COMPLEX");
    let nested = format!("{{\"v\":{deep}1{}}}", "]".repeat(5_000));
    let answer = get(&[("query", "query($v: [String]) { any(values: $v) }"), ("variables", nested.as_str())]).await;
    assert_eq!(answer.code(), "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn a_web_socket_is_refused_in_plain_words() {
    let asked = headers(&[(UPGRADE, "WebSocket"), (CONNECTION, "keep-alive, Upgrade"), (REQUEST_ID, "r-1")]);
    let answer = Answer::of(upgrade_refused(&asked).expect("refused")).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"));
    assert!(answer.message().contains("no subscriptions"), "{}", answer.message());
    for other in
        [headers(&[]), headers(&[(UPGRADE, "h2c"), (CONNECTION, "upgrade")]), headers(&[(UPGRADE, "websocket")])]
    {
        assert!(upgrade_refused(&other).is_none(), "{other:?}");
    }
}
