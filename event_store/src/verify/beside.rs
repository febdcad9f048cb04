//! The tables that the append keeps beside the log, against what the log says.

use std::collections::HashSet;

use futures_util::TryStreamExt;
use leadflow_domain::DataSubjectId;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::Problems;
use super::events::{Owned, Reservations};

/// Reservations against what the events took and gave up; how many there are.
pub(super) async fn reservations(
    connection: &mut PgConnection,
    mut expected: Reservations,
    problems: &mut Problems,
) -> Result<i64, sqlx::Error> {
    const KIND: &str = "reservations";
    let mut count = 0;
    let mut rows =
        sqlx::query("select scope, kind, value, tenant_id, owner_type, owner_id from reservations").fetch(connection);
    // By the kinds that the events know; a kind they don't know is nobody's.
    let kinds: Vec<&'static str> = {
        let mut kinds: Vec<_> = expected.keys().map(|(_, kind, _)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    };
    while let Some(row) = rows.try_next().await? {
        count += 1;
        let (scope, kind, value): (Uuid, &str, &str) =
            (row.try_get("scope")?, row.try_get("kind")?, row.try_get("value")?);
        let held = Owned {
            tenant: row.try_get("tenant_id")?,
            aggregate_type: row.try_get("owner_type")?,
            stream: row.try_get("owner_id")?,
        };
        let known = kinds.iter().find(|known| **known == kind);
        match known.and_then(|kind| expected.remove(&(scope, *kind, value.to_owned()))) {
            Some(owned) if owned == held => {}
            Some(owned) => problems.add(KIND, || {
                format!("reservation {kind} {value}: held by {}, taken by {}", held.stream, owned.stream)
            }),
            None => {
                problems
                    .add(KIND, || format!("reservation {kind} {value}: held by {}, taken by no event", held.stream));
            }
        }
    }
    for ((_, kind, value), owned) in expected {
        problems.add(KIND, || format!("reservation {kind} {value}: taken by {}, and not held", owned.stream));
    }
    Ok(count)
}

/// Receipts against the events they speak of; how many there are.
pub(super) async fn receipts(connection: &mut PgConnection, problems: &mut Problems) -> Result<i64, sqlx::Error> {
    let mut rows = sqlx::query(
        "select r.command_id, r.outcome from receipts r where case r.outcome \
             when 'appended' then not exists ( \
                 select from events e where e.position = r.position and e.sequence = r.version \
                   and e.tenant_id = r.tenant_id and e.metadata ->> 'command' = r.command_id::text) \
             else exists (select from events e where e.command_id = r.command_id) \
                  or r.version > 0 and not exists ( \
                 select from events e where e.position = r.position and e.sequence = r.version \
                   and e.tenant_id = r.tenant_id) \
         end order by r.command_id",
    )
    .fetch(&mut *connection);
    while let Some(row) = rows.try_next().await? {
        let (command, outcome): (Uuid, &str) = (row.try_get("command_id")?, row.try_get("outcome")?);
        problems.add("receipts", || match outcome {
            "appended" => format!("receipt {command}: its events are not where it says"),
            other => format!("receipt {command}: {other}, but the log says otherwise"),
        });
    }
    drop(rows);
    sqlx::query_scalar("select count(*) from receipts").fetch_one(connection).await
}

/// Snapshots against the events they stand at; how many there are.
pub(super) async fn snapshots(connection: &mut PgConnection, problems: &mut Problems) -> Result<i64, sqlx::Error> {
    let mut rows = sqlx::query(
        "select s.aggregate_type, s.aggregate_id, s.version from snapshots s where not exists ( \
             select from events e where e.aggregate_type = s.aggregate_type and e.aggregate_id = s.aggregate_id \
               and e.sequence = s.version and e.position = s.position and e.event_id = s.event_id \
               and e.tenant_id = s.tenant_id) \
         order by 1, 2",
    )
    .fetch(&mut *connection);
    while let Some(row) = rows.try_next().await? {
        let (kind, stream, version): (&str, &str, i64) =
            (row.try_get("aggregate_type")?, row.try_get("aggregate_id")?, row.try_get("version")?);
        problems.add("snapshots", || {
            format!("the snapshot of {kind} {stream} stands at version {version}, which the log does not have so")
        });
    }
    drop(rows);
    sqlx::query_scalar("select count(*) from snapshots").fetch_one(connection).await
}

/// Whoever was erased has no key any more, and nobody else is without.
pub(super) async fn erased(
    connection: &mut PgConnection,
    erased: &HashSet<DataSubjectId>,
    problems: &mut Problems,
) -> Result<(), sqlx::Error> {
    let erased: Vec<Uuid> = erased.iter().map(|subject| subject.as_uuid()).collect();
    let found: Vec<(Uuid, bool)> = sqlx::query_as(
        "select coalesce(e.id, d.subject_id), e.id is not null \
         from unnest($1) as e (id) full join data_subjects d on d.subject_id = e.id \
         where (e.id is not null) <> (d.subject_id is not null and d.wrapped_key is null) order by 1",
    )
    .bind(erased)
    .fetch_all(connection)
    .await?;
    for (subject, was_erased) in found {
        problems.add("erasures", || match was_erased {
            true => format!("data subject {subject} was erased, and her key was not destroyed"),
            false => format!("the key of data subject {subject} was destroyed, and no event erased her"),
        });
    }
    Ok(())
}
