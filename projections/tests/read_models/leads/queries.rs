//! What leads and timelines are asked: pages neither skip nor repeat rows, counts agree with lists.

use std::collections::BTreeSet;

use leadflow_domain::lead::LeadStatus;
use leadflow_projections::leads::{self, LeadCounts, LeadField, LeadList, LeadOrder, TimelineRow};
use leadflow_projections::{Condition, PageRequest};
use uuid::Uuid;

use super::naive;
use crate::queries::{ALL, latest_first, played, walk};
use crate::support::{OTHER_TENANT, TENANT, proven};

#[tokio::test]
async fn a_timeline_s_pages_neither_skip_nor_repeat() {
    let log = played().await;
    let timeline = naive::rows(&log.events().await).timeline;
    let contacts: BTreeSet<(Uuid, Uuid)> = timeline.iter().map(|row| (row.tenant_id, row.contact_id)).collect();
    let mut ties = 0;
    for tenant in [TENANT, OTHER_TENANT] {
        let context = proven(tenant);
        for (_, contact) in contacts.iter().filter(|(of, _)| *of == tenant.as_uuid()) {
            let hers: Vec<_> = timeline.iter().filter(|row| row.contact_id == *contact).collect();
            ties += hers.len() - hers.iter().map(|row| row.at).collect::<BTreeSet<_>>().len();
            let in_order = latest_first(hers.iter().map(|row| ((row.at, row.event_id), row.event_id)));
            for first in [1, 3, 100] {
                let page = async |page| {
                    let read = leads::timelines_of(&log.reads, context, &[*contact], page).await.unwrap();
                    let of_her = |(of, row)| (of == *contact).then_some(row);
                    let mut rows: Vec<_> = read.into_iter().filter_map(of_her).collect();
                    rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.event)));
                    rows
                };
                let walked = walk(first, TimelineRow::keyset, page).await;
                assert_eq!(walked.iter().map(|row| row.event).collect::<Vec<_>>(), in_order, "by {first}");
            }
            let count = leads::count_timelines(&log.reads, context, &[*contact]).await.unwrap();
            assert_eq!(count, [(*contact, i64::try_from(hers.len()).unwrap())]);
        }
    }
    let everybody: Vec<Uuid> = contacts.iter().map(|(_, contact)| *contact).collect();
    for first in [1, 3] {
        let page = PageRequest::first(first);
        let read = leads::timelines_of(&log.reads, proven(TENANT), &everybody, page).await.unwrap();
        for (tenant, contact) in &contacts {
            let whole = timeline.iter().filter(|row| row.contact_id == *contact).count();
            // One more than asked for, of each; another tenant's are nobody's.
            let expected = if *tenant == TENANT.as_uuid() { whole.min(usize::try_from(first).unwrap() + 1) } else { 0 };
            assert_eq!(read.iter().filter(|(of, _)| of == contact).count(), expected, "{contact} by {first}");
        }
    }
    assert!(ties > 20, "{ties} ties show little");
}

#[tokio::test]
async fn leads_are_listed_and_counted_by_where_they_stand() {
    let log = played().await;
    let expected = naive::rows(&log.events().await).leads;
    let mut all = LeadCounts::default();
    for tenant in [TENANT, OTHER_TENANT] {
        let context = proven(tenant);
        let counts = leads::count_leads(&log.reads, context, &Condition::default()).await.unwrap();
        for (status, word) in
            [(LeadStatus::New, "new"), (LeadStatus::Qualified, "qualified"), (LeadStatus::Disqualified, "disqualified")]
        {
            let there = || expected.iter().filter(|row| row.tenant_id == tenant.as_uuid() && row.status == word);
            let in_order = latest_first(there().map(|row| ((row.captured_at, row.lead_id), row.lead_id)));
            assert_eq!(counts.of(status), i64::try_from(in_order.len()).unwrap(), "{word}");
            let filter = Condition::Is(LeadField::Status(vec![status]));
            let list = LeadList { filter: &filter, order: LeadOrder::LatestCaptured };
            let page = async |page| leads::leads(&log.reads, context, list, page).await.unwrap();
            let walked = walk(1, |row| list.order.keyset(row), page).await;
            assert_eq!(walked.iter().map(|row| row.id).collect::<Vec<_>>(), in_order, "{word}");
            for row in walked {
                let known = there().find(|known| known.lead_id == row.id).unwrap();
                let assessed_at = row.assessed_at.map(jiff::Timestamp::as_microsecond);
                assert_eq!((row.status, row.score, assessed_at), (status, known.score, known.assessed_at));
                assert_eq!(row.reason, known.reason);
            }
        }
        let list = LeadList { filter: &Condition::default(), order: LeadOrder::LatestCaptured };
        let listed = leads::leads(&log.reads, context, list, ALL).await.unwrap();
        assert_eq!(counts.total(), i64::try_from(listed.len()).unwrap());
        all.new += counts.new;
        all.qualified += counts.qualified;
        all.disqualified += counts.disqualified;
    }
    assert!(all.new > 0 && all.qualified > 0 && all.disqualified > 0, "{all:?} shows little");
}
