//! From what a program posted to a lead, as the source's mapping reads it.
//!
//! What can't be read as a lead waits for another mapping. What is in the log already is asked before anybody is introduced: what is posted
//! again brings nobody back who was erased since.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::{join_all, try_join_all};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use leadflow_domain::lead::{Answer, LeadSource, Origin};
use leadflow_domain::source::{Meaning, Posted, PostedAnswer, Source, SourceKind};
use leadflow_domain::{CommandId, ContactId, SourceId, TenantId};
use leadflow_event_store::{Actor, CommandContext, Keys, KnownCommand, LogReader, ReadError};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use super::body::MediaType;
use super::{PROVIDER, doors};
use crate::commands::Commands;
use crate::submissions::{self, KnownBy, Lookup, Told, Unidentified};
use crate::webhooks::items::{Awaited, Belonging, Item, ItemState};
use crate::webhooks::reprocess::{Foreseen, Outlook, SignedBody};
use crate::webhooks::translator::{Translated, Waiting};
use crate::webhooks::whatsapp::{Outcome, correlation, guarded, outcome, unsuccessful};

/// A delivery is one item, which is all of its body.
const WHOLE: &str = "";

/// Bodies of a source that wait for another mapping. A change of the mapping has all of them translated again at once, while translators
/// of all businesses wait: what comes beyond is parked.
const MOST_WAITING: i64 = 10_000;

/// What an item is called.
const SUBMISSION: &str = "external.submission";
const UNREADABLE: &str = "unreadable";

/// What a body says, and when it came.
struct Read {
    source: Option<SourceId>,
    received_at: Timestamp,
    body: Option<Value>,
}

impl Read {
    fn of(source: Option<SourceId>, received_at: Timestamp, body: &[u8]) -> Self {
        Self { source, received_at, body: MediaType::Json.read(body).map(Value::Object) }
    }

    fn kind(&self) -> &'static str {
        if self.body.is_some() { SUBMISSION } else { UNREADABLE }
    }
}

/// Where sources lead, and how what comes from them is read.
struct Sources<'a> {
    tenants: HashMap<SourceId, TenantId>,
    states: HashMap<SourceId, Source>,
    /// Those for whose next mapping as many wait as may.
    full: HashSet<SourceId>,
    keys: &'a Keys,
}

/// A submission, and whose it is.
struct Routed {
    tenant: TenantId,
    source: SourceId,
    /// The command that it is, if none of these is in the log.
    command: CommandId,
    /// Those that it may have been before.
    before: Option<CommandId>,
    posted: Posted,
}

impl Routed {
    fn commands(&self) -> impl Iterator<Item = CommandId> {
        [Some(self.command), self.before].into_iter().flatten()
    }

    /// Which of them is in the log, if one is.
    fn settled<'k>(&self, known: &'k HashMap<CommandId, KnownCommand>) -> Option<(CommandId, &'k KnownCommand)> {
        self.commands().find_map(|command| Some((command, known.get(&command)?)))
    }
}

impl<'a> Sources<'a> {
    async fn of(
        pool: &PgPool,
        reader: &LogReader,
        keys: &'a Keys,
        read: impl Iterator<Item = &Read>,
    ) -> Result<Self, sqlx::Error> {
        let named: HashSet<SourceId> = read.filter_map(|read| read.source).collect();
        let tenants = doors::tenants(pool, named.iter().copied()).await?;
        let loads =
            named.into_iter().map(async |source| Ok((source, reader.load::<Source>(source.into()).await?.state)));
        let states: HashMap<SourceId, Source> = match try_join_all(loads).await {
            Ok(states) => states.into_iter().collect(),
            Err(ReadError::Database(error)) => return Err(error),
            // Whoever can't read it must not guess. A newer program will, and takes what waits.
            Err(error) => return Err(sqlx::Error::Protocol(error.to_string())),
        };
        let full = full(pool, &states).await?;
        Ok(Self { tenants, states, full, keys })
    }

    /// Whose submission it is, and which command; else what becomes of it.
    fn routed(&self, read: &Read) -> Result<Routed, Found> {
        let becomes = |tenant, state| Found { tenant, contact: None, outcome: Ok(state) };
        let named = read.source.and_then(|source| Some((*self.tenants.get(&source)?, source)));
        let routed = named.and_then(|(tenant, source)| Some((tenant, source, self.states.get(&source)?.mapping()?)));
        let Some((tenant, source, mapping)) = routed else {
            return Err(becomes(None, ItemState::Parked { reason: "it came by no source that there is".to_owned() }));
        };
        let Some(body) = &read.body else {
            return Err(becomes(Some(tenant), ItemState::Parked { reason: "it is no object of JSON".to_owned() }));
        };
        let posted = Posted::read(mapping, body);
        let (command, before) = self.commands(tenant, source, read.received_at, &posted, body);
        Ok(Routed { tenant, source, command, before, posted })
    }

    /// What a program calls a submission says which it is. Where it says nothing, the same body is the same submission if it comes on one
    /// day or on the next.
    fn commands(
        &self,
        tenant: TenantId,
        source: SourceId,
        received_at: Timestamp,
        posted: &Posted,
        body: &Value,
    ) -> (CommandId, Option<CommandId>) {
        let source = source.to_string();
        // What a program calls it may be anything, also a number that somebody is known by.
        let command = |parts: &[&str]| submissions::command_of(tenant, PROVIDER, self.keys.told_hash(parts).as_str());
        if let Some(id) = &posted.submission_id {
            return (command(&["external submission", &source, id]), None);
        }
        let (body, day) = (body.to_string(), received_at.to_zoned(TimeZone::UTC).date());
        let on = |day: jiff::civil::Date| command(&["external body", &source, &day.to_string(), &body]);
        (on(day), day.checked_sub(1.day()).ok().map(on))
    }

    /// What is equal of all that may be the same submission: its id, or its body where it has none.
    fn likeness(&self, read: &Read) -> String {
        let Some(body) = &read.body else { return String::new() };
        let mapping = read.source.and_then(|source| self.states.get(&source)?.mapping());
        let id = mapping.and_then(|mapping| Posted::submission_id(mapping, body));
        id.unwrap_or_else(|| body.to_string())
    }

    /// What becomes of what is not in the log yet and can't become a lead now.
    fn hindered(&self, routed: &Routed) -> Option<ItemState> {
        let state = self.states.get(&routed.source)?;
        if let Some(hindrance) = routed.posted.hindrance() {
            let why = routed.posted.problems.iter();
            let why = why.filter(|problem| matches!(problem.meaning, Meaning::Phone | Meaning::Email));
            let why: Vec<String> = why.map(ToString::to_string).collect();
            let reason =
                if why.is_empty() { hindrance.to_string() } else { format!("{hindrance}: {}", why.join("; ")) };
            if self.full.contains(&routed.source) {
                let reason =
                    format!("{reason}; {MOST_WAITING} wait for another mapping of its source, and no more may");
                return Some(ItemState::Parked { reason });
            }
            let for_what = next_mapping(routed.source, state);
            return Some(ItemState::Waiting { for_what, reason });
        }
        // What came while it was open is told, also if that is later: its door takes nothing once it is closed.
        let is_external = state.kind() == Some(SourceKind::External);
        (!is_external).then(|| ItemState::Parked { reason: "its source is none that programs post to".to_owned() })
    }
}

fn next_mapping(source: SourceId, state: &Source) -> Awaited {
    Awaited::Mapping { source, after: state.mappings() }
}

/// The sources for whose next mapping as many wait as may.
async fn full(pool: &PgPool, states: &HashMap<SourceId, Source>) -> Result<HashSet<SourceId>, sqlx::Error> {
    let (sources, next): (Vec<Uuid>, Vec<String>) =
        states.iter().map(|(source, state)| (source.as_uuid(), next_mapping(*source, state).to_string())).unzip();
    let full: Vec<Uuid> = sqlx::query_scalar(
        "select s.source from unnest($1, $2) as s (source, next) \
         where (select count(*) from (select from webhook_items i where i.waits_for = s.next limit $3) w) >= $3",
    )
    .bind(sources)
    .bind(next)
    .bind(MOST_WAITING)
    .fetch_all(pool)
    .await?;
    Ok(full.into_iter().map(SourceId::from_uuid).collect())
}

/// What was found out about a delivery.
struct Found {
    tenant: Option<TenantId>,
    contact: Option<ContactId>,
    outcome: Outcome,
}

/// Translates a batch of deliveries.
pub(in crate::webhooks) async fn translate(
    pool: &PgPool,
    reader: &LogReader,
    commands: &Commands,
    keys: &Arc<Keys>,
    waiting: Vec<Waiting>,
) -> Result<Vec<Translated>, sqlx::Error> {
    let read: Vec<(Waiting, Read)> = waiting
        .into_iter()
        .map(|delivery| {
            let read = Read::of(delivery.source, delivery.received_at, &delivery.body);
            (delivery, read)
        })
        .collect();
    let sources = Sources::of(pool, reader, keys, read.iter().map(|(_, read)| read)).await?;
    let batch = Batch { pool, reader, commands, keys, sources: &sources };
    // What may be the same goes in its order, so that the second finds the first.
    let mut alike: HashMap<String, Vec<&(Waiting, Read)>> = HashMap::new();
    for one in &read {
        alike.entry(sources.likeness(&one.1)).or_default().push(one);
    }
    let translated = join_all(alike.into_values().map(async |alike| {
        let mut translated = Vec::with_capacity(alike.len());
        for (delivery, read) in alike {
            let id = delivery.id;
            let work = async {
                let Found { tenant, contact, outcome } = batch.found(delivery, read).await;
                let (pointer, kind) = (WHOLE.to_owned(), read.kind().to_owned());
                let items = outcome.map(|state| vec![Item { pointer, kind, tenant, contact, state }]);
                Translated { id, items }
            };
            translated.push(guarded(id, work).await.unwrap_or_else(|panicked| panicked));
        }
        translated
    }));
    Ok(translated.await.into_iter().flatten().collect())
}

struct Batch<'a> {
    pool: &'a PgPool,
    reader: &'a LogReader,
    commands: &'a Commands,
    keys: &'a Keys,
    sources: &'a Sources<'a>,
}

impl Batch<'_> {
    /// What becomes of a delivery.
    async fn found(&self, delivery: &Waiting, read: &Read) -> Found {
        // What it became it stays, whatever the mapping says is its id by now.
        if let Some((tenant, state)) = applied(&delivery.belonging) {
            return Found { tenant: Some(tenant), contact: None, outcome: Ok(state) };
        }
        let routed = match self.sources.routed(read) {
            Ok(routed) => routed,
            Err(found) => return found,
        };
        let found = |contact, outcome| Found { tenant: Some(routed.tenant), contact, outcome };
        let asked: Vec<CommandId> = routed.commands().collect();
        let Ok(known) = self.reader.known(&asked).await else {
            return found(None, Err("the log can't be asked".to_owned()));
        };
        if let Some((command, known)) = routed.settled(&known) {
            let contact = known.subject.map(|subject| ContactId::from_uuid(subject.as_uuid()));
            return found(contact, Ok(ItemState::Applied { command, position: known.position }));
        }
        if let Some(hindered) = self.sources.hindered(&routed) {
            return found(None, Ok(hindered));
        }
        let Routed { tenant, source, command, ref posted, .. } = routed;
        let context = CommandContext::new(tenant, command, Actor::Provider(PROVIDER), correlation(delivery.id));
        let lookup = Lookup { pool: self.pool, commands: self.commands, context: &context };
        let known_by = KnownBy::new(self.keys, posted.phone.as_ref(), posted.email.as_ref());
        let whom = match lookup.identify(&known_by).await {
            Ok(whom) => whom,
            Err(Unidentified::Refused(error)) => return found(None, unsuccessful(&error)),
            // Without the database's words: they may quote a personal value.
            Err(Unidentified::Database(_)) => return found(None, Err("the database can't be asked".to_owned())),
        };
        let contact = whom.contact;
        let told = told(source, delivery.received_at, posted);
        let receipt = submissions::submit(self.commands, whom, told, context).await;
        found(Some(contact), outcome(receipt, command, false))
    }
}

/// What an earlier translation has made of a delivery, if that is in the log.
fn applied(belonging: &Belonging) -> Option<(TenantId, ItemState)> {
    let (tenant, state) = belonging.get(WHOLE)?;
    state.applied().map(|_| (*tenant, state.clone()))
}

fn told(source: SourceId, received_at: Timestamp, posted: &Posted) -> Told {
    let answer = |PostedAnswer { key, question, answer }: &PostedAnswer| Answer {
        key: Some(key.clone()),
        question: question.clone(),
        answer: answer.clone().into(),
    };
    Told {
        source: LeadSource::External,
        from: Some(source),
        at: submissions::told_at(posted.submitted_at, received_at),
        provider_lead_id: posted.submission_id.clone().map(Into::into),
        name: posted.name.clone().map(Into::into),
        origin: Origin { form_id: posted.form.clone(), campaign_id: posted.campaign.clone(), ..Origin::default() },
        click_id: posted.click_id.clone().map(Into::into),
        answers: posted.answers.iter().map(answer).collect(),
    }
}

/// What each of `bodies` would come to, without doing any of it.
pub(in crate::webhooks) async fn foresee(
    pool: &PgPool,
    reader: &LogReader,
    keys: &Keys,
    bodies: Vec<SignedBody>,
) -> Result<Vec<Vec<Foreseen>>, ReadError> {
    let read: Vec<Read> = bodies.iter().map(|body| Read::of(body.source, body.received_at, &body.body)).collect();
    let sources = Sources::of(pool, reader, keys, read.iter()).await?;
    let routed: Vec<Result<Routed, Found>> = read.iter().map(|read| sources.routed(read)).collect();
    let asked: Vec<CommandId> =
        routed.iter().filter_map(|routed| routed.as_ref().ok()).flat_map(Routed::commands).collect();
    let known = reader.known(&asked).await?;
    let outlook = |routed: Result<Routed, Found>| match routed {
        Err(Found { outcome: Ok(state), .. }) => Outlook::State(state),
        Err(Found { outcome: Err(_), .. }) => Outlook::Command,
        Ok(routed) if routed.settled(&known).is_some() => Outlook::Applied(None),
        Ok(routed) => sources.hindered(&routed).map_or(Outlook::Command, Outlook::State),
    };
    let foreseen = read.iter().zip(routed).map(|(read, routed)| {
        vec![Foreseen { pointer: WHOLE.to_owned(), kind: read.kind().to_owned(), outlook: outlook(routed) }]
    });
    Ok(foreseen.collect())
}
