//! What somebody does not see does not exist for her: whatever she asks, she is answered by what a naive predicate over all rows
//! leaves.

mod every_read;
mod naive;
mod reports;

use leadflow_domain::TenantId;
use leadflow_projections::Sight;
use leadflow_projections::inbox::{self, ContactList, ConversationColumns, ConversationList};
use leadflow_projections::leads::{self, LeadList};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use uuid::Uuid;

use self::naive::Seen;
use self::reports::Reports;
use crate::analytics;
use crate::asked::{
    CONTACT_ORDERS, CONVERSATION_ORDERS, LEAD_ORDERS, OfContacts, OfConversations, OfLeads, contact_is, contact_of,
    contacts_in_order, conversation_is, conversations_in_order, holds, lead_is, leads_in_order, rng, some,
};
use crate::history::{member, team};
use crate::leads::naive as naive_leads;
use crate::leads::rows::Lead;
use crate::queries::{ALL, played, walk};
use crate::rows::{self, Contact, Conversation};
use crate::support::{OTHER_TENANT, TENANT, seeing};

/// Viewers, each with a filter of her own, that are tried. `LEADFLOW_TESTS_SEED` tries others.
const PAIRS: usize = 1_000;

/// Every kind of sight: of who has much, of who has nothing, of teams that are there and of one that nobody is in.
fn sights(tenant: TenantId) -> Vec<Sight> {
    let mut sights = vec![Sight::Everything, Sight::Nothing];
    for unassigned in [false, true] {
        // The last is a stranger.
        sights.extend([1, 2, 3, 4, 9].map(|number| Sight::Own { member: member(tenant, number), unassigned }));
        sights.extend([(1, 2), (2, 1), (9, 1), (3, 3), (9, 2)].map(|(number, of)| Sight::Team {
            member: member(tenant, number),
            team: team(tenant, of),
            unassigned,
        }));
    }
    sights
}

#[tokio::test]
async fn whoever_asks_for_whatever_is_answered_as_naively() {
    answers_are_naive(TENANT).await;
}

#[tokio::test]
async fn whoever_asks_in_another_business_is_answered_as_naively() {
    answers_are_naive(OTHER_TENANT).await;
}

/// Half of the pairs: each business is a test, and tests run at once.
async fn answers_are_naive(tenant: TenantId) {
    let log = played().await;
    let events = log.events().await;
    let inbox = rows::inbox(&mut log.pool.acquire().await.unwrap()).await;
    let (all_leads, reports) = (naive_leads::rows(&events).leads, analytics::naive::rows(&events));
    let mut rng = rng();
    let mut partly = [0; 4];
    let is_here = |of: Uuid| of == tenant.as_uuid();
    let conversations: Vec<&Conversation> =
        inbox.conversations.iter().filter(|row| is_here(row.tenant_id) && row.last_activity_at.is_some()).collect();
    let contacts: Vec<&Contact> =
        inbox.contacts.iter().filter(|row| is_here(row.tenant_id) && row.introduced_at.is_some()).collect();
    let leads: Vec<&Lead> = all_leads.iter().filter(|row| is_here(row.tenant_id)).collect();
    let reports = Reports::of(&reports, &events, tenant);
    let (of_conversations, of_contacts, of_leads) =
        (OfConversations::of(&conversations, &inbox.contacts), OfContacts::of(&contacts), OfLeads::of(&leads));
    let viewers: Vec<(Sight, Seen<'_>)> =
        sights(tenant).into_iter().map(|sight| (sight, Seen::of(&events, tenant, sight))).collect();
    for _ in 0..PAIRS / 2 {
        let (sight, seen) = viewers.choose(&mut rng).unwrap();
        let (reads, context) = (&log.reads, seeing(tenant, *sight));
        let size = *[3, 10_000, 10_000, 10_000].choose(&mut rng).unwrap();
        let is_part = |found: usize, of: usize| usize::from((1..of).contains(&found));

        let filter = some(&mut rng, 3, &|rng: &mut StdRng| of_conversations.field(rng));
        let holds_of =
            |row: &&Conversation| holds(&filter, &|is| conversation_is(is, row, contact_of(&inbox.contacts, row)));
        let left: Vec<&Conversation> = conversations.iter().copied().filter(holds_of).collect();
        let there = left.len();
        let left: Vec<_> = left.into_iter().filter(|row| seen.conversation(row.conversation_id)).collect();
        partly[0] += is_part(left.len(), there);
        let order = *CONVERSATION_ORDERS.choose(&mut rng).unwrap();
        let list = ConversationList { filter: &filter, order, columns: ConversationColumns::ALL };
        let page = async |page| inbox::conversations(reads, context, list, page).await.unwrap();
        let walked = walk(size, |row| order.keyset(row), page).await;
        let walked: Vec<Uuid> = walked.into_iter().map(|row| row.id).collect();
        assert_eq!(walked, conversations_in_order(order, &left), "{sight:?} {order:?} by {size}, {filter:?}");
        let count = inbox::count_conversations(reads, context, &filter).await.unwrap();
        assert_eq!(count, i64::try_from(left.len()).unwrap(), "{sight:?} {filter:?}");
        let counts = inbox::conversation_counts(reads, context, &filter).await.unwrap();
        let standing = |is: &dyn Fn(&Conversation) -> bool| i64::try_from(left.iter().filter(|row| is(row)).count());
        assert_eq!(
            [Ok(counts.open), Ok(counts.unassigned), Ok(counts.unread), Ok(counts.unattended)],
            [
                standing(&|row| row.status == "open"),
                standing(&|row| row.status == "open" && row.assignee_id.is_none()),
                standing(&|row| row.unread_count > 0),
                standing(&Conversation::is_unattended),
            ],
            "{sight:?} {filter:?}"
        );

        let filter = some(&mut rng, 3, &|rng: &mut StdRng| of_contacts.field(rng));
        let left: Vec<&Contact> =
            contacts.iter().copied().filter(|row| holds(&filter, &|is| contact_is(is, row))).collect();
        let there = left.len();
        let left: Vec<_> = left.into_iter().filter(|row| seen.contact(row.contact_id)).collect();
        partly[1] += is_part(left.len(), there);
        let order = *CONTACT_ORDERS.choose(&mut rng).unwrap();
        let list = ContactList { filter: &filter, order };
        let page = async |page| inbox::contacts(reads, context, list, page).await.unwrap();
        let walked = walk(size, |(keyset, _)| *keyset, page).await;
        let walked: Vec<Uuid> = walked.into_iter().map(|(_, row)| row.id).collect();
        assert_eq!(walked, contacts_in_order(order, &left), "{sight:?} {order:?} by {size}, {filter:?}");
        let count = inbox::count_contacts(reads, context, &filter).await.unwrap();
        assert_eq!(count, i64::try_from(left.len()).unwrap(), "{sight:?} {filter:?}");

        let filter = some(&mut rng, 3, &|rng: &mut StdRng| of_leads.field(rng));
        let left: Vec<&Lead> = leads.iter().copied().filter(|row| holds(&filter, &|is| lead_is(is, row))).collect();
        let there = left.len();
        let left: Vec<_> = left.into_iter().filter(|row| seen.contact(row.contact_id)).collect();
        partly[2] += is_part(left.len(), there);
        let order = *LEAD_ORDERS.choose(&mut rng).unwrap();
        let list = LeadList { filter: &filter, order };
        let page = async |page| leads::leads(reads, context, list, page).await.unwrap();
        let walked = walk(size, |row| order.keyset(row), page).await;
        let walked: Vec<Uuid> = walked.into_iter().map(|row| row.id).collect();
        assert_eq!(walked, leads_in_order(order, &left), "{sight:?} {order:?} by {size}, {filter:?}");
        let count = leads::count_leads(reads, context, &filter).await.unwrap().total();
        assert_eq!(count, i64::try_from(left.len()).unwrap(), "{sight:?} {filter:?}");

        let one = conversations.choose(&mut rng).unwrap().conversation_id;
        let found = inbox::conversations_by_id(reads, context, &[one], ConversationColumns::ALL).await.unwrap();
        assert_eq!(!found.is_empty(), seen.conversation(one), "{sight:?} {one}");
        let one = leads.choose(&mut rng).unwrap();
        let found = leads::leads_by_id(reads, context, &[one.lead_id]).await.unwrap();
        assert_eq!(!found.is_empty(), seen.contact(one.contact_id), "{sight:?} {one:?}");

        partly[3] += usize::from(reports.compare(reads, context, seen, &mut rng).await);
    }
    assert!(partly.iter().all(|partly| *partly > 25), "that shows little: {partly:?}");
}

/// What its own SQL finds under the API's role: the wall keeps the tenant, and nothing is left to be seen by chance.
#[tokio::test]
async fn the_list_is_what_sql_by_hand_finds_under_the_api_s_role() {
    let log = played().await;
    let mut connection = log.reads.pool().acquire().await.unwrap();
    let mut parts = 0;
    for tenant in [TENANT, OTHER_TENANT] {
        for sight in sights(tenant) {
            let (everything, own, of_team, unassigned) = match sight {
                Sight::Everything => (true, None, None, false),
                Sight::Nothing => (false, None, None, false),
                Sight::Own { member, unassigned } => (false, Some(member.as_uuid()), None, unassigned),
                Sight::Team { member, team, unassigned } => {
                    (false, Some(member.as_uuid()), Some(team.as_uuid()), unassigned)
                }
            };
            let mut tx = sqlx::Acquire::begin(&mut *connection).await.unwrap();
            sqlx::query("select set_config('leadflow.tenant', $1::text, true)")
                .bind(tenant.as_uuid())
                .execute(&mut *tx)
                .await
                .unwrap();
            let by_hand: Vec<Uuid> = sqlx::query_scalar(
                "select v.conversation_id from inbox_v17.conversations v left join inbox_v17.members m on m.member_id = v.assignee_id \
                 where v.last_activity_at is not null \
                   and ($1 or v.assignee_id = $2 or m.team_id = $3 or v.team_id = $3 or v.assignee_id is null and $4) order by 1",
            )
            .bind(everything)
            .bind(own)
            .bind(of_team)
            .bind(unassigned)
            .fetch_all(&mut *tx)
            .await
            .unwrap();
            let there: i64 =
                sqlx::query_scalar("select count(*) from inbox_v17.conversations").fetch_one(&mut *tx).await.unwrap();
            tx.rollback().await.unwrap();
            let mut listed: Vec<Uuid> = crate::queries::inbox(&log.reads, seeing(tenant, sight), ALL)
                .await
                .unwrap()
                .iter()
                .map(|row| row.id)
                .collect();
            listed.sort_unstable();
            assert_eq!(listed, by_hand, "{sight:?}");
            parts += usize::from(!listed.is_empty() && i64::try_from(listed.len()).unwrap() < there);
        }
    }
    assert!(parts > 20, "that shows little: {parts}");
}
