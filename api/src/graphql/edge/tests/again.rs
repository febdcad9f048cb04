//! What comes again is answered as if it came for the first time, though it was read and judged before.

use std::sync::atomic::Ordering;

use super::schema::Judged;
use super::*;

const LIST: &str = "query($first: Int!) { conversations(first: $first) { id } }";

const SEVERAL: &str = "query A { few { id } } query B($first: Int!) { conversations(first: $first) { id } } \
     query C($first: String!) { any(values: [$first]) }";

#[tokio::test]
async fn what_comes_again_is_answered_as_if_it_came_for_the_first_time() {
    let asked = [
        json!({ "query": LIST, "variables": { "first": 2 } }),
        json!({ "query": LIST, "variables": { "first": "two" } }),
        json!({ "query": LIST, "variables": { "first": null } }),
        json!({ "query": LIST, "variables": { "first": 1000 } }),
        json!({ "query": LIST, "variables": {} }),
        json!({ "query": LIST, "operationName": "A", "variables": { "first": 2 } }),
        json!({ "query": LIST, "variables": { "first": 3 } }),
        json!({ "query": SEVERAL }),
        json!({ "query": SEVERAL, "operationName": "A" }),
        json!({ "query": SEVERAL, "operationName": "B", "variables": { "first": 2 } }),
        json!({ "query": SEVERAL, "operationName": "B", "variables": { "first": "two" } }),
        json!({ "query": SEVERAL, "operationName": "C", "variables": { "first": "two" } }),
        json!({ "query": SEVERAL, "operationName": "C", "variables": { "first": 2 } }),
        json!({ "query": "{ conversation(id: \"1\") { id } }" }),
        json!({ "query": "{ few { id parent { id } } }" }),
        json!({ "query": "{ few { nope } }" }),
        json!({ "query": "{ few { id }" }),
        json!({ "query": format!("{{ {} }}", "few { ".repeat(40)) }),
        json!({ "query": "{ forbidden }" }),
        json!({ "query": "subscription { few }" }),
    ];
    let kept = documents();
    let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, GRAPHQL), (REQUEST_ID, "r-1")]);
    let (mut valid, mut refused) = (0, 0);
    for round in 0..3 {
        for body in &asked {
            let again = send_to(&kept, &headers, body.to_string()).await;
            let first = send(&headers, body.to_string()).await;
            assert_eq!((again.status, &again.body), (first.status, &first.body), "{body} in round {round}");
            if again.has_data() { valid += 1 } else { refused += 1 }
        }
    }
    assert!(valid > 15 && refused > 15, "both are among them: {valid}, {refused}");
}

#[tokio::test]
async fn what_is_too_dear_is_refused_again_and_what_is_left_decides() {
    let (kept, schema) = (documents(), schema::build());
    let ask = async |query: &str, account: &Account| {
        let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, GRAPHQL)]);
        let sent = Sent::Body(json!({ "query": query }).to_string().into());
        Answer::of(answer(&schema, &kept, AT_MOST, &headers, sent, account.clone(), |request| request).await).await
    };
    let dear = format!("{{ {} }}", (0..300).map(|n| format!("f{n}: few {{ id }} ")).collect::<String>());
    for _ in 0..2 {
        assert_eq!(ask(&dear, &fresh()).await.code(), "QUERY_TOO_COMPLEX");
    }
    let two = "{ a: few { id } b: few { id } }";
    for (capacity, status) in
        [(250, StatusCode::OK), (250, StatusCode::OK), (150, StatusCode::TOO_MANY_REQUESTS), (250, StatusCode::OK)]
    {
        let answered = ask(two, &account(Allowance { capacity, restore_rate: 1 })).await;
        assert_eq!(answered.status, status, "{}", answered.body);
        assert_eq!(answered.body["extensions"]["cost"]["requestedQueryCost"], 202, "{}", answered.body);
    }
}

#[tokio::test]
async fn what_was_found_valid_is_judged_once_and_all_else_each_time() {
    let (kept, schema, judged) = (documents(), schema::build(), Judged::default());
    let times = async |body: &Value| {
        let before = judged.0.load(Ordering::Relaxed);
        let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, GRAPHQL)]);
        let (sent, prepare) =
            (Sent::Body(body.to_string().into()), |query: async_graphql::Request| query.data(judged.clone()));
        drop(answer(&schema, &kept, AT_MOST, &headers, sent, fresh(), prepare).await);
        judged.0.load(Ordering::Relaxed) - before
    };
    let first = |first: Value| json!({ "query": LIST, "variables": { "first": first } });
    let of = |operation: &str| json!({ "query": SEVERAL, "operationName": operation, "variables": { "first": 2 } });
    for (what, body, expected) in [
        ("a page", first(json!(2)), [1, 0, 0]),
        ("a page of another size", first(json!(3)), [1, 0, 0]),
        ("a page of no size", first(json!("two")), [1, 1, 1]),
        ("one of several operations", of("B"), [1, 0, 0]),
        ("another of these", of("A"), [1, 0, 0]),
        ("one with variables of another's", of("C"), [1, 1, 1]),
        ("no variables", json!({ "query": "{ few { id } }" }), [1, 0, 0]),
        ("no field", json!({ "query": "{ few { nope } }" }), [1, 1, 1]),
        ("somebody's word", json!({ "query": "{ conversation(id: \"ada\") { id } }" }), [1, 1, 1]),
    ] {
        let mut counted = [0; 3];
        for times_of_one in &mut counted {
            *times_of_one = times(&body).await;
        }
        assert_eq!(counted, expected, "{what}");
    }
    for size in 0..200 {
        assert_eq!(times(&first(json!(size))).await, usize::from(![2, 3].contains(&size)), "{size}");
    }
    assert_eq!(
        (times(&first(json!(199))).await, times(&first(json!(0))).await),
        (0, 1),
        "of many the latest are known"
    );
}
