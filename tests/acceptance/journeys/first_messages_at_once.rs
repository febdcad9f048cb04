use std::collections::BTreeSet;

use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::Text;
use leadflow_tests::sender::Sender;

use super::begin::{Journey, shared, text};

#[tokio::test]
async fn fifty_first_messages_of_one_person_at_once_are_one_person() -> Result<()> {
    let journey = Journey::begin().await?;
    let texts: Vec<Text> =
        (0..50).map(|n| text("4915123456789", &format!("first-{n}"), n % 7, &format!("Message {n}"))).collect();
    let bodies: Vec<Vec<u8>> = texts.iter().map(|text| journey.business.webhook(text)).collect();
    Sender::new(shared().await?.server.address(), bodies.len())?.deliver(&bodies).await?;
    journey.shows(&texts).await?;

    let conversations = journey.graphql.conversations().await?;
    let leads = journey.graphql.leads().await?;
    assert_eq!((conversations.len(), leads.len()), (1, 1));
    assert_eq!(conversations[0].unread_count, 50);
    let contacts: BTreeSet<Option<&str>> =
        [conversations[0].contact.as_ref(), Some(&leads[0].contact)].map(|contact| Some(&*contact?.id)).into();
    assert_eq!(contacts.len(), 1);
    Ok(())
}
