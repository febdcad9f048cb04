//! A read model is built anew beside the one that is read, is the same, and takes its place without a read that fails;
//! and that can be undone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use leadflow_event_store::database;
use leadflow_projections::analytics::AnalyticsProjector;
use leadflow_projections::audit::AuditProjector;
use leadflow_projections::generations::{Comparison, GenerationError, Rebuild, Workshop, discard, undo};
use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::leads::LeadsProjector;
use leadflow_projections::people::PeopleProjector;
use leadflow_projections::templates::TemplatesProjector;
use leadflow_projections::usage::UsageProjector;
use leadflow_projections::{Definition, Generation, PageRequest, Projector, all, project_all};
use sqlx::Executor;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::history::{play, write};
use crate::process::Process;
use crate::support::{Log, OTHER_TENANT, TENANT, proven, soon};
use crate::{expected, queries};

fn workshop(log: &Log, process: u128) -> Workshop {
    Workshop {
        owner: log.owner.clone(),
        pool: log.pool.clone(),
        reader: log.reader.clone(),
        process: Uuid::from_u128(process),
        stop: CancellationToken::new(),
    }
}

async fn built<P: Projector + Clone>(log: &Log, projector: P) -> (Rebuild<P>, Comparison) {
    let mut rebuild = Rebuild::begin(workshop(log, 100), projector).await.unwrap();
    rebuild.catch_up(|_| {}).await.unwrap();
    let comparison = rebuild.compare(|_| {}).await.unwrap();
    (rebuild, comparison)
}

async fn rebuilt<P: Projector + Clone>(log: &Log, projector: P) {
    let (rebuild, comparison) = built(log, projector).await;
    assert!(comparison.is_equal(), "{comparison:?}");
    rebuild.swap().await.unwrap();
}

async fn exists(log: &Log, definition: &Definition, generation: Generation) -> bool {
    sqlx::query_scalar("select to_regnamespace($1) is not null")
        .bind(definition.schema_of(generation))
        .fetch_one(&log.owner)
        .await
        .unwrap()
}

/// Reads the inbox for as long as it is not told to stop: how often, or the first error.
async fn read_on(log: &Log, reads: Arc<AtomicU64>, stop: CancellationToken) -> Result<(), sqlx::Error> {
    let all = PageRequest::first(50);
    while !stop.is_cancelled() {
        for tenant in [TENANT, OTHER_TENANT] {
            let rows = queries::inbox(&log.reads, proven(tenant), all).await?;
            assert!(!rows.is_empty(), "a reader met an empty inbox");
            reads.fetch_add(1, Ordering::SeqCst);
        }
    }
    Ok(())
}

#[tokio::test]
async fn rebuilt_and_swapped_and_undone_while_others_write_and_read() {
    let log = Log::new().await;
    play(&log, 21, 150).await;
    let process = Process::start(&log, 1, project_all);
    for definition in all() {
        process.reaches(definition, log.head().await).await;
    }
    let (reads, stop) = (Arc::new(AtomicU64::new(0)), CancellationToken::new());
    let writing = async {
        let mut written = 0;
        while !stop.is_cancelled() {
            write(&log, 50 + written % 3, &format!("while it is built {written}"), i64::try_from(written).unwrap())
                .await;
            written += 1;
        }
        written
    };
    let rebuilding = async {
        for _ in 0..2 {
            rebuilt(&log, InboxProjector).await;
            rebuilt(&log, LeadsProjector).await;
            rebuilt(&log, UsageProjector).await;
            rebuilt(&log, AnalyticsProjector).await;
            rebuilt(&log, PeopleProjector).await;
            rebuilt(&log, AuditProjector).await;
            rebuilt(&log, TemplatesProjector).await;
        }
        for definition in all() {
            undo(&log.owner, &definition).await.unwrap();
            undo(&log.owner, &definition).await.unwrap();
        }
        // Readers go on a while with what is there now.
        let so_far = reads.load(Ordering::SeqCst);
        soon(async {
            while reads.load(Ordering::SeqCst) < so_far + 10 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        stop.cancel();
    };
    let (written, read, ()) = tokio::join!(writing, read_on(&log, Arc::clone(&reads), stop.clone()), rebuilding);
    read.unwrap();
    assert!(written > 10, "{written} messages were written meanwhile");
    for definition in all() {
        process.reaches(definition, log.head().await).await;
    }
    process.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await));
    let definition = inbox::DEFINITION;
    assert!(
        exists(&log, &definition, Generation::Previous).await && !exists(&log, &definition, Generation::Next).await
    );
}

#[tokio::test]
async fn what_is_wrong_is_shown_row_by_row_and_mended_by_the_swap() {
    let log = Log::new().await;
    play(&log, 22, 60).await;
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    process.reaches(inbox::DEFINITION, log.head().await).await;
    process.stop().await;
    let right = log.inbox().await;
    let schema = inbox::DEFINITION.schema();
    let hurt = format!(
        "update {schema}.conversations set unread_count = unread_count + 7 \
         where conversation_id = (select min(conversation_id::text)::uuid from {schema}.conversations); \
         delete from {schema}.channels where channel_id = (select min(channel_id::text)::uuid from {schema}.channels)"
    );
    log.owner.execute(hurt.as_str()).await.unwrap();

    let (rebuild, comparison) = built(&log, InboxProjector).await;
    assert!(!comparison.is_equal());
    let different: Vec<_> = comparison.tables.iter().filter(|table| !table.is_equal).collect();
    let [channels, conversations] = different.as_slice() else { panic!("{different:?}") };
    let [channel] = channels.differences.as_slice() else { panic!("{channels:?}") };
    assert_eq!((channel.what.as_str(), channels.different), ("new", 1));
    let [thread] = conversations.differences.as_slice() else { panic!("{conversations:?}") };
    assert_eq!((thread.what.as_str(), thread.columns.as_slice()), ("changed", &["unread_count".to_owned()][..]));
    rebuild.swap().await.unwrap();
    assert_eq!(log.inbox().await, right);
}

#[tokio::test]
async fn a_building_goes_on_where_it_was_left_and_only_one_builds_at_a_time() {
    let log = Log::new().await;
    play(&log, 23, 60).await;
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    process.reaches(inbox::DEFINITION, log.head().await).await;

    let mut rebuild = Rebuild::begin(workshop(&log, 100), InboxProjector).await.unwrap();
    rebuild.catch_up(|_| {}).await.unwrap();
    let other = Rebuild::begin(workshop(&log, 101), InboxProjector).await;
    assert!(matches!(other, Err(GenerationError::BeingBuilt)), "{other:?}");
    let left_at = rebuild.position();
    assert_eq!(left_at, log.head().await);
    rebuild.leave().await.unwrap();

    write(&log, 1, "meanwhile", 0).await;
    process.reaches(inbox::DEFINITION, log.head().await).await;
    let mut rebuild = Rebuild::begin(workshop(&log, 101), InboxProjector).await.unwrap();
    assert_eq!(rebuild.position(), left_at);
    rebuild.catch_up(|_| {}).await.unwrap();
    assert!(rebuild.compare(|_| {}).await.unwrap().is_equal());
    // Somebody drops it under the builder's hands.
    discard(&log.owner, &inbox::DEFINITION, Generation::Next).await.unwrap();
    assert!(rebuild.swap().await.is_err());
    let again = discard(&log.owner, &inbox::DEFINITION, Generation::Next).await;
    assert!(matches!(again, Err(GenerationError::Missing(_))), "{again:?}");
    process.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await), "what is read was not touched");
}

#[tokio::test]
async fn it_stops_when_told_and_what_is_read_is_not_dropped() {
    let log = Log::new().await;
    play(&log, 24, 20).await;
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    process.reaches(inbox::DEFINITION, log.head().await).await;
    process.stop().await;
    let workshop = workshop(&log, 100);
    workshop.stop.cancel();
    let mut rebuild = Rebuild::begin(workshop, InboxProjector).await.unwrap();
    let stopped = rebuild.catch_up(|_| {}).await;
    assert!(matches!(stopped, Err(GenerationError::Stopped)), "{stopped:?}");
    rebuild.discard().await.unwrap();
    let refused = discard(&log.owner, &inbox::DEFINITION, Generation::Serving).await;
    assert!(matches!(refused, Err(GenerationError::InUse(_))), "{refused:?}");
    let nothing = undo(&log.owner, &inbox::DEFINITION).await;
    assert!(matches!(nothing, Err(GenerationError::Missing(_))), "{nothing:?}");
}

#[tokio::test]
async fn a_page_in_hand_that_waits_for_what_is_dropped_does_not_keep_it_from_being_dropped() {
    const WAITING: &str =
        "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let log = Log::new().await;
    let (rebuild, _) = built(&log, InboxProjector).await;
    rebuild.leave().await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select oid::regclass::text from pg_class where relnamespace = $1::regnamespace and relkind = 'r' order by oid",
    )
    .bind(inbox::DEFINITION.schema_of(Generation::Next))
    .fetch_all(&log.owner)
    .await
    .unwrap();
    let lock = |table: &str| format!("lock table {table} in row exclusive mode");

    // The one that drops finds that nobody can go on, and gives up; late enough for the other to wait for it by then.
    let patient = |timeout| (*log.owner.connect_options()).clone().options([("deadlock_timeout", timeout)]);
    let owner = database::owner_pool(patient("3s"));
    let mut page = database::owner_pool(patient("10min")).begin().await.unwrap();
    page.execute(lock(tables.last().unwrap()).as_str()).await.unwrap();
    let dropping = tokio::spawn(async move { discard(&owner, &inbox::DEFINITION, Generation::Next).await });
    let dropper = soon(async {
        loop {
            if let Some(pid) = sqlx::query_scalar::<_, i32>(WAITING).fetch_optional(&log.owner).await.unwrap() {
                return pid;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let has_the_first: bool = sqlx::query_scalar(
        "select exists (select from pg_locks where pid = $1 and granted and mode = 'AccessExclusiveLock' \
                            and relation = $2::regclass)",
    )
    .bind(dropper)
    .bind(&tables[0])
    .fetch_one(&log.owner)
    .await
    .unwrap();
    assert!(has_the_first, "they would not wait for each other");
    soon(page.execute(lock(&tables[0]).as_str())).await.unwrap();
    page.rollback().await.unwrap();
    soon(dropping).await.unwrap().unwrap();
    assert!(!exists(&log, &inbox::DEFINITION, Generation::Next).await);
}
