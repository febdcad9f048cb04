//! A read sets its tenant itself, before it looks at anything, and leaves nothing of that behind.

use leadflow_event_store::database::TENANT_SETTING;
use leadflow_projections::inbox::{ConversationColumns, ConversationList, ConversationOrder, explain_conversations};
use leadflow_projections::{Condition, PageRequest};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;

use crate::queries::{inbox, played};
use crate::support::{Log, OTHER_TENANT, TENANT, proven};

#[tokio::test]
async fn the_tenant_is_set_before_anything_is_looked_at() {
    let log = played().await;
    let list = ConversationList {
        filter: &Condition::default(),
        order: ConversationOrder::LatestActivity,
        columns: ConversationColumns::ALL,
    };
    let plan = explain_conversations(&log.reads, proven(TENANT), list, PageRequest::first(10)).await.unwrap();
    let told = plan.join("\n");
    // The outer side of the join at the top comes first; all scans of tables are on the inner side, behind the row it gives.
    assert!(plan[0].starts_with("Nested Loop"), "{told}");
    assert!(plan[1].trim_start().starts_with("->  Function Scan on set_config wall"), "{told}");
    assert!(plan[2..].iter().any(|line| line.contains("One-Time Filter: (wall.tenant IS NOT NULL)")), "{told}");
    let indent = |line: &str| line.len() - line.trim_start().len();
    let outer = indent(&plan[1]);
    let sides = plan.iter().filter(|line| indent(line) == outer && line.trim_start().starts_with("->")).count();
    assert_eq!(sides, 2, "{told}");
}

/// All that there can be: one of them has just read.
async fn all_connections(log: &Log) -> Vec<PoolConnection<Postgres>> {
    let pool = log.reads.pool();
    let mut connections = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        connections.push(pool.acquire().await.unwrap());
    }
    connections
}

#[tokio::test]
async fn a_list_is_prepared_and_planned_once_for_a_connection() {
    let log = played().await;
    for tenant in [TENANT, OTHER_TENANT, TENANT] {
        inbox(&log.reads, proven(tenant), PageRequest::first(100)).await.unwrap();
    }
    let mut plans: Vec<(i64, i64)> = Vec::new();
    for connection in &mut all_connections(&log).await {
        let sql = "select generic_plans, custom_plans from pg_prepared_statements where statement like '%inbox_v17.conversations v%'";
        plans.extend(sqlx::query_as::<_, (i64, i64)>(sql).fetch_all(&mut **connection).await.unwrap());
    }
    assert!(plans.contains(&(3, 0)), "the list is prepared once, and its plan used thrice: {plans:?}");
    assert!(plans.iter().all(|(_, custom)| *custom == 0), "nothing is planned for one execution: {plans:?}");
}

#[tokio::test]
async fn nothing_of_a_tenant_is_left_on_the_connection() {
    let log = played().await;
    let page = PageRequest::first(100);
    for tenant in [TENANT, OTHER_TENANT, TENANT] {
        assert!(!inbox(&log.reads, proven(tenant), page).await.unwrap().is_empty());
        for connection in &mut all_connections(&log).await {
            let left: Option<String> = sqlx::query_scalar("select current_setting($1, true)")
                .bind(TENANT_SETTING)
                .fetch_one(&mut **connection)
                .await
                .unwrap();
            assert!(left.is_none_or(|left| left.is_empty()));
            let seen: i64 = sqlx::query_scalar("select count(*) from inbox_v17.conversations")
                .fetch_one(&mut **connection)
                .await
                .unwrap();
            assert_eq!(seen, 0, "without a tenant nothing is shown");
        }
    }
}
