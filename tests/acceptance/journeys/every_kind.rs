//! Whatever customers write and do, in whatever order and however often it is delivered.

use anyhow::{Result, ensure};
use leadflow_tests::export::CanonicalExport;
use leadflow_tests::kinds::{self, Made};
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use leadflow_tests::trace;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use std::collections::BTreeSet;

use super::any_order::begin;
use super::begin::shared;

/// Deliveries of one to eight items each.
fn batches(rng: &mut StdRng, mut made: &[Made]) -> Vec<Vec<Made>> {
    let mut batches = Vec::new();
    while !made.is_empty() {
        let (batch, rest) = made.split_at(rng.random_range(1..=made.len().min(8)));
        batches.push(batch.to_vec());
        made = rest;
    }
    batches
}

#[tokio::test]
async fn a_thousand_items_three_times_in_random_order_come_to_the_same_as_one_clean_delivery() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let made = kinds::make(seed, 40, 1_000);
    let mut rng = StdRng::seed_from_u64(seed);
    let shared = shared().await?;

    let clean = begin("2065403500003").await?;
    let bodies: Vec<Vec<u8>> = made.chunks(50).map(|made| kinds::webhook(&clean.business.number, made)).collect();
    Sender::new(shared.server.address(), 1)?.deliver(&bodies).await?;

    let wild = begin("2065403500004").await?;
    let mut bodies = Vec::new();
    for _ in 0..3 {
        let mut shuffled = made.clone();
        shuffled.shuffle(&mut rng);
        let batches = batches(&mut rng, &shuffled);
        bodies.extend(batches.iter().map(|made| kinds::webhook(&wild.business.number, made)));
    }
    bodies.shuffle(&mut rng);
    Sender::new(shared.server.address(), 16)?.deliver(&bodies).await?;

    shared.installation.settle().await?;
    let clean = eventually("the inbox holds everything", || async {
        let export = CanonicalExport::read(&clean.graphql).await?;
        ensure!(export.message_count() == made.len(), "{} of {}", export.message_count(), made.len());
        Ok(export)
    })
    .await?;
    eventually("both inboxes are the same", || async {
        let wild = CanonicalExport::read(&wild.graphql).await?;
        ensure!(clean == wild, "{}", clean.difference(&wild));
        Ok(())
    })
    .await?;

    let messages = || clean.conversations.iter().flat_map(|conversation| &conversation.messages);
    let shown: BTreeSet<&str> = messages().map(|message| message.kind.as_str()).collect();
    let expected = BTreeSet::from([
        "AUDIO",
        "BUTTON",
        "BUTTON_REPLY",
        "CONTACTS",
        "DOCUMENT",
        "EDIT",
        "FLOW_REPLY",
        "IMAGE",
        "LIST_REPLY",
        "LOCATION",
        "ORDER",
        "REACTION",
        "REACTION_REMOVED",
        "REVOCATION",
        "STICKER",
        "SYSTEM",
        "TEXT",
        "UNKNOWN",
        "UNSUPPORTED",
        "VIDEO",
        "WELCOME",
    ]);
    assert_eq!(shown, expected);
    for done in
        ["reaction", "editedText", "revokedAt", "aboutProviderMessageId", "repliesToProviderMessageId", "content"]
    {
        assert!(messages().any(|message| message.more.contains_key(done)), "{done} is shown somewhere");
    }
    Ok(())
}
