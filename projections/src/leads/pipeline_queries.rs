//! What is asked of how a business works its leads: everybody of it sees all of that.

use leadflow_domain::pipeline::{AttributeKind, StageKind};
use leadflow_domain::{AttributeId, LostReasonId, StageId};
use sqlx::Row;

use super::SCHEMA;
use crate::access::select;
use crate::sight::Seen;
use crate::word::read_word;
use crate::{TenantContext, TenantReads};

/// How a business works its leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PipelineRow {
    /// The stages that there are, in their order.
    pub stages: Vec<StageRow>,
    /// Why leads are lost, first added first; also those that are given no more.
    pub lost_reasons: Vec<LostReasonRow>,
    /// What is put down about leads, first defined first.
    pub attributes: Vec<AttributeRow>,
    /// The number of its stream's latest event here; 0 where the business has said nothing yet.
    pub version: i64,
}

/// A stage that leads go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRow {
    /// Its id.
    pub id: StageId,
    /// What it is called.
    pub name: String,
    /// What it means.
    pub kind: StageKind,
}

/// Why leads are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostReasonRow {
    /// Its id.
    pub id: LostReasonId,
    /// What it is called.
    pub name: String,
    /// Whether no more leads are lost for it.
    pub is_removed: bool,
}

/// What is put down about leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeRow {
    /// Its id.
    pub id: AttributeId,
    /// What it is called.
    pub name: String,
    /// What kind of values it has.
    pub kind: AttributeKind,
    /// Among which is chosen.
    pub choices: Vec<String>,
}

/// How the tenant works its leads.
///
/// # Errors
/// The database's.
pub async fn pipeline(reads: &TenantReads, context: TenantContext) -> Result<PipelineRow, sqlx::Error> {
    let rows = |columns: &str, table: &str, and: &str| {
        let sql = select(context, format!("select {columns} from {SCHEMA}.{table} p"));
        let mut sql = sql.where_seen(Seen::ByEverybody("p"));
        sql.push(and);
        reads.rows(sql)
    };
    let version = rows("p.version", "pipelines", "").await?;
    let stages = rows("p.stage_id, p.name, p.kind", "stages", " and p.successor_id is null order by p.place").await?;
    let reasons =
        rows("p.lost_reason_id, p.name, p.is_removed", "lost_reasons", " order by p.added_at, p.lost_reason_id")
            .await?;
    let attributes = rows(
        "p.attribute_id, p.name, p.kind, p.choices",
        "attributes",
        " and not p.is_removed order by p.defined_at, p.attribute_id",
    )
    .await?;
    let stages = stages.iter().map(|row| {
        let id = StageId::from_uuid(row.try_get("stage_id")?);
        Ok(StageRow { id, name: row.try_get("name")?, kind: read_word(row, "kind")? })
    });
    let reasons = reasons.iter().map(|row| {
        let id = LostReasonId::from_uuid(row.try_get("lost_reason_id")?);
        Ok(LostReasonRow { id, name: row.try_get("name")?, is_removed: row.try_get("is_removed")? })
    });
    let attributes = attributes.iter().map(|row| {
        Ok(AttributeRow {
            id: AttributeId::from_uuid(row.try_get("attribute_id")?),
            name: row.try_get("name")?,
            kind: read_word(row, "kind")?,
            choices: row.try_get("choices")?,
        })
    });
    Ok(PipelineRow {
        stages: stages.collect::<Result<_, sqlx::Error>>()?,
        lost_reasons: reasons.collect::<Result<_, sqlx::Error>>()?,
        attributes: attributes.collect::<Result<_, sqlx::Error>>()?,
        version: version.first().map(|row| row.try_get("version")).transpose()?.unwrap_or(0),
    })
}
