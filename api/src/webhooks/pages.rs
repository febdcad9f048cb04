//! Deliveries page by page, as operators see them: what became of each, and never what it says.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use leadflow_projections::OperatorContext;
use sqlx::PgPool;

use super::deliveries::{DeliveryItem, DeliverySummary, SUMMARY};
use super::items;

/// Items of one delivery that are shown at most. A history has thousands.
pub const MOST_ITEMS: u8 = 100;

/// What became of a delivery as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Its translation is to come, or to be finished.
    Waiting,
    /// Each of its items has an outcome.
    Translated,
    /// It was set aside whole.
    Parked,
}

impl DeliveryState {
    /// As a summary has it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "waiting" => Some(Self::Waiting),
            "translated" => Some(Self::Translated),
            "parked" => Some(Self::Parked),
            _ => None,
        }
    }

    /// Which rows they are: as an index has them, where these are few.
    fn condition(self) -> &'static str {
        match self {
            Self::Waiting => "d.translated_at is null and d.parked_at is null",
            Self::Translated => "d.translated_at is not null and d.parked_at is null",
            Self::Parked => "d.parked_at is not null",
        }
    }
}

/// Some deliveries.
#[derive(Debug, Clone)]
pub struct DeliveryRange {
    /// Those of these ids.
    pub ids: RangeInclusive<i64>,
    /// The oldest of them, instead of the newest.
    pub from_oldest: bool,
    /// How many at most.
    pub limit: i64,
}

/// Some deliveries, all or those of one state, newest first.
///
/// # Errors
/// The database's.
pub async fn page(
    pool: &PgPool,
    _operator: OperatorContext,
    state: Option<DeliveryState>,
    range: DeliveryRange,
) -> Result<Vec<DeliverySummary>, sqlx::Error> {
    let condition = state.map_or("true", DeliveryState::condition);
    let order = if range.from_oldest { "asc" } else { "desc" };
    let sql = format!(
        "select {SUMMARY} from webhook_deliveries d \
         where {condition} and d.id between $1 and $2 order by d.id {order} limit $3"
    );
    let rows =
        sqlx::query(&sql).bind(range.ids.start()).bind(range.ids.end()).bind(range.limit).fetch_all(pool).await?;
    let mut page = rows.iter().map(DeliverySummary::from_row).collect::<Result<Vec<_>, _>>()?;
    if range.from_oldest {
        page.reverse();
    }
    Ok(page)
}

/// How many deliveries there are, all or those of one state.
///
/// # Errors
/// The database's.
pub async fn count_deliveries(
    pool: &PgPool,
    _operator: OperatorContext,
    state: Option<DeliveryState>,
) -> Result<i64, sqlx::Error> {
    let condition = state.map_or("true", DeliveryState::condition);
    sqlx::query_scalar(&format!("select count(*) from webhook_deliveries d where {condition}")).fetch_one(pool).await
}

/// The first items of each of `deliveries`, in their order: [`MOST_ITEMS`] at most.
///
/// # Errors
/// The database's.
pub async fn items_of(
    pool: &PgPool,
    _operator: OperatorContext,
    deliveries: &[i64],
) -> Result<HashMap<i64, Vec<DeliveryItem>>, sqlx::Error> {
    let mut found: HashMap<i64, Vec<DeliveryItem>> = HashMap::new();
    for stored in items::first_of(&mut *pool.acquire().await?, deliveries, i64::from(MOST_ITEMS)).await? {
        found.entry(stored.delivery).or_default().push(stored.into());
    }
    Ok(found)
}
