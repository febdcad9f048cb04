//! Each read there is, asked for all that there is: each kind of viewer gets what is hers, row by row, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use leadflow_domain::conversation::{ConversationCommand, ConversationEvent, Note};
use leadflow_domain::{ContactId, ConversationId, E164, Event, GroupId, SourceId};
use leadflow_event_store::{ExecuteError, RecordedEvent};
use leadflow_projections::inbox::{self, ConversationColumns, MessageColumns, MessagesRequest};
use leadflow_projections::{Sight, TenantContext, analytics, leads, usage};
use uuid::Uuid;

use super::naive::Seen;
use super::sights;
use crate::history::{channel, member, play};
use crate::leads::naive;
use crate::leads::rows::Entry;
use crate::queries::{ALL, fold_all, played};
use crate::rows::{self, Inbox, Message};
use crate::support::{Log, OTHER_TENANT, TENANT, context, seeing};

/// What a read was answered with, and what it should have been.
struct Answered {
    read: &'static str,
    found: BTreeSet<Uuid>,
    expected: BTreeSet<Uuid>,
    /// All that whoever sees everything is answered with.
    there: usize,
}

/// An id in the place of a number of rows: whose, and how many.
fn one_number(of: Uuid, count: i64) -> Uuid {
    Uuid::from_u128(of.as_u128() ^ (u128::from(count.unsigned_abs()) << 100))
}

fn numbered(counts: Vec<(Uuid, i64)>) -> BTreeSet<Uuid> {
    counts.into_iter().map(|(of, count)| one_number(of, count)).collect()
}

fn count_by(ids: impl Iterator<Item = Uuid>) -> BTreeMap<Uuid, i64> {
    let mut counts = BTreeMap::new();
    ids.for_each(|id| *counts.entry(id).or_default() += 1);
    counts
}

async fn answers(log: &Log, events: &[RecordedEvent], inbox_of: &Inbox, context: TenantContext) -> Vec<Answered> {
    let (reads, tenant) = (&log.reads, context.tenant());
    let seen = Seen::of(events, tenant, context.sight());
    let is_here = |of: Uuid| of == tenant.as_uuid();
    let mut answered = Vec::new();
    let mut put = |read, found: BTreeSet<Uuid>, all: &[(Uuid, bool)]| {
        let expected: BTreeSet<Uuid> = all.iter().filter(|(_, seen)| *seen).map(|(id, _)| *id).collect();
        answered.push(Answered { read, found, expected, there: all.len() });
    };

    let threads: Vec<_> = inbox_of.conversations.iter().filter(|row| is_here(row.tenant_id)).collect();
    let ids: Vec<Uuid> = threads.iter().map(|row| row.conversation_id).collect();
    let listed: Vec<_> = threads
        .iter()
        .filter(|row| row.last_activity_at.is_some())
        .map(|row| (row.conversation_id, seen.conversation(row.conversation_id)))
        .collect();
    let found = inbox::conversations_by_id(reads, context, &ids, ConversationColumns::ALL).await.unwrap();
    put("conversations_by_id", found.iter().map(|row| row.id).collect(), &listed);
    let mut found = BTreeSet::new();
    let mut singly = BTreeSet::new();
    for id in ids.iter().copied() {
        let one = ConversationId::from_uuid(id);
        found.extend(inbox::sees_conversation(reads, context, one).await.unwrap().then_some(id));
        singly.extend(inbox::conversation(reads, context, one).await.unwrap().map(|row| row.id));
    }
    put("conversation", singly, &listed);
    put("sees_conversation", found, &ids.iter().map(|id| (*id, seen.conversation(*id))).collect::<Vec<_>>());

    let messages: Vec<&Message> = inbox_of.messages.iter().filter(|row| is_here(row.tenant_id)).collect();
    let shown: Vec<_> = messages.iter().map(|row| (row.message_id, seen.conversation(row.conversation_id))).collect();
    // What was told before its thread began is in no conversation yet.
    let message_ids: Vec<Uuid> = messages.iter().map(|row| row.message_id).collect();
    let request = MessagesRequest { conversations: &ids, page: ALL, columns: MessageColumns::ALL };
    let found = inbox::messages_of(reads, context, request).await.unwrap();
    put("messages_of", found.iter().map(|(_, row)| row.id).collect(), &shown);
    let found = inbox::messages(reads, context, &message_ids).await.unwrap();
    put("messages", found.iter().map(|row| row.id).collect(), &shown);
    let counts = count_by(messages.iter().map(|row| row.conversation_id));
    let counted: Vec<_> = counts.iter().map(|(id, count)| (one_number(*id, *count), seen.conversation(*id))).collect();
    put("count_messages", numbered(inbox::count_messages(reads, context, &ids).await.unwrap()), &counted);
    let mut found = BTreeSet::new();
    for id in &message_ids {
        found.extend(inbox::outbound_message(reads, context, *id).await.unwrap());
    }
    let outbound: BTreeMap<Uuid, bool> = messages
        .iter()
        .filter_map(|row| Some((row.outbound_message_id?, seen.conversation(row.conversation_id))))
        .collect();
    put("outbound_message", found, &outbound.into_iter().collect::<Vec<_>>());

    let notes: Vec<_> = inbox_of.notes.iter().filter(|row| is_here(row.tenant_id)).collect();
    let note_ids: Vec<Uuid> = notes.iter().map(|row| row.note_id).collect();
    let shown: Vec<_> = notes.iter().map(|row| (row.note_id, seen.conversation(row.conversation_id))).collect();
    let found = inbox::notes_of(reads, context, &ids, ALL).await.unwrap();
    put("notes_of", found.iter().map(|(_, row)| row.id).collect(), &shown);
    let found = inbox::notes(reads, context, &note_ids).await.unwrap();
    put("notes", found.iter().map(|row| row.id).collect(), &shown);
    let counts = count_by(notes.iter().map(|row| row.conversation_id));
    let counted: Vec<_> = counts.iter().map(|(id, count)| (one_number(*id, *count), seen.conversation(*id))).collect();
    put("count_notes", numbered(inbox::count_notes(reads, context, &ids).await.unwrap()), &counted);

    let contacts: Vec<_> = inbox_of.contacts.iter().filter(|row| is_here(row.tenant_id)).collect();
    let contact_ids: Vec<Uuid> = contacts.iter().map(|row| row.contact_id).collect();
    let by_id: Vec<ContactId> = contact_ids.iter().copied().map(ContactId::from_uuid).collect();
    let shown: Vec<_> = contact_ids.iter().map(|id| (*id, seen.contact(*id))).collect();
    let found = inbox::contacts_by_id(reads, context, &by_id).await.unwrap();
    put("contacts_by_id", found.iter().map(|row| row.id).collect(), &shown);
    let mut found = BTreeSet::new();
    let with_phone: Vec<_> = contacts.iter().filter(|row| row.phone.is_some()).collect();
    for row in &with_phone {
        let phone = E164::parse(row.phone.as_deref().unwrap()).unwrap();
        found.extend(inbox::contact_by_phone(reads, context, &phone).await.unwrap().map(|row| row.id));
    }
    put(
        "contact_by_phone",
        found,
        &with_phone.iter().map(|row| (row.contact_id, seen.contact(row.contact_id))).collect::<Vec<_>>(),
    );

    let groups: Vec<Uuid> =
        inbox_of.groups.iter().filter(|row| is_here(row.tenant_id)).map(|row| row.group_id).collect();
    let by_id: Vec<GroupId> = groups.iter().copied().map(GroupId::from_uuid).collect();
    let found = inbox::groups_by_id(reads, context, &by_id).await.unwrap();
    put(
        "groups_by_id",
        found.iter().map(|row| row.id).collect(),
        &groups.iter().map(|id| (*id, seen.group(*id))).collect::<Vec<_>>(),
    );

    let rows = naive::rows(events);
    let of_leads: Vec<_> = rows.leads.iter().filter(|row| is_here(row.tenant_id)).collect();
    let lead_ids: Vec<Uuid> = of_leads.iter().map(|row| row.lead_id).collect();
    let found = leads::leads_by_id(reads, context, &lead_ids).await.unwrap();
    put(
        "leads_by_id",
        found.iter().map(|row| row.id).collect(),
        &of_leads.iter().map(|row| (row.lead_id, seen.contact(row.contact_id))).collect::<Vec<_>>(),
    );
    let happened: Vec<&Entry> = rows.timeline.iter().filter(|row| contact_ids.contains(&row.contact_id)).collect();
    let sees =
        |row: &Entry| row.conversation_id.map_or_else(|| seen.contact(row.contact_id), |id| seen.conversation(id));
    let found = leads::timelines_of(reads, context, &contact_ids, ALL).await.unwrap();
    put(
        "timelines_of",
        found.iter().map(|(_, row)| row.event).collect(),
        &happened.iter().map(|row| (row.event_id, sees(row))).collect::<Vec<_>>(),
    );
    let seen_of = count_by(happened.iter().filter(|row| sees(row)).map(|row| row.contact_id));
    let counted: Vec<_> = count_by(happened.iter().map(|row| row.contact_id))
        .into_keys()
        .map(|id| (one_number(id, seen_of.get(&id).copied().unwrap_or(0)), seen_of.contains_key(&id)))
        .collect();
    let found = leads::count_timelines(reads, context, &contact_ids).await.unwrap();
    put("count_timelines", numbered(found), &counted);

    let forms: Vec<_> = rows.submissions.iter().filter(|row| is_here(row.tenant_id)).collect();
    let found = leads::submissions_of(reads, context, &lead_ids, ALL).await.unwrap();
    put(
        "submissions_of",
        found.iter().map(|(_, row)| row.id.as_uuid()).collect(),
        &forms.iter().map(|row| (row.submission_id, seen.contact(row.contact_id))).collect::<Vec<_>>(),
    );
    let counts = count_by(forms.iter().map(|row| row.lead_id));
    let sees_lead = |id: Uuid| forms.iter().any(|row| row.lead_id == id && seen.contact(row.contact_id));
    let counted: Vec<_> = counts.iter().map(|(id, count)| (one_number(*id, *count), sees_lead(*id))).collect();
    put("count_submissions", numbered(leads::count_submissions(reads, context, &lead_ids).await.unwrap()), &counted);

    let notes: Vec<_> = rows.notes.iter().filter(|row| is_here(row.tenant_id)).collect();
    let found = leads::lead_notes_of(reads, context, &lead_ids, ALL).await.unwrap();
    put(
        "lead_notes_of",
        found.iter().map(|(_, row)| row.id).collect(),
        &notes.iter().map(|row| (row.note_id, seen.contact(row.contact_id))).collect::<Vec<_>>(),
    );
    let counts = count_by(notes.iter().map(|row| row.lead_id));
    let sees_lead = |id: Uuid| notes.iter().any(|row| row.lead_id == id && seen.contact(row.contact_id));
    let counted: Vec<_> = counts.iter().map(|(id, count)| (one_number(*id, *count), sees_lead(*id))).collect();
    put("count_lead_notes", numbered(leads::count_lead_notes(reads, context, &lead_ids).await.unwrap()), &counted);
    let by_stage = |rows: &mut dyn Iterator<Item = Uuid>| {
        count_by(rows).into_iter().map(|(id, count)| one_number(id, count)).collect::<Vec<_>>()
    };
    let hers = by_stage(&mut of_leads.iter().filter(|row| seen.contact(row.contact_id)).map(|row| row.stage_id));
    let all = by_stage(&mut of_leads.iter().map(|row| row.stage_id));
    let counted = all.iter().map(|one| (*one, hers.contains(one))).chain(hers.iter().map(|one| (*one, true)));
    let found = leads::count_leads_by_stage(reads, context, &leadflow_projections::Condition::default()).await.unwrap();
    let found = found.into_iter().map(|(stage, count)| (stage.as_uuid(), count)).collect();
    put("count_leads_by_stage", numbered(found), &counted.collect::<Vec<_>>());

    // Everybody's.
    let stages: Vec<_> = rows
        .pipelines
        .iter()
        .filter(|row| is_here(row.tenant_id) && row.place.is_some())
        .map(|row| (row.id, true))
        .collect();
    let found = leads::pipeline(reads, context).await.unwrap();
    put("pipeline", found.stages.iter().map(|row| row.id.as_uuid()).collect(), &stages);
    let sources: Vec<_> =
        rows.sources.iter().filter(|row| is_here(row.tenant_id)).map(|row| (row.source_id, true)).collect();
    let by_id: Vec<SourceId> = sources.iter().map(|(id, _)| SourceId::from_uuid(*id)).collect();
    let found = leads::sources_by_id(reads, context, &by_id).await.unwrap();
    put("sources_by_id", found.iter().map(|row| row.id.as_uuid()).collect(), &sources);
    let found = leads::sources(reads, context, ALL).await.unwrap();
    put("sources", found.iter().map(|row| row.id.as_uuid()).collect(), &sources);
    let channels: Vec<_> =
        inbox_of.channels.iter().filter(|row| is_here(row.tenant_id)).map(|row| (row.channel_id, true)).collect();
    let channel_ids: Vec<Uuid> = channels.iter().map(|(id, _)| *id).collect();
    let found = inbox::channels_by_id(reads, context, &channel_ids).await.unwrap();
    put("channels_by_id", found.iter().map(|row| row.id).collect(), &channels);
    let found = inbox::channels(reads, context, ALL).await.unwrap();
    put("channels", found.iter().map(|row| row.id).collect(), &channels);
    answered
}

/// A history in which something is noted in every conversation, and each group is somebody else's to see to.
async fn noted() -> Log {
    let log = Log::new().await;
    play(&log, 7, 400).await;
    for event in log.events().await {
        let Event::Conversation(ConversationEvent::Opened { .. } | ConversationEvent::OpenedWithGroup { .. }) =
            event.event
        else {
            continue;
        };
        let (id, text) = (ConversationId::from_uuid(event.stream.as_uuid()), Note::parse("Wants a sofa.").unwrap());
        let noted = context(event.tenant, &format!("note in {id}"));
        match log.conversations.execute(id, ConversationCommand::AddNote { text }, noted).await {
            // Nothing is noted about somebody who was erased.
            Ok(_) | Err(ExecuteError::Erased) => {}
            Err(error) => panic!("{error}"),
        }
        if let Event::Conversation(ConversationEvent::OpenedWithGroup { channel: of, .. }) = event.event {
            let number = if of == channel(event.tenant, 0) { 1 } else { 2 };
            let assign = ConversationCommand::Assign { member: member(event.tenant, number) };
            let assigned = context(event.tenant, &format!("assign {id}"));
            log.conversations.execute(id, assign, assigned).await.unwrap();
        }
    }
    fold_all(&log).await;
    log
}

#[tokio::test]
async fn what_is_not_seen_does_not_exist() {
    let log = noted().await;
    let events = log.events().await;
    let inbox_of = rows::inbox(&mut log.pool.acquire().await.unwrap()).await;
    let mut in_part: BTreeMap<&str, usize> = BTreeMap::new();
    for tenant in [TENANT, OTHER_TENANT] {
        for sight in sights(tenant) {
            for Answered { read, found, expected, there } in
                answers(&log, &events, &inbox_of, seeing(tenant, sight)).await
            {
                assert_eq!(found, expected, "{read} {sight:?}");
                *in_part.entry(read).or_default() += usize::from(found.len() < there && !found.is_empty());
            }
        }
    }
    let little: Vec<_> = in_part.iter().filter(|(_, times)| **times == 0).map(|(read, _)| *read).collect();
    assert_eq!(
        little,
        ["channels", "channels_by_id", "pipeline", "sources", "sources_by_id"],
        "of all other reads somebody sees a part"
    );
}

/// What the business is charged by, and when it is open, is the same for whoever asks; who may ask is for others to say.
#[tokio::test]
async fn what_is_everybody_s_is_the_same_for_all() {
    let log = played().await;
    let (from, to) = (jiff::civil::date(2025, 11, 1), jiff::civil::date(2025, 11, 30));
    for tenant in [TENANT, OTHER_TENANT] {
        let whole = usage::usage(&log.reads, seeing(tenant, Sight::Everything), from, to).await.unwrap();
        assert!(!whole.is_empty());
        for sight in sights(tenant) {
            let context = seeing(tenant, sight);
            assert_eq!(usage::usage(&log.reads, context, from, to).await.unwrap(), whole, "{sight:?}");
            let keys: Vec<_> = whole.iter().map(|line| &line.key).collect();
            assert_eq!(usage::lines(&log.reads, context, &keys).await.unwrap().len(), whole.len(), "{sight:?}");
            assert_eq!(inbox::count_channels(&log.reads, context).await.unwrap(), 4, "{sight:?}");
            assert_eq!(analytics::schedule(&log.reads, context).await.unwrap(), None, "{sight:?}");
        }
    }
}
