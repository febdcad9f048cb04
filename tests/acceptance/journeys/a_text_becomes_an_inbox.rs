use anyhow::{Context as _, Result, ensure};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::graphql::inbox::{Conversation, ConversationPayload};
use leadflow_tests::patience::eventually;

use super::begin::{Journey, text};

const ASHA: &str = "919820012345";

/// Waits until `id` has so many unread messages and this status.
async fn comes_to(graphql: &GraphQl, id: &str, unread: u64, status: &str) -> Result<()> {
    eventually("the conversation changes", || async {
        let shown = graphql.conversation(id).await?.context("the conversation is gone")?;
        ensure!((shown.unread_count, shown.status.as_str()) == (unread, status), "{shown:?}");
        Ok(())
    })
    .await
}

/// What a mutation shows: the conversation as it is afterwards, or word that the read model lags behind.
fn shown(payload: ConversationPayload) -> Result<Option<Conversation>> {
    ensure!(payload.user_errors.is_empty(), "{payload:?}");
    ensure!(!payload.position.is_null(), "{payload:?}");
    let conversation = payload.conversation.context("no conversation, and no refusal either")?;
    Ok(payload.stale.is_none().then_some(conversation))
}

#[tokio::test]
async fn a_signed_text_becomes_a_conversation_a_message_and_a_lead() -> Result<()> {
    let journey = Journey::begin().await?;
    let hello = text(ASHA, "hello", 0, "Hi! Is this still available?");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(&[hello]).await?;

    let conversations = journey.graphql.conversations().await?;
    let leads = journey.graphql.leads().await?;
    let ([conversation], [lead]) = (&conversations[..], &leads[..]) else {
        panic!("{conversations:?} {leads:?}");
    };
    let last = conversation.last_message.as_ref().context("no lastMessage")?;
    assert_eq!(last.text.as_deref(), Some("Hi! Is this still available?"));
    assert_eq!(journey.graphql.conversation(&conversation.id).await?.as_ref(), Some(conversation));
    assert_eq!(journey.graphql.lead(&lead.id).await?.as_ref(), Some(lead));
    assert_eq!(journey.graphql.node_type(&conversation.id).await?.as_deref(), Some("Conversation"));
    assert_eq!(journey.graphql.node_type(&lead.id).await?.as_deref(), Some("Lead"));
    Ok(())
}

#[tokio::test]
async fn it_is_read_resolved_and_opened_again_by_the_customer() -> Result<()> {
    let journey = Journey::begin().await?;
    let (hello, anybody) = (text(ASHA, "hello", 0, "Hi!"), text(ASHA, "anybody", 5, "Anybody there?"));
    journey.receive(&[hello.clone(), anybody.clone()]).await?;
    journey.shows(&[hello.clone(), anybody.clone()]).await?;
    let id = journey.graphql.conversations().await?.remove(0).id;

    // Doing it twice is fine.
    for _ in 0..2 {
        if let Some(conversation) = shown(journey.graphql.mark_conversation_read(&id).await?)? {
            assert_eq!(conversation.unread_count, 0);
        }
    }
    comes_to(&journey.graphql, &id, 0, "OPEN").await?;

    for _ in 0..2 {
        if let Some(conversation) = shown(journey.graphql.resolve_conversation(&id).await?)? {
            assert_eq!(conversation.status, "RESOLVED");
        }
    }
    comes_to(&journey.graphql, &id, 0, "RESOLVED").await?;

    // Meta delivers one that was read long ago once more: neither unread again nor a reason to open it.
    let thanks = text(ASHA, "thanks", 90, "One more thing");
    journey.receive(&[hello, thanks]).await?;
    comes_to(&journey.graphql, &id, 1, "OPEN").await?;
    assert_eq!(journey.graphql.messages(&id).await?.len(), 3);
    Ok(())
}
