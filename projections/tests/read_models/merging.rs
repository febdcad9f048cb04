//! People are taken for one, worked for, and taken apart again, at random: what the read models answer is what a model says that
//! knows nothing of how they do it, at every moment; and what is told of each contact stays hers, whoever stands for her.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use leadflow_domain::contact::{
    Contact, ContactCommand, ContactEvent, Marketing, MarketingPreference, MergeReason, Telling, Wants,
};
use leadflow_domain::conversation::{ConversationCommand, ConversationEvent};
use leadflow_domain::lead::{Capture, LeadCommand, LeadSource, Score};
use leadflow_domain::{ContactId, ConversationId, E164, Event, LeadId, MemberId, StreamId, TenantId};
use leadflow_event_store::{ExecuteError, RecordedEvent, RestsOn};
use leadflow_projections::analytics::{Calendar, Filter, GroupBy, Interval, Question, resolved};
use leadflow_projections::inbox::{
    self, ContactField, ContactList, ContactOrder, ConversationColumns, ConversationField, ConversationList,
    ConversationOrder, InboxProjector,
};
use leadflow_projections::leads::{self, LeadField, LeadList, LeadOrder};
use leadflow_projections::{Condition, IdIs, Keyset, Sight, TenantContext, TextIs};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use crate::fold::{apply, interleaved};
use crate::history::{at, channel, connect, contact, introduce, text};
use crate::leads::naive;
use crate::queries::{ALL, fold_all};
use crate::support::{Log, context, proven, seeing};
use crate::{expected, rows};

/// Histories, each of a business of its own: at least a thousand are asked for.
const HISTORIES: u128 = 1_024;

/// People of each.
const PEOPLE: u128 = 4;

/// Moments at which is looked.
const MOMENTS: u32 = 3;

/// What happens between two of them.
const STEPS: u32 = 6;

fn tenant(history: u128) -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(1_000 + history))
}

fn phone(number: u128) -> E164 {
    E164::parse(&format!("+39333{number:07}")).unwrap()
}

/// What happens to the people of one business.
struct History<'a> {
    log: &'a Log,
    tenant: TenantId,
    rng: StdRng,
    key: u32,
}

impl History<'_> {
    fn key(&mut self) -> String {
        self.key += 1;
        self.key.to_string()
    }

    async fn begin(&mut self) {
        let (tenant, key) = (self.tenant, self.key());
        self.log.channels.execute(channel(tenant, 0), connect(tenant, 0, 0), context(tenant, &key)).await.unwrap();
        for who in 0..PEOPLE {
            let key = self.key();
            self.log.contacts.execute(contact(tenant, who), introduce(who), context(tenant, &key)).await.unwrap();
            self.writes(who).await;
        }
    }

    async fn writes(&mut self, who: u128) {
        let (tenant, key) = (self.tenant, self.key());
        let (contact, channel) = (contact(tenant, who), channel(tenant, 0));
        let conversation = ConversationId::between(contact, channel);
        let second = self.rng.random_range(0..1_000);
        let name = self.rng.random_bool(0.3).then(|| format!("Writer {}", self.rng.random_range(0..4)));
        let message = text(&format!("wamid.{key}"), second, name.as_deref());
        let receive = ConversationCommand::ReceiveMessage { contact, channel, group: None, message };
        self.log.conversations.execute(conversation, receive, context(tenant, &key)).await.unwrap();
        let capture = Capture::by_message(contact, LeadSource::WhatsApp, conversation, at(second));
        let key = self.key();
        let command = LeadCommand::Capture(capture);
        self.log.leads.execute(LeadId::of(contact), command, context(tenant, &key)).await.unwrap();
    }

    async fn standing(&self, who: ContactId) -> (leadflow_domain::contact::Standing, RestsOn) {
        let loaded = self.log.reader.load::<Contact>(who.into()).await.unwrap();
        (loaded.state.standing(), RestsOn::of::<Contact>(who, loaded.version))
    }

    async fn asks(&mut self, whose: ContactId, command: ContactCommand, rests_on: RestsOn) {
        let key = self.key();
        let context = context(self.tenant, &key).resting_on(Some(rests_on));
        match self.log.contacts.execute(whose, command, context).await {
            Ok(_) | Err(ExecuteError::Refused(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// The business writes her down, or she says whether she wants marketing.
    async fn is_told_of(&mut self, she: ContactId) {
        let (tenant, key) = (self.tenant, self.key());
        let channel = channel(tenant, 0);
        let telling = Telling { told_at: at(self.rng.random_range(0..1_000)), received_at: None, odd_timestamp: None };
        let command = if self.rng.random_bool(0.5) {
            let name = ["ada", "Bo", "Çelik"].choose(&mut self.rng).unwrap();
            ContactCommand::List { channel, name: (*name).to_owned().into(), first_name: None, telling }
        } else {
            let preference = MarketingPreference {
                category: "marketing_messages".to_owned(),
                wants: Wants::of(["stop", "resume"].choose(&mut self.rng).unwrap()),
                telling,
                detail: None,
            };
            ContactCommand::TellMarketingPreference { channel, preference }
        };
        self.log.contacts.execute(she, command, context(tenant, &key)).await.unwrap();
    }

    async fn step(&mut self) {
        let who = self.rng.random_range(0..PEOPLE);
        let she = contact(self.tenant, who);
        match self.rng.random_range(0..12) {
            0..4 => {
                let winner = contact(self.tenant, self.rng.random_range(0..PEOPLE));
                let (standing, rests_on) = self.standing(winner).await;
                let reason = self.rng.random_bool(0.5).then(|| MergeReason::parse("One voice").unwrap());
                let merge = ContactCommand::Merge { loser: she, winner, standing, reason };
                self.asks(she, merge, rests_on).await;
            }
            4..6 => {
                let she = self.log.reader.load::<Contact>(she.into()).await.unwrap().state.merged_into().map(|_| she);
                let Some(she) = she else { return };
                let loser = self.log.reader.load::<Contact>(she.into()).await.unwrap();
                let Some(winner) = loser.state.merged_into() else { return };
                let (standing, rests_on) = self.standing(winner).await;
                self.asks(she, ContactCommand::Unmerge { winner, standing, reason: None }, rests_on).await;
            }
            6..8 => self.writes(who).await,
            8 => {
                let (tenant, key) = (self.tenant, self.key());
                let conversation = ConversationId::between(she, channel(tenant, 0));
                let resolve = ConversationCommand::Resolve;
                self.log.conversations.execute(conversation, resolve, context(tenant, &key)).await.unwrap();
            }
            9 => self.is_told_of(she).await,
            _ => {
                let (tenant, key) = (self.tenant, self.key());
                let score = Some(Score::try_from(self.rng.random_range(0..=100)).unwrap());
                let qualify = LeadCommand::Qualify { reason: None, score };
                self.log.leads.execute(LeadId::of(she), qualify, context(tenant, &key)).await.unwrap();
            }
        }
    }
}

/// Who stands for each of one business's people, said by its events alone.
fn persons(events: &[RecordedEvent], tenant: TenantId) -> BTreeMap<Uuid, Uuid> {
    (0..PEOPLE)
        .map(|who| contact(tenant, who).as_uuid())
        .map(|contact| (contact, expected::merging::person(events, contact)))
        .collect()
}

/// Everything that is asked of a business is answered as its events say.
async fn is_as_told(log: &Log, tenant: TenantId, events: &[RecordedEvent]) {
    let (reads, viewer) = (&log.reads, proven(tenant));
    let persons = persons(events, tenant);
    let of = |person: Uuid| -> Vec<ContactId> {
        let hers = persons.iter().filter(|(_, stands)| **stands == person);
        hers.map(|(contact, _)| ContactId::from_uuid(*contact)).collect()
    };
    let winners: BTreeSet<Uuid> = persons.values().copied().collect();

    // Who is listed, and found.
    let all = Condition::default();
    let list = ContactList { filter: &all, order: ContactOrder::Newest };
    let listed = inbox::contacts(reads, viewer, list, ALL).await.unwrap();
    assert_eq!(listed.iter().map(|(_, row)| row.id).collect::<BTreeSet<_>>(), winners, "{tenant}");
    assert_eq!(listed.len(), winners.len());
    let count = inbox::count_contacts(reads, viewer, &all).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), winners.len());
    for who in 0..PEOPLE {
        let she = contact(tenant, who);
        let found = inbox::contact_by_phone(reads, viewer, &phone(who)).await.unwrap().unwrap();
        assert_eq!(found.id, persons[&she.as_uuid()], "{tenant}: by the number of {who}");
        let by_phone = Condition::Is(ContactField::Phone(TextIs::In(vec![phone(who).as_str().to_owned()])));
        let list = ContactList { filter: &by_phone, order: ContactOrder::Newest };
        let found = inbox::contacts(reads, viewer, list, ALL).await.unwrap();
        assert_eq!(found.iter().map(|(_, row)| row.id).collect::<Vec<_>>(), [persons[&she.as_uuid()]]);
    }

    // By what she is shown with.
    let ids = |rows: Vec<(Keyset, inbox::ContactRow)>| rows.into_iter().map(|(_, row)| row.id).collect::<Vec<_>>();
    let by_name = ContactList { filter: &all, order: ContactOrder::Name };
    let mut named: Vec<_> = listed
        .iter()
        .map(|(_, row)| {
            (row.listed_name.as_ref().or(row.display_name.as_ref()).map(|name| name.to_lowercase()), row.id)
        })
        .map(|(name, id)| (name.is_none(), name, id))
        .collect();
    named.sort();
    let in_order: Vec<Uuid> = named.into_iter().map(|(.., id)| id).collect();
    assert_eq!(ids(inbox::contacts(reads, viewer, by_name, ALL).await.unwrap()), in_order, "{tenant}: by name");
    for said in [None, Some(Marketing::Wanted), Some(Marketing::Stopped)] {
        let filter = Condition::Is(ContactField::Marketing(vec![said]));
        let list = ContactList { filter: &filter, order: ContactOrder::Newest };
        let shown = listed.iter().filter(|(_, row)| row.marketing.as_ref().map(|row| row.said) == said);
        let found = ids(inbox::contacts(reads, viewer, list, ALL).await.unwrap());
        assert_eq!(found, shown.map(|(_, row)| row.id).collect::<Vec<_>>(), "{tenant}: who said {said:?}");
    }

    // Conversations, leads and timelines, of all and of each person.
    let columns = ConversationColumns::ALL;
    let order = ConversationOrder::LatestActivity;
    let list = ConversationList { filter: &Condition::default(), order, columns };
    let threads = inbox::conversations(reads, viewer, list, ALL).await.unwrap();
    let shown: BTreeMap<Uuid, Uuid> = threads.iter().map(|row| (row.id, row.contact.as_ref().unwrap().id)).collect();
    let thread = |contact: ContactId| ConversationId::between(contact, channel(tenant, 0)).as_uuid();
    let told = persons.iter().map(|(contact, person)| (thread(ContactId::from_uuid(*contact)), *person));
    assert_eq!(shown, told.collect(), "{tenant}: whose conversations are");
    let whole: BTreeMap<Uuid, &inbox::ContactRow> = listed.iter().map(|(_, row)| (row.id, row)).collect();
    for row in &threads {
        assert_eq!(row.contact.as_ref(), Some(whole[&shown[&row.id]]), "{tenant}: as she is listed");
    }
    let ids_of_threads: Vec<Uuid> = threads.iter().map(|row| row.id).collect();
    let mut by_id = inbox::conversations_by_id(reads, viewer, &ids_of_threads, columns).await.unwrap();
    by_id.sort_by_key(|row| ids_of_threads.iter().position(|id| *id == row.id));
    assert_eq!(by_id, threads, "{tenant}: by their ids");
    let author = |row: &inbox::ConversationRow| row.last_message.as_ref()?.author.as_ref().map(|author| author.id);
    assert!(threads.iter().all(|row| author(row) == Some(shown[&row.id])), "{tenant}: who wrote");

    let entries = naive::rows(events).timeline;
    for winner in &winners {
        let hers = of(*winner);
        let is_hers = IdIs::In(vec![*winner]);
        let filter = Condition::Is(ConversationField::Contact(is_hers.clone()));
        let list = ConversationList { filter: &filter, order, columns };
        let found = inbox::conversations(reads, viewer, list, ALL).await.unwrap();
        let ids: BTreeSet<Uuid> = found.iter().map(|row| row.id).collect();
        assert_eq!(ids, hers.iter().map(|contact| thread(*contact)).collect(), "{tenant}: threads of {winner}");

        let filter = Condition::Is(LeadField::Contact(is_hers));
        let list = LeadList { filter: &filter, order: LeadOrder::LatestCaptured };
        let found = leads::leads(reads, viewer, list, ALL).await.unwrap();
        assert!(found.iter().all(|row| row.contact.as_uuid() == *winner), "{tenant}: {found:?}");
        let ids: BTreeSet<Uuid> = found.iter().map(|row| row.id).collect();
        assert_eq!(ids, hers.iter().map(|contact| LeadId::of(*contact).as_uuid()).collect());

        let timeline = leads::timelines_of(reads, viewer, &[*winner], ALL).await.unwrap();
        let mut found: Vec<i64> = timeline.iter().map(|(_, row)| row.position).collect();
        found.sort_unstable();
        let told = entries.iter().filter(|entry| hers.contains(&ContactId::from_uuid(entry.contact_id)));
        let mut told: Vec<i64> = told.map(|entry| entry.position).collect();
        told.sort_unstable();
        assert_eq!(found, told, "{tenant}: what happened with {winner}");
        let counted = leads::count_timelines(reads, viewer, &[*winner]).await.unwrap();
        assert_eq!(counted, [(*winner, i64::try_from(told.len()).unwrap())]);

        let merged = inbox::merged_into(reads, viewer, ContactId::from_uuid(*winner), ALL).await.unwrap();
        let merged: BTreeSet<Uuid> = merged.into_iter().map(|(_, row)| row.id).collect();
        let others = hers.iter().map(|contact| contact.as_uuid()).filter(|contact| contact != winner);
        assert_eq!(merged, others.collect(), "{tenant}: for whom {winner} stands");
    }

    // Leads are as many as there were, and people who were served as many as there are.
    let counts = leads::count_leads(reads, viewer, &Condition::default()).await.unwrap();
    assert_eq!(counts.total(), i64::try_from(PEOPLE).unwrap());
    let (first, last) = (events.first().unwrap().recorded_at, events.last().unwrap().recorded_at);
    let day = |at: jiff::Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let calendar = Calendar::new("UTC", day(first), day(last).tomorrow().unwrap(), Interval::Month).unwrap();
    let question =
        Question { calendar: &calendar, filter: Filter::default(), group_by: GroupBy::Nothing, totals: true, of: 1 };
    let served = resolved(reads, viewer, &question).await.unwrap().unwrap();
    let threads: BTreeMap<StreamId, Uuid> =
        persons.iter().map(|(id, person)| (StreamId::from_uuid(thread(ContactId::from_uuid(*id))), *person)).collect();
    let resolves = events.iter().filter(|e| matches!(e.event, Event::Conversation(ConversationEvent::Resolved {})));
    let resolves: Vec<StreamId> = resolves.map(|recorded| recorded.stream).collect();
    let total = served.first().and_then(|series| series.total).unwrap_or_default();
    let conversations: BTreeSet<_> = resolves.iter().collect();
    let people: BTreeSet<Uuid> = resolves.iter().map(|stream| threads[stream]).collect();
    let numbers = (i64::try_from(conversations.len()).unwrap(), i64::try_from(people.len()).unwrap());
    assert_eq!((total.conversations, total.contacts), numbers, "{tenant}: who was served");
}

fn by_tenant(events: Vec<RecordedEvent>) -> BTreeMap<Uuid, Vec<RecordedEvent>> {
    let mut of: BTreeMap<Uuid, Vec<RecordedEvent>> = BTreeMap::new();
    for event in events {
        of.entry(event.tenant.as_uuid()).or_default().push(event);
    }
    of
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_merged_and_unmerged_is_where_it_belongs() {
    let log = Log::new().await;
    let mut histories: Vec<History<'_>> = (0..HISTORIES)
        .map(|nth| {
            let seed = u64::try_from(nth).unwrap();
            History { log: &log, tenant: tenant(nth), rng: StdRng::seed_from_u64(seed), key: 0 }
        })
        .collect();
    let mut seen = BTreeSet::new();
    for moment in 0..MOMENTS {
        let going_on = histories.into_iter().map(async |mut history| {
            if moment == 0 {
                history.begin().await;
            }
            for _ in 0..STEPS {
                history.step().await;
            }
            history
        });
        histories = stream::iter(going_on).buffer_unordered(64).collect().await;
        fold_all(&log).await;
        let events = by_tenant(log.events().await);
        // Each history in the end, and a third of them at each moment before.
        let looked_at = (0..HISTORIES).filter(|nth| moment + 1 == MOMENTS || nth % 3 == u128::from(moment));
        for nth in looked_at {
            let events = &events[&tenant(nth).as_uuid()];
            is_as_told(&log, tenant(nth), events).await;
            let merges =
                events.iter().filter(|e| matches!(e.event, Event::Contact(ContactEvent::Merged { .. }))).count();
            let takes = |e: &&RecordedEvent| matches!(e.event, Event::Contact(ContactEvent::Unmerged { .. }));
            seen.insert((merges.min(3), events.iter().filter(takes).count().min(2)));
        }
    }
    assert!(seen.len() >= 9, "the histories are rich: {seen:?}");

    // Streams never moved: without what was said of merges all the rows are the same, but for what says so.
    let events = log.events().await;
    let is_of_a_merge = |recorded: &RecordedEvent| {
        matches!(
            recorded.event,
            Event::Contact(
                ContactEvent::Merged { .. } | ContactEvent::Unmerged { .. } | ContactEvent::ToldApart { .. }
            )
        )
    };
    let without: Vec<RecordedEvent> = events.iter().filter(|event| !is_of_a_merge(event)).cloned().collect();
    assert!(without.len() + 1_000 < events.len(), "there is enough that is left out");
    let (mut with, without) = (folded(&log, &events, 5_000).await, folded(&log, &without, 5_000).await);
    for conversation in &mut with.conversations {
        conversation.is_merged = false;
    }
    assert_eq!(with.conversations, without.conversations);
    assert_eq!(with.messages, without.messages);
    assert!(!with.persons.is_empty() && without.persons.is_empty());
}

async fn folded(log: &Log, events: &[RecordedEvent], page: usize) -> rows::Inbox {
    let mut tx = log.owner.begin().await.unwrap();
    // What there is was folded already.
    let schema = inbox::DEFINITION.schema();
    let empty = format!(
        "truncate {schema}.contacts, {schema}.conversations, {schema}.messages, {schema}.persons, {schema}.conflicts, \
         {schema}.told_apart, {schema}.channels"
    );
    sqlx::query(&empty).execute(&mut *tx).await.unwrap();
    for page in events.chunks(page) {
        apply(&InboxProjector, &mut tx, page).await.unwrap();
    }
    let inbox = rows::inbox(&mut tx).await;
    tx.rollback().await.unwrap();
    inbox
}

#[tokio::test]
async fn who_stands_for_whom_is_the_same_however_the_log_is_cut() {
    let log = Log::new().await;
    for nth in 0..12 {
        let mut history =
            History { log: &log, tenant: tenant(nth), rng: StdRng::seed_from_u64(u64::try_from(nth).unwrap()), key: 0 };
        history.begin().await;
        for _ in 0..40 {
            history.step().await;
        }
    }
    let events = log.events().await;
    let expected = expected::inbox(&events);
    let chained = expected.persons.iter().filter(|row| row.merged_into.is_some_and(|into| into != row.person_id));
    assert!(chained.count() > 3, "some are merged by more than one link");
    for seed in 0..4 {
        // As it comes where streams were parked: for a while, links may seem to go round.
        let shuffled = interleaved(&events, &mut StdRng::seed_from_u64(seed));
        for (order, events) in [("in its order", &events), ("in another order", &shuffled)] {
            for page in [1, 7, events.len()] {
                let folded = folded(&log, events, page).await;
                assert_eq!(folded.persons, expected.persons, "{order}, pages of {page}");
                assert_eq!(folded.told_apart, expected.told_apart, "{order}, pages of {page}");
                assert_eq!(folded, expected, "{order}, pages of {page}");
            }
        }
    }
}

/// The contacts that `viewer` lists, and her leads with those under whom they are shown.
async fn listed(log: &Log, viewer: TenantContext) -> (BTreeSet<Uuid>, BTreeSet<(Uuid, ContactId)>) {
    let list = ContactList { filter: &Condition::default(), order: ContactOrder::Newest };
    let contacts = inbox::contacts(&log.reads, viewer, list, ALL).await.unwrap();
    let list = LeadList { filter: &Condition::default(), order: LeadOrder::LatestCaptured };
    let leads = leads::leads(&log.reads, viewer, list, ALL).await.unwrap();
    let contacts = contacts.into_iter().map(|(_, row)| row.id).collect();
    (contacts, leads.into_iter().map(|row| (row.id, row.contact)).collect())
}

#[tokio::test]
async fn whoever_is_to_see_to_a_lead_of_a_person_sees_her_and_all_her_leads() {
    let log = Log::new().await;
    let tenant = tenant(0);
    let mut history = History { log: &log, tenant, rng: StdRng::seed_from_u64(0), key: 0 };
    history.begin().await;
    let (winner, loser) = (contact(tenant, 0), contact(tenant, 1));
    let member = MemberId::from_uuid(Uuid::from_u128(7));
    let viewer = seeing(tenant, Sight::Own { member, unassigned: false });
    let key = history.key();
    let transfer = LeadCommand::Transfer { to: Some(member) };
    log.leads.execute(LeadId::of(loser), transfer, context(tenant, &key)).await.unwrap();
    let alone = || (BTreeSet::from([loser.as_uuid()]), BTreeSet::from([(LeadId::of(loser).as_uuid(), loser)]));
    fold_all(&log).await;
    assert_eq!(listed(&log, viewer).await, alone());

    let (standing, rests_on) = history.standing(winner).await;
    history.asks(loser, ContactCommand::Merge { loser, winner, standing, reason: None }, rests_on).await;
    fold_all(&log).await;
    let leads = [winner, loser].map(|contact| (LeadId::of(contact).as_uuid(), winner));
    assert_eq!(listed(&log, viewer).await, (BTreeSet::from([winner.as_uuid()]), BTreeSet::from(leads)));
    let another = seeing(tenant, Sight::Own { member: MemberId::from_uuid(Uuid::from_u128(8)), unassigned: false });
    assert_eq!(listed(&log, another).await, (BTreeSet::new(), BTreeSet::new()));

    let (standing, rests_on) = history.standing(winner).await;
    history.asks(loser, ContactCommand::Unmerge { winner, standing, reason: None }, rests_on).await;
    fold_all(&log).await;
    assert_eq!(listed(&log, viewer).await, alone());
}
