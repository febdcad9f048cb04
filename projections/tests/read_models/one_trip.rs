//! A read sets its tenant itself, before it looks at anything, and leaves nothing of that behind.

use leadflow_event_store::database::TENANT_SETTING;
use leadflow_projections::inbox::{ConversationColumns, ConversationList, ConversationOrder, explain_conversations};
use leadflow_projections::{Condition, PageRequest};

use crate::queries::{inbox, played};
use crate::support::{OTHER_TENANT, TENANT, proven};

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

#[tokio::test]
async fn nothing_of_a_tenant_is_left_on_the_connection() {
    let log = played().await;
    let page = PageRequest::first(100);
    for tenant in [TENANT, OTHER_TENANT, TENANT] {
        assert!(!inbox(&log.reads, proven(tenant), page).await.unwrap().is_empty());
        let pool = log.reads.pool();
        let mut connections = Vec::new();
        // All that there can be: one of them has just read.
        for _ in 0..pool.options().get_max_connections() {
            connections.push(pool.acquire().await.unwrap());
        }
        for connection in &mut connections {
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
