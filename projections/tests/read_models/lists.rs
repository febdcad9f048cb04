//! Lists in every order, from both ends, whole and narrowed: they show exactly what a naive predicate over all rows leaves, in
//! the order in which a naive sort puts it.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Debug;

use jiff::Timestamp;
use leadflow_domain::TenantId;
use leadflow_domain::contact::Marketing;
use leadflow_domain::conversation::Priority;
use leadflow_domain::lead::{LeadSource, LeadStatus};
use leadflow_projections::inbox::{
    self, ChannelRow, ContactField, ContactList, ContactOrder, ConversationColumns, ConversationField,
    ConversationList, ConversationOrder, ConversationStatus,
};
use leadflow_projections::leads::{self, LeadField, LeadList, LeadOrder};
use leadflow_projections::{Condition, IdIs, NumberIs, TextIs, TimeIs};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use crate::leads::{naive, rows::Lead};
use crate::queries::{played, walk};
use crate::rows::{Contact, Conversation, Inbox};
use crate::support::{Log, OTHER_TENANT, TENANT, proven};
use crate::{expected, rows};

/// Filters that are tried of each list and order. `LEADFLOW_TESTS_SEED` tries others.
const FILTERS: usize = 25;

fn rng() -> StdRng {
    StdRng::seed_from_u64(std::env::var("LEADFLOW_TESTS_SEED").map_or(7, |seed| seed.parse().unwrap()))
}

fn holds<F>(condition: &Condition<F>, is: &impl Fn(&F) -> bool) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| holds(part, is)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, is)),
        Condition::Not(part) => !holds(part, is),
        Condition::Is(field) => is(field),
    }
}

/// Some condition of at most `levels` levels.
fn some<F>(rng: &mut StdRng, levels: u32, field: &impl Fn(&mut StdRng) -> F) -> Condition<F> {
    let parts = |rng: &mut StdRng| {
        let number = [0, 1, 2, 2, 3][rng.random_range(0..5)];
        (0..number).map(|_| some(rng, levels - 1, field)).collect()
    };
    match rng.random_range(0..6) {
        0 if levels > 1 => Condition::All(parts(rng)),
        1 if levels > 1 => Condition::Any(parts(rng)),
        2 if levels > 1 => Condition::Not(Box::new(some(rng, levels - 1, field))),
        _ => Condition::Is(field(rng)),
    }
}

fn id_is(is: &IdIs, id: Option<Uuid>) -> bool {
    match is {
        IdIs::In(ids) => id.is_some_and(|id| ids.contains(&id)),
        IdIs::Null(is_null) => id.is_none() == *is_null,
    }
}

fn text_is(is: &TextIs, texts: &[Option<&str>]) -> bool {
    let mut there = texts.iter().flatten();
    match is {
        TextIs::In(any) => there.any(|text| any.iter().any(|one| one == text)),
        TextIs::Contains(part) => there.any(|text| text.to_lowercase().contains(&part.to_lowercase())),
        TextIs::Null(is_null) => there.next().is_none() == *is_null,
    }
}

fn time_is(is: &TimeIs, time: Option<i64>) -> bool {
    match is {
        TimeIs::In(times) => times.iter().any(|one| time == Some(one.as_microsecond())),
        TimeIs::From(from) => time.is_some_and(|time| time >= from.as_microsecond()),
        TimeIs::Until(until) => time.is_some_and(|time| time <= until.as_microsecond()),
        TimeIs::Null(is_null) => time.is_none() == *is_null,
    }
}

fn number_is(is: &NumberIs, number: Option<i32>) -> bool {
    match is {
        NumberIs::In(numbers) => numbers.iter().any(|one| number == Some(*one)),
        NumberIs::AtLeast(least) => number.is_some_and(|number| number >= *least),
        NumberIs::AtMost(most) => number.is_some_and(|number| number <= *most),
        NumberIs::Null(is_null) => number.is_none() == *is_null,
    }
}

fn some_id(rng: &mut StdRng, ids: &[Uuid]) -> IdIs {
    match rng.random_range(0..4) {
        0 => IdIs::Null(rng.random()),
        number => IdIs::In((0..number - 1).map(|_| *ids.choose(rng).unwrap_or(&Uuid::nil())).collect()),
    }
}

/// What is in some of the texts, or in none.
fn some_text(rng: &mut StdRng, texts: &[&str]) -> TextIs {
    let text = texts.choose(rng).copied().unwrap_or_default();
    match rng.random_range(0..5) {
        0 => TextIs::Null(rng.random()),
        1 => TextIs::In(vec![text.to_owned()]),
        2 => TextIs::In(texts.iter().map(|text| (*text).to_owned()).take(2).collect()),
        3 => TextIs::Contains(["%", "_", "\\", "'", "", "\u{10ffff}"][rng.random_range(0..6)].to_owned()),
        _ => TextIs::Contains(text.chars().take(2).flat_map(char::to_uppercase).collect()),
    }
}

fn some_time(rng: &mut StdRng, times: &[i64]) -> TimeIs {
    let time = times.choose(rng).map_or(Timestamp::MIN, |time| Timestamp::from_microsecond(*time).unwrap());
    match rng.random_range(0..7) {
        0 => TimeIs::Null(rng.random()),
        4 => TimeIs::In(vec![time]),
        5 => TimeIs::In(vec![Timestamp::MIN, time]),
        1 => {
            if rng.random() {
                TimeIs::From(Timestamp::MIN)
            } else {
                TimeIs::Until(Timestamp::MIN)
            }
        }
        2 => TimeIs::From(time),
        _ => TimeIs::Until(time),
    }
}

fn some_number(rng: &mut StdRng, most: i32) -> NumberIs {
    let number = rng.random_range(0..=most);
    match rng.random_range(0..6) {
        0 => NumberIs::In(vec![number]),
        4 => NumberIs::In((0..=number).collect()),
        5 => NumberIs::Null(rng.random()),
        1 => NumberIs::AtLeast(number),
        2 => NumberIs::AtMost(number),
        _ => NumberIs::AtMost(i32::MAX),
    }
}

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

/// `rows` in the order of `key`, which has ties unless it is nobody's.
fn sorted<'a, R, K: Ord>(rows: &[&'a R], key: impl Fn(&R) -> K) -> Vec<&'a R> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| key(row));
    rows
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

fn conversation_is(is: &ConversationField, row: &Conversation, contact: Option<&Contact>) -> bool {
    let word = |word: &dyn Debug| format!("{word:?}").to_lowercase();
    match is {
        ConversationField::Id(is) => id_is(is, Some(row.conversation_id)),
        ConversationField::Status(any) => any.iter().any(|one| word(one) == row.status),
        ConversationField::Priority(any) => any.iter().any(|one| word(one) == row.priority),
        ConversationField::Assignee(is) => id_is(is, row.assignee_id),
        ConversationField::Channel(is) => id_is(is, Some(row.channel_id)),
        ConversationField::Contact(is) => id_is(is, row.contact_id),
        ConversationField::Label(is) => {
            text_is(is, &row.labels.iter().map(|label| Some(label.as_str())).collect::<Vec<_>>())
        }
        ConversationField::Unread(is) => (row.unread_count > 0) == *is,
        ConversationField::UnreadCount(is) => number_is(is, Some(row.unread_count)),
        ConversationField::LastActivity(is) => time_is(is, row.last_activity_at),
        ConversationField::Window(is) => time_is(is, row.window_until),
        ConversationField::Waiting(is) => time_is(is, row.waiting_since),
        ConversationField::Unattended(is) => row.is_unattended() == *is,
        ConversationField::ContactName(is) => text_is(is, &contact.map_or([None, None], names)),
        ConversationField::ContactPhone(is) => text_is(is, &[contact.and_then(|contact| contact.phone.as_deref())]),
    }
}

fn names(contact: &Contact) -> [Option<&str>; 2] {
    [contact.display_name.as_deref(), contact.listed_name.as_deref()]
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
        let contact_of =
            |row: &Conversation| inbox.contacts.iter().find(|known| Some(known.contact_id) == row.contact_id);
        let ids = |id: &dyn Fn(&Conversation) -> Option<Uuid>| all.iter().filter_map(|row| id(row)).collect::<Vec<_>>();
        let (own, contacts) = (ids(&|row| Some(row.conversation_id)), ids(&|row| row.contact_id));
        let (members, channels) = (ids(&|row| row.assignee_id), ids(&|row| Some(row.channel_id)));
        let labels: Vec<&str> = all.iter().flat_map(|row| row.labels.iter().map(String::as_str)).collect();
        let people: Vec<&Contact> = all.iter().filter_map(|row| contact_of(row)).collect();
        let phones: Vec<&str> = people.iter().filter_map(|row| row.phone.as_deref()).collect();
        let called: Vec<&str> = people.iter().flat_map(|row| names(row)).flatten().collect();
        let times: Vec<i64> =
            all.iter().flat_map(|row| [row.last_activity_at, row.window_until, row.waiting_since]).flatten().collect();
        let statuses = [ConversationStatus::Open, ConversationStatus::Snoozed, ConversationStatus::Resolved];
        let priorities = [Priority::None, Priority::Low, Priority::Medium, Priority::High, Priority::Urgent];
        let field = |rng: &mut StdRng| match rng.random_range(0..15) {
            0 => ConversationField::Id(some_id(rng, &own)),
            1 => ConversationField::Status(statuses.choose_multiple(rng, 2).copied().collect()),
            2 => ConversationField::Priority(priorities.choose_multiple(rng, 2).copied().collect()),
            3 => ConversationField::Assignee(some_id(rng, &members)),
            4 => ConversationField::Channel(some_id(rng, &channels)),
            5 => ConversationField::Contact(some_id(rng, &contacts)),
            6 => ConversationField::Label(some_text(rng, &labels)),
            7 => ConversationField::Unread(rng.random()),
            8 => ConversationField::UnreadCount(some_number(rng, 3)),
            9 => ConversationField::LastActivity(some_time(rng, &times)),
            10 => ConversationField::Window(some_time(rng, &times)),
            11 => ConversationField::Waiting(some_time(rng, &times)),
            12 => ConversationField::Unattended(rng.random()),
            13 => ConversationField::ContactName(some_text(rng, &called)),
            _ => ConversationField::ContactPhone(some_text(rng, &phones)),
        };
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
            let rank = |row: &Conversation| {
                ["none", "low", "medium", "high", "urgent"].iter().position(|one| *one == row.priority)
            };
            let activity = |row: &Conversation| (row.last_activity_at, row.conversation_id);
            for (order, expected) in [
                (ConversationOrder::LatestActivity, sorted(&left, |row| Reverse(activity(row)))),
                (ConversationOrder::OldestActivity, sorted(&left, activity)),
                (
                    ConversationOrder::LongestWaiting,
                    sorted(&left, |row| (row.waiting_since.unwrap_or(i64::MAX), row.conversation_id)),
                ),
                (ConversationOrder::HighestPriority, sorted(&left, |row| Reverse((rank(row), activity(row))))),
            ] {
                let expected: Vec<Uuid> = expected.into_iter().map(|row| row.conversation_id).collect();
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
        let ids: Vec<Uuid> = all.iter().map(|row| row.contact_id).collect();
        let phones: Vec<&str> = all.iter().filter_map(|row| row.phone.as_deref()).collect();
        let called: Vec<&str> = all.iter().flat_map(|row| names(row)).flatten().collect();
        let said = [None, Some(Marketing::Wanted), Some(Marketing::Stopped)];
        let field = |rng: &mut StdRng| match rng.random_range(0..4) {
            0 => ContactField::Id(some_id(rng, &ids)),
            1 => ContactField::Name(some_text(rng, &called)),
            2 => ContactField::Phone(some_text(rng, &phones)),
            _ => ContactField::Marketing(said.choose_multiple(rng, 2).copied().collect()),
        };
        let is = |is: &ContactField, row: &Contact| match is {
            ContactField::Id(is) => id_is(is, Some(row.contact_id)),
            ContactField::Name(is) => text_is(is, &names(row)),
            ContactField::Phone(is) => text_is(is, &[row.phone.as_deref()]),
            ContactField::Marketing(any) => {
                any.iter().any(|one| one.map(|one| format!("{one:?}").to_lowercase()) == row.marketing)
            }
        };
        let sort_name = |row: &Contact| {
            let name = row.listed_name.as_ref().or(row.display_name.as_ref());
            (name.is_none(), name.map(|name| name.to_lowercase()), row.contact_id)
        };
        let sort_names: BTreeSet<_> = all.iter().map(|row| sort_name(row).1).collect();
        assert!(sort_names.len() < all.len() && sort_names.len() > 1, "without ties this shows little: {sort_names:?}");
        let mut found = Vec::new();
        for filter in filters(&mut rng, &field) {
            let left: Vec<&Contact> =
                all.iter().copied().filter(|row| holds(&filter, &|field| is(field, row))).collect();
            found.push(left.len());
            let introduced = |row: &Contact| (row.introduced_at, row.contact_id);
            for (order, expected) in [
                (ContactOrder::Newest, sorted(&left, |row| Reverse(introduced(row)))),
                (ContactOrder::Oldest, sorted(&left, introduced)),
                (ContactOrder::Name, sorted(&left, sort_name)),
            ] {
                let expected: Vec<Uuid> = expected.into_iter().map(|row| row.contact_id).collect();
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
        let ids = |id: &dyn Fn(&Lead) -> Uuid| all.iter().map(|row| id(row)).collect::<Vec<_>>();
        let (own, contacts) = (ids(&|row| row.lead_id), ids(&|row| row.contact_id));
        let conversations = ids(&|row| row.conversation_id);
        let times: Vec<i64> = all.iter().flat_map(|row| [Some(row.captured_at), row.assessed_at]).flatten().collect();
        let statuses = [LeadStatus::New, LeadStatus::Qualified, LeadStatus::Disqualified];
        let field = |rng: &mut StdRng| match rng.random_range(0..8) {
            0 => LeadField::Id(some_id(rng, &own)),
            1 => LeadField::Status(statuses.choose_multiple(rng, 2).copied().collect()),
            2 => LeadField::Source(vec![LeadSource::WhatsApp]),
            3 => LeadField::Contact(some_id(rng, &contacts)),
            4 => LeadField::Conversation(some_id(rng, &conversations)),
            5 => LeadField::Captured(some_time(rng, &times)),
            6 => LeadField::Assessed(some_time(rng, &times)),
            _ => LeadField::Score(some_number(rng, 100)),
        };
        let is = |is: &LeadField, row: &Lead| match is {
            LeadField::Id(is) => id_is(is, Some(row.lead_id)),
            LeadField::Status(any) => any.iter().any(|one| format!("{one:?}").to_lowercase() == row.status),
            LeadField::Source(any) => any.iter().any(|one| format!("{one:?}").to_lowercase() == row.source),
            LeadField::Contact(is) => id_is(is, Some(row.contact_id)),
            LeadField::Conversation(is) => id_is(is, Some(row.conversation_id)),
            LeadField::Captured(is) => time_is(is, Some(row.captured_at)),
            LeadField::Assessed(is) => time_is(is, row.assessed_at),
            LeadField::Score(is) => number_is(is, row.score.map(i32::from)),
        };
        let captured: BTreeSet<_> = all.iter().map(|row| row.captured_at).collect();
        assert!(captured.len() < all.len(), "without ties this shows little");
        let mut found = Vec::new();
        for filter in filters(&mut rng, &field) {
            let left: Vec<&Lead> = all.iter().copied().filter(|row| holds(&filter, &|field| is(field, row))).collect();
            found.push(left.len());
            let captured = |row: &Lead| (row.captured_at, row.lead_id);
            for (order, expected) in [
                (LeadOrder::LatestCaptured, sorted(&left, |row| Reverse(captured(row)))),
                (LeadOrder::OldestCaptured, sorted(&left, captured)),
                (LeadOrder::HighestScore, sorted(&left, |row| Reverse((row.score, captured(row))))),
            ] {
                let expected: Vec<Uuid> = expected.into_iter().map(|row| row.lead_id).collect();
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
