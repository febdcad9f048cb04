//! Pages neither skip nor repeat rows, and nobody sees another tenant's.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use leadflow_domain::{ContactId, ConversationId, E164, GroupId, TenantId};
use leadflow_projections::inbox::{
    self, ContactList, ContactOrder, ContactRow, ConversationColumns, ConversationCounts, ConversationList,
    ConversationOrder, ConversationRow, MessageColumns, MessagesRequest,
};
use leadflow_projections::leads::{self, LeadList, LeadOrder, LeadRow};
use leadflow_projections::{Condition, End, Keyset, PageRequest, TenantContext, TenantReads, all, project_all};
use uuid::Uuid;

use crate::expected;
use crate::history::{channel, play};
use crate::leads::naive;
use crate::process::Process;
use crate::rows::Conversation;
use crate::support::{Log, OTHER_TENANT, TENANT, proven};

/// Everything at once.
pub(crate) const ALL: PageRequest = PageRequest::first(10_000);

pub(crate) async fn played() -> Log {
    let log = Log::new().await;
    play(&log, 7, 400).await;
    fold_all(&log).await;
    log
}

/// Brings every read model to the head of the log.
pub(crate) async fn fold_all(log: &Log) {
    let process = Process::start(log, 1, project_all);
    for definition in all() {
        process.reaches(definition, log.head().await).await;
    }
    process.stop().await;
}

/// Walks a list page by page to its end, as a client does, and back to its beginning. Both ways give the same rows.
pub(crate) async fn walk<R: PartialEq + std::fmt::Debug>(
    size: u32,
    keyset: impl Fn(&R) -> Keyset,
    page: impl AsyncFn(PageRequest) -> Vec<R>,
) -> Vec<R> {
    let (mut forth, mut back) = (Vec::new(), Vec::new());
    let mut after = None;
    while let Some(rows) = walked(&page, PageRequest { after, ..PageRequest::first(size) }, &mut forth).await {
        after = rows.last().map(&keyset);
        forth.extend(rows);
    }
    let mut before = None;
    while let Some(mut rows) = walked(&page, PageRequest { before, ..PageRequest::last(size) }, &mut back).await {
        before = rows.first().map(&keyset);
        rows.extend(back);
        back = rows;
    }
    assert_eq!(forth, back, "by {size}");
    between(keyset, &page, &forth).await;
    forth
}

/// The page, if there are rows beyond it. The last one is added to what was walked.
async fn walked<R>(
    page: impl AsyncFn(PageRequest) -> Vec<R>,
    request: PageRequest,
    walked: &mut Vec<R>,
) -> Option<Vec<R>> {
    let size = usize::try_from(request.size).unwrap();
    let mut rows = page(request).await;
    assert!(rows.len() <= size + 1, "one more than asked for, at most");
    assert!(walked.len() < 10_000, "it comes to an end");
    let more = rows.len().saturating_sub(size);
    match request.end {
        End::First if more > 0 => rows.truncate(size),
        End::Last if more > 0 => {
            rows.drain(..more);
        }
        End::First => walked.append(&mut rows),
        End::Last => {
            walked.splice(..0, rows.drain(..));
        }
    }
    (more > 0).then_some(rows)
}

/// Both cursors at once leave what lies between their rows.
async fn between<R: PartialEq + std::fmt::Debug>(
    keyset: impl Fn(&R) -> Keyset,
    page: impl AsyncFn(PageRequest) -> Vec<R>,
    rows: &[R],
) {
    let [first, inner @ .., last] = rows else { return };
    for whole in [PageRequest::first(10_000), PageRequest::last(10_000)] {
        let request = PageRequest { after: Some(keyset(first)), before: Some(keyset(last)), ..whole };
        assert_eq!(page(request).await, inner);
    }
}

/// The list's ids in the order of `order`, descending.
pub(crate) fn latest_first<T: Ord>(rows: impl Iterator<Item = (T, Uuid)>) -> Vec<Uuid> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows.into_iter().rev().map(|(_, id)| id).collect()
}

/// All conversations, the latest first.
pub(crate) async fn inbox(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<Vec<ConversationRow>, sqlx::Error> {
    let list = ConversationList {
        filter: &Condition::default(),
        order: ConversationOrder::LatestActivity,
        columns: ConversationColumns::ALL,
    };
    inbox::conversations(reads, context, list, page).await
}

/// All leads, the latest first.
async fn all_leads(log: &Log, context: TenantContext) -> Vec<LeadRow> {
    let list = LeadList { filter: &Condition::default(), order: LeadOrder::LatestCaptured };
    leads::leads(&log.reads, context, list, ALL).await.unwrap()
}

/// All contacts, the latest first.
async fn all_contacts(log: &Log, context: TenantContext) -> Vec<(Keyset, ContactRow)> {
    let list = ContactList { filter: &Condition::default(), order: ContactOrder::Newest };
    inbox::contacts(&log.reads, context, list, ALL).await.unwrap()
}

#[tokio::test]
async fn pages_over_equal_times_neither_skip_nor_repeat() {
    let log = played().await;
    let events = log.events().await;
    for tenant in [TENANT, OTHER_TENANT] {
        let (context, expected) = (proven(tenant), expected::inbox(&events));

        // A thread in which nothing is left is not listed.
        let is_listed = |row: &&Conversation| row.tenant_id == tenant.as_uuid() && row.last_activity_at.is_some();
        for thread in expected.conversations.iter().filter(is_listed).map(|row| row.conversation_id) {
            let messages: Vec<_> = expected.messages.iter().filter(|row| row.conversation_id == thread).collect();
            let in_order =
                latest_first(messages.iter().map(|row| ((row.sent_at, row.mark, row.message_id), row.message_id)));
            for first in [1, 2, 3] {
                let page = async |page| {
                    let request = MessagesRequest { conversations: &[thread], page, columns: MessageColumns::ALL };
                    let mut rows = inbox::messages_of(&log.reads, context, request).await.unwrap();
                    rows.sort_by_key(|(_, row)| Reverse(row.keyset()));
                    rows.into_iter().map(|(_, message)| message).collect()
                };
                let walked = walk(first, inbox::MessageRow::keyset, page).await;
                assert_eq!(walked.iter().map(|row| row.id).collect::<Vec<_>>(), in_order, "messages by {first}");
            }
            let count = inbox::count_messages(&log.reads, context, &[thread]).await.unwrap();
            // Where nobody has written, there is nothing to count.
            let some = (!in_order.is_empty()).then(|| (thread, i64::try_from(in_order.len()).unwrap()));
            assert_eq!(count, some.into_iter().collect::<Vec<_>>());

            let notes = expected.notes.iter().filter(|row| row.conversation_id == thread);
            let in_order = latest_first(notes.map(|row| ((row.noted_at, row.note_id), row.note_id)));
            for first in [1, 2, 3] {
                let page = async |page| {
                    let mut rows = inbox::notes_of(&log.reads, context, &[thread], page).await.unwrap();
                    rows.sort_by_key(|(_, row)| Reverse((row.noted_at, row.id)));
                    rows.into_iter().map(|(_, note)| note).collect()
                };
                let walked = walk(first, inbox::NoteRow::keyset, page).await;
                assert_eq!(walked.iter().map(|row| row.id).collect::<Vec<_>>(), in_order, "notes by {first}");
            }
            let counted = i64::try_from(in_order.len()).ok().filter(|count| *count > 0).map(|count| (thread, count));
            assert_eq!(inbox::count_notes(&log.reads, context, &[thread]).await.unwrap(), Vec::from_iter(counted));
        }
        // Ties among ids that are there, and among those that were erased.
        for erased in [false, true] {
            let of_a_kind = || expected.messages.iter().filter(|row| row.provider_message_id.is_empty() == erased);
            let places: Vec<_> = of_a_kind().map(|row| (row.conversation_id, row.sent_at)).collect();
            assert!(places.iter().collect::<BTreeSet<_>>().len() < places.len(), "{places:?}");
        }
    }
}

/// How many rows the context of `asking` gets when it asks for all that `owner` has, by each query there is.
async fn seen(log: &Log, asking: TenantId, owner: TenantId) -> Vec<(&'static str, usize)> {
    let (reads, context) = (&log.reads, proven(asking));
    let events = log.events().await;
    let inbox_of = expected::inbox(&events);
    let is_owner_s = |tenant: Uuid| tenant == owner.as_uuid();
    let threads: Vec<Uuid> =
        inbox_of.conversations.iter().filter(|row| is_owner_s(row.tenant_id)).map(|row| row.conversation_id).collect();
    let messages: Vec<Uuid> =
        inbox_of.messages.iter().filter(|row| is_owner_s(row.tenant_id)).map(|row| row.message_id).collect();
    let notes: Vec<Uuid> =
        inbox_of.notes.iter().filter(|row| is_owner_s(row.tenant_id)).map(|row| row.note_id).collect();
    let contacts: Vec<ContactId> = inbox_of
        .contacts
        .iter()
        .filter(|row| is_owner_s(row.tenant_id))
        .map(|row| ContactId::from_uuid(row.contact_id))
        .collect();
    let mut outbound_messages = 0;
    for message in &messages {
        let found = inbox::outbound_message(reads, context, *message).await.unwrap();
        outbound_messages += usize::from(found.is_some());
    }
    let groups: Vec<GroupId> = inbox_of
        .groups
        .iter()
        .filter(|row| is_owner_s(row.tenant_id))
        .map(|row| GroupId::from_uuid(row.group_id))
        .collect();
    let leads_of = naive::rows(&events).leads;
    let lead_of = leads_of.iter().find(|row| is_owner_s(row.tenant_id)).unwrap().lead_id;
    let listed = inbox(reads, context, ALL).await.unwrap();
    let listed_leads = all_leads(log, context).await;
    let listed_contacts = all_contacts(log, context).await;
    let listed_channels = inbox::channels(reads, context, ALL).await.unwrap();
    let channels: Vec<Uuid> =
        inbox_of.channels.iter().filter(|row| is_owner_s(row.tenant_id)).map(|row| row.channel_id).collect();
    let request = MessagesRequest { conversations: &threads, page: ALL, columns: MessageColumns::ALL };
    // A thread in which nothing is left is not shown.
    let is_shown = |row: &&Conversation| is_owner_s(row.tenant_id) && row.last_activity_at.is_some();
    let shown = inbox_of.conversations.iter().find(is_shown).unwrap();
    let one = ConversationId::from_uuid(shown.conversation_id);
    // The tenants' customers have the same numbers.
    let phone = inbox_of.contacts.iter().filter(|row| is_owner_s(row.tenant_id)).find_map(|row| row.phone.as_deref());
    let by_phone = inbox::contact_by_phone(reads, context, &E164::parse(phone.unwrap()).unwrap()).await.unwrap();
    let hers: Vec<Uuid> = contacts.iter().map(|contact| contact.as_uuid()).collect();
    vec![
        ("conversations", listed.iter().filter(|row| threads.contains(&row.id)).count()),
        ("conversation", usize::from(inbox::conversation(reads, context, one).await.unwrap().is_some())),
        (
            "conversations_by_id",
            inbox::conversations_by_id(reads, context, &threads, ConversationColumns::ALL).await.unwrap().len(),
        ),
        ("contacts_by_id", inbox::contacts_by_id(reads, context, &contacts).await.unwrap().len()),
        ("contact_by_phone", by_phone.iter().filter(|row| contacts.contains(&ContactId::from_uuid(row.id))).count()),
        ("contacts", listed_contacts.iter().filter(|(_, row)| hers.contains(&row.id)).count()),
        ("channels", listed_channels.iter().filter(|row| channels.contains(&row.id)).count()),
        ("groups_by_id", inbox::groups_by_id(reads, context, &groups).await.unwrap().len()),
        ("channels_by_id", inbox::channels_by_id(reads, context, &[channel(owner, 0).as_uuid()]).await.unwrap().len()),
        ("messages_of", inbox::messages_of(reads, context, request).await.unwrap().len()),
        ("count_messages", inbox::count_messages(reads, context, &threads).await.unwrap().len()),
        ("messages", inbox::messages(reads, context, &messages).await.unwrap().len()),
        ("notes_of", inbox::notes_of(reads, context, &threads, ALL).await.unwrap().len()),
        ("notes", inbox::notes(reads, context, &notes).await.unwrap().len()),
        ("count_notes", inbox::count_notes(reads, context, &threads).await.unwrap().len()),
        ("timelines_of", leads::timelines_of(reads, context, &hers, ALL).await.unwrap().len()),
        ("count_timelines", leads::count_timelines(reads, context, &hers).await.unwrap().len()),
        ("leads", listed_leads.iter().filter(|row| contacts.contains(&row.contact)).count()),
        ("leads_by_id", leads::leads_by_id(reads, context, &[lead_of]).await.unwrap().len()),
        ("outbound_messages", outbound_messages),
    ]
}

#[tokio::test]
async fn another_tenant_s_rows_do_not_exist() {
    let log = played().await;
    for (owner, stranger) in [(TENANT, OTHER_TENANT), (OTHER_TENANT, TENANT)] {
        for (query, rows) in seen(&log, stranger, owner).await {
            assert_eq!(rows, 0, "{query} shows a stranger's rows");
        }
        // The negative control: they are there for whom they belong to.
        for (query, rows) in seen(&log, owner, owner).await {
            assert!(rows > 0, "{query} shows nothing at all");
        }
    }
}

#[tokio::test]
async fn conversations_are_counted_by_where_they_stand() {
    let log = played().await;
    let expected = expected::inbox(&log.events().await);
    let mut seen = BTreeSet::new();
    for tenant in [TENANT, OTHER_TENANT] {
        let is_listed = |row: &&Conversation| row.tenant_id == tenant.as_uuid() && row.last_activity_at.is_some();
        let count = |is_counted: &dyn Fn(&Conversation) -> bool| {
            let counted = expected.conversations.iter().filter(is_listed).filter(|row| is_counted(row));
            i64::try_from(counted.count()).unwrap()
        };
        let counts = inbox::conversation_counts(&log.reads, proven(tenant), &Condition::default()).await.unwrap();
        let ConversationCounts { open, snoozed, resolved, unassigned, unread, waiting, unattended } = counts;
        assert_eq!(open, count(&|row| row.status == "open"));
        assert_eq!(snoozed, count(&|row| row.status == "snoozed"));
        assert_eq!(resolved, count(&|row| row.status == "resolved"));
        assert_eq!(unassigned, count(&|row| row.status == "open" && row.assignee_id.is_none()));
        assert_eq!(unread, count(&|row| row.unread_count > 0));
        assert_eq!(waiting, count(&|row| row.waiting_since.is_some()));
        assert_eq!(unattended, count(&|row| row.is_unattended()));
        let named = [open, snoozed, resolved, unassigned, unread, waiting, unattended].into_iter().enumerate();
        seen.extend(named.filter(|(_, count)| *count > 0).map(|(nth, _)| nth));
    }
    assert_eq!(seen.len(), 7, "of each there is one at least: {seen:?}");
}

#[tokio::test]
async fn a_tenant_that_has_nothing_sees_nothing() {
    let log = played().await;
    let nobody = proven(TenantId::from_uuid(Uuid::from_u128(99)));
    assert!(inbox(&log.reads, nobody, ALL).await.unwrap().is_empty());
    assert!(all_leads(&log, nobody).await.is_empty());
    assert!(all_contacts(&log, nobody).await.is_empty());
    assert!(inbox::channels(&log.reads, nobody, ALL).await.unwrap().is_empty());
    assert_eq!(inbox::count_channels(&log.reads, nobody).await.unwrap(), 0);
    assert_eq!(inbox::count_contacts(&log.reads, nobody, &Condition::default()).await.unwrap(), 0);
    assert_eq!(inbox::count_conversations(&log.reads, nobody, &Condition::default()).await.unwrap(), 0);
    let none =
        ConversationCounts { open: 0, snoozed: 0, resolved: 0, unassigned: 0, unread: 0, waiting: 0, unattended: 0 };
    assert_eq!(inbox::conversation_counts(&log.reads, nobody, &Condition::default()).await.unwrap(), none);
    assert_eq!(leads::count_leads(&log.reads, nobody, &Condition::default()).await.unwrap().total(), 0);
}

/// With Postgres's own limit a view over views is joined for all rows of a tenant, and then for the page.
#[tokio::test]
async fn the_joins_of_a_view_over_views_are_planned_together() {
    let log = Log::new().await;
    for limit in ["join_collapse_limit", "from_collapse_limit"] {
        let relations: String = sqlx::query_scalar(&format!("show {limit}")).fetch_one(log.reads.pool()).await.unwrap();
        assert!(relations.parse::<u32>().unwrap() > 11, "{limit} is {relations}");
    }
}
