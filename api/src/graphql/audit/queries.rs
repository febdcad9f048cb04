//! `audit`: what was done in the business, by whom, why and from where.

use std::net::IpAddr;

use async_graphql::{Context, Error, Object};
use leadflow_domain::TenantId;
use leadflow_domain::role::Permission;
use leadflow_event_store::{LogReader, RecordedActor};
use leadflow_projections::audit::{self, ActNumbers, ActRow};

use super::filter::AuditFilter;
use super::types::AuditEvent;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::filter;
use crate::graphql::history::ActorNames;
use crate::graphql::numbered::{self, Numbers};

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct AuditQueries;

#[Object]
impl AuditQueries {
    /// What was done in the business, newest first: by its people, by the program itself and at the command line, also what
    /// was asked for and not allowed. What customers and providers do is no one's act here; `history` tells of it.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn audit(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
        #[graphql(desc = "Which of it; all, when not given.")] filter: Option<AuditFilter>,
    ) -> Option<Result<Connection<AuditEvent>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            request.allows(Permission::SeeAudit)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let filter = filter::read(filter)?;
            let scope = List::Audit.narrowed(&filter);
            let page = Window { first, after, last, before }.page(scope)?;
            let Numbers { within, from_smallest: from_oldest, limit } = Numbers::of(&page);
            let rows = audit::acts(reads, viewer, &filter, &ActNumbers { within, from_oldest, limit })
                .await
                .map_err(|error| internal("audit", &error))?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = audit::count_acts(reads, viewer, &filter).await;
                Some(count.map_err(|error| internal("audit.totalCount", &error))?)
            } else {
                None
            };
            let node = context.look_ahead().field("edges").field("node");
            let actors: Vec<RecordedActor> = rows.iter().filter_map(|row| RecordedActor::parse(&row.actor)).collect();
            let names = ActorNames::of(context, &node, &actors).await?;
            let opens = node.field("sourceAddress").exists();
            let rows = opened(&request.api.log, viewer.tenant(), rows, opens).await?;
            let rows = rows
                .into_iter()
                .map(|(row, address)| (numbered::keyset(row.position), AuditEvent::of(row, address, &names)));
            Ok(connection(scope, page, rows, total))
        };
        Some(found.await)
    }
}

/// The rows, each, if asked for, with where it was asked from.
async fn opened(
    log: &LogReader,
    tenant: TenantId,
    rows: Vec<ActRow>,
    opens: bool,
) -> Result<Vec<(ActRow, Option<IpAddr>)>, Error> {
    let sealed = rows.iter().filter(|_| opens).filter_map(ActRow::asked_from).collect::<Vec<_>>();
    let mut addresses =
        log.sources(tenant, &sealed).await.map_err(|error| internal("audit.sourceAddress", &error))?.into_iter();
    let rows = rows.into_iter().map(|row| {
        let address = if opens && row.asked_from().is_some() { addresses.next().flatten() } else { None };
        (row, address)
    });
    Ok(rows.collect())
}
