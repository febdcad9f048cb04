//! What requests cost, and what happens to those who ask for too much.

use axum::http::header::RETRY_AFTER;

use super::*;

async fn query_on(account: &Account, accept: &str, text: &str) -> Answer {
    let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, accept), (REQUEST_ID, "r-1")]);
    let sent = Sent::Body(json!({ "query": text }).to_string().into());
    Answer::of(
        answer(&schema::build(), &documents(), AT_MOST, &headers, sent, account.clone(), |request| request).await,
    )
    .await
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
async fn what_is_refused_costs_what_it_took_to_find_out() {
    let spent = account(Allowance { capacity: 100_000, restore_rate: 1 });
    let clashes = format!("{{ {} }}", "a: any(values: []) a: forbidden ".repeat(300));
    for (wrong, cost) in [
        ("{", 10),
        ("{ nope }", 20),
        ("query($a: Int!) { __typename }", 20),
        ("query A { __typename } query B { nope }", 40),
        (clashes.as_str(), 18_000),
    ] {
        let answer = query_on(&spent, GRAPHQL, wrong).await;
        assert!(!answer.has_data());
        let told = &answer.body["extensions"]["cost"];
        assert_eq!(
            (&told["requestedQueryCost"], &told["actualQueryCost"]),
            (&json!(cost), &json!(cost)),
            "{wrong:.50}"
        );
    }
    assert_eq!(*available(&query_on(&spent, GRAPHQL, "{ forbidden }").await), json!(100_000 - 18_091));
}

#[tokio::test]
async fn who_has_nothing_left_is_not_even_read() {
    let spent = account(Allowance { capacity: 1_000, restore_rate: 1 });
    let clashes = format!("{{ {} }}", "a: any(values: []) a: forbidden ".repeat(300));
    assert_eq!(query_on(&spent, GRAPHQL, &clashes).await.status, StatusCode::BAD_REQUEST);
    let answer = query_on(&spent, GRAPHQL, "{").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"), "{}", answer.body);
    assert_eq!(answer.headers[RETRY_AFTER], "17001", "what it cost beyond what there was is owed");
}

#[tokio::test]
async fn what_has_no_answer_to_count_costs_its_price() {
    for (document, status) in [
        ("{ few { id contact { name } } tenant }", StatusCode::OK),
        ("{ few { id contact { name } } hangs }", StatusCode::GATEWAY_TIMEOUT),
        ("{ few { id contact { name } } panics }", StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let account = account(Allowance { capacity: 1_000, restore_rate: 1 });
        let answer = query_on(&account, GRAPHQL, document).await;
        assert_eq!((answer.status, answer.body["data"].is_null()), (status, true), "{}", answer.body);
        let cost = &answer.body["extensions"]["cost"];
        assert_eq!((&cost["requestedQueryCost"], &cost["actualQueryCost"]), (&json!(302), &json!(302)), "{document}");
        assert_eq!(*available(&answer), json!(698));
    }
}

#[tokio::test]
async fn what_is_found_beyond_the_price_is_paid_for() {
    let account = account(Allowance { capacity: 1_000, restore_rate: 1 });
    let answer = query_on(&account, GRAPHQL, "{ conversations(first: 100) { id } }").await;
    let cost = &answer.body["extensions"]["cost"];
    assert_eq!((&cost["requestedQueryCost"], &cost["actualQueryCost"]), (&json!(2), &json!(101)), "no price was set");
    assert_eq!(*available(&answer), json!(899));
}

#[tokio::test]
async fn whoever_goes_away_pays_a_tenth() {
    let account = account(Allowance { capacity: 1_000, restore_rate: 1 });
    let headers = headers(&[(CONTENT_TYPE, JSON)]);
    let (schema, documents) = (schema::build(), documents());
    let sent = Sent::Body(json!({ "query": "{ few { id contact { name } } hangs }" }).to_string().into());
    let mut answering =
        Box::pin(answer(&schema, &documents, PATIENT, &headers, sent, account.clone(), |request| request));
    assert!(futures_util::poll!(&mut answering).is_pending());
    let left = |account: &Account| account.budgets.available(account.owner, std::time::Instant::now());
    assert_eq!(left(&account), 698);
    drop(answering);
    assert_eq!(left(&account), 970);
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
