//! What requests cost, and what happens to those who ask for too much.

use axum::http::header::RETRY_AFTER;

use super::*;

async fn query_on(account: &Account, accept: &str, text: &str) -> Answer {
    let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, accept), (REQUEST_ID, "r-1")]);
    let sent = Sent::Body(json!({ "query": text }).to_string().into());
    Answer::of(answer(&schema::build(), &limits(), &headers, sent, account.clone(), |request| request).await).await
}

fn available(answer: &Answer) -> &Value {
    &answer.body["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
}

#[tokio::test]
async fn every_executed_answer_tells_its_cost_and_gives_back_what_it_did_not_use() {
    let account = account(Allowance { capacity: 1_000, restore_rate: 1 });
    let answer = query_on(&account, GRAPHQL, "{ few { id contact { name } } }").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(
        answer.body["extensions"]["cost"],
        json!({
            "requestedQueryCost": 301,
            "actualQueryCost": 7,
            "throttleStatus": { "maximumAvailable": 1_000, "currentlyAvailable": 993, "restoreRate": 1 },
        })
    );
    let failed = query_on(&account, GRAPHQL, "{ leaks }").await;
    assert_eq!(failed.body["extensions"]["cost"]["actualQueryCost"], 1, "{}", failed.body);
    assert_eq!(failed.body["extensions"]["requestId"], "r-1");
}

#[tokio::test]
async fn what_is_not_executed_costs_nothing_and_says_nothing_of_it() {
    let account = account(Allowance { capacity: 1_000, restore_rate: 1 });
    for wrong in ["{", "{ nope }", "query($a: Int!) { __typename }"] {
        let answer = query_on(&account, GRAPHQL, wrong).await;
        assert_eq!(answer.body["extensions"], json!({ "requestId": "r-1" }), "{wrong}");
    }
    assert_eq!(*available(&query_on(&account, GRAPHQL, "{ forbidden }").await), json!(999));
}

#[tokio::test]
async fn who_has_spent_all_is_told_when_to_come_again_and_nothing_is_executed() {
    // What comes back while this runs is less than a query's cost.
    let account = account(Allowance { capacity: 150, restore_rate: 1 });
    for accept in [GRAPHQL, JSON] {
        let answer = query_on(&account, accept, "{ few { id contact { name } } }").await;
        assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
        assert_eq!(answer.headers[RETRY_AFTER], "151");
        let error = &answer.body["errors"][0]["extensions"];
        assert_eq!(*error, json!({ "code": "RATE_LIMITED", "retryAfter": 151, "requestId": "r-1" }));
        let cost = &answer.body["extensions"]["cost"];
        assert_eq!((&cost["requestedQueryCost"], &cost["actualQueryCost"]), (&json!(301), &Value::Null));
        assert_eq!(*available(&answer), json!(150), "a refusal takes nothing");
        assert!(!answer.has_data());
    }
    assert_eq!(query_on(&account, GRAPHQL, "{ forbidden }").await.status, StatusCode::OK, "what is cheap goes on");
}

#[tokio::test]
async fn others_have_budgets_of_their_own() {
    let spent = account(Allowance { capacity: 150, restore_rate: 1 });
    let other = Account { owner: Uuid::from_u128(1), ..spent.clone() };
    let aliases: String = (0..149).map(|n| format!(" a{n}: forbidden")).collect();
    let all = format!("{{{aliases} }}");
    assert_eq!(query_on(&spent, GRAPHQL, &all).await.status, StatusCode::OK);
    assert_eq!(query_on(&spent, GRAPHQL, &all).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(query_on(&other, GRAPHQL, &all).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_query_over_the_limit_is_told_its_cost_and_the_limit() {
    let twice: String = (0..200).map(|n| format!(" a{n}: few {{ id contact {{ name }} }}")).collect();
    let answer = query_on(&fresh(), GRAPHQL, &format!("{{{twice} }}")).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX"), "{}", answer.body);
    let error = &answer.body["errors"][0]["extensions"];
    assert_eq!((&error["requestedQueryCost"], &error["maximumQueryCost"]), (&json!(60_200), &json!(25_000)));
    assert!(answer.message().contains("60200") && answer.message().contains("25000"), "{}", answer.message());
}
