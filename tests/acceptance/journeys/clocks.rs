//! Whose clock counts: the provider's, as far as it can be true by the database's. The host's own decides nothing.

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use leadflow_gateways::whatsapp::simulator::{self, Text};
use leadflow_tests::export::CanonicalExport;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use serde_json::json;

use super::begin::{Journey, shared};

/// Longer than a delivery takes on a busy machine, and shorter than what is told apart here.
const MOMENT: SignedDuration = SignedDuration::from_mins(3);

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(crate) async fn database_clock() -> Result<Timestamp> {
    let sql = "select floor(extract(epoch from clock_timestamp()))::bigint";
    let told =
        shared().await?.installation.leadflow(&["db", "psql", "--", "-At", "-c", sql]).await?.succeeded()?.stdout;
    Ok(Timestamp::from_second(told.trim().parse()?)?)
}

/// When a message that says it is of `timestamp` counts as sent, and until when it opens the window.
async fn counts(timestamp: i64) -> Result<(Timestamp, Timestamp)> {
    let journey = Journey::begin().await?;
    let text = Text {
        from: "919820012353".into(),
        name: "Asha Rao".into(),
        id: "wamid.clock".into(),
        timestamp,
        body: "What time is it?".into(),
    };
    journey.receive(&[text]).await?;
    let export = shown(&journey).await?;
    let conversation = export.conversations.first().context("a conversation")?;
    ensure!(conversation.last_activity_at == conversation.messages[0].sent_at, "{conversation:?}");
    Ok((conversation.messages[0].sent_at, conversation.window_open_until.context("a window")?))
}

/// What the inbox holds, once it holds something.
async fn shown(journey: &Journey) -> Result<CanonicalExport> {
    eventually("it is shown", || async {
        let export = CanonicalExport::read(&journey.graphql).await?;
        ensure!(!export.conversations.is_empty());
        Ok(export)
    })
    .await
}

fn is_about(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).abs() < MOMENT
}

#[tokio::test]
async fn a_provider_s_clock_that_is_ahead_moves_no_window_and_days_ahead_are_no_time() -> Result<()> {
    let now = database_clock().await?;
    let ahead = |by: jiff::Span| Ok::<_, anyhow::Error>(now.checked_add(by)?.as_second());

    // As far ahead as clocks may be.
    let told = ahead(2.minutes())?;
    let (sent, window) = counts(told).await?;
    assert_eq!((sent.as_second(), window), (told, sent + DAY));

    let told = ahead(12.hours())?;
    let (sent, window) = counts(told).await?;
    assert_eq!(sent.as_second(), told, "it is kept as it was told");
    assert!(is_about(window, now + SignedDuration::from_mins(5) + DAY), "{window}");

    for told in [ahead(72.hours())?, 99_999_999_999, 0, -5] {
        let (sent, window) = counts(told).await?;
        assert!(is_about(sent, now), "{told}: {sent}");
        assert_eq!(window, sent + DAY, "{told}");
    }
    Ok(())
}

#[tokio::test]
async fn what_comes_years_late_is_of_its_own_time() -> Result<()> {
    let told = 1_230_768_000;
    let (sent, window) = counts(told).await?;
    assert_eq!((sent.as_second(), window), (told, sent + DAY), "its window closed long ago");
    Ok(())
}

#[tokio::test]
async fn a_status_from_days_ahead_is_of_when_it_was_received() -> Result<()> {
    let journey = Journey::begin().await?;
    let now = database_clock().await?;
    let echo = json!({
        "to": "919820012354", "id": "wamid.clock", "timestamp": now.as_second().to_string(), "type": "text",
        "text": {"body": "Noon."},
    });
    let ahead = now.checked_add(72.hours())?.as_second().to_string();
    let status =
        json!({"id": "wamid.clock", "status": "delivered", "timestamp": ahead, "recipient_id": "919820012354"});
    let changes =
        [("smb_message_echoes", json!({ "message_echoes": [echo] })), ("messages", json!({ "statuses": [status] }))];
    let body = simulator::changes(&journey.business.number, &changes);
    Sender::new(shared().await?.server.address(), 1)?.deliver(&[body]).await?;
    shared().await?.installation.settle().await?;
    let export = CanonicalExport::read(&journey.graphql).await?;
    let shown = &export.conversations[0].messages[0].more["deliveredAt"];
    let delivered: Timestamp = shown.trim_matches('"').parse()?;
    assert!(is_about(delivered, now), "{delivered}");
    Ok(())
}
