use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::Text;
use leadflow_tests::export::CanonicalExport;
use leadflow_tests::graphql::inbox::Conversation;

use super::begin::{Journey, text};

const ASHA: &str = "919820012348";

#[tokio::test]
async fn what_another_tenant_has_does_not_exist() -> Result<()> {
    let (ours, theirs) = (Journey::begin().await?, Journey::begin().await?);
    let hello = text(ASHA, "hello", 0, "A secret between us");
    ours.receive(std::slice::from_ref(&hello)).await?;
    ours.shows(std::slice::from_ref(&hello)).await?;
    let conversation = ours.graphql.conversations().await?.remove(0);
    let lead = ours.graphql.leads().await?.remove(0);

    assert_eq!(CanonicalExport::read(&theirs.graphql).await?.message_count(), 0);
    assert_eq!(theirs.graphql.leads().await?, []);
    assert_eq!(theirs.graphql.conversation(&conversation.id).await?, None);
    assert_eq!(theirs.graphql.lead(&lead.id).await?, None);
    for id in [&conversation.id, &lead.id] {
        assert!(ours.graphql.node_type(id).await?.is_some());
        assert_eq!(theirs.graphql.node_type(id).await?, None);
    }
    for payload in [
        theirs.graphql.mark_conversation_read(&conversation.id).await?,
        theirs.graphql.resolve_conversation(&conversation.id).await?,
    ] {
        assert_eq!(payload.conversation, None);
        let codes: Vec<&str> = payload.user_errors.iter().map(|error| &*error.code).collect();
        assert_eq!(codes, ["NOT_FOUND"]);
    }
    // And nothing was done to it: still unread, still open.
    ours.shows(&[hello]).await
}

#[tokio::test]
async fn one_person_who_writes_to_two_businesses_is_two_contacts() -> Result<()> {
    let (one, other) = (Journey::begin().await?, Journey::begin().await?);
    // The same provider id too: ids are the provider's promise within one number, and no more.
    let to = |body: &str| -> [Text; 1] { [text(ASHA, "same", 0, body)] };
    one.receive(&to("Hi, one!")).await?;
    other.receive(&to("Hi, other!")).await?;
    one.shows(&to("Hi, one!")).await?;
    other.shows(&to("Hi, other!")).await?;
    let (one, other) = (one.graphql.conversations().await?.remove(0), other.graphql.conversations().await?.remove(0));
    let contact = |conversation: &Conversation| conversation.contact.as_ref().map(|contact| contact.id.clone());
    assert_ne!(contact(&one), contact(&other));
    assert_ne!(one.id, other.id);
    Ok(())
}
