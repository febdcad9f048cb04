//! `webhookDeliveries`: what arrived, and what became of it.

use std::collections::HashMap;

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use jiff::Timestamp;

use crate::graphql::api::OperatorRequest;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::log_id::LogId;
use crate::graphql::numbered::{self, Numbers};
use crate::webhooks::{self, DeliveryItem, DeliveryRange, DeliveryState, DeliverySummary};

/// The query.
#[derive(Default)]
pub(super) struct DeliveryQueries;

/// One webhook request as it arrived. What it said is not shown.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct WebhookDelivery {
    /// Its id, as `leadflow webhooks show` takes it.
    id: ID,
    /// When it was stored.
    received_at: Timestamp,
    /// The key of the Meta app that signed it; null for the installation's default app.
    app: Option<String>,
    /// What became of it as a whole.
    status: WebhookDeliveryStatus,
    /// How often its translation could not be finished, since it was last asked for.
    attempts: i32,
    /// Why the last attempt could not be finished; null where none failed.
    error: Option<String>,
    /// How many items it has, once they have outcomes.
    item_count: i64,
    /// Its items in their order, 100 at most; none until they have outcomes.
    #[graphql(complexity = "1 + usize::from(webhooks::MOST_ITEMS) * child_complexity")]
    items: Vec<WebhookItem>,
}

/// One message, status or notice inside a delivery.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct WebhookItem {
    /// What the provider calls it, such as `messages.text`.
    kind: String,
    /// What became of it.
    outcome: WebhookItemOutcome,
    /// Why it did not become events; null where it did.
    reason: Option<String>,
    /// What it waits for: `number:` and a phone number id, or `message:` and the stream of a message; null unless it waits.
    waits_for: Option<String>,
    /// The business it was routed to; null where it was to none.
    tenant_id: Option<LogId>,
}

/// What became of a delivery as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DeliveryState")]
pub(super) enum WebhookDeliveryStatus {
    /// Its translation is to come, or to be finished.
    Waiting,
    /// Each of its items has an outcome.
    Translated,
    /// It was set aside whole.
    Parked,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum WebhookItemOutcome {
    /// Its events are in the log.
    Applied,
    /// It flows on once what it waits for is there.
    Waiting,
    /// It is kept, and nothing acts on it.
    Notice,
    /// It was set aside.
    Parked,
}

#[Object]
impl DeliveryQueries {
    /// For operators: what arrived by webhooks, newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn webhook_deliveries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of which this became.")] status: Option<WebhookDeliveryStatus>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<WebhookDelivery>, Error>> {
        Some(page(context, status.map(DeliveryState::from), Window { first, after, last, before }).await)
    }
}

async fn page(
    context: &Context<'_>,
    state: Option<DeliveryState>,
    window: Window,
) -> Result<Connection<WebhookDelivery>, Error> {
    let OperatorRequest { api, operator, .. } = OperatorRequest::of(context)?;
    let (pool, operator) = (&api.pool, operator.context());
    let failed = |error: sqlx::Error| internal("webhookDeliveries", &error);
    let scope = List::WebhookDeliveries.narrowed(&state);
    let page = window.page(scope)?;
    let Numbers { within: ids, from_smallest: from_oldest, limit } = Numbers::of(&page);
    let found =
        webhooks::page(pool, operator, state, DeliveryRange { ids, from_oldest, limit }).await.map_err(failed)?;
    let selected = context.look_ahead();
    let total = match selected.field("totalCount").exists() {
        true => Some(webhooks::count_deliveries(pool, operator, state).await.map_err(failed)?),
        false => None,
    };
    let mut items = HashMap::new();
    if selected.field("edges").field("node").field("items").exists() {
        let ids: Vec<i64> = found.iter().map(|delivery| delivery.id).collect();
        items = webhooks::items_of(pool, operator, &ids).await.map_err(failed)?;
    }
    let mut rows = Vec::with_capacity(found.len());
    for delivery in found {
        let items = items.remove(&delivery.id).unwrap_or_default();
        rows.push((numbered::keyset(delivery.id), WebhookDelivery::new(delivery, items)?));
    }
    Ok(connection(scope, page, rows, total))
}

impl WebhookDelivery {
    fn new(delivery: DeliverySummary, items: Vec<DeliveryItem>) -> Result<Self, Error> {
        let state = DeliveryState::parse(&delivery.state);
        Ok(Self {
            id: delivery.id.into(),
            received_at: delivery.received_at,
            app: delivery.app,
            status: state.ok_or_else(|| internal("webhookDeliveries", &Unknown))?.into(),
            attempts: delivery.attempts,
            error: delivery.last_error,
            item_count: delivery.items.values().sum(),
            items: items.into_iter().map(WebhookItem::new).collect::<Result<_, _>>()?,
        })
    }
}

impl WebhookItem {
    fn new(item: DeliveryItem) -> Result<Self, Error> {
        Ok(Self {
            outcome: match item.state {
                "applied" => WebhookItemOutcome::Applied,
                "waiting" => WebhookItemOutcome::Waiting,
                "notice" => WebhookItemOutcome::Notice,
                "parked" => WebhookItemOutcome::Parked,
                _ => return Err(internal("webhookDeliveries", &Unknown)),
            },
            kind: item.kind,
            reason: item.reason,
            waits_for: item.waits_for,
            tenant_id: item.tenant_id.map(|tenant| tenant.as_uuid().into()),
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a delivery or an item is in a state that this program does not know")]
struct Unknown;
