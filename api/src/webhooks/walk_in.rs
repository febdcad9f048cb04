//! From a form of ours that was taken to a lead.
//!
//! Who filled it in was thanked: what was taken becomes a lead also where the source was closed since. What is in the log already is
//! asked before anybody is introduced, so that an old form brings nobody back who was erased.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use leadflow_domain::lead::{Answer, LeadSource, Origin};
use leadflow_domain::{CommandId, ContactId};
use leadflow_event_store::{Actor, CommandContext, Keys, KnownCommand, LogReader, ReadError};
use sqlx::PgPool;

use super::items::{Item, ItemState};
use super::reprocess::{Foreseen, Outlook, SignedBody};
use super::translator::{Translated, Waiting};
use super::whatsapp::{Outcome, correlation, guarded, outcome, unsuccessful};
use crate::commands::Commands;
use crate::submissions::{self, KnownBy, Lookup, Told, Unidentified};
use crate::walk_in::{PROVIDER, Stored};

/// A delivery is one item, which is all of its body.
const WHOLE: &str = "";

/// What an item is called.
const SUBMISSION: &str = "walk_in.submission";
const UNREADABLE: &str = "unreadable";

fn read(body: &[u8]) -> Option<Stored> {
    serde_json::from_slice(body).ok()
}

fn command(stored: &Stored) -> CommandId {
    submissions::command_of(stored.tenant, PROVIDER, &stored.submission)
}

fn unreadable() -> ItemState {
    ItemState::Parked { reason: "this program can't read it".to_owned() }
}

fn kind(stored: Option<&Stored>) -> &'static str {
    if stored.is_some() { SUBMISSION } else { UNREADABLE }
}

/// Translates a batch of deliveries.
pub(super) async fn translate(
    pool: &PgPool,
    reader: &LogReader,
    commands: &Commands,
    keys: &Arc<Keys>,
    waiting: Vec<Waiting>,
) -> Result<Vec<Translated>, sqlx::Error> {
    let read: Vec<(Waiting, Option<Stored>)> = waiting
        .into_iter()
        .map(|delivery| {
            let stored = read(&delivery.body);
            (delivery, stored)
        })
        .collect();
    let asked: Vec<CommandId> = read.iter().filter_map(|(_, stored)| stored.as_ref().map(command)).collect();
    let settled = reader.known(&asked).await?;
    let batch = Batch { pool, commands, keys, settled: &settled };
    let translated = join_all(read.iter().map(async |(delivery, stored)| {
        let id = delivery.id;
        let work = async {
            let (contact, outcome) = match stored {
                Some(stored) => batch.found(delivery, stored).await,
                None => (None, Ok(unreadable())),
            };
            let tenant = stored.as_ref().map(|stored| stored.tenant);
            let (pointer, kind) = (WHOLE.to_owned(), kind(stored.as_ref()).to_owned());
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
    settled: &'a HashMap<CommandId, KnownCommand>,
}

impl Batch<'_> {
    /// Whom a form led to, and what becomes of it.
    async fn found(&self, delivery: &Waiting, stored: &Stored) -> (Option<ContactId>, Outcome) {
        let command = command(stored);
        if let Some(known) = self.settled.get(&command) {
            let contact = known.subject.map(|subject| ContactId::from_uuid(subject.as_uuid()));
            return (contact, Ok(ItemState::Applied { command, position: known.position }));
        }
        let context = CommandContext::new(stored.tenant, command, Actor::Provider(PROVIDER), correlation(delivery.id));
        let lookup = Lookup { pool: self.pool, commands: self.commands, context: &context };
        let known_by = KnownBy::new(self.keys, stored.phone.as_ref(), stored.email.as_ref());
        // Anybody may have sent it.
        let whom = match lookup.identify_claimed(&known_by.or_lead(self.keys, PROVIDER, &stored.submission)).await {
            Ok(whom) => whom,
            Err(Unidentified::Refused(error)) => return (None, unsuccessful(&error)),
            // Without the database's words: they may quote a personal value.
            Err(Unidentified::Database(_)) => return (None, Err("the database can't be asked".to_owned())),
        };
        let contact = whom.contact;
        let receipt = submissions::submit(self.commands, whom, told(delivery, stored), context).await;
        (Some(contact), outcome(receipt, command, false))
    }
}

fn told(delivery: &Waiting, stored: &Stored) -> Told {
    let answers = stored.answers.iter().map(|told| Answer {
        key: Some(told.key.clone()),
        question: Some(told.question.clone()),
        answer: told.answer.clone().into(),
    });
    Told {
        source: LeadSource::WalkIn,
        from: delivery.source,
        at: delivery.received_at,
        provider_lead_id: None,
        name: stored.name.clone().map(Into::into),
        // Which of the source's forms it was, as it may ask otherwise by now.
        origin: Origin { form_id: Some(stored.form.to_string()), ..Origin::default() },
        click_id: None,
        answers: answers.collect(),
    }
}

/// What each of `bodies` would come to, without doing any of it.
pub(super) async fn foresee(reader: &LogReader, bodies: Vec<SignedBody>) -> Result<Vec<Vec<Foreseen>>, ReadError> {
    let read: Vec<Option<Stored>> = bodies.iter().map(|body| read(&body.body)).collect();
    let asked: Vec<CommandId> = read.iter().filter_map(|stored| stored.as_ref().map(command)).collect();
    let known = reader.known(&asked).await?;
    let foreseen = |stored: &Option<Stored>| {
        let outlook = match stored {
            None => Outlook::State(unreadable()),
            Some(stored) if known.contains_key(&command(stored)) => Outlook::Applied(None),
            Some(_) => Outlook::Command,
        };
        vec![Foreseen { pointer: WHOLE.to_owned(), kind: kind(stored.as_ref()).to_owned(), outlook }]
    };
    Ok(read.iter().map(foreseen).collect())
}
