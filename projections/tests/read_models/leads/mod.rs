//! Leads and timelines: their rows are those of a naive fold, however the log is cut and whichever streams come first,
//! also around erasures.

pub(crate) mod naive;
mod pipeline;
mod queries;
pub(crate) mod rows;

use std::collections::{HashMap, HashSet, VecDeque};

use futures_util::future::join_all;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::{DataSubject, DataSubjectId, Event, StreamId};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::leads::LeadsProjector;
use leadflow_projections::{PageError, Projector};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use self::rows::Rows;
use crate::fold::apply;
use crate::history::play;
use crate::support::Log;

/// The rows of `events`, folded by `page` from nothing, and left to nobody.
async fn folded(log: &Log, events: &[RecordedEvent], page: usize) -> Result<Rows, PageError> {
    let mut tx = log.pool.begin().await?;
    for page in events.chunks(page) {
        apply(&LeadsProjector, &mut tx, page).await?;
    }
    let rows = Rows::of(&mut tx).await;
    tx.rollback().await?;
    Ok(rows)
}

/// The same events, each stream in its own order, and nothing else in any.
fn in_another_order(events: &[RecordedEvent], seed: u64) -> Vec<&RecordedEvent> {
    let mut streams: HashMap<StreamId, VecDeque<&RecordedEvent>> = HashMap::new();
    for event in events {
        streams.entry(event.stream).or_default().push_back(event);
    }
    let mut streams: Vec<_> = streams.into_values().collect();
    // A map's order is another one each time.
    streams.sort_by_key(|stream| stream[0].position);
    let (mut rng, mut order) = (StdRng::seed_from_u64(seed), Vec::new());
    while !streams.is_empty() {
        let nth = rng.random_range(0..streams.len());
        order.extend(streams[nth].pop_front());
        if streams[nth].is_empty() {
            streams.swap_remove(nth);
        }
    }
    order
}

/// What a reader makes of `order`: with all values while whom they are about is there (`live`), and without them from
/// her erasure on (`again`).
fn as_read(order: &[&RecordedEvent], live: &[RecordedEvent], again: &[RecordedEvent]) -> Vec<RecordedEvent> {
    let at = |events: &[RecordedEvent], position: i64| events[usize::try_from(position).unwrap() - 1].clone();
    let mut erased: HashSet<DataSubjectId> = HashSet::new();
    let read = order.iter().map(|event| match (event.event.data_subject(event.stream), &event.event) {
        (DataSubject::Holds(subject), _) if !erased.contains(&subject) => at(live, event.position),
        (DataSubject::Erases(subject), Event::Contact(ContactEvent::Erased { .. })) => {
            erased.insert(subject);
            at(again, event.position)
        }
        _ => at(again, event.position),
    });
    read.collect()
}

#[tokio::test]
async fn the_rows_are_those_of_a_naive_fold() {
    let shown = join_all((1..=4).map(async |seed| {
        let log = Log::new().await;
        let live = play(&log, seed, 800).await;
        let again = log.events().await;
        let expected = naive::rows(&again);
        let mut orders = vec![("live", live.clone()), ("again", again.clone())];
        for order in 1..=2 {
            orders.push(("in another order", as_read(&in_another_order(&again, order), &live, &again)));
        }
        for (order, events) in &orders {
            for page in [1, 7, events.len()] {
                let folded = folded(&log, events, page).await;
                let folded = folded.unwrap_or_else(|error| panic!("seed {seed}, {order}, pages of {page}: {error}"));
                assert_eq!(folded.leads, expected.leads, "seed {seed}, {order}, pages of {page}");
                assert_eq!(folded.submissions, expected.submissions, "seed {seed}, {order}, pages of {page}");
                assert_eq!(folded.sources, expected.sources, "seed {seed}, {order}, pages of {page}");
                assert_eq!(folded.notes, expected.notes, "seed {seed}, {order}, pages of {page}");
                assert_eq!(folded.pipelines, expected.pipelines, "seed {seed}, {order}, pages of {page}");
                assert_eq!(folded.timeline, expected.timeline, "seed {seed}, {order}, pages of {page}");
            }
        }
        let reasons =
            |events: &[RecordedEvent]| naive::rows(events).leads.iter().filter(|row| row.reason.is_some()).count();
        let told = expected.submissions.iter().filter(|form| form.answers.is_some()).count();
        assert!(told > 3 && told < expected.submissions.len(), "{told} forms show little");
        let worked = [
            expected.leads.iter().filter(|row| row.stage != "open").count(),
            expected.leads.iter().filter(|row| !row.tags.is_empty()).count(),
            expected.leads.iter().filter(|row| row.company.is_some() || row.attributes != "{}").count(),
            expected.notes.iter().filter(|row| row.body.is_some()).count(),
        ];
        let said = expected.leads.iter().filter(|row| row.assessed_at.is_some()).count();
        let kinds: HashSet<String> = expected.timeline.into_iter().map(|row| row.kind).collect();
        (kinds, reasons(&again), said, worked)
    }))
    .await;
    let worked: Vec<usize> = (0..4).map(|nth| shown.iter().map(|(.., worked)| worked[nth]).sum()).collect();
    assert!(worked.iter().all(|rows| *rows > 2), "{worked:?} show little");
    let reasons: usize = shown.iter().map(|(_, reasons, ..)| reasons).sum();
    let said: usize = shown.iter().map(|(_, _, said, _)| said).sum();
    assert!(reasons > 3 && said > 2 * reasons, "{reasons} reasons of {said} leads show little");
    let kinds: HashSet<String> = shown.into_iter().flat_map(|(kinds, ..)| kinds).collect();
    assert_eq!(kinds.len(), naive::KINDS, "the histories show every kind: {kinds:?}");
}

#[tokio::test]
async fn the_fold_needs_no_values_but_reasons_and_forms() {
    let log = Log::new().await;
    play(&log, 5, 200).await;
    let raw = log.reader.after(0, i64::MAX).await.unwrap();
    let events = log.reader.read(raw, LeadsProjector.personal_values()).await.unwrap();
    let shown = format!("{events:?}");
    assert!(shown.contains("Personal(sealed)"), "nothing is left sealed");
    let folded = folded(&log, &events, 50).await.unwrap();
    assert!(folded.leads.iter().any(|row| row.reason.is_some()), "a reason is shown");
    assert_eq!(folded, naive::rows(&log.events().await));
}
