//! However the log is cut into pages, the rows are the same, and they are the right ones.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use leadflow_domain::Event;
use leadflow_event_store::RecordedEvent;
use leadflow_projections::inbox::InboxProjector;
use leadflow_projections::leads::LeadsProjector;
use leadflow_projections::{PageError, Projector};
use sqlx::{Executor, PgConnection};

use crate::history::play;
use crate::rows::{Inbox, Lead};
use crate::support::Log;
use crate::{expected, rows};

const STEPS: u32 = 120;

/// `LEADFLOW_TESTS_SEED` tries one more.
fn seeds() -> impl Iterator<Item = u64> {
    let more = std::env::var("LEADFLOW_TESTS_SEED").ok().map(|seed| seed.parse().unwrap());
    (1..=4).chain(more)
}

/// Folds a page as the runtime does.
pub(crate) async fn apply(
    projector: &impl Projector,
    rows: &mut PgConnection,
    page: &[RecordedEvent],
) -> Result<(), PageError> {
    let schema = projector.definition().schema();
    rows.execute(format!("set local search_path = {schema}").as_str()).await?;
    projector.apply(rows, page).await?;
    rows.execute("set local search_path to default").await?;
    Ok(())
}

/// Both read models of `events`, folded by `page` from nothing, and left to nobody.
async fn folded(log: &Log, events: &[RecordedEvent], page: usize) -> Result<(Inbox, Vec<Lead>), PageError> {
    let mut tx = log.pool.begin().await?;
    for page in events.chunks(page) {
        apply(&InboxProjector, &mut tx, page).await?;
        apply(&LeadsProjector, &mut tx, page).await?;
    }
    let both = (rows::inbox(&mut tx).await, rows::leads(&mut tx).await);
    tx.rollback().await?;
    Ok(both)
}

#[tokio::test]
async fn pages_of_any_size_give_the_rows_that_the_history_says() {
    let types = join_all(seeds().map(async |seed| {
        let log = Log::new().await;
        play(&log, seed, STEPS).await;
        let events = log.events().await;
        let expected = (expected::inbox(&events), expected::leads(&events));
        for page in [1, 2, 7, events.len()] {
            let folded = folded(&log, &events, page).await;
            let folded = folded.unwrap_or_else(|error| panic!("seed {seed}, pages of {page}: {error}"));
            assert_eq!(folded, expected, "seed {seed}, pages of {page}");
        }
        log.reader.after(0, i64::MAX).await.unwrap().into_iter().map(|raw| raw.event_type).collect::<BTreeSet<_>>()
    }))
    .await;
    let seen: BTreeSet<String> = types.into_iter().flatten().collect();
    let all: BTreeSet<String> = Event::types().map(|known| known.kind.to_owned()).collect();
    assert_eq!(seen, all, "the histories show every event");
}
