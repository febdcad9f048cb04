//! From items to commands: route, find who it is, carry what she wrote or did to her conversation.
//!
//! A batch asks once for all its numbers, once for what the log has already, and once for all its contacts. What one person
//! does, and what is about one group, goes in its order; people don't wait for each other. An item that is refused is parked alone; only an outage holds a
//! delivery back.

use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::conversation::Occasion;
use leadflow_domain::group::Group;
use leadflow_domain::{
    Assertion, ChannelId, CommandId, ContactId, Refusal, RefusalCode, Reservation, StreamId, TenantId,
};
use leadflow_event_store::{
    Actor, CommandContext, ExecuteError, Keys, KnownCommand, LogReader, ReadError, Receipt, reservation_owners,
};
use sqlx::PgPool;

use super::apps::{self, Apps};
use super::echo::Echo;
use super::envelope::{EnvelopeItem, Reading, read};
use super::fact::Fact;
use super::group_update::GroupUpdate;
use super::groups::KnownGroups;
use super::health_update::HealthUpdate;
use super::identity::{KnownContacts, command_id, identifiers};
use super::leads::{Noticed, Pages, notices};
use super::message::{Inbound, ToldAt};
use super::outbound::{Begun, Reported};
use super::page::LeadNotice;
use super::people::{About, Together};
use super::place::Place;
use super::sent::Messages;
use super::social::Reach;
use super::template_update::TemplateUpdate;
use super::templates::Accounts;
use super::told::{Told, told};
use crate::commands::Commands;
use crate::webhooks::items::{Belonging, Item, ItemState};
use crate::webhooks::translator::{Translated, Waiting};
use crate::webhooks::turns::Turns;

/// What one item came to: its state, or why the delivery must wait.
pub(in crate::webhooks) type Outcome = Result<ItemState, String>;

/// Translates a batch of deliveries.
pub(in crate::webhooks) async fn translate(
    pool: &PgPool,
    reader: &LogReader,
    commands: &Commands,
    keys: &Arc<Keys>,
    waiting: Vec<Waiting>,
) -> Result<Vec<Translated>, sqlx::Error> {
    // Bodies are up to megabytes long: parsed where they hold up nobody.
    let parsed = tokio::task::spawn_blocking(move || waiting.into_iter().map(Parsed::of).collect::<Vec<_>>());
    let deliveries = parsed.await.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    let told = || deliveries.iter().flat_map(Parsed::told);
    let routes = routes(pool, told()).await?;
    let accounts = Accounts::of(pool, deliveries.iter().flat_map(|delivery| &delivery.items)).await?;
    let pages = Pages::of(pool, reader, &noticed(&deliveries)).await;
    // Whoever can't read it must not guess. A newer program will, and takes what waits.
    let pages = pages.map_err(|error| match error {
        ReadError::Database(error) => error,
        ReadError::Unreadable(_) | ReadError::Key(_) => sqlx::Error::Protocol(error.to_string()),
    })?;
    let everywhere = || routes.values().copied().chain(accounts.routes());
    let apps = apps::of(reader, everywhere().map(|route| route.channel)).await?;
    let routed = || told().filter_map(|told| Some((*routes.get(&told.place())?, told)));
    // In this order: whom the log knows now may be erased before it is asked for her messages, and not the other way.
    let people = routed().flat_map(|(route, told)| {
        let held = told.party().map(|party| identifiers(keys, party)).unwrap_or_default();
        held.into_iter().map(move |identifier| (route.tenant, identifier.held))
    });
    let known = KnownContacts::of(pool, people).await?;
    let asked: Vec<CommandId> = routed().flat_map(|(route, told)| told.tellings(route, keys)).collect();
    let settled = reader.known(&asked).await?;
    let groups: Vec<StreamId> =
        routed().filter_map(|(route, told)| Some(route.group(keys, told.group()?).into())).collect();
    let groups = KnownGroups::new(reader.begun::<Group>(&groups).await?.into_keys());
    let turns = Turns::between(everywhere().map(|route| route.tenant));
    let batch = Batch { pool, commands, keys, routes, accounts, pages, apps, settled, known, groups, turns };

    let received = join_all(deliveries.into_iter().map(|delivery| {
        let id = delivery.id;
        guarded(id, batch.receive(delivery))
    }));
    let received = received.await;
    // Only now: the messages of which statuses tell may have come beside them.
    let parsed = received.iter().filter_map(|received| Some(&received.as_ref().ok()?.delivery));
    let statuses = parsed.flat_map(Parsed::told).filter_map(|told| {
        let status = told.status()?;
        Some((*batch.routes.get(&status.place)?, status))
    });
    let statuses: Vec<_> = statuses.collect();
    let messages = Messages::of(pool, reader, keys, &statuses).await?;
    let reported = received.into_iter().map(|received| async {
        match received {
            Ok(received) => guarded(received.delivery.id, batch.report(received, &messages)).await,
            Err(panicked) => Err(panicked),
        }
    });
    Ok(join_all(reported).await.into_iter().map(|translated| translated.unwrap_or_else(|panicked| panicked)).collect())
}

/// A panic is a bug of ours and holds back its delivery, not the process.
pub(in crate::webhooks) async fn guarded<T>(id: i64, work: impl Future<Output = T>) -> Result<T, Translated> {
    let panicked = |_| Translated { id, items: Err("its translation panicked".to_owned()) };
    AssertUnwindSafe(work).catch_unwind().await.map_err(panicked)
}

/// A delivery, taken apart.
struct Parsed {
    id: i64,
    app: Option<String>,
    received_at: Timestamp,
    items: Vec<EnvelopeItem>,
    belonging: Belonging,
}

impl Parsed {
    fn of(Waiting { id, app, received_at, body, belonging, .. }: Waiting) -> Self {
        Self { id, app, received_at, items: parse(&body), belonging }
    }

    fn told(&self) -> impl Iterator<Item = Told<'_>> {
        told(&self.items)
    }
}

/// What tells of leads, each beside whose it was before, if it was anybody's.
fn noticed(deliveries: &[Parsed]) -> Vec<(&LeadNotice, Option<TenantId>)> {
    let mut noticed = Vec::new();
    for delivery in deliveries {
        for (at, notice) in notices(&delivery.items) {
            noticed.push((notice, delivery.belonging.get(at).map(|(tenant, _)| *tenant)));
        }
    }
    noticed
}

/// A panic is a bug of ours and parks that delivery's body, not the process.
pub(super) fn parse(body: &[u8]) -> Vec<EnvelopeItem> {
    std::panic::catch_unwind(|| read(body)).unwrap_or_else(|_| {
        let reading = Reading::Unreadable("reading it panicked".to_owned());
        vec![EnvelopeItem { pointer: String::new(), kind: "unreadable".to_owned(), reading }]
    })
}

/// Where a number, or an account, leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Route {
    pub(super) tenant: TenantId,
    pub(super) channel: ChannelId,
}

impl Route {
    /// The id of what a message or act leads to. The same one again is the same command again.
    pub(super) fn command(self, word: &str, id: &str) -> CommandId {
        command_id(self.tenant, word, &self.channel.to_string(), id)
    }
}

pub(super) async fn routes(
    pool: &PgPool,
    told: impl Iterator<Item = Told<'_>>,
) -> Result<HashMap<Place, Route>, sqlx::Error> {
    let places: BTreeSet<Place> = told.map(Told::place).collect();
    // A fact of the installation: no tenant takes part in asking for it.
    let nobody = TenantId::from_uuid(uuid::Uuid::nil());
    let asked: Vec<(TenantId, Reservation)> = places.iter().map(|place| (nobody, place.reservation())).collect();
    let owners = reservation_owners(pool, &asked).await?;
    Ok(places
        .into_iter()
        .zip(owners)
        .filter_map(|(place, owner)| {
            let owner = owner?;
            let channel = ChannelId::from_uuid(owner.stream.as_uuid());
            Some((place, Route { tenant: owner.tenant, channel }))
        })
        .collect())
}

/// The correlation of all that a delivery leads to.
pub(in crate::webhooks) fn correlation(delivery: i64) -> String {
    format!("webhook:{delivery}")
}

/// What was found out about an item.
pub(super) struct Found {
    pub(super) tenant: Option<TenantId>,
    pub(super) contact: Option<ContactId>,
    pub(super) outcome: Outcome,
}

/// A group shares its route: it is part of what its items have in common, and an item without any is alone.
fn of_one_route<T>(group: Vec<(usize, (Route, T))>) -> (Route, Vec<(usize, T)>) {
    let route = group[0].1.0;
    (route, group.into_iter().map(|(nth, (_, item))| (nth, item)).collect())
}

pub(super) struct Batch<'a> {
    pub(super) pool: &'a PgPool,
    pub(super) commands: &'a Commands,
    pub(super) keys: &'a Keys,
    routes: HashMap<Place, Route>,
    pub(super) accounts: Accounts,
    pub(super) pages: Pages,
    pub(super) apps: Apps,
    /// What the log has already. A person who was erased since is not introduced anew
    /// by an old message that comes again.
    pub(super) settled: HashMap<CommandId, KnownCommand>,
    pub(super) known: KnownContacts,
    /// Those that the log had heard of when the batch began.
    pub(super) groups: KnownGroups,
    pub(super) turns: Turns,
}

/// A delivery whose messages were received, and whose statuses are to come.
struct Received {
    delivery: Parsed,
    correlation: String,
    found: Vec<Option<Found>>,
}

impl Batch<'_> {
    pub(super) fn during<'a>(&'a self, route: Route, received_at: Timestamp, correlation: &'a str) -> During<'a> {
        During { batch: self, route, received_at, correlation }
    }

    /// Where an item leads, and what it tells; else what becomes of it. What was one tenant's is not another's who has
    /// the number now.
    fn routed<'a>(&self, item: &'a EnvelopeItem, of: &Parsed) -> Result<(Route, Told<'a>), Found> {
        let becomes = |tenant, state| Found { tenant, contact: None, outcome: Ok(state) };
        let told = Told::of(&item.reading).map_err(|state| becomes(None, state))?;
        let place = told.place();
        let route = self.routes.get(&place);
        match (route, of.belonging.get(&item.pointer)) {
            (_, Some((tenant, state))) if route.is_none_or(|route| route.tenant != *tenant) => {
                Err(becomes(Some(*tenant), state.clone()))
            }
            (None, _) => Err(becomes(None, place.without_channel())),
            (Some(route), _) if !self.apps.may_bring(of.app.as_deref(), route.channel) => {
                Err(becomes(None, ItemState::Parked { reason: apps::ANOTHER_APP.to_owned() }))
            }
            (Some(route), _) => Ok((*route, told)),
        }
    }

    /// Carries out what a delivery holds but statuses.
    async fn receive(&self, delivery: Parsed) -> Received {
        let correlation = correlation(delivery.id);
        let mut found: Vec<Option<Found>> = Vec::with_capacity(delivery.items.len());
        let mut written: Together<(Route, About), (Route, &Inbound)> = Together::new();
        let mut echoed: Together<(Route, About), (Route, &Echo)> = Together::new();
        let mut updated: Together<(Route, About), (Route, &GroupUpdate)> = Together::new();
        let mut facts: Together<(Route, About), (Route, &Fact)> = Together::new();
        let mut of_templates: Vec<(usize, &TemplateUpdate)> = Vec::new();
        let mut of_leads: Vec<Noticed<'_>> = Vec::new();
        let mut of_health: Vec<(usize, &HealthUpdate)> = Vec::new();
        for (nth, item) in delivery.items.iter().enumerate() {
            if let Reading::Template(update) = &item.reading {
                of_templates.push((nth, update));
                found.push(None);
                continue;
            }
            if let Reading::Health(update) = &item.reading {
                of_health.push((nth, update));
                found.push(None);
                continue;
            }
            if let Reading::Lead(notice) = &item.reading {
                of_leads.push((nth, notice, delivery.belonging.get(&item.pointer)));
                found.push(None);
                continue;
            }
            found.push(match self.routed(item, &delivery) {
                Err(found) => Some(found),
                // Of messages that may have come beside them.
                Ok((_, Told::Status(_) | Told::Reach(_))) => None,
                Ok((route, told)) => {
                    let command = told.command(route, self.keys);
                    let settled = self.settled.get(&command).map(|known| {
                        // What is told of a group itself is about nobody.
                        let subject = known.subject.filter(|_| told.party().is_some());
                        let contact = subject.map(|subject| ContactId::from_uuid(subject.as_uuid()));
                        let outcome = Ok(ItemState::Applied { command, position: known.position });
                        Found { tenant: Some(route.tenant), contact, outcome }
                    });
                    if settled.is_none() {
                        let parties = told.party().into_iter().chain(told.now_known_by());
                        let known_by = parties.flat_map(|party| identifiers(self.keys, party));
                        let people = known_by.map(|identifier| About::Person(identifier.held));
                        let group = told.group().map(|id| About::Group(route.group(self.keys, id).into()));
                        let about = people.chain(group).map(|about| (route, about)).collect();
                        match told {
                            Told::Inbound(inbound) => written.put(about, nth, (route, inbound)),
                            Told::Echo(echo) => echoed.put(about, nth, (route, echo)),
                            Told::Group(update) => updated.put(about, nth, (route, update)),
                            Told::Status(_) | Told::Reach(_) => {}
                            Told::Fact(fact) => facts.put(about, nth, (route, fact)),
                        }
                    }
                    settled
                }
            });
        }
        let during = |route| self.during(route, delivery.received_at, &correlation);
        let received = join_all(written.groups().map(|group| {
            let (route, inbound) = of_one_route(group);
            during(route).receive(inbound)
        }));
        let recorded = join_all(echoed.groups().map(|group| {
            let (route, echoes) = of_one_route(group);
            during(route).record(echoes)
        }));
        let (received, recorded) = futures_util::join!(received, recorded);
        // Only now: what somebody wrote may tell what she is known by.
        let updated = join_all(updated.groups().map(|group| {
            let (route, updates) = of_one_route(group);
            during(route).record_group_updates(updates)
        }));
        let updated = updated.await;
        let noted = join_all(facts.groups().map(|group| {
            let (route, facts) = of_one_route(group);
            during(route).note(facts)
        }));
        let app = delivery.app.as_deref();
        let of_templates = self.record_template_updates(of_templates, app, delivery.received_at, &correlation);
        let of_health = self.record_health_updates(of_health, app, delivery.received_at, &correlation);
        let of_leads = self.find_leads(of_leads, app, delivery.received_at, delivery.id);
        let (noted, of_templates, of_health, of_leads) = futures_util::join!(noted, of_templates, of_health, of_leads);
        let of_others = [of_templates, of_health, of_leads];
        let found_out = received.into_iter().chain(recorded).chain(updated).chain(noted).chain(of_others);
        for (nth, result) in found_out.flatten() {
            found[nth] = Some(result);
        }
        Received { delivery, correlation, found }
    }

    /// Carries out its statuses, and says what became of all of it.
    async fn report(&self, received: Received, known: &Messages) -> Translated {
        let Received { delivery, correlation, mut found } = received;
        let Parsed { id, received_at, items, .. } = &delivery;
        let mut messages: HashMap<(Route, StreamId), (Begun, Vec<Reported<'_>>)> = HashMap::new();
        let mut reached: Vec<(usize, Route, &Reach)> = Vec::new();
        for (nth, item) in items.iter().enumerate() {
            match self.routed(item, &delivery) {
                Ok((route, Told::Status(status))) => {
                    let message = known.message(route, self.keys, status);
                    let key = (route, message.stream);
                    messages.entry(key).or_insert_with(|| (message.begun, vec![])).1.push((nth, status, message.sent));
                }
                Ok((route, Told::Reach(reach))) => reached.push((nth, route, reach)),
                Ok((_, Told::Inbound(_) | Told::Echo(_) | Told::Fact(_) | Told::Group(_))) | Err(_) => {}
            }
        }
        let reported = messages.into_iter().map(|((route, stream), (begun, statuses))| {
            self.during(route, *received_at, &correlation).report(stream, begun, statuses)
        });
        for (nth, result) in join_all(reported).await.into_iter().flatten() {
            found[nth] = Some(result);
        }
        for (nth, route, reach) in reached {
            found[nth] = Some(self.during(route, *received_at, &correlation).reach(reach).await);
        }
        let items = items
            .iter()
            .zip(found)
            .map(|(item, found)| {
                let Found { tenant, contact, outcome } = found.ok_or("an item was not accounted for")?;
                let (pointer, kind) = (item.pointer.clone(), item.kind.clone());
                Ok(Item { pointer, kind, tenant, contact, state: outcome? })
            })
            .collect();
        Translated { id: *id, items }
    }
}

/// What is told of one person, or of one message.
#[derive(Clone, Copy)]
pub(super) struct During<'a> {
    pub(super) batch: &'a Batch<'a>,
    pub(super) route: Route,
    pub(super) received_at: Timestamp,
    correlation: &'a str,
}

impl During<'_> {
    /// Whose it is by an earlier telling, where it leads to nobody now or to somebody else: she was erased since, or has
    /// another number.
    pub(super) fn told_before(self, told: Told<'_>) -> Option<ContactId> {
        let subject = |telling| self.batch.settled.get(&telling)?.subject;
        let subject = told.tellings(self.route, self.batch.keys).into_iter().find_map(subject)?;
        let contact = ContactId::from_uuid(subject.as_uuid());
        let leads_to_her = told.party().and_then(|party| self.known(party)) == Some(contact);
        (!leads_to_her && told.now_known_by().is_none()).then_some(contact)
    }

    /// Which message or act, and when.
    pub(super) fn occasion(self, id: &str, told_at: &ToldAt) -> Occasion {
        let (sent_at, odd_timestamp) = self.when(told_at);
        let provider_message_id = id.to_owned().into();
        Occasion { provider_message_id, sent_at, received_at: Some(self.received_at), odd_timestamp }
    }

    /// When it was, as far as that can be believed, and what was told where it can't.
    pub(super) fn when(self, told_at: &ToldAt) -> (Timestamp, Option<String>) {
        let latest = self.received_at.saturating_add(DAY).unwrap_or(Timestamp::MAX);
        match told_at {
            ToldAt::At(at) if *at <= latest => (*at, None),
            ToldAt::At(at) => (self.received_at, Some(at.as_second().to_string())),
            ToldAt::Odd(given) => (self.received_at, Some(given.clone())),
        }
    }

    /// Of what a message or act leads to under `word`.
    pub(super) fn context(self, word: &str, place: &Place, id: &str) -> CommandContext {
        self.context_of(self.route.command(word, id), place)
    }

    /// The command stands only while the number, or the account, leads to this channel.
    pub(super) fn context_of(self, command: CommandId, place: &Place) -> CommandContext {
        let context =
            CommandContext::new(self.route.tenant, command, Actor::Provider(place.provider()), self.correlation);
        context.asserting(Assertion { reservation: place.reservation(), holder: self.route.channel.into() })
    }
}

/// A time that is further ahead of when we heard of it is none.
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What a command came to. `or_erased` says that asking again would not help if she was erased.
pub(in crate::webhooks) fn outcome<R: Refusal>(
    receipt: Result<Receipt, ExecuteError<R>>,
    command: CommandId,
    or_erased: bool,
) -> Outcome {
    match receipt {
        Ok(receipt) => Ok(ItemState::Applied { command, position: receipt.position }),
        Err(error @ ExecuteError::Erased) if or_erased => Ok(ItemState::Parked { reason: error.to_string() }),
        Err(ExecuteError::Refused(refusal)) if or_erased && refusal.code() == RefusalCode::Erased => {
            Ok(ItemState::Parked { reason: refusal.to_string() })
        }
        Err(error) => unsuccessful(&error),
    }
}

/// Parked, when asking again would not help; else the delivery waits.
pub(in crate::webhooks) fn unsuccessful<R: Refusal>(error: &ExecuteError<R>) -> Outcome {
    match error {
        // She was erased since she was looked up: the next look finds nobody, or whoever has her number now.
        ExecuteError::Refused(refusal) if refusal.code() == RefusalCode::Erased => Err(error.to_string()),
        ExecuteError::Refused(_)
        | ExecuteError::RefusedBefore(_)
        | ExecuteError::Reserved { .. }
        | ExecuteError::AnotherVersion { .. }
        | ExecuteError::ForeignStream
        | ExecuteError::KeyReused
        | ExecuteError::Unstorable { .. } => Ok(ItemState::Parked { reason: error.to_string() }),
        // The number leads elsewhere since it was looked up, or the person was erased since: the next look shows it.
        // A stream that this program can't read was written by a newer one, which will take the delivery.
        ExecuteError::NotHeld
        | ExecuteError::Erased
        | ExecuteError::Contended
        | ExecuteError::Unavailable { .. }
        | ExecuteError::Unreadable(_)
        | ExecuteError::Stopping(_) => Err(error.to_string()),
    }
}
