//! From a stored form to a lead.
//!
//! What is in the log already is asked before anybody is introduced: an old form that comes again brings nobody back who was
//! erased since.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::{join_all, try_join_all};
use jiff::Timestamp;
use leadflow_domain::lead::{Answer, LeadSource, Origin};
use leadflow_domain::source::{Source, SourceKind};
use leadflow_domain::{CommandId, ContactId, E164, EmailAddress, SourceId, TenantId};
use leadflow_event_store::{Actor, CommandContext, Keys, KnownCommand, LogReader, ReadError};
use leadflow_gateways::google::lead_form::{Column, LeadForm};
use sqlx::PgPool;

use super::{PROVIDER, keys};
use crate::commands::Commands;
use crate::submissions::{self, KnownBy, Lookup, Told, Unidentified};
use crate::webhooks::items::{Item, ItemState};
use crate::webhooks::reprocess::{Foreseen, Outlook, SignedBody};
use crate::webhooks::translator::{Translated, Waiting};
use crate::webhooks::whatsapp::{Outcome, correlation, guarded, outcome, sanitize, unsuccessful};

/// A delivery is one item, which is all of its body.
const WHOLE: &str = "";

/// What an item is called.
const SUBMISSION: &str = "lead_form.submission";
const TEST: &str = "lead_form.test";
const UNREADABLE: &str = "unreadable";

/// What a body says.
struct Read {
    source: Option<SourceId>,
    form: Result<LeadForm, String>,
}

impl Read {
    fn of(source: Option<SourceId>, body: &[u8]) -> Self {
        Self { source, form: LeadForm::read(&sanitize(body)).map_err(|why| why.to_string()) }
    }

    fn kind(&self) -> &'static str {
        match &self.form {
            Ok(form) if form.is_test => TEST,
            Ok(_) => SUBMISSION,
            Err(_) => UNREADABLE,
        }
    }
}

/// Where sources lead.
struct Sources {
    tenants: HashMap<SourceId, TenantId>,
    open: HashSet<SourceId>,
}

impl Sources {
    async fn of(pool: &PgPool, reader: &LogReader, read: impl Iterator<Item = &Read>) -> Result<Self, sqlx::Error> {
        let named: HashSet<SourceId> = read.filter_map(|read| read.source).collect();
        let tenants = keys::tenants(pool, named.iter().copied()).await?;
        let loads = named.into_iter().map(async |source| {
            let source_state = reader.load::<Source>(source.into()).await?.state;
            Ok((source_state.is_open() && source_state.kind() == Some(SourceKind::GoogleForm)).then_some(source))
        });
        let open = match try_join_all(loads).await {
            Ok(open) => open.into_iter().flatten().collect(),
            Err(ReadError::Database(error)) => return Err(error),
            // Whoever can't read it must not guess. A newer program will, and takes what waits.
            Err(error) => return Err(sqlx::Error::Protocol(error.to_string())),
        };
        Ok(Self { tenants, open })
    }

    /// Whose form it is, and which command it is; else what becomes of it.
    fn routed<'a>(&self, read: &'a Read) -> Result<(TenantId, SourceId, CommandId, &'a LeadForm), Found> {
        let named = read.source.and_then(|source| Some((*self.tenants.get(&source)?, source)));
        let becomes = |tenant, state| Found { tenant, contact: None, outcome: Ok(state) };
        let Some((tenant, source)) = named else {
            return Err(becomes(None, ItemState::Parked { reason: "it came by no source that there is".to_owned() }));
        };
        match &read.form {
            Err(why) => Err(becomes(Some(tenant), ItemState::Parked { reason: why.clone() })),
            Ok(form) if form.is_test => {
                Err(becomes(Some(tenant), ItemState::Notice { reason: "it is a test of Google's".to_owned() }))
            }
            Ok(form) => Ok((tenant, source, submissions::command_of(tenant, PROVIDER, &form.lead_id), form)),
        }
    }

    /// What becomes of what is not in the log yet, where its source is not open.
    fn closed(&self, source: SourceId) -> Option<ItemState> {
        (!self.open.contains(&source)).then(|| ItemState::Notice { reason: "its source is closed".to_owned() })
    }
}

/// What was found out about a form.
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
            let read = Read::of(delivery.source, &delivery.body);
            (delivery, read)
        })
        .collect();
    let sources = Sources::of(pool, reader, read.iter().map(|(_, read)| read)).await?;
    let asked: Vec<CommandId> =
        read.iter().filter_map(|(_, read)| sources.routed(read).ok()).map(|(.., command, _)| command).collect();
    let settled = reader.known(&asked).await?;
    let batch = Batch { pool, commands, keys, sources: &sources, settled: &settled };
    let translated = join_all(read.iter().map(async |(delivery, read)| {
        let id = delivery.id;
        let work = async {
            let Found { tenant, contact, outcome } = batch.found(delivery, read).await;
            let (pointer, kind) = (WHOLE.to_owned(), read.kind().to_owned());
            let items = outcome.map(|state| vec![Item { pointer, kind, tenant, contact, state }]);
            Translated { id, items }
        };
        guarded(id, work).await.unwrap_or_else(|panicked| panicked)
    }));
    Ok(translated.await)
}

struct Batch<'a> {
    pool: &'a PgPool,
    commands: &'a Commands,
    keys: &'a Keys,
    sources: &'a Sources,
    settled: &'a HashMap<CommandId, KnownCommand>,
}

impl Batch<'_> {
    /// What becomes of a form.
    async fn found(&self, delivery: &Waiting, read: &Read) -> Found {
        let (tenant, source, command, form) = match self.sources.routed(read) {
            Ok(routed) => routed,
            Err(found) => return found,
        };
        let found = |contact, outcome| Found { tenant: Some(tenant), contact, outcome };
        if let Some(known) = self.settled.get(&command) {
            let contact = known.subject.map(|subject| ContactId::from_uuid(subject.as_uuid()));
            return found(contact, Ok(ItemState::Applied { command, position: known.position }));
        }
        if let Some(closed) = self.sources.closed(source) {
            return found(None, Ok(closed));
        }
        let context = CommandContext::new(tenant, command, Actor::Provider(PROVIDER), correlation(delivery.id));
        let lookup = Lookup { pool: self.pool, commands: self.commands, context: &context };
        let whom = match lookup.identify(&known_by(self.keys, form)).await {
            Ok(whom) => whom,
            Err(Unidentified::Refused(error)) => return found(None, unsuccessful(&error)),
            // Without the database's words: they may quote a personal value.
            Err(Unidentified::Database(_)) => return found(None, Err("the database can't be asked".to_owned())),
        };
        let contact = whom.contact;
        let told = told(source, delivery.received_at, form);
        let receipt = submissions::submit(self.commands, whom, told, context).await;
        found(Some(contact), outcome(receipt, command, false))
    }
}

/// What she gives of herself. What can't be read as a number or as an address stays among her answers.
fn known_by(keys: &Keys, form: &LeadForm) -> KnownBy {
    let phone = form.phones().find_map(|phone| E164::parse_written(phone).ok());
    let email = form.emails().find_map(|email| EmailAddress::parse(email).ok());
    KnownBy::new(keys, phone.as_ref(), email.as_ref()).or_lead(keys, PROVIDER, &form.lead_id)
}

fn told(source: SourceId, received_at: Timestamp, form: &LeadForm) -> Told {
    let said = form.submitted_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    let answer = |column: &Column| {
        let Column { id, name, answer } = column.clone();
        Answer { key: id, question: name, answer: answer.into() }
    };
    Told {
        source: LeadSource::GoogleForm,
        from: Some(source),
        at: submissions::told_at(said, received_at),
        provider_lead_id: Some(form.lead_id.clone().into()),
        name: form.name().map(Into::into),
        origin: Origin {
            form_id: form.form_id.clone(),
            campaign_id: form.campaign_id.clone(),
            ad_group_id: form.ad_group_id.clone(),
            ad_id: form.creative_id.clone(),
            asset_group_id: form.asset_group_id.clone(),
        },
        click_id: form.click_id.clone().map(Into::into),
        answers: form.columns.iter().map(answer).collect(),
    }
}

/// What each of `bodies` would come to, without doing any of it.
pub(in crate::webhooks) async fn foresee(
    pool: &PgPool,
    reader: &LogReader,
    bodies: Vec<SignedBody>,
) -> Result<Vec<Vec<Foreseen>>, ReadError> {
    let read: Vec<Read> = bodies.iter().map(|body| Read::of(body.source, &body.body)).collect();
    let sources = Sources::of(pool, reader, read.iter()).await?;
    let asked: Vec<CommandId> =
        read.iter().filter_map(|read| sources.routed(read).ok()).map(|(.., command, _)| command).collect();
    let known = reader.known(&asked).await?;
    let outlook = |read: &Read| match sources.routed(read) {
        Err(Found { outcome: Ok(state), .. }) => Outlook::State(state),
        Err(Found { outcome: Err(_), .. }) => Outlook::Command,
        Ok((_, _, command, _)) if known.contains_key(&command) => Outlook::Applied(None),
        Ok((_, source, ..)) => sources.closed(source).map_or(Outlook::Command, Outlook::State),
    };
    let foreseen = |read: &Read| {
        vec![Foreseen { pointer: WHOLE.to_owned(), kind: read.kind().to_owned(), outlook: outlook(read) }]
    };
    Ok(read.iter().map(foreseen).collect())
}
