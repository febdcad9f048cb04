//! Pages of what there is much of are read from indexes, under row-level security too: what a page costs must not grow with what
//! there is.

use jiff::civil::date;
use leadflow_domain::conversation::Priority;
use leadflow_domain::{ChannelId, MemberId, TeamId};
use leadflow_projections::analytics::{Behind, Count, Filter, Measure, Only, explain_behind};
use leadflow_projections::inbox::{
    ConversationColumns, ConversationField, ConversationList, ConversationOrder, ConversationStatus,
    explain_conversations, explain_marking,
};
use leadflow_projections::usage::{LineKey, UsageItem, explain_counted};
use leadflow_projections::{Condition, End, IdIs, Keyset, PageRequest, Sight};
use sqlx::Executor;
use uuid::Uuid;

use crate::support::{Log, TENANT, proven, seeing};

const MEMBER: Uuid = Uuid::from_u128(7);

/// Whose each conversation is, by its number: many people's, each as much as another.
const EVEN: &str = "case when n % 4 < 3 then lpad((n / 4 % 50)::text, 32, '0')::uuid end";

/// Half of all is one member's, and next to nothing another's.
const MOST_OF_ONE: &str =
    "case when n / 2 % 2 = 0 then lpad('8', 32, '0')::uuid when n < 40 then lpad('7', 32, '0')::uuid end";

/// Nine in ten are nobody's.
const MOST_OF_NOBODY: &str = "case when n / 2 % 10 = 0 then lpad((n / 20 % 9)::text, 32, '0')::uuid end";

/// An inbox of 20,000, among as many of other businesses, each `whose` it is.
async fn big_inbox(whose: &str) -> Log {
    let log = Log::new().await;
    log.pool
        .execute(
            format!("insert into inbox_v17.conversations \
                 (conversation_id, tenant_id, contact_id, channel_id, status, priority, last_message_at, last_message_id, \
                  last_mark, last_direction, last_kind, waiting_since, assignee_id) \
             select gen_random_uuid(), ('00000000-0000-0000-0000-00000000000' || 1 + n % 2)::uuid, gen_random_uuid(), \
                    gen_random_uuid(), (array['open', 'resolved', 'resolved', 'snoozed'])[1 + n / 2 % 4], \
                    (array['none', 'none', 'low', 'urgent'])[1 + n / 3 % 4], timestamptz '2026-11-01' + n * interval '1s', \
                    gen_random_uuid(), gen_random_uuid(), 'inbound', 'text', \
                    case when n % 5 = 0 then timestamptz '2026-11-01' - n * interval '1s' end, \
                    {whose} \
             from generate_series(1, 40000) n").as_str(),
        )
        .await
        .unwrap();
    log.owner.execute("analyze inbox_v17.conversations").await.unwrap();
    log
}

#[tokio::test]
async fn a_page_of_a_big_inbox_is_read_from_an_index() {
    let log = big_inbox(EVEN).await;
    let (all, open) = (Condition::default(), Condition::Is(ConversationField::Status(vec![ConversationStatus::Open])));
    let urgent = Condition::All(vec![open.clone(), Condition::Is(ConversationField::Priority(vec![Priority::Urgent]))]);
    let hers = Condition::Is(ConversationField::Assignee(IdIs::In(vec![MEMBER])));
    let hers_open = Condition::All(vec![hers.clone(), open.clone()]);
    let somewhere = Keyset::new("2026-11-01T03:00:00Z".parse().unwrap(), Uuid::from_u128(7));
    for (filter, order, index) in [
        (&all, ConversationOrder::LatestActivity, "conversations_by_activity"),
        (&all, ConversationOrder::OldestActivity, "conversations_by_activity"),
        (&all, ConversationOrder::LongestWaiting, "conversations_by_waiting"),
        (&all, ConversationOrder::HighestPriority, "conversations_by_priority"),
        (&open, ConversationOrder::LatestActivity, "conversations_by_status"),
        (&open, ConversationOrder::OldestActivity, "conversations_by_status"),
        (&hers, ConversationOrder::LatestActivity, "conversations_of_member"),
        (&hers, ConversationOrder::OldestActivity, "conversations_of_member"),
        (&hers_open, ConversationOrder::LatestActivity, "conversations_of_member_by_status"),
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
            // Nothing is sorted, but the rows of a page from the end, which are turned.
            let sorts = plan[..scan].iter().filter(|line| line.trim_end().ends_with("Sort")).count();
            assert_eq!(sorts, usize::from(page.end == End::Last), "{told}");
            assert!(!plan.iter().any(|line| line.contains("Seq Scan")), "{told}");
            let persons = plan.iter().filter(|line| line.ends_with(" on persons person")).count();
            assert_eq!(persons, 1, "whoever stands for somebody is worked out once: {told}");
            let contacts = plan.iter().filter(|line| line.ends_with(" using contacts_by_hash on contacts c")).count();
            assert_eq!(contacts, 1, "contacts are looked up by their hashes: {told}");
        }
    }
}

/// However much or little falls to whoever she sees: what falls to each of them has an order.
#[tokio::test]
async fn a_page_of_what_somebody_sees_of_a_big_inbox_is_read_from_an_index() {
    let open = Condition::Is(ConversationField::Status(vec![ConversationStatus::Open]));
    let member = MemberId::from_uuid(MEMBER);
    let team = TeamId::from_uuid(Uuid::from_u128(3));
    for whose in [EVEN, MOST_OF_ONE, MOST_OF_NOBODY] {
        let log = big_inbox(whose).await;
        let in_team = "insert into inbox_v17.members (member_id, tenant_id, team_id) \
                       select lpad(n::text, 32, '0')::uuid, lpad('1', 32, '0')::uuid, lpad((n / 10)::text, 32, '0')::uuid \
                       from generate_series(1, 49) n";
        log.pool.execute(in_team).await.unwrap();
        log.owner.execute("analyze inbox_v17.members").await.unwrap();
        for sight in [
            Sight::Own { member, unassigned: false },
            Sight::Own { member, unassigned: true },
            Sight::Team { member, team, unassigned: true },
        ] {
            for (filter, order, index) in [
                (&Condition::default(), ConversationOrder::LatestActivity, "conversations_of_member"),
                (&Condition::default(), ConversationOrder::OldestActivity, "conversations_of_member"),
                (&Condition::default(), ConversationOrder::LongestWaiting, "conversations_of_member_by_waiting"),
                (&Condition::default(), ConversationOrder::HighestPriority, "conversations_of_member_by_priority"),
                (&open, ConversationOrder::LatestActivity, "conversations_of_member_by_status"),
            ] {
                for page in [PageRequest::first(50), PageRequest::last(50)] {
                    let list = ConversationList { filter, order, columns: ConversationColumns::ALL };
                    let plan = explain_conversations(&log.reads, seeing(TENANT, sight), list, page).await.unwrap();
                    let told = format!("{whose} {sight:?} {order:?} {filter:?} {page:?}:\n{}", plan.join("\n"));
                    let scan =
                        plan.iter().position(|line| line.ends_with(&format!("using {index} on conversations v")));
                    let scan = scan.unwrap_or_else(|| panic!("{told}"));
                    let cond = &plan[scan + 1];
                    assert!(cond.contains("falls_to = turn.falls_to") && cond.contains("ROW("), "{told}");
                    // The pages of each are put in order, and a page from the end is turned.
                    let sorts = plan[..scan].iter().filter(|line| line.trim_end().ends_with("Sort")).count();
                    assert_eq!(sorts, 1 + usize::from(page.end == End::Last), "{told}");
                }
            }
        }
    }
}

/// What a team is asked for is read from indexes of its own, also beside much that is nobody's and not seen.
#[tokio::test]
async fn a_page_of_what_a_team_is_asked_for_is_read_from_an_index() {
    let open = Condition::Is(ConversationField::Status(vec![ConversationStatus::Open]));
    let team = Uuid::from_u128(3);
    let sight = Sight::Team { member: MemberId::from_uuid(MEMBER), team: TeamId::from_uuid(team), unassigned: false };
    let asked = Condition::Is(ConversationField::Team(IdIs::In(vec![team])));
    for whose in [EVEN, MOST_OF_NOBODY] {
        let log = big_inbox(whose).await;
        let ask = "update inbox_v17.conversations set team_id = $1 \
                   where assignee_id is null and conversation_id < 'ff000000-0000-4000-8000-000000000000' \
                     and conversation_id > 'fd000000-0000-4000-8000-000000000000'";
        let done = sqlx::query(ask).bind(team).execute(&log.pool).await.unwrap();
        assert!(done.rows_affected() > 10, "that shows little");
        log.owner.execute("analyze inbox_v17.conversations").await.unwrap();
        let mine = seeing(TENANT, sight);
        for (context, filter) in
            [(mine, &Condition::default()), (mine, &open), (mine, &asked), (proven(TENANT), &asked)]
        {
            for order in [
                ConversationOrder::LatestActivity,
                ConversationOrder::OldestActivity,
                ConversationOrder::LongestWaiting,
                ConversationOrder::HighestPriority,
            ] {
                let list = ConversationList { filter, order, columns: ConversationColumns::ALL };
                let plan = explain_conversations(&log.reads, context, list, PageRequest::first(50)).await.unwrap();
                let told = format!("{whose} {order:?} {filter:?}:\n{}", plan.join("\n"));
                let by_team = plan.iter().any(|line| line.contains("conversations_of_team"));
                assert!(by_team && !plan.iter().any(|line| line.contains("Seq Scan on conversations")), "{told}");
            }
        }
    }
}

#[tokio::test]
async fn what_something_was_done_to_is_found_in_a_long_thread_by_its_mark() {
    let log = Log::new().await;
    log.pool
        .execute(
            "insert into inbox_v17.messages \
                 (message_id, told_by, mark, tenant_id, conversation_id, contact_id, provider_message_id, direction, kind, sent_at, \
                  telling, is_by_member) \
             select md5(n::text)::uuid, md5(n::text)::uuid, gen_random_uuid(), lpad('1', 32, '0')::uuid, lpad((n % 20)::text, 32, '0')::uuid, gen_random_uuid(), n::text, \
                    'inbound', 'text', timestamptz '2026-11-01' + n * interval '1s', 2, false \
             from generate_series(1, 20000) n",
        )
        .await
        .unwrap();
    log.owner.execute("analyze inbox_v17.messages").await.unwrap();
    let mut rows = log.pool.acquire().await.unwrap();
    rows.execute("set search_path = inbox_v17").await.unwrap();
    let plan = explain_marking(&mut rows).await.unwrap().join("\n");
    assert!(plan.contains("using messages_once on messages m"), "{plan}");
    assert!(plan.contains("(mark = acts.about)"), "{plan}");
}

#[tokio::test]
async fn the_events_behind_a_count_are_read_from_an_index() {
    let log = Log::new().await;
    log.pool
        .execute(
            "insert into analytics_v3.points (conversation_id, tenant_id, at, what, counts_as, version, event_id) \
             select md5((n % 500)::text)::uuid, lpad((1 + n % 3)::text, 32, '0')::uuid, timestamptz '2026-11-01' + n * interval '1s', \
                    'customer_wrote', (array['messages_in', 'messages_out_human', 'conversations_opened', null])[1 + n % 4], n, \
                    gen_random_uuid() \
             from generate_series(1, 40000) n; \
             insert into analytics_v3.conversations (conversation_id, tenant_id, channel_id, state) \
             select md5(n::text)::uuid, lpad('1', 32, '0')::uuid, gen_random_uuid(), '' from generate_series(0, 499) n",
        )
        .await
        .unwrap();
    log.owner.execute("analyze analytics_v3.points; analyze analytics_v3.conversations").await.unwrap();
    let span = "2026-11-01T00:00:00Z".parse().unwrap().."2026-11-02T00:00:00Z".parse().unwrap();
    let of_channel = Filter { channel: Only::Of(ChannelId::from_uuid(Uuid::from_u128(7))), ..Filter::default() };
    let somewhere = Keyset::new("2026-11-01T03:00:00Z".parse().unwrap(), Uuid::from_u128(7));
    for filter in [Filter::default(), of_channel] {
        let of = Behind { measure: Measure::Count(Count::MessagesIn), version: 1, span: span.clone(), filter };
        for page in [
            PageRequest::first(100),
            PageRequest::last(100),
            PageRequest { after: Some(somewhere), ..PageRequest::first(100) },
        ] {
            let plan = explain_behind(&log.reads, proven(TENANT), &of, page).await.unwrap();
            let told = format!("{filter:?} {page:?}:\n{}", plan.join("\n"));
            let scan = plan.iter().position(|line| line.contains("using points_by_count on points p"));
            let scan = scan.unwrap_or_else(|| panic!("{told}"));
            assert!(plan[scan + 1].contains("Index Cond:") && plan[scan + 1].contains("ROW("), "{told}");
            assert!(!plan.iter().any(|line| line.trim_end().ends_with("Sort")), "{told}");
        }
    }
}

#[tokio::test]
async fn what_lines_of_usage_count_is_read_from_an_index() {
    let log = Log::new().await;
    log.pool
        .execute(
            "insert into usage_v2.counted \
                 (subject, item, day, nth, tenant_id, category, booked_on, quantity, at, event_id, position) \
             select gen_random_uuid(), (array['message_received', 'message_sent'])[1 + n % 2], date '2026-11-01' + n % 5, 0, \
                    lpad((1 + n % 3)::text, 32, '0')::uuid, '', date '2026-11-01' + n % 5, 1, \
                    timestamptz '2026-11-01 00:00:00Z' + n % 5 * interval '1 day' + n * interval '1s', gen_random_uuid(), n \
             from generate_series(1, 40000) n",
        )
        .await
        .unwrap();
    log.owner.execute("analyze usage_v2.counted").await.unwrap();
    let day = date(2026, 11, 2);
    let line = LineKey { day, item: UsageItem::MessageReceived, category: None, booked_on: day };
    let somewhere = Keyset::new("2026-11-02T03:00:00Z".parse().unwrap(), Uuid::from_u128(7));
    for page in
        [PageRequest::first(3), PageRequest::last(3), PageRequest { after: Some(somewhere), ..PageRequest::first(3) }]
    {
        let plan = explain_counted(&log.reads, proven(TENANT), &[&line, &line], page).await.unwrap();
        let told = format!("{page:?}:\n{}", plan.join("\n"));
        let scan = plan.iter().position(|line| line.contains("using counted_by_line on counted k"));
        let scan = scan.unwrap_or_else(|| panic!("{told}"));
        assert!(plan[scan + 1].contains("Index Cond:") && plan[scan + 1].contains("ROW("), "{told}");
        assert!(!plan.iter().any(|line| line.trim_end().ends_with("Sort")), "{told}");
    }
}
