//! Lists, as a dashboard pages through them, from both ends, in every order, whole and narrowed.

use anyhow::{Context as _, Result, bail, ensure};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::begin::{Journey, text};
use super::clocks::database_clock;

const ASHA: &str = "919820012345";
const BEA: &str = "919820012346";
const CLEO: &str = "919820012347";

const INBOX: &str = "query ($first: Int, $after: String, $last: Int, $before: String, $filter: ConversationFilter,
                            $orderBy: ConversationOrder) {
    conversations(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { contact { phone } waitingSince windowOpenUntil } } } }";

/// The lists that a dashboard pages through, with the arguments that they need. `$id` is a conversation's. That every list of the
/// schema keeps the same rules is tested beside it (`api/src/graphql/lists.rs`).
const LISTS: [(&str, &str); 9] = [
    ("/conversations", "conversations(PAGE) { PARTS }"),
    ("/conversation/messages", "conversation(id: $id) { messages(PAGE) { PARTS } }"),
    ("/conversation/notes", "conversation(id: $id) { notes(PAGE) { PARTS } }"),
    ("/contacts", "contacts(PAGE) { PARTS }"),
    ("/channels", "channels(PAGE) { PARTS }"),
    ("/leads", "leads(PAGE) { PARTS }"),
    ("/leads/edges/0/node/timeline", "leads(first: 1) { edges { node { timeline(PAGE) { PARTS } } } }"),
    ("/analyticsEvents", "analyticsEvents(of: CELL MESSAGES_IN 2026-11-01 2026-11-30, PAGE) { PARTS }"),
    ("/analyticsEvents", "analyticsEvents(of: CELL CYCLE_RESOLUTION_TIME YESTERDAY TOMORROW, PAGE) { PARTS }"),
];

async fn document(journey: &Journey, list: &str) -> Result<String> {
    let (today, a_day) = (database_clock().await?, SignedDuration::from_hours(24));
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date().to_string();
    let list = list.replace("YESTERDAY", &day(today - a_day)).replace("TOMORROW", &day(today + a_day));
    let list = with_cell(journey, list).await?;
    let page = "first: $first, after: $after, last: $last, before: $before";
    let parts = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { __typename } }";
    let list = list.replace("PAGE", page).replace("PARTS", parts);
    let unused = if list.contains("$id") { "" } else { "unused: node(id: $id) { id }" };
    Ok(format!("query ($first: Int, $after: String, $last: Int, $before: String, $id: ID!) {{ {list} {unused} }}"))
}

/// The cell of a number in the place of its metric and days.
async fn with_cell(journey: &Journey, list: String) -> Result<String> {
    let Some((before, rest)) = list.split_once("CELL ") else { return Ok(list) };
    let (told, after) = rest.split_once(',').context("a cell and more")?;
    let [metric, from, to] = told.split(' ').collect::<Vec<_>>()[..] else { bail!("{told} is no cell") };
    let report = format!(
        "{{ analytics(range: {{from: \"{from}\", to: \"{to}\"}}, timeZone: \"UTC\", metrics: [{metric}]) \
           {{ series {{ total {{ cell }} }} }} }}"
    );
    let cell: String = journey.graphql.ask(&report, &json!({}), "/analytics/0/series/0/total/cell").await?;
    Ok(format!("{before}\"{cell}\",{after}"))
}

/// A business to which three people have written, Asha first and once more, Cleo last.
async fn three_have_written() -> Result<(Journey, Vec<String>)> {
    let journey = Journey::begin().await?;
    let texts = [
        text(ASHA, "a", 0, "Is the blue one still there?"),
        text(BEA, "b", 10, "Good morning"),
        text(ASHA, "c", 20, "Hello?"),
        text(CLEO, "d", 30, "Good evening"),
    ];
    // One after the other: who is older is told by the log's clock, and two at once may be told either way.
    for told in 1..=texts.len() {
        journey.receive(&texts[told - 1..told]).await?;
        journey.shows(&texts[..told]).await?;
    }
    let conversations = journey.graphql.conversations().await?;
    Ok((journey, conversations.into_iter().map(|shown| shown.id).collect()))
}

async fn inbox(journey: &Journey, variables: Value) -> Result<Value> {
    journey.graphql.ask(INBOX, &variables, "/conversations").await
}

/// Whose conversations a page shows, by the last digits of their numbers.
fn phones(page: &Value) -> Vec<&str> {
    let edges = page["edges"].as_array().into_iter().flatten();
    edges.filter_map(|edge| edge["node"]["contact"]["phone"].as_str()?.strip_prefix("+9198200123")).collect()
}

async fn refused(journey: &Journey, variables: Value) -> Result<()> {
    let answer = journey.graphql.send(INBOX, &variables).await?;
    let has_cursor = variables.get("after").or(variables.get("before")).is_some();
    let code = if has_cursor { "INVALID_CURSOR" } else { "BAD_USER_INPUT" };
    ensure!(answer.code() == Some(code), "{variables}: {}", answer.body);
    Ok(())
}

#[tokio::test]
async fn the_inbox_is_paged_both_ways_in_every_order() -> Result<()> {
    let (journey, ids) = three_have_written().await?;
    let graphql = &journey.graphql;
    graphql.set_conversation_priority(&ids[2], "URGENT").await?;
    let shown = |order: &'static str| {
        let journey = &journey;
        async move { inbox(journey, json!({"orderBy": order})).await }
    };
    eventually("Bea's is urgent", || async {
        let page = shown("HIGHEST_PRIORITY").await?;
        ensure!(phones(&page) == ["46", "47", "45"], "{page}");
        Ok(())
    })
    .await?;
    for (order, expected) in [
        ("LATEST_ACTIVITY", ["47", "45", "46"]),
        ("OLDEST_ACTIVITY", ["46", "45", "47"]),
        ("LONGEST_WAITING", ["45", "46", "47"]),
        ("HIGHEST_PRIORITY", ["46", "47", "45"]),
    ] {
        let whole = shown(order).await?;
        ensure!(phones(&whole) == expected, "{order}: {whole}");
        ensure!(whole["totalCount"] == 3, "{whole}");
        let cursor = |nth: usize| whole["edges"][nth]["cursor"].clone();
        let page = inbox(&journey, json!({"orderBy": order, "first": 2})).await?;
        let info =
            json!({"hasNextPage": true, "hasPreviousPage": false, "startCursor": cursor(0), "endCursor": cursor(1)});
        ensure!(phones(&page) == expected[..2] && page["pageInfo"] == info, "{page}");
        let page = inbox(&journey, json!({"orderBy": order, "first": 2, "after": cursor(1)})).await?;
        let info =
            json!({"hasNextPage": false, "hasPreviousPage": true, "startCursor": cursor(2), "endCursor": cursor(2)});
        ensure!(phones(&page) == expected[2..] && page["pageInfo"] == info, "{page}");
        let page = inbox(&journey, json!({"orderBy": order, "last": 1, "before": cursor(2)})).await?;
        let info =
            json!({"hasNextPage": true, "hasPreviousPage": true, "startCursor": cursor(1), "endCursor": cursor(1)});
        ensure!(phones(&page) == expected[1..2] && page["pageInfo"] == info, "{page}");
        let page =
            inbox(&journey, json!({"orderBy": order, "first": 9, "after": cursor(0), "before": cursor(2)})).await?;
        ensure!(phones(&page) == expected[1..2], "{page}");
    }
    Ok(())
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order_and_filter() -> Result<()> {
    let (journey, _) = three_have_written().await?;
    let open = json!({"status": {"eq": "OPEN"}});
    let page = inbox(&journey, json!({"first": 1, "filter": open})).await?;
    let cursor = &page["pageInfo"]["endCursor"];
    let next = inbox(&journey, json!({"first": 1, "after": cursor, "filter": open})).await?;
    ensure!(phones(&next) == ["45"], "{next}");
    for other in [
        json!({"first": 1, "after": cursor}),
        json!({"first": 1, "after": cursor, "filter": {"status": {"eq": "RESOLVED"}}}),
        json!({"first": 1, "after": cursor, "filter": open, "orderBy": "OLDEST_ACTIVITY"}),
        json!({"last": 1, "before": "x", "filter": open}),
        json!({"first": 1, "last": 1}),
        json!({"first": 101}),
        json!({"last": -1}),
    ] {
        refused(&journey, other).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_inbox_is_narrowed_by_what_people_look_for() -> Result<()> {
    let (journey, ids) = three_have_written().await?;
    let graphql = &journey.graphql;
    graphql.label_conversation(&ids[0], "100 % wool_").await?;
    graphql.mark_conversation_read(&ids[1]).await?;
    let resolved = graphql.resolve_conversation(&ids[2]).await?;
    ensure!(resolved.user_errors.is_empty(), "{resolved:?}");
    let narrowed = |filter: Value| {
        let journey = &journey;
        async move { inbox(journey, json!({"filter": filter})).await }
    };
    eventually("Bea's is resolved", || async {
        let page = narrowed(json!({"status": {"eq": "RESOLVED"}})).await?;
        ensure!(phones(&page) == ["46"], "{page}");
        Ok(())
    })
    .await?;
    let channel = graphql.conversations().await?.remove(0).channel.id;
    for (filter, expected) in [
        (json!({}), vec!["47", "45", "46"]),
        (json!({"status": null}), vec!["47", "45", "46"]),
        (json!({"status": {"in": ["OPEN", "SNOOZED"]}}), vec!["47", "45"]),
        (json!({"status": {"in": []}}), vec![]),
        (json!({"and": []}), vec!["47", "45", "46"]),
        (json!({"or": []}), vec![]),
        (json!({"not": {"status": {"eq": "OPEN"}}}), vec!["46"]),
        (json!({"id": {"eq": ids[1]}}), vec!["45"]),
        (json!({"channelId": {"eq": channel}}), vec!["47", "45", "46"]),
        (json!({"assigneeId": {"isNull": false}}), vec![]),
        (json!({"assigneeId": {}}), vec!["47", "45", "46"]),
        (json!({"unreadCount": {"in": [0, 7]}}), vec!["45"]),
        (json!({"unreadCount": {"isNull": true}}), vec![]),
        (json!({"lastActivityAt": {"eq": "2026-11-06T21:20:20Z"}}), vec!["45"]),
        (json!({"lastActivityAt": {"in": ["2026-11-06T21:20:10Z", "2026-11-06T21:20:30Z"]}}), vec!["47", "46"]),
        // Nobody in particular is nobody in particular's, also when it is said the other way.
        (json!({"not": {"assigneeId": {"eq": "6f1b8c1e-0000-4000-8000-000000000001"}}}), vec!["47", "45", "46"]),
        (json!({"isUnread": false}), vec!["45"]),
        (json!({"unreadCount": {"gte": 1, "lte": 1}}), vec!["47", "46"]),
        (json!({"waitingSince": {"isNull": true}}), vec!["46"]),
        (json!({"waitingSince": {"lte": "2026-11-06T21:20:00Z"}}), vec!["45"]),
        (json!({"lastActivityAt": {"gte": "2026-11-06T21:20:20Z"}}), vec!["47", "45"]),
        (json!({"lastActivityAt": {"gte": "-009999-01-02T01:59:59Z"}}), vec!["47", "45", "46"]),
        (json!({"windowOpenUntil": {"lte": "2026-11-07T21:20:10Z"}}), vec!["46"]),
        (json!({"contactName": {"contains": "aSHA"}}), vec!["47", "45", "46"]),
        (json!({"contactName": {"eq": "asha rao"}}), vec![]),
        (json!({"contactName": {"contains": "%"}}), vec![]),
        (json!({"contactPhone": {"contains": "0012-347"}}), vec!["47"]),
        (json!({"contactPhone": {"eq": "+91 98200 12346"}}), vec!["46"]),
        (json!({"label": {"contains": "0 % WOOL_"}}), vec!["47"]),
        (json!({"label": {"contains": "w__l"}}), vec![]),
        (json!({"label": {"isNull": true}}), vec!["45", "46"]),
        (json!({"or": [{"isUnread": false}, {"and": [{"label": {"eq": "100 % wool_"}}]}]}), vec!["47", "45"]),
    ] {
        let page = narrowed(filter.clone()).await.with_context(|| filter.to_string())?;
        ensure!(phones(&page) == expected, "{filter}: {page}");
        ensure!(page["totalCount"] == expected.len(), "{filter}: {page}");
    }
    let counts: Value = graphql
        .ask(
            "{ conversationCounts(filter: {contactPhone: {contains: \"2346\"}}) { open resolved waiting } }",
            &json!({}),
            "/conversationCounts",
        )
        .await?;
    ensure!(counts == json!({"open": 0, "resolved": 1, "waiting": 0}), "{counts}");
    Ok(())
}

#[tokio::test]
async fn a_filter_that_asks_too_much_is_refused() -> Result<()> {
    let (journey, ids) = three_have_written().await?;
    let unread = || json!({"isUnread": true});
    for filter in [
        json!({"not": {"not": {"not": unread()}}}),
        json!({"or": vec![unread(); 31]}),
        json!({"or": vec![json!({}); 101]}),
        json!({"id": {"in": vec![ids[0].clone(); 101]}}),
        json!({"channelId": {"eq": ids[0]}}),
        json!({"contactId": {"eq": "x"}}),
        // As a variable comes that was not set: it would show everybody's.
        json!({"assigneeId": {"eq": null}}),
        json!({"status": {"in": null}}),
        json!({"assigneeId": {"eq": "somebody"}}),
        json!({"contactName": {"contains": "a\u{0}b"}}),
        json!({"contactName": {"contains": "x".repeat(501)}}),
    ] {
        refused(&journey, json!({"filter": filter})).await?;
    }
    Ok(())
}

/// Each list's pages: forth and back they show what the whole list does.
#[tokio::test]
async fn a_dashboard_s_lists_are_paged_both_ways() -> Result<()> {
    let (journey, ids) = three_have_written().await?;
    let graphql = &journey.graphql;
    for note in ["Call her", "She was called", "She called back"] {
        graphql.add_conversation_note(&ids[1], note).await?;
    }
    for id in &ids {
        graphql.resolve_conversation(id).await?;
    }
    for (at, list) in LISTS {
        let document = document(&journey, list).await?;
        let ask = |mut variables: Value| {
            variables["id"] = json!(ids[1]);
            let document = &document;
            async move { graphql.ask::<Value>(document, &variables, at).await }
        };
        let least = if at == "/channels" { 1 } else { 2 };
        let whole = eventually("the list is there", || async {
            let whole = ask(json!({})).await?;
            let rows = whole["edges"].as_array().map_or(0, Vec::len);
            ensure!(rows >= least && whole["totalCount"] == rows, "{at}: {whole}");
            Ok(whole)
        })
        .await?;
        let cursors = |page: &Value| -> Vec<String> {
            let edges = page["edges"].as_array().into_iter().flatten();
            edges.filter_map(|edge| Some(edge["cursor"].as_str()?.to_owned())).collect()
        };
        let (whole, mut forth, mut back) = (cursors(&whole), Vec::new(), Vec::new());
        let mut page = ask(json!({"first": 1})).await?;
        while page["pageInfo"]["hasNextPage"] == true {
            forth.extend(cursors(&page));
            page = ask(json!({"first": 1, "after": page["pageInfo"]["endCursor"]})).await?;
        }
        forth.extend(cursors(&page));
        let mut page = ask(json!({"last": 1})).await?;
        while page["pageInfo"]["hasPreviousPage"] == true {
            back.extend(cursors(&page));
            page = ask(json!({"last": 1, "before": page["pageInfo"]["startCursor"]})).await?;
        }
        back.extend(cursors(&page));
        back.reverse();
        ensure!(forth == whole && back == whole, "{at}: {forth:?} and {back:?}, not {whole:?}");
        let foreign = graphql.send(&document, &json!({"id": ids[1], "first": 1, "after": "bm9uZQ"})).await?;
        ensure!(foreign.code() == Some("INVALID_CURSOR"), "{at}: {}", foreign.body);
    }
    Ok(())
}

#[tokio::test]
async fn a_list_of_nothing_is_an_empty_page() -> Result<()> {
    let journey = Journey::begin().await?;
    let nobody = "Q29udGFjdDowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDc";
    let empty = json!({
        "totalCount": 0, "edges": [],
        "pageInfo": {"hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null},
    });
    for (at, list) in LISTS {
        // A list of what is not there is not there, and a business has its channel from the beginning.
        if at.matches('/').count() > 1 || at == "/channels" {
            continue;
        }
        for size in ["first", "last"] {
            let page: Value =
                journey.graphql.ask(&document(&journey, list).await?, &json!({"id": nobody, (size): 5}), at).await?;
            ensure!(page == empty, "{at}: {page}");
        }
    }
    let contact: Value =
        journey.graphql.ask("query ($id: ID!) { contact(id: $id) { id } }", &json!({"id": nobody}), "/contact").await?;
    ensure!(contact.is_null(), "{contact}");
    Ok(())
}

#[tokio::test]
async fn people_and_numbers_are_listed() -> Result<()> {
    let (journey, _) = three_have_written().await?;
    let document = "query ($filter: ContactFilter, $orderBy: ContactOrder) {
        contacts(filter: $filter, orderBy: $orderBy) { totalCount edges { node { id displayName phone } } }
        channels { totalCount edges { node { displayPhone status connectedAt } } } }";
    let shown: Value = journey.graphql.ask(document, &json!({"orderBy": "OLDEST"}), "").await?;
    let numbers: Vec<_> = shown["contacts"]["edges"].as_array().into_iter().flatten().collect();
    let phones: Vec<_> = numbers.iter().filter_map(|edge| edge["node"]["phone"].as_str()).collect();
    ensure!(phones == [ASHA, BEA, CLEO].map(|phone| format!("+{phone}")), "{shown}");
    let channel = &shown["channels"]["edges"][0]["node"];
    ensure!(shown["channels"]["totalCount"] == 1 && channel["status"] == "CONNECTED", "{shown}");
    ensure!(channel["connectedAt"].is_string(), "{channel}");
    for (filter, count) in [
        (json!({"phone": {"contains": "12346"}}), 1),
        (json!({"name": {"contains": "RAO"}}), 3),
        (json!({"name": {"isNull": true}}), 0),
        (json!({"marketing": {"eq": "UNKNOWN"}}), 3),
        (json!({"marketing": {"in": ["WANTED", "STOPPED"]}}), 0),
        (json!({"id": {"in": [numbers[0]["node"]["id"], numbers[2]["node"]["id"]]}}), 2),
    ] {
        let shown: Value =
            journey.graphql.ask(document, &json!({"filter": filter, "orderBy": "NAME"}), "/contacts").await?;
        ensure!(shown["totalCount"] == count, "{filter}: {shown}");
    }
    let id = &numbers[1]["node"]["id"];
    let bea: Value = journey
        .graphql
        .ask("query ($id: ID!) { contact(id: $id) { phone } }", &json!({"id": id}), "/contact/phone")
        .await?;
    ensure!(bea == json!(format!("+{BEA}")), "{bea}");
    Ok(())
}
