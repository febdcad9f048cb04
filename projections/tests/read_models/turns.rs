//! Tenants share the connections for reads, and none of them can hold all.

use leadflow_projections::{PageRequest, TenantReads};
use tokio::task::JoinSet;

use crate::queries::{inbox, played};
use crate::support::{OTHER_TENANT, TENANT, proven};

#[tokio::test]
async fn whoever_asks_for_much_waits_for_herself_alone() {
    let log = played().await;
    let most = log.reads.pool().options().get_max_connections();
    let mut lock = log.owner.begin().await.unwrap();
    sqlx::query("lock table inbox_v17.conversations in access exclusive mode").execute(&mut *lock).await.unwrap();
    let mut asked = JoinSet::new();
    for _ in 0..2 * most {
        let reads: TenantReads = log.reads.clone();
        asked.spawn(async move { inbox(&reads, proven(TENANT), PageRequest::first(10)).await });
    }
    let waiting = async || {
        sqlx::query_scalar::<_, i64>(
            "select count(*) from pg_locks where not granted and relation = 'inbox_v17.conversations'::regclass",
        )
        .fetch_one(&mut *log.owner.acquire().await.unwrap())
        .await
        .unwrap()
    };
    while waiting().await < i64::from(most / 2) {}
    // Of another table: what the others wait for she doesn't need.
    let others = leadflow_projections::leads::leads_by_id(&log.reads, proven(OTHER_TENANT), &[]).await;
    assert_eq!(others.unwrap(), []);
    assert_eq!(waiting().await, i64::from(most / 2), "the rest waits for its turn, without a connection");
    lock.rollback().await.unwrap();
    while let Some(answer) = asked.join_next().await {
        assert!(!answer.unwrap().unwrap().is_empty());
    }
}
