use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::{Fault, Mishap, Seen, Status};

use super::desk::Desk;

#[tokio::test]
async fn whether_it_was_taken_is_told_by_its_status_and_it_is_never_sent_twice() -> Result<()> {
    let desk = Desk::open().await?;
    // Meta takes it, and its answer is lost.
    desk.shared.meta.plan(Fault::new(Mishap::ClosedAfter).to(&desk.customer));
    let id = desk.writes("One").await?;
    let taken = desk.taken(1).await?;
    desk.becomes(&id, "UNKNOWN").await?;
    desk.shared.meta.tell(&taken[0].wamid, Status::Sent).await?;
    let sent = desk.becomes(&id, "SENT").await?;
    assert_eq!(sent["providerMessageId"], taken[0].wamid.as_str(), "its status says what Meta calls it");
    // The next one need not wait any longer.
    desk.writes("Two").await?;
    assert_eq!(desk.taken(2).await?[1].body["text"]["body"], "Two");
    let twice = desk.shared.meta.seen(Seen::accepted_twice);
    assert!(twice.is_empty(), "{twice:?}");
    Ok(())
}

#[tokio::test]
async fn a_status_that_comes_before_the_answer_finds_its_message() -> Result<()> {
    let desk = Desk::open().await?;
    desk.shared.meta.plan(Fault::new(Mishap::SentFirst).to(&desk.customer));
    let id = desk.writes("One").await?;
    let taken = desk.taken(1).await?;
    desk.shared.meta.tell(&taken[0].wamid, Status::Sent).await?;
    let sent = desk.becomes(&id, "SENT").await?;
    assert_eq!(sent["providerMessageId"], taken[0].wamid.as_str());
    Ok(())
}
