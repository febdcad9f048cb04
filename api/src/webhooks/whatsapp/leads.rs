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

/// The notices of leads among `items`, each beside where it stands.
pub(super) fn notices(items: &[EnvelopeItem]) -> impl Iterator<Item = (&str, &LeadNotice)> {
    items.iter().filter_map(|item| match &item.reading {
        Reading::Lead(notice) => Some((&*item.pointer, &**notice)),
        Reading::Inbound(_)
        | Reading::Echo(_)
        | Reading::Status(_)
        | Reading::Group(_)
        | Reading::Fact(_)
        | Reading::Template(_)
        | Reading::Health(_)
        | Reading::Reach(_)
        | Reading::Notice(_)
        | Reading::Unreadable(_) => None,
    })
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
    /// Looks up what `notices` lead to, each beside whose it was before, if it was anybody's.
    pub(super) async fn of(
        pool: &PgPool,
        reader: &LogReader,
        notices: &[(&LeadNotice, Option<TenantId>)],
    ) -> Result<Self, ReadError> {
        if notices.is_empty() {
            return Ok(Self::default());
        }
        let pages: BTreeSet<&str> = notices.iter().map(|(notice, _)| notice.page_id.as_str()).collect();
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
        let mut commands = Vec::with_capacity(notices.len());
        for (notice, before) in notices {
            let tenant = before.or_else(|| found.owners.get(&notice.page_id).map(|owner| owner.tenant));
            commands.extend(tenant.map(|tenant| command(tenant, notice)));
        }
        found.settled = reader.known(&commands).await?;
        let submissions: Vec<SubmissionId> = commands.into_iter().map(SubmissionId::submitted_by).collect();
        found.standings = page_leads::standings(pool, &submissions).await.map_err(ReadError::Database)?;
        Ok(found)
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
        let owner = self.owners.get(&notice.page_id);
        if let Some((tenant, stands)) = before
            && owner.is_none_or(|owner| owner.tenant != *tenant)
        {
            return match self.stands(*tenant, notice) {
                Some(becomes) => becomes,
                None => Becomes::State(Some(*tenant), None, stands.clone()),
            };
        }
        let Some(owner) = owner else { return state(without_source(&notice.page_id)) };
        if owner.app.as_ref().map(AppKey::as_str) != app {
            return state(ItemState::Parked { reason: "page belongs to another app".to_owned() });
        }
        let submission = SubmissionId::submitted_by(command(owner.tenant, notice));
        self.stands(owner.tenant, notice).unwrap_or(Becomes::Read(owner.tenant, owner.source, submission))
    }

    /// What has become of it for the tenant; nothing where it is yet to be read.
    fn stands(&self, tenant: TenantId, notice: &LeadNotice) -> Option<Becomes> {
        let command = command(tenant, notice);
        if let Some(known) = self.settled.get(&command) {
            let contact = known.subject.map(|subject| ContactId::from_uuid(subject.as_uuid()));
            let applied = ItemState::Applied { command, position: known.position };
            return Some(Becomes::State(Some(tenant), contact, applied));
        }
        let state = match self.standings.get(&SubmissionId::submitted_by(command))? {
            Standing::Over(Became::Notice, reason) => ItemState::Notice { reason: reason.clone() },
            Standing::Over(Became::Parked, reason) => ItemState::Parked { reason: reason.clone() },
            Standing::Waits => return None,
        };
        Some(Becomes::State(Some(tenant), None, state))
    }

    /// Whether it is being read already.
    pub(super) fn is_being_read(&self, submission: SubmissionId) -> bool {
        self.standings.contains_key(&submission)
    }
}

/// What submits it, whichever way it comes.
fn command(tenant: TenantId, notice: &LeadNotice) -> CommandId {
    submissions::command_of(tenant, page_leads::PROVIDER, &notice.lead_id)
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
