//! How much there was, how long it took, and the events behind each number; nobody sees another's.

use anyhow::{Context as _, Result, ensure};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use leadflow_gateways::whatsapp::simulator::{self, Text};
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};
use super::clocks::database_clock;

const ASHA: &str = "919820012345";
const BO: &str = "919820054321";
const MEMBER: &str = "6f1b8c1e-0000-4000-8000-000000000001";

/// The day on which the customers wrote, at 21:20 UTC: in India it was the next one by then.
const DAY: &str = "2026-11-06";

const COUNTS: &str = "query ($metric: CountMetric!, $range: ReportRangeInput!, $filter: ReportFilterInput,
        $by: ReportDimension) {
    countReport(metric: $metric, range: $range, filter: $filter, groupBy: $by) {
        group { channelId memberId source } total buckets { from until count } } }";

const COUNTED: &str = "query ($of: CountedEventsInput!, $first: Int!, $after: String) {
    countReportEvents(of: $of, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { cursor node { conversationId at memberId source event } } } }";

const DURATIONS: &str = "query ($metric: DurationMetric!, $version: Int, $range: ReportRangeInput!,
        $filter: ReportFilterInput, $by: ReportDimension) {
    durationReport(metric: $metric, version: $version, range: $range, filter: $filter, groupBy: $by) {
        metric version definition versions
        series { group { channelId memberId source } buckets { from until clock { ...figures } businessHours { ...figures } } }
    } }
    fragment figures on DurationFigures {
        count sum mean median p90 p95 distribution { under1Hour under4Hours under8Hours under24Hours longer } }";

const MEASURED: &str = "query ($of: MeasuredDurationsInput!, $first: Int!, $after: String) {
    durationReportEvents(of: $of, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { cursor node { conversationId memberId source beganAt endedAt seconds businessSeconds beganWith endedWith }
    } } }";

const RESOLUTIONS: &str = "query ($range: ReportRangeInput!) { resolutionReport(range: $range) {
    group { channelId memberId source } buckets { resolutions conversations contacts } } }";

const OPEN: &str =
    "query ($channel: ID, $member: ID) { openConversationCounts(channelId: $channel, memberId: $member) {
    open unattended unassigned } }";

const SET_HOURS: &str = "mutation ($input: SetBusinessHoursInput!) { setBusinessHours(input: $input) {
    businessHours { timeZone week { weekday hours } dates { date hours } } userErrors { code field } position stale } }";

const REMOVE_HOURS: &str = "mutation ($input: RemoveBusinessHoursInput!) { removeBusinessHours(input: $input) {
    businessHours { timeZone } userErrors { code field } position stale } }";

fn range(day: &str, zone: &str, interval: &str) -> Value {
    json!({"from": day, "to": day, "timeZone": zone, "interval": interval})
}

async fn ask(journey: &Journey, document: &str, variables: Value, at: &str) -> Result<Value> {
    journey.graphql.ask(document, &variables, at).await
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
            let whole = json!({"metric": metric, "range": range(DAY, "UTC", "WHOLE")});
            let series = ask(journey, COUNTS, whole, "/countReport").await?;
            ensure!(series[0]["total"] == *number, "{metric}: {series}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_number_of_a_report_lists_its_events() -> Result<()> {
    let journey = an_evening().await?;
    for (zone, interval, buckets) in
        [("UTC", "QUARTER_HOUR", 96), ("UTC", "HOUR", 24), ("Europe/Rome", "DAY", 1), ("UTC", "MONTH", 1)]
    {
        for (metric, total) in [("MESSAGES_IN", 3), ("CONVERSATIONS_OPENED", 2), ("MESSAGES_OUT_BOT", 0)] {
            let asked = json!({"metric": metric, "range": range(DAY, zone, interval)});
            let series = ask(&journey, COUNTS, asked, "/countReport").await?;
            ensure!(series[0]["total"] == total && series[0]["group"]["memberId"].is_null(), "{series}");
            let cut = series[0]["buckets"].as_array().context("buckets")?;
            ensure!(cut.len() == buckets && series.as_array().is_some_and(|series| series.len() == 1), "{series}");
            for bucket in cut.iter().filter(|bucket| interval != "QUARTER_HOUR" || bucket["count"] != 0) {
                let span = json!({"metric": metric, "from": bucket["from"], "until": bucket["until"]});
                let events: Vec<Value> =
                    journey.graphql.every(COUNTED, json!({"of": span}), "/countReportEvents").await?;
                ensure!(bucket["count"] == events.len(), "{bucket}: {events:?}");
            }
        }
    }
    // In India it was the next day.
    let asked = json!({"metric": "MESSAGES_IN", "range": range(DAY, "Asia/Kolkata", "DAY")});
    ensure!(ask(&journey, COUNTS, asked, "/countReport/0/total").await? == 0);

    let by_source = json!({"metric": "MESSAGES_IN", "range": range(DAY, "UTC", "WHOLE"), "by": "SOURCE"});
    let series = ask(&journey, COUNTS, by_source, "/countReport").await?;
    for group in series.as_array().context("series")? {
        let source = &group["group"]["source"];
        let filter = if source.is_null() { json!({"without": ["SOURCE"]}) } else { json!({"source": source}) };
        let (from, until) = (&group["buckets"][0]["from"], &group["buckets"][0]["until"]);
        let span = json!({"metric": "MESSAGES_IN", "from": from, "until": until, "filter": filter});
        let events: Vec<Value> = journey.graphql.every(COUNTED, json!({"of": span}), "/countReportEvents").await?;
        ensure!(group["total"] == events.len() && events.iter().all(|event| event["source"] == *source), "{series}");
    }
    let channel = journey.graphql.conversations().await?.remove(0).channel.id;
    let by_channel = json!({"metric": "MESSAGES_IN", "range": range(DAY, "UTC", "WHOLE"), "by": "CHANNEL"});
    let series = ask(&journey, COUNTS, by_channel, "/countReport").await?;
    ensure!(series[0]["group"]["channelId"] == json!(channel) && series[0]["total"] == 3, "{series}");
    let other = json!({"metric": "MESSAGES_IN", "range": range(DAY, "UTC", "WHOLE"), "filter": {"memberId": MEMBER}});
    ensure!(ask(&journey, COUNTS, other, "/countReport/0/total").await? == 0, "nobody had it");

    let stranger = Journey::begin().await?;
    let asked = json!({"metric": "MESSAGES_IN", "range": range(DAY, "UTC", "WHOLE")});
    ensure!(ask(&stranger, COUNTS, asked, "/countReport/0/total").await? == 0);
    let span = json!({"metric": "MESSAGES_IN", "from": "2026-11-06T00:00:00Z", "until": "2026-11-07T00:00:00Z"});
    let theirs: Vec<Value> = stranger.graphql.every(COUNTED, json!({"of": span}), "/countReportEvents").await?;
    ensure!(theirs.is_empty(), "{theirs:?}");
    Ok(())
}

#[tokio::test]
async fn a_duration_says_how_long_and_by_which_definition() -> Result<()> {
    let journey = an_evening().await?;
    let asked = |version: Option<i32>| json!({"metric": "FIRST_RESPONSE_TIME", "version": version, "range": range(DAY, "UTC", "DAY")});
    for (version, answered) in [(None, 1), (Some(1), 1), (Some(2), 2)] {
        let report = ask(&journey, DURATIONS, asked(version), "/durationReport").await?;
        ensure!(report["version"] == answered && report["versions"] == json!([1, 2]), "{report}");
        ensure!(
            report["definition"].as_str().is_some_and(|says| says.starts_with("The first human answer")),
            "{report}"
        );
        let bucket = &report["series"][0]["buckets"][0];
        let distribution = json!({"under1Hour": 1, "under4Hours": 0, "under8Hours": 0, "under24Hours": 0, "longer": 0});
        let five_minutes = json!({"count": 1, "sum": 300.0, "mean": 300.0, "median": 300.0, "p90": 300.0, "p95": 300.0,
                                  "distribution": distribution});
        ensure!(bucket["clock"] == five_minutes && bucket["businessHours"].is_null(), "{bucket}");
    }
    let span =
        json!({"metric": "FIRST_RESPONSE_TIME", "from": "2026-11-06T00:00:00Z", "until": "2026-11-07T00:00:00Z"});
    let durations: Vec<Value> = journey.graphql.every(MEASURED, json!({"of": span}), "/durationReportEvents").await?;
    ensure!(durations.len() == 1, "{durations:?}");
    let duration = &durations[0];
    ensure!(duration["seconds"] == 300 && duration["businessSeconds"].is_null(), "{duration}");
    ensure!(
        duration["beganAt"] == "2026-11-06T21:20:00Z" && duration["endedAt"] == "2026-11-06T21:25:00Z",
        "{duration}"
    );
    ensure!(duration["beganWith"].is_string() && duration["beganWith"] != duration["endedWith"], "{duration}");
    let stranger = Journey::begin().await?;
    let theirs: Vec<Value> = stranger.graphql.every(MEASURED, json!({"of": span}), "/durationReportEvents").await?;
    ensure!(theirs.is_empty(), "{theirs:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_open_now_and_what_was_resolved_are_told_apart() -> Result<()> {
    let journey = an_evening().await?;
    let open = async |asked: Value, expected: [u64; 3]| {
        eventually("it is counted what is open", || async {
            let counts = ask(&journey, OPEN, asked.clone(), "/openConversationCounts").await?;
            let of = ["open", "unattended", "unassigned"].map(|name| counts[name].as_u64());
            ensure!(of == expected.map(Some), "{asked}: {counts}");
            Ok(())
        })
        .await
    };
    open(json!({}), [2, 1, 2]).await?;
    let conversation = journey.graphql.conversations().await?.remove(0);
    journey.graphql.assign_conversation(&conversation.id, MEMBER).await?;
    open(json!({"member": MEMBER}), [1, 0, 0]).await?;
    open(json!({"channel": conversation.channel.id}), [2, 1, 1]).await?;
    for _ in 0..2 {
        journey.graphql.resolve_conversation(&conversation.id).await?;
        journey.graphql.reopen_conversation(&conversation.id).await?;
    }
    journey.graphql.resolve_conversation(&conversation.id).await?;
    open(json!({}), [1, 1, 1]).await?;

    // It was today, or yesterday if midnight has just passed.
    let now = database_clock().await?;
    let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).date().to_string();
    let days = json!({"from": day(now - SignedDuration::from_hours(24)), "to": day(now), "timeZone": "UTC",
                      "interval": "WHOLE"});
    let report = ask(&journey, RESOLUTIONS, json!({"range": days}), "/resolutionReport").await?;
    let once = json!([{"resolutions": 3, "conversations": 1, "contacts": 1}]);
    ensure!(report[0]["buckets"] == once, "{report}");
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
    let span = json!({"metric": "FIRST_RESPONSE_TIME", "from": database_clock().await? - SignedDuration::from_mins(10),
                      "until": database_clock().await? + SignedDuration::from_mins(10)});
    eventually("the answer is measured", || async {
        let measured: Vec<Value> =
            journey.graphql.every(MEASURED, json!({"of": span}), "/durationReportEvents").await?;
        ensure!(measured.len() == 1, "{measured:?}");
        ensure!(measured[0]["businessSeconds"] == measured[0]["seconds"], "{measured:?}");
        Ok(())
    })
    .await?;

    let removed = ask(&journey, REMOVE_HOURS, json!({"input": {}}), "/removeBusinessHours").await?;
    ensure!(removed["businessHours"].is_null() && removed["userErrors"] == json!([]), "{removed}");
    ensure!(removed["position"].as_i64() > set["position"].as_i64(), "{removed}");
    let again = ask(&journey, REMOVE_HOURS, json!({"input": {}}), "/removeBusinessHours").await?;
    ensure!(again == removed, "there were none any more: {again}");

    for odd in [
        json!({"timeZone": "Europe/Atlantis", "week": every_day}),
        json!({"timeZone": "UTC", "week": []}),
        json!({"timeZone": "UTC", "week": [{"weekday": "MONDAY", "hours": ["13:00-09:00"]}]}),
        json!({"timeZone": "UTC", "week": [{"weekday": "MONDAY", "hours": ["09:00-13:00", "12:00-14:00"]}]}),
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
    let days =
        |from: &str, to: &str, interval: &str| json!({"from": from, "to": to, "timeZone": "UTC", "interval": interval});
    let filtered = |filter: Value| json!({"metric": "MESSAGES_IN", "range": days(DAY, DAY, "DAY"), "filter": filter});
    let counted = |range: Value| json!({"metric": "MESSAGES_IN", "range": range});
    let listed = |from: &str, until: &str, first: i64, after: Option<&str>| {
        let of = json!({"metric": "MESSAGES_IN", "from": from, "until": until});
        json!({"of": of, "first": first, "after": after})
    };
    let (midnight, next) = ("2026-11-06T00:00:00Z", "2026-11-07T00:00:00Z");
    let page = ask(&journey, COUNTED, listed(midnight, next, 1, None), "/countReportEvents/pageInfo").await?;
    let cursor = page["endCursor"].as_str().context("a cursor")?;
    let measured = |version: i64, after: Option<&str>| {
        let of = json!({"metric": "REPLY_TIME", "version": version, "from": midnight, "until": next});
        json!({"of": of, "first": 1, "after": after})
    };
    let (bad, too_complex) = (Some("BAD_USER_INPUT"), Some("QUERY_TOO_COMPLEX"));
    for (document, variables, code) in [
        (COUNTS, counted(days("2026-01-01", "2027-01-01", "DAY")), None),
        (COUNTS, counted(days("2026-01-01", "2027-01-02", "WHOLE")), bad),
        (COUNTS, counted(days(DAY, "2026-11-05", "DAY")), bad),
        (COUNTS, counted(days("2026-02-30", DAY, "DAY")), bad),
        (COUNTS, counted(days("2026-10-01", "2026-12-15", "HOUR")), bad),
        (COUNTS, counted(days("2026-01-01", "2026-12-31", "QUARTER_HOUR")), too_complex),
        (COUNTS, counted(range(DAY, "Europe/Atlantis", "DAY")), bad),
        (COUNTS, counted(range(DAY, "+02:00", "DAY")), bad),
        (COUNTS, counted(range(DAY, "UTC", "FORTNIGHT")), bad),
        (COUNTS, json!({"metric": "MESSAGES_LOST", "range": range(DAY, "UTC", "DAY")}), bad),
        (COUNTS, filtered(json!({"memberId": "somebody"})), bad),
        (COUNTS, filtered(json!({"channelId": conversation.id})), bad),
        (COUNTS, filtered(json!({"memberId": MEMBER, "without": ["MEMBER"]})), bad),
        (COUNTS, filtered(json!({"memberId": MEMBER, "without": ["SOURCE"]})), None),
        (COUNTED, listed(midnight, "2026-12-08T00:00:00Z", 1, None), None),
        (COUNTED, listed(midnight, "2026-12-08T00:00:01Z", 1, None), bad),
        (COUNTED, listed(midnight, midnight, 1, None), bad),
        (COUNTED, listed(midnight, next, 101, None), bad),
        (COUNTED, listed(midnight, next, -1, None), bad),
        (COUNTED, listed(midnight, next, 1, Some("tomorrow")), bad),
        (MEASURED, measured(1, None), None),
        (MEASURED, measured(1, Some(cursor)), bad),
        (MEASURED, measured(2, None), bad),
        (MEASURED, measured(65_537, None), bad),
        (OPEN, json!({"channel": conversation.id}), bad),
        (OPEN, json!({"member": "somebody"}), bad),
    ] {
        let answer = journey.graphql.send(document, &variables).await?;
        ensure!(answer.code() == code, "{variables}: {}", answer.body);
    }
    Ok(())
}
