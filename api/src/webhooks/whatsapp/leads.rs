//! That somebody filled in a form of a page leads to whoever has connected the page: what is in it is read by a job, and the item
//! waits for that.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use leadflow_domain::channel::{AppKey, ProviderId};
use leadflow_domain::source::{Source, page_id_reservation};
use leadflow_domain::{CommandId, ContactId, SourceId, SubmissionId, TenantId};
use leadflow_event_store::{KnownCommand, LogReader, ReadError, reservation_owners};
use sqlx::PgPool;
use uuid::Uuid;

use super::envelope::{EnvelopeItem, Reading};
use super::message::ToldAt;
use super::page::LeadNotice;
use super::translate::{Batch, DAY, Found};
use crate::page_leads::{self, Announced, Outcome as Became, Standing};
use crate::submissions;
use crate::webhooks::items::{Awaited, ItemState};

/// The lead of which Meta's dashboard tells when it is asked for a test. There is none.
const OF_THE_DASHBOARD: &str = "444444444444";

/// The notices of leads among `items`.
pub(super) fn notices(items: &[EnvelopeItem]) -> impl Iterator<Item = &LeadNotice> {
    items.iter().filter_map(|item| if let Reading::Lead(notice) = &item.reading { Some(&**notice) } else { None })
}

/// A notice by its place in a delivery, and what it came to before.
pub(super) type Noticed<'a> = (usize, &'a LeadNotice, Option<&'a (TenantId, ItemState)>);

/// Where a page leads.
#[derive(Debug, Clone)]
struct Owner {
    tenant: TenantId,
    source: SourceId,
    /// The Meta app that alone may tell of it; the default one has no key.
    app: Option<AppKey>,
}

/// What is known of pages and of what they told.
#[derive(Debug, Default)]
pub(super) struct Pages {
    owners: HashMap<String, Owner>,
    settled: HashMap<CommandId, KnownCommand>,
    standings: HashMap<SubmissionId, Standing>,
}

/// What a notice comes to.
pub(super) enum Becomes {
    /// This, and whom it concerns.
    State(Option<TenantId>, Option<ContactId>, ItemState),
    /// It has to be read first, by this source.
    Read(TenantId, SourceId, SubmissionId),
}

impl Pages {
    /// Looks up what `notices` lead to.
    pub(super) async fn of<'a>(
        pool: &PgPool,
        reader: &LogReader,
        notices: impl Iterator<Item = &'a LeadNotice>,
    ) -> Result<Self, ReadError> {
        let notices: Vec<&LeadNotice> = notices.collect();
        if notices.is_empty() {
            return Ok(Self::default());
        }
        let pages: BTreeSet<&str> = notices.iter().map(|notice| notice.page_id.as_str()).collect();
        // A fact of the installation: no tenant takes part in asking for it.
        let nobody = TenantId::from_uuid(Uuid::nil());
        let asked: Vec<_> = pages.iter().map(|page| (nobody, page_id_reservation(page))).collect();
        let owners = reservation_owners(pool, &asked).await.map_err(ReadError::Database)?;
        let held = pages.into_iter().zip(owners).filter_map(|(page, owner)| Some((page, owner?)));
        let owners = try_join_all(held.map(async |(page, owner)| {
            let source = SourceId::from_uuid(owner.stream.as_uuid());
            let state = reader.load::<Source>(source.into()).await?.state;
            let app = state.page().and_then(|page| page.app.clone());
            Ok::<_, ReadError>((page.to_owned(), Owner { tenant: owner.tenant, source, app }))
        }));
        let mut found = Self { owners: owners.await?.into_iter().collect(), ..Self::default() };
        let commands: Vec<CommandId> = notices.iter().filter_map(|notice| Some(found.command(notice)?.1)).collect();
        found.settled = reader.known(&commands).await?;
        let submissions: Vec<SubmissionId> = commands.into_iter().map(SubmissionId::submitted_by).collect();
        found.standings = page_leads::standings(pool, &submissions).await.map_err(ReadError::Database)?;
        Ok(found)
    }

    fn command(&self, notice: &LeadNotice) -> Option<(&Owner, CommandId)> {
        let owner = self.owners.get(&notice.page_id)?;
        Some((owner, submissions::command_of(owner.tenant, page_leads::PROVIDER, &notice.lead_id)))
    }

    /// What a notice that `app` signed comes to. `before` says whose it was, and what it came to then: what was one tenant's is not
    /// another's who has the page now.
    pub(super) fn becomes(
        &self,
        notice: &LeadNotice,
        app: Option<&str>,
        before: Option<&(TenantId, ItemState)>,
    ) -> Becomes {
        let state = |state| Becomes::State(None, None, state);
        if notice.lead_id == OF_THE_DASHBOARD {
            return state(ItemState::Notice { reason: "it is a test of Meta's dashboard".to_owned() });
        }
        let Some((owner, command)) = self.command(notice) else {
            return match before {
                Some((tenant, stands)) => Becomes::State(Some(*tenant), None, stands.clone()),
                None => state(without_source(&notice.page_id)),
            };
        };
        if let Some((tenant, stands)) = before.filter(|(tenant, _)| *tenant != owner.tenant) {
            return Becomes::State(Some(*tenant), None, stands.clone());
        }
        if owner.app.as_ref().map(AppKey::as_str) != app {
            return state(ItemState::Parked { reason: "page belongs to another app".to_owned() });
        }
        let of_tenant = |contact, state| Becomes::State(Some(owner.tenant), contact, state);
        if let Some(known) = self.settled.get(&command) {
            let contact = known.subject.map(|subject| ContactId::from_uuid(subject.as_uuid()));
            return of_tenant(contact, ItemState::Applied { command, position: known.position });
        }
        let submission = SubmissionId::submitted_by(command);
        match self.standings.get(&submission) {
            Some(Standing::Over(Became::Notice, reason)) => {
                of_tenant(None, ItemState::Notice { reason: reason.clone() })
            }
            Some(Standing::Over(Became::Parked, reason)) => {
                of_tenant(None, ItemState::Parked { reason: reason.clone() })
            }
            Some(Standing::Waits) | None => Becomes::Read(owner.tenant, owner.source, submission),
        }
    }

    /// Whether it is being read already.
    pub(super) fn is_being_read(&self, submission: SubmissionId) -> bool {
        self.standings.contains_key(&submission)
    }
}

/// That what it becomes is being read.
pub(super) fn reading(submission: SubmissionId) -> ItemState {
    ItemState::Waiting { for_what: Awaited::Lead(submission), reason: "what is in it is being read".to_owned() }
}

/// What becomes of a notice whose page nobody has connected.
fn without_source(page_id: &str) -> ItemState {
    match ProviderId::parse(page_id) {
        // As it stands there, or connecting the page would not find it.
        Ok(page) if page.as_str() == page_id => {
            ItemState::Waiting { for_what: Awaited::Page(page), reason: "nobody has connected this page".to_owned() }
        }
        _ => ItemState::Parked { reason: "its page's id is none that a page can have".to_owned() },
    }
}

impl Batch<'_> {
    /// Has leads read that a delivery tells of, and says what becomes of what tells of them.
    pub(super) async fn find_leads(
        &self,
        notices: Vec<Noticed<'_>>,
        app: Option<&str>,
        received_at: Timestamp,
        delivery: i64,
    ) -> Vec<(usize, Found)> {
        let mut found = Vec::with_capacity(notices.len());
        for (nth, notice, before) in notices {
            let came_to = match self.pages.becomes(notice, app, before) {
                Becomes::State(tenant, contact, state) => Found { tenant, contact, outcome: Ok(state) },
                Becomes::Read(tenant, source, submission) => {
                    let latest = received_at.saturating_add(DAY).unwrap_or(Timestamp::MAX);
                    let told_at = match notice.filled_in_at {
                        ToldAt::At(at) if at <= latest => at,
                        ToldAt::At(_) | ToldAt::Odd(_) => received_at,
                    };
                    let (lead_id, form_id) = (notice.lead_id.as_str(), notice.form_id.as_deref());
                    let announced = Announced { tenant, source, submission, lead_id, form_id, told_at, delivery };
                    let announced = page_leads::announce(self.pool, self.keys, &announced).await;
                    // Without the database's words: they may quote a personal value.
                    let outcome = announced.map(|()| reading(submission));
                    let outcome = outcome.map_err(|_| "the database can't be asked".to_owned());
                    Found { tenant: Some(tenant), contact: None, outcome }
                }
            };
            found.push((nth, came_to));
        }
        found
    }
}
