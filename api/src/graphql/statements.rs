//! What reports and usage cost in statements, and what is left of an answer of which a part can't be read: the schema executed
//! without its edge, on a database of its own.

use serde_json::json;

use super::bed::{Bed, TENANT};
use crate::auth::Bearer;

fn analytics(metrics: &str, more: &str) -> String {
    format!(
        "{{ analytics(metrics: [{metrics}], range: {{ from: \"2026-11-01\", to: \"2026-11-07\" }}, timeZone: \"UTC\" {more}) {{
            metric series {{ group {{ memberId }} total {{ count cell }} buckets {{ figures {{ value }} }} }} }} }}"
    )
}

/// Ten messages each of four days, of two categories.
const USED: &str = "insert into usage_v2.counted \
    (subject, item, day, nth, tenant_id, category, booked_on, quantity, at, event_id, position) \
    select gen_random_uuid(), 'message_sent', day, 0, '00000000-0000-0000-0000-000000000001', \
           case when nth < 7 then 'service' else '' end, day, 1, day + nth * interval '1 hour', gen_random_uuid(), nth \
    from generate_series(date '2026-11-01', date '2026-11-04', interval '1 day') as day, generate_series(1, 10) as nth";

fn usage(line: &str) -> String {
    format!("{{ usage(range: {{ from: \"2026-11-01\", to: \"2026-11-30\" }}) {{ lines {{ {line} }} }} }}")
}

#[tokio::test]
async fn a_report_is_a_statement_for_each_kind_of_metric() {
    let bed = Bed::new().await;
    let counts = "MESSAGES_IN, MESSAGES_OUT_HUMAN, LEADS_CAPTURED, RESOLUTIONS";
    let distinct = "CONVERSATIONS_RESOLVED, CONTACTS_SERVED";
    let durations = "FIRST_RESPONSE_TIME, REPLY_TIME, HANDLING_TIME";
    for (metrics, number, statements) in [
        (counts.to_owned(), 4, 1),
        (distinct.to_owned(), 2, 1),
        (durations.to_owned(), 3, 1),
        ([durations, counts, distinct].join(", "), 9, 3),
    ] {
        for more in ["", ", groupBy: MEMBER", ", interval: WHOLE"] {
            let told = bed.answer(&analytics(&metrics, more), statements).await;
            let told: Vec<_> = told["analytics"].as_array().unwrap().iter().map(|report| &report["metric"]).collect();
            assert_eq!(json!(told), json!(metrics.split(", ").collect::<Vec<_>>()), "in the order of the question");
            assert_eq!(told.len(), number);
        }
    }
    let told = bed.answer(&analytics("MESSAGES_IN", ""), 1).await;
    let cell = &told["analytics"][0]["series"][0]["total"]["cell"];
    let events = |selection: &str| format!("{{ analyticsEvents(of: {cell}) {{ {selection} }} }}");
    bed.answer(&events("edges { node { event } }"), 1).await;
    bed.answer(&events("totalCount edges { node { event } }"), 2).await;
}

#[tokio::test]
async fn a_kind_of_metric_that_cannot_be_read_leaves_the_others() {
    let bed = Bed::new().await;
    bed.execute("alter table analytics_v3.facts rename to elsewhere").await;
    let (answer, _) =
        bed.ask(Bearer::Owner(TENANT), &analytics("MESSAGES_IN, REPLY_TIME, RESOLUTIONS, CONTACTS_SERVED", "")).await;
    let data = answer.data.into_json().unwrap();
    let answered = [0, 1, 2, 3].map(|nth: usize| data["analytics"][nth]["series"].is_array());
    assert_eq!(answered, [true, false, true, false]);
    let failed: Vec<_> = answer.errors.iter().map(|error| json!(error.path)).collect();
    assert_eq!(failed, [json!(["analytics", 1, "series"]), json!(["analytics", 3, "series"])]);
}

#[tokio::test]
async fn what_is_behind_all_lines_of_usage_is_one_statement() {
    let bed = Bed::new().await;
    bed.execute(USED).await;
    let told = bed.answer(&usage("id quantity"), 1).await;
    assert_eq!(told["usage"]["lines"].as_array().unwrap().len(), 8);
    let explain = "totalCount edges { cursor node { event position } }";
    let told = bed.answer(&usage(&format!("id category quantity explain {{ {explain} }}")), 2).await;
    for line in told["usage"]["lines"].as_array().unwrap() {
        let number = if line["category"].is_null() { 4 } else { 6 };
        assert_eq!((&line["quantity"], &line["explain"]["totalCount"]), (&json!(number), &json!(number)));
        assert_eq!(line["explain"]["edges"].as_array().unwrap().len(), number);
        let latest = &line["explain"]["edges"][0]["node"]["position"];
        assert_eq!(latest, if number == 4 { 10 } else { 6 });
    }
    let both = format!("id explain(first: 2) {{ {explain} }} latest: explain(last: 1) {{ {explain} }}");
    bed.answer(&usage(&both), 3).await;
    let lines = &told["usage"]["lines"];
    let line = |page: &str| {
        format!("{{ node(id: {}) {{ ... on UsageLine {{ explain({page}) {{ {explain} }} }} }} }}", lines[0]["id"])
    };
    bed.answer(&line("first: 2"), 2).await;
    bed.answer(&line(&format!("first: 2, after: {}", lines[0]["explain"]["edges"][1]["cursor"])), 2).await;
    let (more, _) = bed
        .ask(
            Bearer::Owner(TENANT),
            &usage(
                "a: explain(first: 1) { totalCount } b: explain(first: 2) { totalCount } \
        c: explain(first: 3) { totalCount } d: explain(first: 4) { totalCount } e: explain(first: 5) { totalCount }",
            ),
        )
        .await;
    assert!(more.errors[0].message.contains("4 different pages"), "{more:?}");
}

#[tokio::test]
async fn usage_whose_events_cannot_be_read_still_says_how_much() {
    let bed = Bed::new().await;
    bed.execute(USED).await;
    bed.execute("alter table usage_v2.counted rename column subject to gone").await;
    let (answer, _) = bed.ask(Bearer::Owner(TENANT), &usage("quantity explain { totalCount }")).await;
    let data = answer.data.into_json().unwrap();
    let lines = data["usage"]["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 8);
    assert!(lines.iter().all(|line| line["quantity"].is_i64() && line["explain"].is_null()), "{data}");
    assert_eq!(answer.errors.len(), 8);
}
