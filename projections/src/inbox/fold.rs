//! From events to the inbox's rows. A page is folded in memory and written by a few set-based statements.
//!
//! Messages arrive in any order: what is shown as latest is so by the provider's time, ties broken by the provider's
//! id. What was read is so by the log's order: a late message is unread, however old.
//!
//! Whoever was erased is cleared last of a page: nothing personal follows an erasure in the log, and what came before it
//! in the same page is in the rows by then. So the rows are those of a fold that never knew her values.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::channel::{ChannelEvent, WhatsAppNumber};
use leadflow_domain::contact::{ContactEvent, IdentifierKind};
use leadflow_domain::conversation::{ConversationEvent, ConversationStatus, Occasion, service_window};
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::outbound_message::OutboundMessageEvent;
use leadflow_domain::tenant::TenantEvent;
use leadflow_domain::{ContactId, ConversationId, Event, Personal, StreamId, TenantId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::DEFINITION;
use super::shown::Shown;
use super::statuses::Statuses;
use super::words::MessageDirection;
use crate::word::Word;
use crate::{Definition, PageError, Projector};

/// Keeps the inbox.
#[derive(Debug, Clone, Copy)]
pub struct InboxProjector;

impl Projector for InboxProjector {
    fn definition(&self) -> Definition {
        DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Opened
    }

    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let page = Page::of(events);
        page.channels.write(rows).await?;
        page.contacts.write(rows).await?;
        page.opened.write(rows).await?;
        page.messages.write(rows).await?;
        page.statuses.write(rows).await?;
        write_threads(rows, &page.threads).await?;
        write_names(rows, &page.names).await?;
        forget(rows, &page.erased).await?;
        Ok(())
    }
}

/// What a page changes.
#[derive(Default)]
struct Page {
    channels: Channels,
    contacts: Contacts,
    opened: Opened,
    messages: Messages,
    statuses: Statuses,
    threads: HashMap<StreamId, Thread>,
    names: HashMap<ContactId, Option<Named>>,
    erased: Vec<Uuid>,
}

/// What a page changes in one conversation.
#[derive(Default)]
struct Thread {
    status: Option<&'static str>,
    priority: Option<&'static str>,
    read: bool,
    unread: i32,
    window_until: Option<Timestamp>,
    latest: Option<Latest>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Latest {
    sent_at: Timestamp,
    provider_id: String,
    message: Uuid,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    at: Timestamp,
    provider_id: String,
    name: Option<String>,
}

impl Page {
    fn of(events: &[RecordedEvent]) -> Self {
        let mut page = Self::default();
        for recorded in events {
            match &recorded.event {
                Event::Channel(ChannelEvent::WhatsAppNumberConnected(number)) => {
                    page.channels.put(recorded.tenant, recorded.stream, number);
                }
                Event::Contact(event) => page.contact(recorded, event),
                Event::Conversation(event) => page.conversation(recorded, event),
                Event::OutboundMessage(event) => page.outbound(recorded, event),
                // Not shown in the inbox.
                Event::Tenant(TenantEvent::Registered { .. })
                | Event::Channel(ChannelEvent::WhatsAppNumberDisconnected { .. })
                | Event::Lead(LeadEvent::Captured(_) | LeadEvent::CaptureCorrected(_)) => {}
            }
        }
        page
    }

    fn contact(&mut self, recorded: &RecordedEvent, event: &ContactEvent) {
        let contact = self.contacts.of(recorded.tenant, recorded.stream);
        let phone = IdentifierKind::Phone;
        match event {
            ContactEvent::IntroducedByPhone { phone, .. } => {
                contact.phone = phone.known().map(|phone| phone.as_str().to_owned());
            }
            ContactEvent::IntroducedByUserId { user_id: value, .. } => contact.user_id = value.known().cloned(),
            ContactEvent::IdentifierAdded { kind, value, .. } | ContactEvent::IdentifierChanged { kind, value, .. } => {
                let value = value.known().cloned();
                if *kind == phone { contact.phone = value } else { contact.user_id = value }
            }
            // For people to look at, and not in the inbox.
            ContactEvent::IdentifierConflicted { .. } => {}
            ContactEvent::Erased { .. } => self.erased.push(recorded.stream.as_uuid()),
        }
    }

    fn conversation(&mut self, recorded: &RecordedEvent, event: &ConversationEvent) {
        let thread = self.threads.entry(recorded.stream).or_default();
        match event {
            ConversationEvent::Opened { contact, channel } => {
                self.opened.put(recorded.tenant, recorded.stream, *contact, channel.as_uuid());
            }
            ConversationEvent::MessageReceived { contact, message, .. } => {
                let id = provider_id(&message.provider_message_id);
                thread.unread += i32::from(message.is_written());
                thread.window_until = thread.window_until.max(message.opens_window_until());
                thread.happened(recorded, message.sent_at, id.clone());
                self.messages.put(
                    recorded,
                    Row {
                        place: Place::inbound(recorded),
                        provider_id: id.clone(),
                        sent_at: message.sent_at,
                        shown: Shown::message(&message.content),
                        replies_to: message.replies_to.as_ref().and_then(Personal::known).cloned(),
                        about: None,
                    },
                );
                self.named(*contact, message.sent_at, id, message.sender_name.as_ref());
            }
            ConversationEvent::Reacted { reaction, .. } => {
                let Occasion { sent_at, received_at, .. } = reaction.occasion;
                thread.window_until = thread.window_until.max(Some(service_window(sent_at, received_at)));
                self.act(
                    recorded,
                    Place::inbound(recorded),
                    &reaction.occasion,
                    &reaction.to,
                    Shown::reaction(reaction),
                );
            }
            ConversationEvent::MessageEdited { edit, .. } => {
                self.act(
                    recorded,
                    Place::inbound(recorded),
                    &edit.occasion,
                    &edit.original,
                    Shown::edit(&edit.content),
                );
            }
            ConversationEvent::MessageRevoked { revocation, .. } => {
                self.act(
                    recorded,
                    Place::inbound(recorded),
                    &revocation.occasion,
                    &revocation.original,
                    Shown::revocation(),
                );
            }
            ConversationEvent::Read {} => (thread.read, thread.unread) = (true, 0),
            ConversationEvent::Resolved {} => thread.status = Some(ConversationStatus::Resolved.word()),
            ConversationEvent::Reopened {} => thread.status = Some(ConversationStatus::Open.word()),
            ConversationEvent::PrioritySet { priority } => thread.priority = Some(priority.word()),
        }
    }
}

impl Page {
    /// What the business wrote or did is activity, and nothing to be read.
    fn outbound(&mut self, recorded: &RecordedEvent, event: &OutboundMessageEvent) {
        match event {
            OutboundMessageEvent::Echoed { contact, conversation, message, .. } => {
                let id = provider_id(&message.occasion.provider_message_id);
                let sent_at = message.occasion.sent_at;
                let thread = self.threads.entry((*conversation).into()).or_default();
                thread.happened(recorded, sent_at, id.clone());
                self.messages.put(
                    recorded,
                    Row {
                        place: Place::outbound(*conversation, Some(recorded)),
                        provider_id: id.clone(),
                        sent_at,
                        shown: Shown::message(&message.content),
                        replies_to: message.replies_to.as_ref().and_then(Personal::known).cloned(),
                        about: None,
                    },
                );
                self.named(*contact, sent_at, id, message.recipient_name.as_ref());
            }
            OutboundMessageEvent::Reacted { conversation, reaction, .. } => {
                let place = Place::outbound(*conversation, Some(recorded));
                self.act(recorded, place, &reaction.occasion, &reaction.to, Shown::reaction(reaction));
            }
            OutboundMessageEvent::Edited { conversation, edit, .. } => {
                let place = Place::outbound(*conversation, None);
                self.act(recorded, place, &edit.occasion, &edit.original, Shown::edit(&edit.content));
            }
            OutboundMessageEvent::Revoked { conversation, revocation, .. } => {
                let place = Place::outbound(*conversation, None);
                self.act(recorded, place, &revocation.occasion, &revocation.original, Shown::revocation());
            }
            OutboundMessageEvent::StatusReported { report, .. } => self.statuses.put(recorded, report),
        }
    }

    /// What was done to a message that may be here or not.
    fn act(
        &mut self,
        recorded: &RecordedEvent,
        place: Place,
        occasion: &Occasion,
        about: &Personal<String>,
        shown: Shown,
    ) {
        let id = provider_id(&occasion.provider_message_id);
        self.threads.entry(place.conversation).or_default().happened(recorded, occasion.sent_at, id.clone());
        let about = about.known().cloned();
        let row = Row { place, provider_id: id, sent_at: occasion.sent_at, shown, replies_to: None, about };
        self.messages.put(recorded, row);
    }

    /// What a contact called herself, if a message says so.
    fn named(&mut self, contact: ContactId, at: Timestamp, provider_id: String, name: Option<&Personal<String>>) {
        let Some(name) = name else { return };
        let named = Named { at, provider_id, name: name.known().cloned() };
        let latest = self.names.entry(contact).or_default();
        *latest = latest.take().max(Some(named));
    }
}

impl Thread {
    fn happened(&mut self, recorded: &RecordedEvent, sent_at: Timestamp, provider_id: String) {
        let latest = Latest { sent_at, provider_id, message: recorded.id.as_uuid() };
        self.latest = self.latest.take().max(Some(latest));
    }
}

/// The provider's id of a message; empty when the person was erased.
fn provider_id(id: &Personal<String>) -> String {
    id.known().cloned().unwrap_or_default()
}

#[derive(Default)]
struct Channels {
    // A map: one statement can't write the same row twice.
    rows: HashMap<Uuid, (TenantId, String)>,
}

impl Channels {
    fn put(&mut self, tenant: TenantId, channel: StreamId, number: &WhatsAppNumber) {
        self.rows.insert(channel.as_uuid(), (tenant, number.display_phone.as_str().to_owned()));
    }

    async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into channels (channel_id, tenant_id, display_phone) select * from unnest($1, $2, $3) \
             on conflict (channel_id) do update set display_phone = excluded.display_phone",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(self.rows.values().map(|(tenant, _)| tenant.as_uuid()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|(_, phone)| phone.as_str()).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}

#[derive(Default)]
struct Contacts {
    // A map: one statement can't write the same row twice.
    rows: HashMap<Uuid, KnownBy>,
}

/// What the page tells of a contact.
struct KnownBy {
    tenant: Uuid,
    phone: Option<String>,
    user_id: Option<String>,
}

impl Contacts {
    fn of(&mut self, tenant: TenantId, contact: StreamId) -> &mut KnownBy {
        let nothing = || KnownBy { tenant: tenant.as_uuid(), phone: None, user_id: None };
        self.rows.entry(contact.as_uuid()).or_insert_with(nothing)
    }

    async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into contacts as known (contact_id, tenant_id, phone, user_id) \
             select * from unnest($1, $2, $3, $4) \
             on conflict (contact_id) do update set \
                 phone = coalesce(excluded.phone, known.phone), user_id = coalesce(excluded.user_id, known.user_id)",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.tenant).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.phone.as_deref()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.user_id.as_deref()).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}

#[derive(Default)]
struct Opened {
    id: Vec<Uuid>,
    tenant: Vec<Uuid>,
    contact: Vec<Uuid>,
    channel: Vec<Uuid>,
}

impl Opened {
    fn put(&mut self, tenant: TenantId, conversation: StreamId, contact: ContactId, channel: Uuid) {
        self.id.push(conversation.as_uuid());
        self.tenant.push(tenant.as_uuid());
        self.contact.push(contact.as_uuid());
        self.channel.push(channel);
    }

    async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.id.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into conversations (conversation_id, tenant_id, contact_id, channel_id, status) \
             select id, tenant, contact, channel, 'open' from unnest($1, $2, $3, $4) \
             as opened (id, tenant, contact, channel)",
        )
        .bind(&self.id)
        .bind(&self.tenant)
        .bind(&self.contact)
        .bind(&self.channel)
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// Where a message or act stands.
struct Place {
    conversation: StreamId,
    direction: MessageDirection,
    /// The stream of a message of the business, by which its statuses find it.
    outbound: Option<Uuid>,
}

impl Place {
    /// What the customer wrote or did, in the conversation's own stream.
    fn inbound(recorded: &RecordedEvent) -> Self {
        Self { conversation: recorded.stream, direction: MessageDirection::Inbound, outbound: None }
    }

    /// What the business wrote or did; `message` is the event of the message itself.
    fn outbound(conversation: ConversationId, message: Option<&RecordedEvent>) -> Self {
        let outbound = message.map(|recorded| recorded.stream.as_uuid());
        Self { conversation: conversation.into(), direction: MessageDirection::Outbound, outbound }
    }
}

/// A message, or what was done to one.
struct Row {
    place: Place,
    provider_id: String,
    sent_at: Timestamp,
    shown: Shown,
    replies_to: Option<String>,
    about: Option<String>,
}

#[derive(Default)]
struct Messages {
    id: Vec<Uuid>,
    tenant: Vec<Uuid>,
    conversation: Vec<Uuid>,
    outbound: Vec<Option<Uuid>>,
    provider_id: Vec<String>,
    direction: Vec<&'static str>,
    kind: Vec<&'static str>,
    body: Vec<Option<String>>,
    content: Vec<Option<Value>>,
    replies_to: Vec<Option<String>>,
    about: Vec<Option<String>>,
    sent_at: Vec<jiff_sqlx::Timestamp>,
}

impl Messages {
    fn put(&mut self, recorded: &RecordedEvent, row: Row) {
        self.id.push(recorded.id.as_uuid());
        self.tenant.push(recorded.tenant.as_uuid());
        self.conversation.push(row.place.conversation.as_uuid());
        self.outbound.push(row.place.outbound);
        self.direction.push(row.place.direction.word());
        // Of an erased person the kind is left, as `forget` leaves it.
        let Shown { kind, text, content } = row.shown;
        let is_known = !row.provider_id.is_empty();
        self.kind.push(kind.word());
        self.body.push(text.filter(|_| is_known));
        self.content.push(content.filter(|_| is_known));
        self.provider_id.push(row.provider_id);
        self.replies_to.push(row.replies_to);
        self.about.push(row.about);
        self.sent_at.push(row.sent_at.into());
    }

    async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.id.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into messages (message_id, tenant_id, conversation_id, outbound_message_id, provider_message_id, \
                                   direction, kind, body, content, replies_to, about, sent_at) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(&self.id)
        .bind(&self.tenant)
        .bind(&self.conversation)
        .bind(&self.outbound)
        .bind(&self.provider_id)
        .bind(&self.direction)
        .bind(&self.kind)
        .bind(&self.body)
        .bind(&self.content)
        .bind(&self.replies_to)
        .bind(&self.about)
        .bind(&self.sent_at)
        .execute(rows)
        .await?;
        Ok(())
    }
}

async fn write_threads(rows: &mut PgConnection, threads: &HashMap<StreamId, Thread>) -> Result<(), sqlx::Error> {
    if threads.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update conversations c set \
             status = coalesce(t.status, c.status), \
             priority = coalesce(t.priority, c.priority), \
             unread_count = case when t.read then 0 else c.unread_count end + t.unread, \
             last_activity_at = case when t.later then t.sent_at else c.last_activity_at end, \
             last_message_id = case when t.later then t.message else c.last_message_id end, \
             last_provider_id = case when t.later then t.provider_id else c.last_provider_id end, \
             window_until = greatest(c.window_until, t.window_until) \
         from ( \
             select t.*, t.sent_at is not null and (c.last_activity_at is null \
                 or (c.last_activity_at, c.last_provider_id, c.last_message_id) \
                     < (t.sent_at, t.provider_id, t.message)) as later \
             from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                 as t (id, status, read, unread, sent_at, message, provider_id, priority, window_until) \
             join conversations c on c.conversation_id = t.id \
         ) t \
         where c.conversation_id = t.id",
    )
    .bind(threads.keys().map(|id| id.as_uuid()).collect::<Vec<_>>())
    .bind(threads.values().map(|thread| thread.status).collect::<Vec<_>>())
    .bind(threads.values().map(|thread| thread.read).collect::<Vec<_>>())
    .bind(threads.values().map(|thread| thread.unread).collect::<Vec<_>>())
    .bind(latest(threads, |latest| jiff_sqlx::Timestamp::from(latest.sent_at)))
    .bind(latest(threads, |latest| latest.message))
    .bind(latest(threads, |latest| latest.provider_id.clone()))
    .bind(threads.values().map(|thread| thread.priority).collect::<Vec<_>>())
    .bind(threads.values().map(|thread| thread.window_until.map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}

fn latest<T>(threads: &HashMap<StreamId, Thread>, pick: impl Fn(&Latest) -> T) -> Vec<Option<T>> {
    threads.values().map(|thread| thread.latest.as_ref().map(&pick)).collect()
}

async fn write_names(rows: &mut PgConnection, names: &HashMap<ContactId, Option<Named>>) -> Result<(), sqlx::Error> {
    let named: Vec<(Uuid, &Named)> =
        names.iter().filter_map(|(contact, named)| Some((contact.as_uuid(), named.as_ref()?))).collect();
    if named.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update contacts c set display_name = n.name, named_at = n.at, named_by = n.provider_id \
         from unnest($1, $2, $3, $4) as n (contact, name, at, provider_id) \
         where c.contact_id = n.contact \
           and (c.named_at is null or (c.named_at, c.named_by) < (n.at, n.provider_id))",
    )
    .bind(named.iter().map(|(contact, _)| *contact).collect::<Vec<_>>())
    .bind(named.iter().map(|(_, named)| named.name.clone()).collect::<Vec<_>>())
    .bind(named.iter().map(|(_, named)| jiff_sqlx::Timestamp::from(named.at)).collect::<Vec<_>>())
    .bind(named.iter().map(|(_, named)| named.provider_id.as_str()).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}

/// Clears what the rows hold of `contacts`. Without the provider's ids another of their messages may count as latest.
async fn forget(rows: &mut PgConnection, contacts: &[Uuid]) -> Result<(), sqlx::Error> {
    if contacts.is_empty() {
        return Ok(());
    }
    for statement in [
        "update contacts set phone = null, user_id = null, display_name = null, named_at = null, named_by = null \
         where contact_id = any($1)",
        "update messages m set body = null, content = null, replies_to = null, about = null, \
                               provider_message_id = '' \
         from conversations hers where hers.contact_id = any($1) and m.conversation_id = hers.conversation_id",
        "update conversations c set last_activity_at = latest.sent_at, last_message_id = latest.message_id, \
                                    last_provider_id = latest.provider_message_id \
         from conversations hers cross join lateral ( \
             select m.sent_at, m.message_id, m.provider_message_id from messages m \
             where m.conversation_id = hers.conversation_id \
             order by m.sent_at desc, m.provider_message_id desc, m.message_id desc limit 1 \
         ) latest \
         where hers.contact_id = any($1) and c.conversation_id = hers.conversation_id",
    ] {
        sqlx::query(statement).bind(contacts).execute(&mut *rows).await?;
    }
    Ok(())
}
