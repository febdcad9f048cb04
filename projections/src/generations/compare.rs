//! Whether two generations of a read model hold the same rows.

use serde::Serialize;
use sqlx::{PgConnection, Row};

use super::GenerationError;
use crate::{Definition, Generation};

/// Rows that differ, of which each table's are listed at most.
const SHOWN: i64 = 20;

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The position at which both were compared.
    pub position: i64,
    /// Each table.
    pub tables: Vec<TableComparison>,
}

/// A table of both generations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableComparison {
    /// Its name.
    pub table: String,
    /// Rows of the one that is read.
    pub serving: i64,
    /// Rows of the one that was built.
    pub next: i64,
    /// Whether they are the same rows.
    pub is_equal: bool,
    /// How many rows differ.
    pub different: i64,
    /// The first of them.
    pub differences: Vec<Difference>,
}

/// A row that differs. It names columns and shows no value but the key's: values may be personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The row's primary key, as a JSON array.
    pub key: String,
    /// `missing` in the one that was built, `new` there, or `changed`.
    pub what: String,
    /// The columns that differ, of a row that both have.
    pub columns: Vec<String>,
}

impl Comparison {
    /// Whether all rows are the same.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.tables.iter().all(|table| table.is_equal)
    }
}

/// The tables of a read model. Asking for them takes the snapshot of the transaction.
pub(super) async fn tables(tx: &mut PgConnection, definition: &Definition) -> Result<Vec<String>, GenerationError> {
    Ok(sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace \
         where n.nspname = $1 and c.relkind = 'r' order by 1",
    )
    .bind(definition.schema())
    .fetch_all(tx)
    .await?)
}

pub(super) async fn compare(
    tx: &mut PgConnection,
    definition: &Definition,
    position: i64,
    tables: &[String],
    mut told: impl FnMut(&str),
) -> Result<Comparison, GenerationError> {
    let mut comparison = Comparison { position, tables: Vec::new() };
    for table in tables {
        told(table);
        let serving = sum(tx, &definition.schema_of(Generation::Serving), table).await?;
        let next = sum(tx, &definition.schema_of(Generation::Next), table).await?;
        let is_equal = serving == next;
        let (different, differences) =
            if is_equal { (0, Vec::new()) } else { differences(tx, definition, table).await? };
        comparison.tables.push(TableComparison {
            table: table.clone(),
            serving: serving.rows,
            next: next.rows,
            is_equal,
            different,
            differences,
        });
    }
    Ok(comparison)
}

/// What two tables with the same rows have in common, in whatever order they stand.
#[derive(Debug, PartialEq, Eq)]
struct Sum {
    rows: i64,
    /// Of two 64-bit hashes of each row, so that it is not by chance.
    hashes: (String, String),
}

async fn sum(tx: &mut PgConnection, schema: &str, table: &str) -> Result<Sum, GenerationError> {
    let sql = format!(
        "select count(*) as rows, coalesce(sum(hashtextextended(t::text, 1)::numeric), 0)::text as one, \
                coalesce(sum(hashtextextended(t::text, 2)::numeric), 0)::text as two from {schema}.{table} t"
    );
    let row = sqlx::query(&sql).fetch_one(tx).await?;
    Ok(Sum { rows: row.try_get("rows")?, hashes: (row.try_get("one")?, row.try_get("two")?) })
}

async fn differences(
    tx: &mut PgConnection,
    definition: &Definition,
    table: &str,
) -> Result<(i64, Vec<Difference>), GenerationError> {
    let serving = definition.schema_of(Generation::Serving);
    let key: Vec<String> = sqlx::query_scalar(
        "select quote_ident(a.attname) from pg_index i \
         join unnest(i.indkey) with ordinality as k (attnum, nth) on true \
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum \
         where i.indrelid = to_regclass($1) and i.indisprimary order by k.nth",
    )
    .bind(format!("{serving}.{table}"))
    .fetch_all(&mut *tx)
    .await?;
    // A table without a key has its rows compared as they are.
    let key = if key.is_empty() { "md5(t::text)".to_owned() } else { format!("jsonb_build_array({})", key.join(", ")) };
    let rows_of = |schema: &str| format!("(select {key}::text as key, to_jsonb(t) as cells from {schema}.{table} t)");
    let sql = format!(
        "select key, case when n.cells is null then 'missing' when s.cells is null then 'new' else 'changed' end as what, \
                case when n.cells is null or s.cells is null then '{{}}'::text[] else array( \
                    select x.key from jsonb_each(s.cells) x join jsonb_each(n.cells) y on x.key = y.key \
                    where x.value is distinct from y.value order by x.key) end as columns, \
                count(*) over () as different \
         from {} s full join {} n using (key) \
         where s.cells is distinct from n.cells order by key limit {SHOWN}",
        rows_of(&serving),
        rows_of(&definition.schema_of(Generation::Next)),
    );
    let rows = sqlx::query(&sql).fetch_all(tx).await?;
    let different = rows.first().map(|row| row.try_get("different")).transpose()?.unwrap_or(0);
    let differences = rows
        .iter()
        .map(|row| {
            Ok(Difference { key: row.try_get("key")?, what: row.try_get("what")?, columns: row.try_get("columns")? })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    Ok((different, differences))
}
