//! A program that defines a number otherwise builds its read model beside the one that is read, and nothing stops.

use leadflow_event_store::{PersonalValues, RecordedEvent};
use leadflow_projections::analytics::{self, AnalyticsProjector};
use leadflow_projections::{Checkpoint, CheckpointState, Definition, PageError, Projector};
use sqlx::{Executor, PgConnection};

use crate::history::{play, write};
use crate::process::Process;
use crate::support::Log;

const NEWER: Definition = Definition { version: analytics::DEFINITION.version + 1, ..analytics::DEFINITION };

/// Analytics as a later program may have it: another definition of the time until a resolve, in whole minutes.
#[derive(Debug, Clone, Copy)]
struct Newer;

impl Projector for Newer {
    fn definition(&self) -> Definition {
        NEWER
    }

    fn personal_values(&self) -> PersonalValues {
        AnalyticsProjector.personal_values()
    }

    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        AnalyticsProjector.apply(&mut *rows, events).await?;
        rows.execute(
            "delete from facts where metric = 'cycle_resolution_time' and version = 2; \
             insert into facts select conversation_id, tenant_id, metric, 2, channel_id, member_id, source, began_at, \
                                      ended_at, seconds / 60 * 60, business_seconds, began_with, ended_with \
                 from facts where metric = 'cycle_resolution_time' and version = 1",
        )
        .await?;
        Ok(())
    }
}

async fn make(log: &Log) {
    let (schema, tables) = (NEWER.schema(), NEWER.tables);
    let ddl = format!(
        "begin; create schema {schema}; set local search_path = {schema}; {tables} \
         grant usage on schema {schema} to public; grant all on all tables in schema {schema} to public; commit"
    );
    log.owner.execute(ddl.as_str()).await.unwrap();
    let mut connection = log.owner.acquire().await.unwrap();
    Checkpoint::register(&mut connection, &NEWER.consumer(), 0, CheckpointState::Building).await.unwrap();
}

/// How many cycles each definition has measured in the read model.
async fn measured(log: &Log, definition: Definition) -> Vec<(i16, i64)> {
    let sql = format!(
        "select version, count(*) from {}.facts where metric = 'cycle_resolution_time' group by 1 order by 1",
        definition.schema()
    );
    sqlx::query_as(&sql).fetch_all(&log.owner).await.unwrap()
}

#[tokio::test]
async fn old_and_new_definitions_answer_for_the_whole_history_without_a_stop() {
    let log = Log::new().await;
    play(&log, 31, 120).await;
    let older = Process::beside_others(&log, 1, false, |runtime| runtime.project(AnalyticsProjector));
    older.reaches(analytics::DEFINITION, log.head().await).await;
    let before = measured(&log, analytics::DEFINITION).await;
    let [(1, known)] = before[..] else { panic!("{before:?}") };
    assert!(known > 0);

    make(&log).await;
    let newer = Process::beside_others(&log, 2, false, |runtime| runtime.project(Newer));
    write(&log, 9, "meanwhile", 0).await;
    older.reaches(analytics::DEFINITION, log.head().await).await;
    newer.reaches(NEWER, log.head().await).await;
    let after = measured(&log, analytics::DEFINITION).await;
    assert_eq!(after, before, "the older program's definition answers as before");
    assert_eq!(measured(&log, NEWER).await, [(1, known), (2, known)]);
    older.stop().await;
    newer.stop().await;
}
