//! A page of a big inbox is read from an index, under row-level security too: what a page costs must not grow with the inbox.

use leadflow_domain::conversation::Priority;
use leadflow_projections::inbox::{
    ConversationColumns, ConversationField, ConversationList, ConversationOrder, ConversationStatus,
    explain_conversations,
};
use leadflow_projections::{Condition, Keyset, PageRequest};
use sqlx::Executor;
use uuid::Uuid;

use crate::support::{Log, TENANT, proven};

/// An inbox of 20,000, among as many of other businesses.
async fn big_inbox() -> Log {
    let log = Log::new().await;
    log.pool
        .execute(
            "insert into inbox_v8.conversations \
                 (conversation_id, tenant_id, contact_id, channel_id, status, priority, last_activity_at, waiting_since) \
             select gen_random_uuid(), ('00000000-0000-0000-0000-00000000000' || 1 + n % 2)::uuid, gen_random_uuid(), \
                    gen_random_uuid(), (array['open', 'resolved', 'resolved', 'snoozed'])[1 + n / 2 % 4], \
                    (array['none', 'none', 'low', 'urgent'])[1 + n / 3 % 4], timestamptz '2026-11-01' + n * interval '1s', \
                    case when n % 5 = 0 then timestamptz '2026-11-01' - n * interval '1s' end \
             from generate_series(1, 40000) n",
        )
        .await
        .unwrap();
    log.owner.execute("analyze inbox_v8.conversations").await.unwrap();
    log
}

#[tokio::test]
async fn a_page_of_a_big_inbox_is_read_from_an_index() {
    let log = big_inbox().await;
    let (all, open) = (Condition::default(), Condition::Is(ConversationField::Status(vec![ConversationStatus::Open])));
    let urgent = Condition::All(vec![open.clone(), Condition::Is(ConversationField::Priority(vec![Priority::Urgent]))]);
    let somewhere = Keyset::new("2026-11-01T03:00:00Z".parse().unwrap(), Uuid::from_u128(7));
    for (filter, order, index) in [
        (&all, ConversationOrder::LatestActivity, "conversations_by_activity"),
        (&all, ConversationOrder::OldestActivity, "conversations_by_activity"),
        (&all, ConversationOrder::LongestWaiting, "conversations_by_waiting"),
        (&all, ConversationOrder::HighestPriority, "conversations_by_priority"),
        (&open, ConversationOrder::LatestActivity, "conversations_by_status"),
        (&open, ConversationOrder::OldestActivity, "conversations_by_status"),
        (&urgent, ConversationOrder::LatestActivity, "conversations_by_status"),
        (&open, ConversationOrder::LongestWaiting, "conversations_by_waiting"),
        (&open, ConversationOrder::HighestPriority, "conversations_by_priority"),
    ] {
        for page in [
            PageRequest::first(50),
            PageRequest::last(50),
            PageRequest { after: Some(somewhere), ..PageRequest::first(50) },
            PageRequest { before: Some(somewhere), ..PageRequest::last(50) },
        ] {
            let list = ConversationList { filter, order, columns: ConversationColumns::ALL };
            let plan = explain_conversations(&log.reads, proven(TENANT), list, page).await.unwrap();
            let told = format!("{order:?} {filter:?} {page:?}:\n{}", plan.join("\n"));
            let scan = plan.iter().position(|line| line.ends_with(&format!("using {index} on conversations v")));
            let scan = scan.unwrap_or_else(|| panic!("{told}"));
            // The bound is where the scan begins.
            assert!(plan[scan + 1].contains("Index Cond:") && plan[scan + 1].contains("ROW("), "{told}");
            // The page's rows are put in their order again; before that nothing is sorted.
            assert_eq!(plan[..scan].iter().filter(|line| line.trim_end().ends_with("Sort")).count(), 1, "{told}");
        }
    }
}
