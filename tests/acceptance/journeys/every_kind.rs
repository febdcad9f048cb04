//! Whatever customers and the business write and do, and whatever is told of it, in whatever order and however often it
//! is delivered.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use leadflow_tests::export::{CanonicalExport, FOLDS, Folded};
use leadflow_tests::installation::Installation;
use leadflow_tests::kinds::{self, List, Made};
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use leadflow_tests::{trace, traffic};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::any_order::begin_on;

const CUSTOMERS: u32 = 40;

/// What messages show as their kind.
const KINDS: [&str; 21] = [
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
];

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

/// How many messages of the business come to be known by a status, more than a hundred deliveries before they come
/// themselves.
fn told_early(deliveries: &[Vec<Made>]) -> usize {
    let first = |wanted: fn(List) -> bool| {
        let mut first = BTreeMap::new();
        for (nth, made) in
            deliveries.iter().enumerate().flat_map(|(nth, batch)| batch.iter().map(move |made| (nth, made)))
        {
            if let Some(id) = made.item["id"].as_str().filter(|_| wanted(made.list)) {
                first.entry(id).or_insert(nth);
            }
        }
        first
    };
    let statuses = first(|list| list == List::Statuses);
    let messages = first(|list| list != List::Statuses);
    statuses.iter().filter(|(id, status)| messages.get(*id).is_some_and(|message| **status + 100 < *message)).count()
}

/// How many events of each type the log holds of a tenant. How often a lead was corrected depends on the order.
async fn events(installation: &Installation, tenant: &str) -> Result<String> {
    let sql = format!(
        "select event_type, count(*) from events where tenant_id = '{tenant}' and aggregate_type not in ('tenant', 'lead') \
         group by 1 order by 1"
    );
    Ok(installation.leadflow(&["db", "psql", "--", "-At", "-c", &sql]).await?.succeeded()?.stdout)
}

#[tokio::test]
async fn a_thousand_items_three_times_in_random_order_come_to_the_same_as_one_clean_delivery() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let made = traffic::make(seed, CUSTOMERS, 1_000);
    let mut rng = StdRng::seed_from_u64(seed);
    // Of its own: what comes to be at rest here is at rest.
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;

    let clean = begin_on(&installation, &server, "2065403500003").await?;
    let bodies: Vec<Vec<u8>> = made.chunks(50).map(|made| kinds::webhook(&clean.business.number, made)).collect();
    Sender::new(server.address(), 1)?.deliver(&bodies).await?;

    let wild = begin_on(&installation, &server, "2065403500004").await?;
    let mut deliveries = Vec::new();
    for _ in 0..3 {
        let mut shuffled = made.clone();
        shuffled.shuffle(&mut rng);
        deliveries.extend(batches(&mut rng, &shuffled));
    }
    deliveries.shuffle(&mut rng);
    assert!(told_early(&deliveries) > 5, "statuses come before their messages");
    let bodies: Vec<Vec<u8>> = deliveries.iter().map(|made| kinds::webhook(&wild.business.number, made)).collect();
    Sender::new(server.address(), 16)?.deliver(&bodies).await?;
    installation.settle().await?;

    let export = CanonicalExport::read(&clean.graphql).await?;
    let folded = Folded::of(&made);
    let found = export.folded();
    for (id, expected) in &folded.0 {
        assert_eq!(found.0.get(id), Some(expected), "{id}");
    }
    assert_eq!((found.0.len(), export.message_count()), (folded.0.len(), folded.0.len()), "and nothing else");
    assert_eq!(export.conversations.len(), (CUSTOMERS + traffic::SILENT) as usize);
    assert_eq!(export.leads.len(), CUSTOMERS as usize, "who never wrote is no lead");

    let found = CanonicalExport::read(&wild.graphql).await?;
    ensure!(export == found, "{}", export.difference(&found));
    let (expected, found) =
        (events(&installation, &clean.business.tenant).await?, events(&installation, &wild.business.tenant).await?);
    assert_eq!(expected, found, "nothing is doubled in the log either");

    // Once and three times: all of it is accounted for, and only what tells of nobody's message still waits.
    let of_nobody = made.iter().filter(|made| {
        made.list == List::Statuses && made.item["id"].as_str().is_some_and(|id| !folded.0.contains_key(id))
    });
    let waiting = of_nobody.count();
    let mut items = BTreeMap::<String, usize>::new();
    for delivery in installation.deliveries().await? {
        for (state, count) in delivery.items {
            *items.entry(state).or_default() += usize::try_from(count)?;
        }
    }
    let expected = [("applied", 4 * (made.len() - waiting)), ("waiting", 4 * waiting)];
    assert_eq!(items, expected.map(|(state, count)| (state.to_owned(), count)).into());

    let messages = || export.conversations.iter().flat_map(|conversation| &conversation.messages);
    let shown: BTreeSet<&str> = messages().map(|message| message.kind.as_str()).collect();
    assert_eq!(shown, BTreeSet::from(KINDS));
    let more = ["aboutProviderMessageId", "repliesToProviderMessageId", "content"];
    for told in more.into_iter().chain(FOLDS) {
        assert!(messages().any(|message| message.more.contains_key(told)), "{told} is shown somewhere");
    }
    let verified = installation.verify().await?;
    ensure!(verified.ok, "{verified:?}");
    server.stop().await
}
