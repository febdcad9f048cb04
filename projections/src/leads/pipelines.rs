//! How businesses work their leads: through which stages, why they are lost, and what is put down about them.

use leadflow_domain::pipeline::{Choice, PipelineEvent, Stage};
use leadflow_domain::{StageId, TenantId};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PageError;
use crate::word::Word;

/// What a page tells of pipelines, in its order.
#[derive(Default)]
pub(super) struct Pipelines<'a> {
    /// Businesses that begin.
    begun: Vec<TenantId>,
    told: Vec<(&'a RecordedEvent, &'a PipelineEvent)>,
}

impl<'a> Pipelines<'a> {
    /// A business begins, with the stages that every one begins with.
    pub(super) fn begin(&mut self, tenant: TenantId) {
        self.begun.push(tenant);
    }

    pub(super) fn put(&mut self, recorded: &'a RecordedEvent, event: &'a PipelineEvent) {
        self.told.push((recorded, event));
    }

    /// Businesses that have a stage less.
    pub(super) fn shortened(&self) -> Vec<Uuid> {
        let removals = self.told.iter().filter(|(_, event)| matches!(event, PipelineEvent::StageRemoved { .. }));
        removals.map(|(recorded, _)| recorded.tenant.as_uuid()).collect()
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        for tenant in &self.begun {
            provide(rows, *tenant).await?;
        }
        for (recorded, event) in &self.told {
            // Where its stream comes first.
            provide(rows, recorded.tenant).await?;
            write(rows, recorded, event).await?;
            sqlx::query("update pipelines set version = $2 where tenant_id = $1")
                .bind(recorded.tenant.as_uuid())
                .bind(recorded.version)
                .execute(&mut *rows)
                .await?;
        }
        Ok(())
    }
}

/// The stages that every business begins with.
async fn provide(rows: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    let begun = sqlx::query("insert into pipelines (tenant_id) values ($1) on conflict do nothing")
        .bind(tenant.as_uuid())
        .execute(&mut *rows)
        .await?;
    if begun.rows_affected() == 0 {
        return Ok(());
    }
    let stages = Stage::provided();
    sqlx::query(
        "insert into stages (tenant_id, stage_id, name, kind, place) \
         select $1, id, name, kind, place::int \
         from unnest($2::uuid[], $3::text[], $4::text[]) with ordinality as t (id, name, kind, place)",
    )
    .bind(tenant.as_uuid())
    .bind(stages.iter().map(|stage| stage.stage.as_uuid()).collect::<Vec<_>>())
    .bind(stages.iter().map(|stage| stage.name.as_str()).collect::<Vec<_>>())
    .bind(stages.iter().map(|stage| stage.kind.word()).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}

async fn write(rows: &mut PgConnection, recorded: &RecordedEvent, event: &PipelineEvent) -> Result<(), sqlx::Error> {
    let tenant = recorded.tenant.as_uuid();
    let at = jiff_sqlx::Timestamp::from(recorded.recorded_at);
    match event {
        PipelineEvent::StageCreated { stage, order } => {
            let sql = "insert into stages (tenant_id, stage_id, name, kind, place) values ($1, $2, $3, $4, 0)";
            let write = sqlx::query(sql).bind(tenant).bind(stage.stage.as_uuid());
            write.bind(stage.name.as_str()).bind(stage.kind.word()).execute(&mut *rows).await?;
            put_in_order(rows, tenant, order).await
        }
        PipelineEvent::StagesReordered { order } => put_in_order(rows, tenant, order).await,
        PipelineEvent::StageRenamed { stage, name } => {
            let sql = "update stages set name = $3 where tenant_id = $1 and stage_id = $2";
            sqlx::query(sql).bind(tenant).bind(stage.as_uuid()).bind(name.as_str()).execute(rows).await.map(drop)
        }
        PipelineEvent::StageRemoved { stage, successor } => {
            let sql = "update stages set successor_id = $3 \
                       where tenant_id = $1 and (stage_id = $2 or successor_id = $2)";
            let write = sqlx::query(sql).bind(tenant).bind(stage.as_uuid()).bind(successor.as_uuid());
            write.execute(rows).await.map(drop)
        }
        PipelineEvent::LostReasonAdded { reason, text } => {
            let sql = "insert into lost_reasons (lost_reason_id, tenant_id, name, added_at) values ($1, $2, $3, $4)";
            let write = sqlx::query(sql).bind(reason.as_uuid()).bind(tenant).bind(text.as_str());
            write.bind(at).execute(rows).await.map(drop)
        }
        PipelineEvent::LostReasonRenamed { reason, text } => {
            let sql = "update lost_reasons set name = $2 where lost_reason_id = $1";
            sqlx::query(sql).bind(reason.as_uuid()).bind(text.as_str()).execute(rows).await.map(drop)
        }
        PipelineEvent::LostReasonRemoved { reason } => {
            let sql = "update lost_reasons set is_removed = true where lost_reason_id = $1";
            sqlx::query(sql).bind(reason.as_uuid()).execute(rows).await.map(drop)
        }
        PipelineEvent::AttributeDefined { attribute, definition }
        | PipelineEvent::AttributeChanged { attribute, definition } => {
            let sql = "insert into attributes (attribute_id, tenant_id, name, kind, choices, defined_at) \
                       values ($1, $2, $3, $4, $5, $6) on conflict (attribute_id) do update set \
                           name = excluded.name, choices = excluded.choices";
            let choices: Vec<&str> = definition.choices.iter().map(Choice::as_str).collect();
            let write = sqlx::query(sql).bind(attribute.as_uuid()).bind(tenant).bind(definition.name.as_str());
            write.bind(definition.kind.word()).bind(choices).bind(at).execute(rows).await.map(drop)
        }
        PipelineEvent::AttributeRemoved { attribute } => {
            let sql = "update attributes set is_removed = true where attribute_id = $1";
            sqlx::query(sql).bind(attribute.as_uuid()).execute(rows).await.map(drop)
        }
    }
}

async fn put_in_order(rows: &mut PgConnection, tenant: Uuid, order: &[StageId]) -> Result<(), sqlx::Error> {
    let sql = "update stages s set place = t.place::int from unnest($2::uuid[]) with ordinality as t (id, place) \
               where s.tenant_id = $1 and s.stage_id = t.id";
    let order: Vec<Uuid> = order.iter().map(|stage| stage.as_uuid()).collect();
    sqlx::query(sql).bind(tenant).bind(order).execute(rows).await.map(drop)
}
