//! How much there was, how long it took, and the events behind each number; nobody sees another's.

use anyhow::{Context as _, Result, ensure};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use leadflow_gateways::whatsapp::simulator::{self, Fault, Text};
use leadflow_tests::colleagues::Colleague;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};
use super::clocks::database_clock;
use super::sending::desk::Desk;

const ASHA: &str = "919820012345";
const BO: &str = "919820054321";
const MEMBER: &str = "6f1b8c1e-0000-4000-8000-000000000001";

/// The day on which the customers wrote, at 21:20 UTC: in India it was the next one by then.
const DAY: &str = "2026-11-06";

const ANALYTICS: &str = "query ($range: DateRangeInput!, $interval: ReportInterval, $zone: String!, $metrics: [Metric!]!,
        $by: ReportDimension, $filter: ReportFilterInput, $definition: [MetricDefinitionInput!]) {
    analytics(range: $range, interval: $interval, timeZone: $zone, metrics: $metrics, groupBy: $by, filter: $filter,
              definition: $definition) {
        metric kind unit definition { version text versions }
        series { group { channelId memberId source } total { ...figures } buckets { from until figures { ...figures } } } } }
    fragment figures on MetricFigures { cell count value clock { ...durations } businessHours { ...durations } }
    fragment durations on DurationFigures {
        count sum mean median p90 p95 distribution { under1Hour under4Hours under8Hours under24Hours longer } }";

/// As little as shows that it was answered: what is refused is refused before anything is read.
const ASKED: &str = "query ($range: DateRangeInput!, $interval: ReportInterval, $zone: String!, $metrics: [Metric!]!,
        $by: ReportDimension, $filter: ReportFilterInput, $definition: [MetricDefinitionInput!]) {
    analytics(range: $range, interval: $interval, timeZone: $zone, metrics: $metrics, groupBy: $by, filter: $filter,
              definition: $definition) { metric series { total { count } } } }";

const METRICS: &str = "{ __type(name: \"Metric\") { enumValues { name } } }";

const EVENTS: &str = "query ($of: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    analyticsEvents(of: $of, first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { at conversationId conversation { id } memberId source event
            duration { beganAt beganWith seconds businessSeconds } } } } }";

const OPEN: &str = "query ($of: ConversationFilter) { conversationCounts(filter: $of) { open unattended unassigned } }";

const SET_HOURS: &str = "mutation ($input: SetBusinessHoursInput!) { setBusinessHours(input: $input) {
    businessHours { timeZone week { weekday hours } dates { date hours } } userErrors { code field } position stale } }";

const REMOVE_HOURS: &str = "mutation ($input: RemoveBusinessHoursInput!) { removeBusinessHours(input: $input) {
    businessHours { timeZone } userErrors { code field } position stale } }";

/// What is asked of one day.
fn day(metrics: &[&str], zone: &str, interval: &str) -> Value {
    json!({"range": {"from": DAY, "to": DAY}, "interval": interval, "zone": zone, "metrics": metrics, "by": null,
           "filter": null, "definition": null})
}

fn date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// `asked`, with something else besides.
fn with(mut asked: Value, name: &str, value: Value) -> Value {
    asked[name] = value;
    asked
}

async fn ask(journey: &Journey, document: &str, variables: Value, at: &str) -> Result<Value> {
    journey.graphql.ask(document, &variables, at).await
}

/// A page of what is behind a value.
fn page_of(cell: &Value, page: &Value) -> Value {
    json!({"of": cell, "first": page["first"], "after": page["after"], "last": page["last"], "before": page["before"]})
}

/// The events behind a value.
async fn behind(journey: &Journey, figures: &Value) -> Result<Vec<Value>> {
    journey.graphql.every(EVENTS, page_of(&figures["cell"], &json!({})), "/analyticsEvents").await
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().with_context(|| format!("no list: {value}"))
}

/// The business writes to `to` from its own app.
async fn answer(journey: &Journey, to: &str, id: &str, second: i64) -> Result<()> {
    let contacts = json!([{"wa_id": to, "profile": {"name": "Asha Rao"}}]);
    let echo = json!({"to": to, "id": format!("wamid.{id}"), "timestamp": second.to_string(), "type": "text",
                      "text": {"body": "Yes!"}});
    let echoes = json!({"contacts": contacts, "message_echoes": [echo]});
    let delivery = simulator::changes(&journey.business.number, &[("smb_message_echoes", echoes)]);
    Sender::new(shared().await?.server.address(), 1)?.deliver(&[delivery]).await
}

/// Asha writes twice and Bo once; after five minutes Asha has her answer.
async fn an_evening() -> Result<Journey> {
    let journey = Journey::begin().await?;
    // What is told first opens a conversation, so her first message is there before her second is sent.
    journey.receive(&[text(ASHA, "a1", 0, "Hello")]).await?;
    counted(&journey, &[("MESSAGES_IN", 1)]).await?;
    journey.receive(&[text(ASHA, "a2", 60, "Anybody?"), text(BO, "b1", 120, "Hi")]).await?;
    answer(&journey, ASHA, "a3", 1_794_000_300).await?;
    counted(&journey, &[("MESSAGES_IN", 3), ("MESSAGES_OUT_HUMAN", 1), ("LEADS_CAPTURED", 2)]).await?;
    Ok(journey)
}

async fn counted(journey: &Journey, expected: &[(&str, u64)]) -> Result<()> {
    eventually("it counts", || async {
        for (metric, number) in expected {
            let total = ask(journey, ANALYTICS, day(&[metric], "UTC", "WHOLE"), "/analytics/0/series/0/total").await?;
            ensure!(total["count"] == *number, "{metric}: {total}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_number_of_a_report_lists_its_events() -> Result<()> {
    let journey = an_evening().await?;
    let expected = [("MESSAGES_IN", 3), ("CONVERSATIONS_OPENED", 2), ("FIRST_RESPONSE_TIME", 1)];
    let metrics = expected.map(|(metric, _)| metric);
    for (zone, interval, buckets) in
        [("UTC", "QUARTER_HOUR", 96), ("UTC", "HOUR", 24), ("Europe/Rome", "DAY", 1), ("UTC", "MONTH", 1)]
    {
        let reports = ask(&journey, ANALYTICS, day(&metrics, zone, interval), "/analytics").await?;
        for (nth, (metric, number)) in expected.into_iter().enumerate() {
            let report = &reports[nth];
            ensure!(report["metric"] == metric && list(&report["series"])?.len() == 1, "{report}");
            let series = &report["series"][0];
            ensure!(series["total"]["count"] == number && series["group"]["memberId"].is_null(), "{series}");
            let cut = list(&series["buckets"])?;
            ensure!(cut.len() == buckets, "{series}");
            ensure!(cut.iter().filter_map(|bucket| bucket["figures"]["count"].as_u64()).sum::<u64>() == number);
            let some = cut.iter().filter(|bucket| buckets < 96 || bucket["figures"]["count"] != 0);
            for figures in some.map(|bucket| &bucket["figures"]).chain([&series["total"]]) {
                let events = behind(&journey, figures).await?;
                ensure!(figures["count"] == events.len(), "{figures}: {events:?}");
                ensure!(
                    events.iter().all(|event| event["conversation"]["id"] == event["conversationId"]),
                    "{events:?}"
                );
            }
        }
    }
    // In India it was the next day.
    let india = day(&["MESSAGES_IN"], "Asia/Kolkata", "DAY");
    ensure!(ask(&journey, ANALYTICS, india, "/analytics/0/series/0/total/count").await? == 0);

    let channel = journey.graphql.conversations().await?.remove(0).channel.id;
    let asked = day(&["MESSAGES_IN", "REPLY_TIME"], "UTC", "DAY");
    for (by, name, group) in [
        ("CHANNEL", "channelId", json!(channel)),
        ("MEMBER", "memberId", Value::Null),
        ("SOURCE", "source", json!("WHATSAPP")),
    ] {
        let reports = ask(&journey, ANALYTICS, with(asked.clone(), "by", json!(by)), "/analytics").await?;
        ensure!(reports[1]["series"] == json!([]), "no reply was measured: {reports}");
        let mut sum = 0;
        for series in list(&reports[0]["series"])? {
            let events = behind(&journey, &series["total"]).await?;
            ensure!(series["total"]["count"] == events.len() && !events.is_empty(), "{series}");
            ensure!(
                by != "SOURCE" || events.iter().all(|event| event["source"] == series["group"]["source"]),
                "{events:?}"
            );
            sum += events.len();
        }
        ensure!(sum == 3, "groups add up to what is not split: {reports}");
        ensure!(list(&reports[0]["series"])?.iter().any(|series| series["group"][name] == group), "{by}: {reports}");
    }

    let stranger = Journey::begin().await?;
    let whole = day(&["MESSAGES_IN", "FIRST_RESPONSE_TIME", "CONVERSATIONS_RESOLVED"], "UTC", "WHOLE");
    let ours = ask(&journey, ANALYTICS, whole.clone(), "/analytics").await?;
    for report in list(&ask(&stranger, ANALYTICS, whole.clone(), "/analytics").await?)? {
        ensure!(report["series"][0]["total"]["count"] == 0, "{report}");
    }
    let by_their_channel = with(whole, "filter", json!({"channelId": channel}));
    for report in list(&ask(&stranger, ANALYTICS, by_their_channel, "/analytics").await?)? {
        ensure!(report["series"][0]["total"]["count"] == 0, "what one may not see does not exist: {report}");
    }
    for report in list(&ours)? {
        let theirs = behind(&stranger, &report["series"][0]["total"]).await?;
        ensure!(theirs.is_empty(), "{theirs:?}");
    }
    Ok(())
}

#[tokio::test]
async fn an_agent_s_answer_counts_once_whatsapp_has_taken_it() -> Result<()> {
    let desk = Desk::open().await?;
    // One is refused for good, and one is taken back while it waits to be sent again: she has read neither.
    desk.shared.meta.plan(Fault::refused(131_026).to(&desk.customer));
    let refused = desk.writes("Undeliverable").await?;
    desk.becomes(&refused, "FAILED").await?;
    desk.shared.meta.plan(Fault::refused(131_056).to(&desk.customer));
    let waiting = desk.writes("Too much").await?;
    eventually("it waits to be sent again", async || {
        let message = desk.message(&waiting).await?;
        ensure!(message["sending"]["nextAttemptAt"].is_string(), "{message}");
        Ok(())
    })
    .await?;
    ensure!(desk.asks("cancelMessage", &waiting).await?["message"]["status"] == "CANCELLED");
    let answer = desk.writes("Yes, it is").await?;
    let accepted_at: Timestamp = desk.becomes(&answer, "ACCEPTED").await?["sending"]["acceptedAt"]
        .as_str()
        .context("when it was taken")?
        .parse()?;

    let range = json!({"from": date(accepted_at) - 1.day(), "to": date(accepted_at) + 1.day()});
    let asked = with(day(&["MESSAGES_OUT_HUMAN", "FIRST_RESPONSE_TIME", "REPLY_TIME"], "UTC", "WHOLE"), "range", range);
    let reports = eventually("her answer counts", async || {
        let reports = ask(&desk.journey, ANALYTICS, asked.clone(), "/analytics").await?;
        ensure!(reports[0]["series"][0]["total"]["count"] != 0, "{reports}");
        Ok(reports)
    })
    .await?;
    for (nth, number) in [(0, 1), (1, 1), (2, 0)] {
        ensure!(reports[nth]["series"][0]["total"]["count"] == number, "{reports}");
    }
    let behind = behind(&desk.journey, &reports[1]["series"][0]["total"]).await?;
    let at: Timestamp = behind[0]["at"].as_str().context("when she had her answer")?.parse()?;
    ensure!(at == accepted_at, "as it was taken, and not as it was written: {behind:?}, {accepted_at}");
    Ok(())
}

#[tokio::test]
async fn a_duration_says_how_long_and_by_which_definition() -> Result<()> {
    let journey = an_evening().await?;
    let asked = day(&["FIRST_RESPONSE_TIME", "MESSAGES_IN"], "UTC", "DAY");
    for (definition, answered) in [
        (Value::Null, 1),
        (json!([{"metric": "FIRST_RESPONSE_TIME", "version": 1}]), 1),
        // A list of one may be written without brackets.
        (json!({"metric": "FIRST_RESPONSE_TIME", "version": 2}), 2),
    ] {
        let reports = ask(&journey, ANALYTICS, with(asked.clone(), "definition", definition), "/analytics").await?;
        let (report, count) = (&reports[0], &reports[1]);
        let defined = &report["definition"];
        ensure!(defined["version"] == answered && defined["versions"] == json!([1, 2]), "{report}");
        ensure!(defined["text"].as_str().is_some_and(|text| text.starts_with("The first human answer")), "{report}");
        ensure!(report["kind"] == "DURATION" && report["unit"] == "SECONDS", "{report}");
        ensure!(count["kind"] == "COUNT" && count["unit"] == "NUMBER", "{count}");
        let distribution = json!({"under1Hour": 1, "under4Hours": 0, "under8Hours": 0, "under24Hours": 0, "longer": 0});
        let five_minutes = json!({"count": 1, "sum": 300.0, "mean": 300.0, "median": 300.0, "p90": 300.0, "p95": 300.0,
                                  "distribution": distribution});
        for figures in [&report["series"][0]["total"], &report["series"][0]["buckets"][0]["figures"]] {
            ensure!(figures["clock"] == five_minutes && figures["businessHours"].is_null(), "{figures}");
            ensure!(figures["count"] == 1 && figures["value"] == 300.0, "{figures}");
        }
        // Drawn alike, a count says the same and leaves out what only durations have.
        let figures = &count["series"][0]["buckets"][0]["figures"];
        ensure!(figures["count"] == 3 && figures["value"] == 3.0 && figures["clock"].is_null(), "{figures}");
    }
    let report = ask(&journey, ANALYTICS, asked, "/analytics/0").await?;
    let events = behind(&journey, &report["series"][0]["total"]).await?;
    ensure!(events.len() == 1, "{events:?}");
    let (event, duration) = (&events[0], &events[0]["duration"]);
    ensure!(duration["seconds"] == 300 && duration["businessSeconds"].is_null(), "{duration}");
    ensure!(event["at"] == "2026-11-06T21:25:00Z" && duration["beganAt"] == "2026-11-06T21:20:00Z", "{event}");
    ensure!(duration["beganWith"].is_string() && duration["beganWith"] != event["event"], "{event}");
    Ok(())
}

#[tokio::test]
async fn what_is_open_now_and_what_was_resolved_are_told_apart() -> Result<()> {
    let journey = an_evening().await?;
    let open = async |asked: Value, expected: [u64; 3]| {
        eventually("it is counted what is open", || async {
            let counts = ask(&journey, OPEN, asked.clone(), "/conversationCounts").await?;
            let of = ["open", "unattended", "unassigned"].map(|name| counts[name].as_u64());
            ensure!(of == expected.map(Some), "{asked}: {counts}");
            Ok(())
        })
        .await
    };
    open(json!({}), [2, 1, 2]).await?;
    let conversation = journey.graphql.conversations().await?.remove(0);
    let installation = &shared().await?.installation;
    let member = Colleague::join(installation, &journey.graphql, "AGENT", json!({})).await?.id;
    journey.graphql.assign_conversation(&conversation.id, &member).await?;
    open(json!({"of": {"assigneeId": {"eq": member}}}), [1, 0, 0]).await?;
    open(json!({"of": {"channelId": {"eq": conversation.channel.id}}}), [2, 1, 1]).await?;
    // What is behind the number.
    open(json!({"of": {"isUnattended": true}}), [1, 1, 1]).await?;
    for _ in 0..2 {
        journey.graphql.resolve_conversation(&conversation.id).await?;
        journey.graphql.reopen_conversation(&conversation.id).await?;
    }
    journey.graphql.resolve_conversation(&conversation.id).await?;
    open(json!({}), [1, 1, 1]).await?;

    // It was today, or yesterday if midnight has just passed.
    let now = database_clock().await?;
    let range = json!({"from": date(now - SignedDuration::from_hours(24)), "to": date(now)});
    let metrics = ["RESOLUTIONS", "CONVERSATIONS_RESOLVED", "CONTACTS_SERVED"];
    let asked = with(day(&metrics, "UTC", "WHOLE"), "range", range);
    let reports = ask(&journey, ANALYTICS, asked, "/analytics").await?;
    for (report, (kind, number)) in list(&reports)?.iter().zip([("COUNT", 3), ("DISTINCT", 1), ("DISTINCT", 1)]) {
        ensure!(report["kind"] == kind && report["series"][0]["total"]["count"] == number, "{report}");
        // Whichever number it is, it rests on all three resolves.
        ensure!(behind(&journey, &report["series"][0]["total"]).await?.len() == 3, "{report}");
    }
    Ok(())
}

#[tokio::test]
async fn business_hours_count_from_when_they_were_said() -> Result<()> {
    let journey = an_evening().await?;
    let hours = "{ businessHours { timeZone week { weekday hours } dates { date hours } } }";
    ensure!(ask(&journey, hours, json!({}), "/businessHours").await?.is_null());
    let every_day: Vec<Value> = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"]
        .map(|day| json!({"weekday": day, "hours": ["12:00-24:00", "00:00-12:00"]}))
        .into();
    let input = json!({"timeZone": "europe/rome", "week": every_day, "dates": [{"date": "2020-12-25", "hours": []}],
                       "idempotencyKey": "hours"});
    let set = ask(&journey, SET_HOURS, json!({"input": input}), "/setBusinessHours").await?;
    ensure!(set["userErrors"] == json!([]) && set["stale"].is_null() && set["position"].is_u64(), "{set}");
    let said = &set["businessHours"];
    ensure!(
        said["timeZone"] == "Europe/Rome" && said["dates"] == json!([{"date": "2020-12-25", "hours": []}]),
        "{set}"
    );
    ensure!(said["week"][0] == json!({"weekday": "MONDAY", "hours": ["00:00-12:00", "12:00-24:00"]}), "{set}");
    ensure!(ask(&journey, hours, json!({}), "/businessHours").await? == *said);
    ensure!(ask(&journey, SET_HOURS, json!({"input": input}), "/setBusinessHours").await? == set);
    let mut other = input.clone();
    other["dates"] = json!([]);
    let reused = ask(&journey, SET_HOURS, json!({"input": other}), "/setBusinessHours/userErrors").await?;
    ensure!(reused == json!([{"code": "IDEMPOTENCY_KEY_REUSED", "field": "idempotencyKey"}]), "{reused}");

    // What begins from now on is measured by them as well.
    let now = database_clock().await?.as_second() + 2;
    let hello = Text { timestamp: now, ..text("919820099999", "c1", 0, "Are you open?") };
    journey.receive(&[hello]).await?;
    answer(&journey, "919820099999", "c2", now + 30).await?;
    let range = json!({"from": date(database_clock().await? - SignedDuration::from_hours(24)),
                       "to": date(database_clock().await? + SignedDuration::from_hours(1))});
    let asked = with(day(&["FIRST_RESPONSE_TIME"], "UTC", "WHOLE"), "range", range);
    eventually("the answer is measured", || async {
        let total = ask(&journey, ANALYTICS, asked.clone(), "/analytics/0/series/0/total").await?;
        let events = behind(&journey, &total).await?;
        let durations: Vec<&Value> = events.iter().map(|event| &event["duration"]).collect();
        ensure!(durations.len() == 1, "{durations:?}");
        ensure!(durations[0]["businessSeconds"] == durations[0]["seconds"], "{durations:?}");
        ensure!(total["businessHours"] == total["clock"], "{total}");
        Ok(())
    })
    .await?;

    let removed = ask(&journey, REMOVE_HOURS, json!({"input": {}}), "/removeBusinessHours").await?;
    ensure!(removed["businessHours"].is_null() && removed["userErrors"] == json!([]), "{removed}");
    ensure!(removed["position"].as_i64() > set["position"].as_i64(), "{removed}");
    let again = ask(&journey, REMOVE_HOURS, json!({"input": {}}), "/removeBusinessHours").await?;
    ensure!(again == removed, "there were none any more: {again}");

    for (field, odd) in [
        ("timeZone", json!({"timeZone": "Europe/Atlantis", "week": every_day})),
        ("week", json!({"timeZone": "UTC", "week": []})),
        ("week.hours", json!({"timeZone": "UTC", "week": [{"weekday": "MONDAY", "hours": ["13:00-09:00"]}]})),
        ("week", json!({"timeZone": "UTC", "week": [{"weekday": "MONDAY", "hours": ["09:00-13:00", "12:00-14:00"]}]})),
    ] {
        let answer = journey.graphql.send(SET_HOURS, &json!({"input": odd})).await?;
        let told = &answer.body["data"]["setBusinessHours"]["userErrors"][0];
        ensure!(told["code"] == "INVALID", "{odd}: {}", answer.body);
        ensure!(told["field"] == field, "{odd}: {}", answer.body);
    }
    for odd in [
        json!({"timeZone": "UTC", "week": [{"weekday": "SOMEDAY", "hours": ["09:00-13:00"]}]}),
        json!({"timeZone": "UTC", "week": every_day, "dates": [{"date": "2026-02-30", "hours": []}]}),
    ] {
        let answer = journey.graphql.send(SET_HOURS, &json!({"input": odd})).await?;
        ensure!(answer.code() == Some("BAD_USER_INPUT"), "{odd}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn what_asks_for_too_much_or_makes_no_sense_is_refused() -> Result<()> {
    let journey = an_evening().await?;
    let conversation = journey.graphql.conversations().await?.remove(0);
    let asked = |metrics: &[&str]| day(metrics, "UTC", "DAY");
    let days = |from: &str, to: &str, interval: &str| {
        with(day(&["MESSAGES_IN"], "UTC", interval), "range", json!({"from": from, "to": to}))
    };
    let filtered = |filter: Value| with(asked(&["MESSAGES_IN"]), "filter", filter);
    let defined = |metric: &str, version: Value| {
        with(asked(&["REPLY_TIME"]), "definition", json!([{"metric": metric, "version": version}]))
    };
    let values = ask(&journey, METRICS, json!({}), "/__type/enumValues").await?;
    let every: Vec<&str> = list(&values)?.iter().filter_map(|value| value["name"].as_str()).collect();
    ensure!(every.len() == 24, "{every:?}");
    let (bad, too_complex) = (Some("BAD_USER_INPUT"), Some("QUERY_TOO_COMPLEX"));
    for (variables, code) in [
        (asked(&every[..12]), None),
        (asked(&every[12..]), None),
        (asked(&every[..13]), bad),
        (asked(&[]), bad),
        (asked(&["MESSAGES_IN", "REPLY_TIME", "MESSAGES_IN"]), bad),
        (asked(&["MESSAGES_LOST"]), bad),
        (days("2026-01-01", "2027-01-01", "DAY"), None),
        (days("2026-01-01", "2027-01-02", "WHOLE"), bad),
        (days(DAY, "2026-11-05", "DAY"), bad),
        (days("2026-02-30", DAY, "DAY"), bad),
        (days("9999-12-31", "9999-12-31", "DAY"), bad),
        (days("2026-10-01", "2026-12-15", "HOUR"), bad),
        (days("2026-01-01", "2026-12-31", "QUARTER_HOUR"), too_complex),
        (days(DAY, DAY, "FORTNIGHT"), bad),
        (day(&["MESSAGES_IN"], "Europe/Atlantis", "DAY"), bad),
        (day(&["MESSAGES_IN"], "+02:00", "DAY"), bad),
        (filtered(json!({"memberId": "somebody"})), bad),
        (filtered(json!({"channelId": conversation.id})), bad),
        (filtered(json!({"channelId": "nowhere"})), bad),
        (filtered(json!({"memberId": MEMBER, "without": ["MEMBER"]})), bad),
        (filtered(json!({"memberId": MEMBER, "without": ["SOURCE"]})), None),
        (defined("REPLY_TIME", json!(1)), None),
        (defined("REPLY_TIME", json!(2)), bad),
        (defined("REPLY_TIME", json!(65_537)), bad),
        (defined("REPLY_TIME", json!("first")), bad),
        (defined("FIRST_RESPONSE_TIME", json!(1)), bad),
    ] {
        let answer = journey.graphql.send(ASKED, &variables).await?;
        ensure!(answer.code() == code, "{variables}: {}", answer.body);
    }
    for variables in
        [json!({"of": {"channelId": {"eq": conversation.id}}}), json!({"of": {"assigneeId": {"eq": "somebody"}}})]
    {
        let answer = journey.graphql.send(OPEN, &variables).await?;
        ensure!(answer.code() == bad, "{variables}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn events_come_from_both_ends_and_cursors_belong_to_one_value() -> Result<()> {
    let journey = an_evening().await?;
    let metrics = ["MESSAGES_IN", "CONVERSATIONS_OPENED", "FIRST_RESPONSE_TIME"];
    let reports = ask(&journey, ANALYTICS, day(&metrics, "UTC", "WHOLE"), "/analytics").await?;
    let cell = |nth: usize| reports[nth]["series"][0]["total"]["cell"].clone();
    let page = async |asked: Value| ask(&journey, EVENTS, page_of(&cell(0), &asked), "/analyticsEvents").await;
    let times = |page: &Value| -> Result<Vec<Value>> {
        Ok(list(&page["edges"])?.iter().map(|edge| edge["node"]["at"].clone()).collect())
    };
    let [earliest, middle, latest] = ["2026-11-06T21:20:00Z", "2026-11-06T21:21:00Z", "2026-11-06T21:22:00Z"];
    let first = page(json!({"first": 2})).await?;
    ensure!(times(&first)? == [latest, middle] && first["totalCount"] == 3, "{first}");
    ensure!(first["pageInfo"]["hasNextPage"] == true && first["pageInfo"]["hasPreviousPage"] == false, "{first}");
    let next = page(json!({"first": 2, "after": first["pageInfo"]["endCursor"]})).await?;
    ensure!(times(&next)? == [earliest] && next["pageInfo"]["hasNextPage"] == false, "{next}");
    let last = page(json!({"last": 2})).await?;
    ensure!(times(&last)? == [middle, earliest] && last["pageInfo"]["hasPreviousPage"] == true, "{last}");
    let previous = page(json!({"last": 2, "before": last["pageInfo"]["startCursor"]})).await?;
    ensure!(times(&previous)? == [latest] && previous["pageInfo"]["hasPreviousPage"] == false, "{previous}");

    let cursor = &first["pageInfo"]["endCursor"];
    for odd in [
        json!({"of": cell(1), "after": cursor}),
        json!({"of": cell(2), "before": cursor}),
        json!({"of": cell(0), "after": "tomorrow"}),
        json!({"of": cell(0), "first": 101}),
        json!({"of": cell(0), "first": -1}),
        json!({"of": cell(0), "last": 101}),
        json!({"of": cell(0), "first": 1, "last": 1}),
        json!({"of": "nothing"}),
        json!({"of": journey.graphql.conversations().await?.remove(0).id}),
    ] {
        let answer = journey.graphql.send(EVENTS, &page_of(&odd["of"], &odd)).await?;
        let has_cursor = odd.get("after").or(odd.get("before")).is_some();
        let code = if has_cursor { "INVALID_CURSOR" } else { "BAD_USER_INPUT" };
        ensure!(answer.code() == Some(code), "{odd}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn a_metric_that_cannot_be_answered_leaves_the_others() -> Result<()> {
    let journey = an_evening().await?;
    // Whoever has a conversation and loses it to the next one has handled it for a while.
    let conversation = journey.graphql.conversations().await?.remove(0);
    let installation = &shared().await?.installation;
    for _ in 1..=4 {
        let member = Colleague::join(installation, &journey.graphql, "AGENT", json!({})).await?.id;
        journey.graphql.assign_conversation(&conversation.id, &member).await?;
    }
    let today = date(database_clock().await?);
    let range = json!({"from": today - 59.days(), "to": today});
    let asked = day(&["CONTACTS_SERVED", "HANDLING_TIME", "RESOLUTIONS"], "UTC", "HOUR");
    let asked = with(with(asked, "range", range), "by", json!("MEMBER"));
    eventually("three members have handled it", || async {
        let answer = journey.graphql.send(ASKED, &asked).await?;
        let reports = &answer.body["data"]["analytics"];
        ensure!(reports[1]["metric"] == "HANDLING_TIME" && reports[1]["series"].is_null(), "{}", answer.body);
        ensure!(answer.code() == Some("QUERY_TOO_COMPLEX"), "{}", answer.body);
        ensure!(answer.body["errors"][0]["path"] == json!(["analytics", 1, "series"]), "{}", answer.body);
        ensure!(list(&answer.body["errors"])?.len() == 1, "{}", answer.body);
        ensure!(reports[0]["series"] == json!([]) && reports[2]["series"] == json!([]), "{}", answer.body);
        Ok(())
    })
    .await
}
