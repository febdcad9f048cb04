//! Where order matters it is kept, and what comes again at its place changes nothing.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::export::CanonicalExport;
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use leadflow_tests::story::{self, Deed, Step};
use leadflow_tests::{kinds, trace};

use super::any_order::begin_on;
use super::begin::Journey;

/// Waits until the inbox holds as many messages as were told; the next step may be about any of them.
async fn holds(journey: &Journey, messages: usize) -> Result<()> {
    eventually("everything that was told is shown", || async {
        let mut shown = 0;
        for conversation in journey.graphql.conversations().await? {
            shown += journey.graphql.messages(&conversation.id).await?.len();
        }
        ensure!(shown == messages, "{shown} of {messages}");
        Ok(())
    })
    .await
}

async fn act(journey: &Journey, phone: &str, deed: Deed) -> Result<()> {
    let conversations = journey.graphql.conversations().await?;
    let conversation = conversations
        .iter()
        .find(|conversation| {
            conversation.contact.as_ref().and_then(|contact| contact.phone.as_deref()) == Some(&format!("+{phone}"))
        })
        .with_context(|| format!("nobody has {phone}"))?;
    let graphql = &journey.graphql;
    let payload = match deed {
        Deed::Resolve => graphql.resolve_conversation(&conversation.id).await?,
        Deed::MarkRead => graphql.mark_conversation_read(&conversation.id).await?,
        Deed::SetPriority(priority) => graphql.set_conversation_priority(&conversation.id, priority).await?,
    };
    ensure!(payload.user_errors.is_empty(), "{payload:?}");
    Ok(())
}

#[tokio::test]
async fn a_story_with_resolves_and_changes_of_number_comes_to_its_end_once_and_thrice() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let story = story::make(seed, 120, "+15559990000");
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    for (number, times) in [("2065403500005", 1), ("2065403500006", 3)] {
        let journey = begin_on(&installation, &server, number).await?;
        // All copies at once: only the first of them may do anything.
        let sender = Sender::new(server.address(), times)?;
        let mut told = 0;
        for step in &story.steps {
            match step {
                Step::Deliver(made) => {
                    let body = kinds::webhook(&journey.business.number, std::slice::from_ref(made));
                    sender.deliver(&vec![body; times]).await?;
                    told += usize::from(made.list != kinds::List::Statuses);
                    holds(&journey, told).await?;
                }
                Step::Do(phone, deed) => act(&journey, phone, *deed).await?,
            }
        }
        installation.settle().await?;
        let found = CanonicalExport::read(&journey.graphql).await?;
        ensure!(story.outcome == found, "{times} times: {}", story.outcome.difference(&found));
    }
    let verified = installation.verify().await?;
    ensure!(verified.ok, "{verified:?}");
    server.stop().await
}
