//! What people of a business do with a conversation among themselves.

use anyhow::{Result, ensure};
use jiff::SignedDuration;
use leadflow_tests::colleagues::Colleague;
use leadflow_tests::graphql::inbox::{Conversation, ConversationPayload};
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};
use super::clocks::database_clock;

const ASHA: &str = "919820012345";
const BEA: &str = "919820012346";

/// A business to which two people have written: what it sees of Asha's conversation.
async fn two_have_written() -> Result<(Journey, Conversation)> {
    let journey = Journey::begin().await?;
    let hello = [text(BEA, "other", 0, "Good morning"), text(ASHA, "hello", 1, "Is the blue one still there?")];
    journey.receive(&hello).await?;
    journey.shows(&hello).await?;
    let conversation = journey.graphql.conversations().await?.remove(0);
    Ok((journey, conversation))
}

fn done(payload: ConversationPayload) -> Result<()> {
    ensure!(payload.user_errors.is_empty() && !payload.position.is_null(), "{payload:?}");
    Ok(())
}

fn refused(payload: &ConversationPayload, code: &str) -> Result<()> {
    ensure!(payload.user_errors.len() == 1 && payload.user_errors[0].code == code, "not {code}: {payload:?}");
    Ok(())
}

/// Waits until Asha's conversation is as it should be.
async fn shows(journey: &Journey, id: &str, is_right: impl Fn(&Conversation) -> bool) -> Result<()> {
    eventually("the conversation is as it should be", || async {
        let shown = journey.graphql.conversation(id).await?;
        ensure!(shown.as_ref().is_some_and(&is_right), "{shown:?}");
        Ok(())
    })
    .await
}

/// Waits until so many conversations are open, snoozed, resolved, unassigned and unread.
async fn counts(journey: &Journey, expected: [u64; 5]) -> Result<()> {
    let document = "{ conversationCounts { open snoozed resolved unassigned unread } }";
    eventually("they are counted", || async {
        let counts: Value = journey.graphql.ask(document, &json!({}), "/conversationCounts").await?;
        let of = ["open", "snoozed", "resolved", "unassigned", "unread"].map(|name| counts[name].as_u64());
        ensure!(of == expected.map(Some), "{counts}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_conversation_is_somebody_s_and_of_some_kind() -> Result<()> {
    let (journey, Conversation { id, .. }) = two_have_written().await?;
    let graphql = &journey.graphql;
    counts(&journey, [2, 0, 0, 2, 2]).await?;

    let installation = &shared().await?.installation;
    let member = Colleague::join(installation, graphql, "AGENT", json!({})).await?.id;
    let colleague = Colleague::join(installation, graphql, "AGENT", json!({})).await?.id;

    // Doing it twice is fine.
    for member in [&member, &colleague, &colleague] {
        done(graphql.assign_conversation(&id, member).await?)?;
    }
    for label in ["vip", "VIP", "Returns", " VIP "] {
        done(graphql.label_conversation(&id, label).await?)?;
    }
    done(graphql.unlabel_conversation(&id, "vip").await?)?;
    shows(&journey, &id, |shown| {
        shown.assignee.as_ref().is_some_and(|member| member.id == colleague) && shown.labels == ["Returns", "VIP"]
    })
    .await?;
    counts(&journey, [2, 0, 0, 1, 2]).await?;
    done(graphql.unassign_conversation(&id).await?)?;
    shows(&journey, &id, |shown| shown.assignee.is_none()).await?;
    counts(&journey, [2, 0, 0, 2, 2]).await?;

    for nth in 2..50 {
        done(graphql.label_conversation(&id, &format!("Label {nth}")).await?)?;
    }
    refused(&graphql.label_conversation(&id, "One more").await?, "TOO_MANY")?;
    for wrong in ["", " ", "a\nb", &"x".repeat(51)] {
        refused(&graphql.label_conversation(&id, wrong).await?, "INVALID")?;
    }
    ensure!(graphql.assign_conversation(&id, "somebody").await.is_err(), "a member has a uuid");
    let nobody = "6f1b8c1e-0000-4000-8000-000000000001";
    refused(&graphql.assign_conversation(&id, nobody).await?, "NOT_FOUND")?;
    Ok(())
}

#[tokio::test]
async fn it_waits_until_a_time_or_until_the_customer_writes() -> Result<()> {
    let (journey, Conversation { id, .. }) = two_have_written().await?;
    let graphql = &journey.graphql;
    let now = database_clock().await?;
    let tomorrow = now + SignedDuration::from_hours(24);

    refused(&graphql.snooze_conversation(&id, now - SignedDuration::from_secs(1)).await?, "NOT_IN_THE_FUTURE")?;
    done(graphql.snooze_conversation(&id, tomorrow).await?)?;
    shows(&journey, &id, |shown| {
        shown.status == "SNOOZED" && shown.snoozed_until.as_deref() == Some(&*tomorrow.to_string())
    })
    .await?;
    counts(&journey, [1, 1, 0, 1, 2]).await?;

    let is_open = |shown: &Conversation| shown.status == "OPEN" && shown.snoozed_until.is_none();
    journey.receive(&[text(ASHA, "again", 2, "Hello?")]).await?;
    shows(&journey, &id, is_open).await?;

    // Until a moment that comes while we look.
    done(graphql.snooze_conversation(&id, tomorrow).await?)?;
    let soon = database_clock().await? + SignedDuration::from_secs(2);
    done(graphql.snooze_conversation(&id, soon).await?)?;
    shows(&journey, &id, is_open).await?;
    ensure!(database_clock().await? >= soon, "it woke too early");

    done(graphql.resolve_conversation(&id).await?)?;
    refused(&graphql.snooze_conversation(&id, tomorrow).await?, "WRONG_STATUS")?;
    counts(&journey, [1, 0, 1, 1, 2]).await?;
    for _ in 0..2 {
        done(graphql.reopen_conversation(&id).await?)?;
    }
    shows(&journey, &id, is_open).await
}

#[tokio::test]
async fn notes_are_for_colleagues_and_end_with_whom_they_are_about() -> Result<()> {
    let (journey, conversation) = two_have_written().await?;
    let (graphql, id) = (&journey.graphql, &conversation.id);
    for note in ["She always asks.", "Blue is sold out;\noffer her red."] {
        done(graphql.add_conversation_note(id, note).await?)?;
    }
    let become_these = async |expected: [Option<&str>; 2]| {
        eventually("the notes are as they should be", || async {
            let notes = graphql.notes(id).await?;
            let texts: Vec<_> = notes.iter().map(|note| note.text.as_deref()).collect();
            ensure!(texts == expected, "{texts:?}");
            Ok(())
        })
        .await
    };
    become_these([Some("Blue is sold out;\noffer her red."), Some("She always asks.")]).await?;
    ensure!(graphql.messages(id).await?.len() == 1, "a note is no message");
    ensure!(
        graphql.conversation(id).await?.is_some_and(|shown| shown.last_activity_at == conversation.last_activity_at)
    );

    let stranger = Journey::begin().await?.graphql;
    refused(&stranger.add_conversation_note(id, "Whose is this?").await?, "NOT_FOUND")?;
    let note = graphql.notes(id).await?.remove(0).id;
    ensure!(graphql.node_type(&note).await?.as_deref() == Some("Note") && stranger.node_type(&note).await?.is_none());

    let erase = "mutation ($id: ID!) { eraseContact(input: { contactId: $id }) { userErrors { code } } }";
    let asha = conversation.contact.map(|contact| contact.id);
    let erased: Value = graphql.ask(erase, &json!({"id": asha}), "/eraseContact/userErrors").await?;
    ensure!(erased == json!([]), "{erased}");
    become_these([None, None]).await?;
    refused(&graphql.add_conversation_note(id, "Who was she?").await?, "ERASED")
}
