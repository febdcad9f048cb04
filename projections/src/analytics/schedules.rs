//! When businesses are open. What is measured is measured by the schedules that were valid then, also where the log tells of
//! them later.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::tenant::{OpenHours, Schedule, ValidFrom};
use leadflow_event_store::RecordedEvent;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::PageError;

/// Schedules that a page tells of.
#[derive(Debug, Default)]
pub(super) struct NewSchedules<'a> {
    told: Vec<(&'a RecordedEvent, Option<&'a Schedule>)>,
}

/// When some businesses were open, over the times that are measured.
#[derive(Debug)]
pub(super) struct Schedules(HashMap<Uuid, OpenHours>);

impl<'a> NewSchedules<'a> {
    /// From `recorded` on, until the next one.
    pub(super) fn valid(&mut self, recorded: &'a RecordedEvent, schedule: Option<&'a Schedule>) {
        self.told.push((recorded, schedule));
    }

    /// Writes them.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        if self.told.is_empty() {
            return Ok(());
        }
        let told = || self.told.iter().map(|(recorded, _)| recorded);
        let schedules = self.told.iter().map(|(_, schedule)| schedule.map(serde_json::to_string).transpose());
        sqlx::query(
            "insert into schedules (tenant_id, version, valid_from, schedule) select * from unnest($1, $2, $3, $4)",
        )
        .bind(told().map(|recorded| recorded.tenant.as_uuid()).collect::<Vec<_>>())
        .bind(told().map(|recorded| recorded.version).collect::<Vec<_>>())
        .bind(told().map(|recorded| jiff_sqlx::Timestamp::from(recorded.recorded_at)).collect::<Vec<_>>())
        .bind(schedules.collect::<Result<Vec<_>, _>>().map_err(|error| sqlx::Error::Encode(error.into()))?)
        .execute(rows)
        .await?;
        Ok(())
    }

    /// Measures anew what ended after one of them became valid, and was measured without it.
    pub(super) async fn measure_again(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        let mut since: HashMap<Uuid, Timestamp> = HashMap::new();
        for (recorded, _) in &self.told {
            let from = since.entry(recorded.tenant.as_uuid()).or_insert(recorded.recorded_at);
            *from = recorded.recorded_at.min(*from);
        }
        for (tenant, since) in since {
            measure_again(rows, tenant, since).await?;
        }
        Ok(())
    }
}

async fn measure_again(rows: &mut PgConnection, tenant: Uuid, since: Timestamp) -> Result<(), PageError> {
    let found = sqlx::query(
        "select conversation_id, metric, version, began_with, ended_with, began_at, ended_at, business_seconds \
         from facts where tenant_id = $1 and ended_at >= $2",
    )
    .bind(tenant)
    .bind(jiff_sqlx::Timestamp::from(since))
    .fetch_all(&mut *rows)
    .await?;
    let time = |row: &sqlx::postgres::PgRow, column: &str| {
        Ok::<_, sqlx::Error>(row.try_get::<jiff_sqlx::Timestamp, _>(column)?.to_jiff())
    };
    let measured = found
        .iter()
        .map(|row| Ok((tenant, time(row, "began_at")?, time(row, "ended_at")?)))
        .collect::<Result<Vec<_>, sqlx::Error>>()?;
    let schedules = Schedules::over(rows, measured.iter().copied()).await?;
    let mut changed = Vec::new();
    for (row, (tenant, began, ended)) in found.iter().zip(measured) {
        let seconds = schedules.seconds(tenant, began, ended);
        if row.try_get::<Option<i64>, _>("business_seconds")? != seconds {
            changed.push((row, seconds));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let ids = |column: &str| changed.iter().map(|(row, _)| row.try_get(column)).collect::<Result<Vec<Uuid>, _>>();
    let metrics = changed.iter().map(|(row, _)| row.try_get("metric")).collect::<Result<Vec<&str>, _>>()?;
    let versions = changed.iter().map(|(row, _)| row.try_get("version")).collect::<Result<Vec<i16>, _>>()?;
    sqlx::query(
        "update facts f set business_seconds = again.seconds \
         from unnest($1, $2, $3, $4, $5, $6) \
             as again (conversation_id, metric, version, began_with, ended_with, seconds) \
         where f.conversation_id = again.conversation_id and f.metric = again.metric and f.version = again.version \
           and f.began_with = again.began_with and f.ended_with = again.ended_with",
    )
    .bind(ids("conversation_id")?)
    .bind(metrics)
    .bind(versions)
    .bind(ids("began_with")?)
    .bind(ids("ended_with")?)
    .bind(changed.iter().map(|(_, seconds)| *seconds).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}

impl Schedules {
    /// For what is measured: whose, from when, until when.
    pub(super) async fn over(
        rows: &mut PgConnection,
        measured: impl Iterator<Item = (Uuid, Timestamp, Timestamp)>,
    ) -> Result<Self, PageError> {
        let mut spans: HashMap<Uuid, (Timestamp, Timestamp)> = HashMap::new();
        for (tenant, began, ended) in measured {
            let (from, to) = spans.entry(tenant).or_insert((began, ended));
            (*from, *to) = (began.min(*from), ended.max(*to));
        }
        let found = sqlx::query(
            "select tenant_id, valid_from, schedule from schedules where tenant_id = any($1) \
             order by tenant_id, valid_from, version",
        )
        .bind(spans.keys().copied().collect::<Vec<_>>())
        .fetch_all(rows)
        .await?;
        let mut histories: HashMap<Uuid, Vec<ValidFrom>> = HashMap::new();
        for row in found {
            let schedule = row.try_get::<Option<&str>, _>("schedule")?.map(serde_json::from_str).transpose();
            histories.entry(row.try_get("tenant_id")?).or_default().push(ValidFrom {
                at: row.try_get::<jiff_sqlx::Timestamp, _>("valid_from")?.to_jiff(),
                schedule: schedule.map_err(|error| sqlx::Error::Decode(error.into()))?,
            });
        }
        let hours = histories.into_iter().filter_map(|(tenant, history)| {
            let (from, to) = spans.get(&tenant)?;
            Some(OpenHours::over(&history, *from, *to).map(|hours| (tenant, hours)))
        });
        let hours = hours.collect::<Result<_, _>>().map_err(|error| PageError::Refused(error.to_string()))?;
        Ok(Self(hours))
    }

    /// How many seconds a business was open between two moments; `None` unless it had a schedule all the while.
    pub(super) fn seconds(&self, tenant: Uuid, from: Timestamp, to: Timestamp) -> Option<i64> {
        Some(self.0.get(&tenant)?.between(from, to)?.as_secs())
    }
}
