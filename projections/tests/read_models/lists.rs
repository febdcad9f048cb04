//! Lists in every order, from both ends, whole and narrowed: they show exactly what a naive predicate over all rows leaves, in
//! the order in which a naive sort puts it.

use std::collections::BTreeSet;

use leadflow_domain::TenantId;
use leadflow_projections::Condition;
use leadflow_projections::inbox::{self, ChannelRow, ContactList, ConversationColumns, ConversationList};
use leadflow_projections::leads::{self, LeadList};
use rand::rngs::StdRng;
use uuid::Uuid;

use crate::asked::{
    CONTACT_ORDERS, CONVERSATION_ORDERS, LEAD_ORDERS, OfContacts, OfConversations, OfLeads, contact_is, contact_of,
    contacts_in_order, conversation_is, conversations_in_order, holds, lead_is, leads_in_order, rng, some, sort_name,
    sorted,
};
use crate::leads::{naive, rows::Lead};
use crate::queries::{played, walk};
use crate::rows::{Contact, Conversation, Inbox};
use crate::support::{Log, OTHER_TENANT, TENANT, proven};
use crate::{expected, rows};

/// Filters that are tried of each list and order. `LEADFLOW_TESTS_SEED` tries others.
const FILTERS: usize = 25;

/// The filters of one list: none, one that leaves nothing, and some.
fn filters<F: Clone>(rng: &mut StdRng, field: &impl Fn(&mut StdRng) -> F) -> Vec<Condition<F>> {
    let more = (0..FILTERS).map(|_| some(rng, 3, field));
    [Condition::default(), Condition::Any(vec![])].into_iter().chain(more).collect()
}

/// Fails unless some of what was found was part of what there is: else a filter shows little.
fn assert_telling(found: &[usize], of: usize) {
    let partly = found.iter().filter(|found| (1..of).contains(*found)).count();
    assert!(partly > 5, "of {of} rows the filters left {found:?}");
}

fn of_tenant(tenant: TenantId) -> impl Fn(Uuid) -> bool {
    move |of| of == tenant.as_uuid()
}

async fn folded(log: &Log) -> Inbox {
    let events = log.events().await;
    let inbox = rows::inbox(&mut log.pool.acquire().await.unwrap()).await;
    assert_eq!(inbox, expected::inbox(&events));
    inbox
}

#[tokio::test]
async fn conversations_are_found_and_ordered_as_naively() {
    let log = played().await;
    let inbox = folded(&log).await;
    let mut rng = rng();
    for tenant in [TENANT, OTHER_TENANT] {
        let (context, is_here) = (proven(tenant), of_tenant(tenant));
        let listed = |row: &&Conversation| is_here(row.tenant_id) && row.last_activity_at.is_some();
        let all: Vec<&Conversation> = inbox.conversations.iter().filter(listed).collect();
        let contact_of = |row: &Conversation| contact_of(&inbox.contacts, row);
        let known = OfConversations::of(&all, &inbox.contacts);
        let field = |rng: &mut StdRng| known.field(rng);
        let activities: BTreeSet<_> = all.iter().map(|row| row.last_activity_at).collect();
        assert!(activities.len() < all.len(), "without ties this shows little");
        assert!(all.iter().any(|row| row.waiting_since.is_some()) && all.iter().any(|row| row.waiting_since.is_none()));
        let mut found = Vec::new();
        for filter in filters(&mut rng, &field) {
            let left: Vec<&Conversation> = all
                .iter()
                .copied()
                .filter(|row| holds(&filter, &|is| conversation_is(is, row, contact_of(row))))
                .collect();
            found.push(left.len());
            for order in CONVERSATION_ORDERS {
                let expected = conversations_in_order(order, &left);
                let list = ConversationList { filter: &filter, order, columns: ConversationColumns::ALL };
                let page = async |page| inbox::conversations(&log.reads, context, list, page).await.unwrap();
                for size in [1, 3] {
                    let walked = walk(size, |row| order.keyset(row), page).await;
                    let walked: Vec<Uuid> = walked.into_iter().map(|row| row.id).collect();
                    assert_eq!(walked, expected, "{order:?} by {size}, {filter:?}");
                }
            }
            let count = inbox::count_conversations(&log.reads, context, &filter).await.unwrap();
            assert_eq!(count, i64::try_from(left.len()).unwrap(), "{filter:?}");
            let counts = inbox::conversation_counts(&log.reads, context, &filter).await.unwrap();
            assert_eq!(counts.open + counts.snoozed + counts.resolved, count, "{filter:?}");
            let waiting = left.iter().filter(|row| row.waiting_since.is_some()).count();
            assert_eq!(counts.waiting, i64::try_from(waiting).unwrap(), "{filter:?}");
        }
        assert_telling(&found, all.len());
    }
}

#[tokio::test]
async fn contacts_are_found_and_ordered_as_naively() {
    let log = played().await;
    let inbox = folded(&log).await;
    let mut rng = rng();
    for tenant in [TENANT, OTHER_TENANT] {
        let (context, is_here) = (proven(tenant), of_tenant(tenant));
        let all: Vec<&Contact> =
            inbox.contacts.iter().filter(|row| is_here(row.tenant_id) && row.introduced_at.is_some()).collect();
        let known = OfContacts::of(&all);
        let field = |rng: &mut StdRng| known.field(rng);
        let sort_names: BTreeSet<_> = all.iter().map(|row| sort_name(row)).collect();
        assert!(sort_names.len() < all.len() && sort_names.len() > 1, "without ties this shows little: {sort_names:?}");
        let mut found = Vec::new();
        for filter in filters(&mut rng, &field) {
            let left: Vec<&Contact> =
                all.iter().copied().filter(|row| holds(&filter, &|is| contact_is(is, row))).collect();
            found.push(left.len());
            for order in CONTACT_ORDERS {
                let expected = contacts_in_order(order, &left);
                let list = ContactList { filter: &filter, order };
                let page = async |page| inbox::contacts(&log.reads, context, list, page).await.unwrap();
                for size in [1, 3] {
                    let walked = walk(size, |(keyset, _)| *keyset, page).await;
                    let walked: Vec<Uuid> = walked.into_iter().map(|(_, row)| row.id).collect();
                    assert_eq!(walked, expected, "{order:?} by {size}, {filter:?}");
                }
            }
            let count = inbox::count_contacts(&log.reads, context, &filter).await.unwrap();
            assert_eq!(count, i64::try_from(left.len()).unwrap(), "{filter:?}");
        }
        assert_telling(&found, all.len());
    }
}

#[tokio::test]
async fn leads_are_found_and_ordered_as_naively() {
    let log = played().await;
    let leads = naive::rows(&log.events().await).leads;
    let mut rng = rng();
    for tenant in [TENANT, OTHER_TENANT] {
        let (context, is_here) = (proven(tenant), of_tenant(tenant));
        let all: Vec<&Lead> = leads.iter().filter(|row| is_here(row.tenant_id)).collect();
        let known = OfLeads::of(&all);
        let field = |rng: &mut StdRng| known.field(rng);
        let captured: BTreeSet<_> = all.iter().map(|row| row.captured_at).collect();
        assert!(captured.len() < all.len(), "without ties this shows little");
        let mut found = Vec::new();
        for filter in filters(&mut rng, &field) {
            let left: Vec<&Lead> = all.iter().copied().filter(|row| holds(&filter, &|is| lead_is(is, row))).collect();
            found.push(left.len());
            for order in LEAD_ORDERS {
                let expected = leads_in_order(order, &left);
                let list = LeadList { filter: &filter, order };
                let page = async |page| leads::leads(&log.reads, context, list, page).await.unwrap();
                for size in [1, 3] {
                    let walked = walk(size, |row| order.keyset(row), page).await;
                    let walked: Vec<Uuid> = walked.into_iter().map(|row| row.id).collect();
                    assert_eq!(walked, expected, "{order:?} by {size}, {filter:?}");
                }
            }
            let counts = leads::count_leads(&log.reads, context, &filter).await.unwrap();
            assert_eq!(counts.total(), i64::try_from(left.len()).unwrap(), "{filter:?}");
        }
        assert_telling(&found, all.len());
    }
}

#[tokio::test]
async fn channels_are_listed_as_they_were_connected() {
    let log = played().await;
    let inbox = folded(&log).await;
    for tenant in [TENANT, OTHER_TENANT] {
        let is_here = of_tenant(tenant);
        let all: Vec<_> = inbox.channels.iter().filter(|row| is_here(row.tenant_id)).collect();
        let expected = sorted(&all, |row| (row.connected_at, row.channel_id));
        let page = async |page| inbox::channels(&log.reads, proven(tenant), page).await.unwrap();
        for size in [1, 2] {
            let walked = walk(size, ChannelRow::keyset, page).await;
            let status = |row: &ChannelRow| format!("{:?}", row.status).to_lowercase();
            let walked: Vec<_> = walked.iter().map(|row| (row.id, status(row), row.display_phone.clone())).collect();
            let known = |row: &&rows::Channel| (row.channel_id, row.status.clone(), row.display_phone.clone());
            assert_eq!(walked, expected.iter().map(known).collect::<Vec<_>>());
        }
        let count = inbox::count_channels(&log.reads, proven(tenant)).await.unwrap();
        assert_eq!(count, i64::try_from(all.len()).unwrap());
    }
}
