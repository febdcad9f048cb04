use anyhow::{Result, ensure};
use leadflow_tests::patience::eventually;

use super::begin::{Journey, text};

const ASHA: &str = "919820012345";

#[tokio::test]
async fn an_urgent_conversation_says_so() -> Result<()> {
    let journey = Journey::begin().await?;
    let hello = text(ASHA, "hello", 0, "My kitchen is under water!");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(&[hello]).await?;
    let conversation = journey.graphql.conversations().await?.remove(0);
    assert_eq!(conversation.priority, "NONE");

    // Doing it twice is fine.
    for _ in 0..2 {
        let payload = journey.graphql.set_conversation_priority(&conversation.id, "URGENT").await?;
        ensure!(payload.user_errors.is_empty() && !payload.position.is_null(), "{payload:?}");
    }
    eventually("the conversation is urgent", || async {
        let shown = journey.graphql.conversation(&conversation.id).await?;
        ensure!(shown.as_ref().is_some_and(|shown| shown.priority == "URGENT"), "{shown:?}");
        Ok(())
    })
    .await?;

    let unknown = journey.graphql.set_conversation_priority(&conversation.id, "WHENEVER").await;
    assert!(unknown.is_err(), "{unknown:?}");
    Ok(())
}
