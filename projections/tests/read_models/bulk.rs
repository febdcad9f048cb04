//! Folded in bulk, the rows are those of any other fold, and each page's bookmark is true at its commit.

use leadflow_event_store::{PersonalValues, RecordedEvent, Stretch};
use leadflow_projections::bulk::{self, Bookmark, Folded};
use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::{Definition, PageError, Projector};
use sqlx::PgConnection;

use crate::expected;
use crate::history::{play, write};
use crate::support::Log;

/// Keeps in memory what a builder would keep in a table.
#[derive(Default)]
struct Marks {
    moved: Vec<i64>,
    committed: Vec<i64>,
    /// From here on somebody else works for the read model.
    lost_at: Option<i64>,
}

impl Bookmark for Marks {
    async fn move_to(&mut self, _rows: &mut PgConnection, to: i64) -> Result<bool, PageError> {
        if self.lost_at.is_some_and(|lost| to >= lost) {
            return Ok(false);
        }
        self.moved.push(to);
        Ok(true)
    }

    fn committed(&mut self, to: i64) {
        self.committed.push(to);
    }
}

async fn fold(log: &Log, after: i64, to: i64, page: i64, marks: &mut Marks) -> Result<Folded, PageError> {
    let stretch = Stretch { page, ..bulk::stretch(&InboxProjector, after, to) };
    bulk::fold(&InboxProjector, &log.reader, &log.pool, &inbox::DEFINITION.schema(), stretch, marks).await
}

#[tokio::test]
async fn in_bulk_the_rows_are_the_same_and_the_bookmark_moves_with_them() {
    for page in [1, 7, bulk::PAGE] {
        let log = Log::new().await;
        let events = play(&log, 1, 100).await;
        let (head, mut marks) = (log.head().await, Marks::default());
        assert_eq!(fold(&log, 0, head, page, &mut marks).await.unwrap(), Folded::All);
        assert_eq!(log.inbox().await, expected::inbox(&events), "pages of {page}");
        assert_eq!(marks.moved.last(), Some(&head));
        assert!(marks.moved.windows(2).all(|two| two[1] - two[0] == page.min(head - two[0])), "{:?}", marks.moved);
        assert_eq!(marks.committed, marks.moved);
    }
}

#[tokio::test]
async fn it_goes_on_from_where_the_bookmark_was_lost_and_no_page_is_folded_twice() {
    let log = Log::new().await;
    play(&log, 2, 100).await;
    // As they read now: some people were erased.
    let (events, head) = (log.events().await, log.head().await);
    let mut marks = Marks { lost_at: Some(30), ..Marks::default() };
    assert_eq!(fold(&log, 0, head, 10, &mut marks).await.unwrap(), Folded::Lost);
    assert_eq!(marks.committed, [10, 20]);
    assert_eq!(log.inbox().await, expected::inbox(&events[..20]), "the page without its bookmark left nothing");

    let mut marks = Marks::default();
    assert_eq!(fold(&log, 20, head, 10, &mut marks).await.unwrap(), Folded::All);
    assert_eq!(log.inbox().await, expected::inbox(&events));
}

#[tokio::test]
async fn what_can_t_be_read_ends_it_before_its_page() {
    let log = Log::new().await;
    for key in ["a", "b", "c", "d"] {
        write(&log, 0, key, 0).await;
    }
    let events = log.events().await;
    let last = log.head().await;
    log.tamper(&format!("update events set payload = '{{}}' where position = {last}")).await;
    let mut marks = Marks::default();
    let ended = fold(&log, 0, last, 2, &mut marks).await;
    assert!(matches!(ended, Err(PageError::Unreadable(_))), "{ended:?}");
    let reached = (last - 1) / 2 * 2;
    assert_eq!(marks.committed.last(), Some(&reached));
    assert_eq!(log.inbox().await, expected::inbox(&events[..usize::try_from(reached).unwrap()]));
}

/// A fold with a bug.
struct Panicking;

impl Projector for Panicking {
    fn definition(&self) -> Definition {
        inbox::DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn apply(&self, _rows: &mut PgConnection, _events: &[RecordedEvent]) -> Result<(), PageError> {
        panic!("a bug")
    }
}

#[tokio::test]
async fn a_panic_of_a_fold_is_its_error() {
    let log = Log::new().await;
    write(&log, 0, "a", 0).await;
    let stretch = bulk::stretch(&Panicking, 0, log.head().await);
    let mut marks = Marks::default();
    let schema = inbox::DEFINITION.schema();
    let ended = bulk::fold(&Panicking, &log.reader, &log.pool, &schema, stretch, &mut marks).await;
    assert!(matches!(ended, Err(PageError::Panicked)), "{ended:?}");
    assert!(marks.moved.is_empty(), "{:?}", marks.moved);
}
