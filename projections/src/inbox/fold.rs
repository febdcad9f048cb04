//! From events to the inbox's rows. A page is folded in memory and written by a few set-based statements.
//!
//! Messages arrive in any order: what is shown as latest is so by the provider's time, ties broken by the provider's
//! id. What was read is so by the log's order: a late message is unread, however old.
//!
//! Whoever was erased is cleared last of a page: nothing personal follows an erasure in the log, and what came before it
//! in the same page is in the rows by then. So the rows are those of a fold that never knew her values.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::api_key::ApiKeyEvent;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::{Call, ConversationEvent, Counterpart, InboundMessage, Occasion, service_window};
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::outbound_message::{
    EchoedMessage, OutboundMessageEvent, OutgoingContent, OutgoingMessage, ReportedStatus, Via,
};
use leadflow_domain::pipeline::PipelineEvent;
use leadflow_domain::response_template::ResponseTemplateEvent;
use leadflow_domain::role::RoleEvent;
use leadflow_domain::routing::RoutingEvent;
use leadflow_domain::source::SourceEvent;
use leadflow_domain::team::TeamEvent;
use leadflow_domain::template::TemplateEvent;
use leadflow_domain::tenant::TenantEvent;
use leadflow_domain::{ContactId, Event, Personal, StreamId, TenantId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::PgConnection;
use uuid::Uuid;

use super::DEFINITION;
use super::channels::Channels;
use super::contacts::{Contacts, Named, write_names};
use super::corrections::Corrections;
use super::forget::forget;
use super::groups::Groups;
use super::labels::Labels;
use super::listings::Listings;
use super::marketing::Preferences;
use super::members::Members;
use super::messages::{Messages, Place, Row, Telling, pending};
use super::notes::Notes;
use super::persons::{Persons, write_shown};
use super::sendings::Sendings;
use super::shown::Shown;
use super::statuses::Statuses;
use super::threads::{Opened, Standing, Thread, find_latest, write_threads};
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
        let mut concerned = page.persons.write(rows).await?;
        page.groups.write(rows).await?;
        let mut to_look_at = page.opened.write(rows).await?;
        to_look_at.extend(page.messages.write(rows).await?);
        page.corrections.write(rows).await?;
        page.statuses.write(rows).await?;
        to_look_at.extend(page.sendings.write(rows).await?);
        write_threads(rows, &page.threads).await?;
        find_latest(rows, &to_look_at).await?;
        write_names(rows, &page.names).await?;
        page.preferences.write(rows).await?;
        page.listings.write(rows).await?;
        page.labels.write(rows).await?;
        page.notes.write(rows).await?;
        page.members.write(rows).await?;
        forget(rows, &page.erased).await?;
        concerned.extend(page.contacts.rows.keys());
        concerned.extend(page.names.keys().map(|contact| contact.as_uuid()));
        write_shown(rows, &concerned).await?;
        Ok(())
    }
}

/// What a page changes.
#[derive(Default)]
struct Page<'a> {
    channels: Channels<'a>,
    contacts: Contacts,
    groups: Groups,
    opened: Opened,
    messages: Messages,
    corrections: Corrections,
    statuses: Statuses,
    sendings: Sendings<'a>,
    threads: HashMap<StreamId, Thread>,
    names: HashMap<ContactId, (TenantId, Option<Named>)>,
    erased: Vec<Uuid>,
    preferences: Preferences,
    persons: Persons,
    listings: Listings,
    labels: Labels,
    notes: Notes,
    members: Members,
}

impl<'a> Page<'a> {
    fn of(events: &'a [RecordedEvent]) -> Self {
        let mut page = Self::default();
        for recorded in events {
            match &recorded.event {
                Event::Channel(event) => page.channels.put(recorded, event),
                Event::Contact(event) => page.contact(recorded, event),
                Event::Conversation(event) => page.conversation(recorded, event),
                Event::OutboundMessage(event) => page.outbound(recorded, event),
                Event::Group(event) => page.groups.put(recorded, event),
                Event::Member(event) => page.members.put(recorded, event),
                Event::Lead(LeadEvent::Submitted(form)) => {
                    let (whose, id) = ((recorded.tenant, form.contact), form.submission.to_string());
                    page.named(whose, form.submitted_at, id, form.name.as_ref());
                }
                // Not shown in the inbox.
                Event::Tenant(
                    TenantEvent::Registered { .. }
                    | TenantEvent::ScheduleSet { .. }
                    | TenantEvent::ScheduleRemoved {}
                    | TenantEvent::ProfileSet { .. }
                    | TenantEvent::BrandingSet { .. }
                    | TenantEvent::SettingsSet { .. }
                    | TenantEvent::OnboardingStepCompleted { .. },
                )
                | Event::Team(TeamEvent::Formed { .. } | TeamEvent::Renamed { .. } | TeamEvent::Disbanded { .. })
                | Event::Role(RoleEvent::Defined { .. } | RoleEvent::Changed { .. } | RoleEvent::Removed { .. })
                | Event::Template(
                    TemplateEvent::Introduced(_)
                    | TemplateEvent::Drafted { .. }
                    | TemplateEvent::Submitted { .. }
                    | TemplateEvent::Synced { .. }
                    | TemplateEvent::StatusTold { .. }
                    | TemplateEvent::QualityTold { .. }
                    | TemplateEvent::CategoryTold { .. }
                    | TemplateEvent::CategoryChangeAnnounced { .. }
                    | TemplateEvent::ComponentsTold { .. }
                    | TemplateEvent::Deleted { .. },
                )
                | Event::ResponseTemplate(
                    ResponseTemplateEvent::Created(_)
                    | ResponseTemplateEvent::Changed { .. }
                    | ResponseTemplateEvent::Removed { .. },
                )
                | Event::Routing(
                    RoutingEvent::PoolCreated { .. }
                    | RoutingEvent::PoolChanged { .. }
                    | RoutingEvent::PoolMembersSet { .. }
                    | RoutingEvent::PoolRemoved { .. }
                    | RoutingEvent::CapacitySet { .. }
                    | RoutingEvent::WorkingHoursSet { .. }
                    | RoutingEvent::WentAway { .. }
                    | RoutingEvent::CameBack { .. }
                    | RoutingEvent::LeavePlanned { .. }
                    | RoutingEvent::LeaveCancelled { .. }
                    | RoutingEvent::MemberLeft { .. }
                    | RoutingEvent::Requested { .. }
                    | RoutingEvent::Assigned { .. }
                    | RoutingEvent::Handed { .. }
                    | RoutingEvent::Released { .. },
                )
                | Event::ApiKey(ApiKeyEvent::Issued(_) | ApiKeyEvent::Revoked {} | ApiKeyEvent::Denied { .. })
                | Event::Pipeline(
                    PipelineEvent::StageCreated { .. }
                    | PipelineEvent::StageRenamed { .. }
                    | PipelineEvent::StagesReordered { .. }
                    | PipelineEvent::StageRemoved { .. }
                    | PipelineEvent::LostReasonAdded { .. }
                    | PipelineEvent::LostReasonRenamed { .. }
                    | PipelineEvent::LostReasonRemoved { .. }
                    | PipelineEvent::AttributeDefined { .. }
                    | PipelineEvent::AttributeChanged { .. }
                    | PipelineEvent::AttributeRemoved { .. },
                )
                | Event::Source(
                    SourceEvent::Opened(_)
                    | SourceEvent::Closed {}
                    | SourceEvent::Reopened {}
                    | SourceEvent::Renamed { .. }
                    | SourceEvent::SlugGiven { .. }
                    | SourceEvent::FormSet(_)
                    | SourceEvent::PageConnected(_)
                    | SourceEvent::PageDisconnected { .. }
                    | SourceEvent::CredentialsEntered { .. }
                    | SourceEvent::CredentialsRotated { .. }
                    | SourceEvent::CredentialsRemoved { .. }
                    | SourceEvent::ReadingStopped { .. }
                    | SourceEvent::ReadingResumed {}
                    | SourceEvent::LeadMissed(_)
                    | SourceEvent::BackfillAsked { .. }
                    | SourceEvent::MappingChanged(_)
                    | SourceEvent::NetworksChanged { .. }
                    | SourceEvent::TokenIssued { .. },
                )
                | Event::Lead(
                    LeadEvent::Captured(_)
                    | LeadEvent::CaptureCorrected(_)
                    | LeadEvent::Qualified(_)
                    | LeadEvent::Disqualified(_)
                    | LeadEvent::Moved { .. }
                    | LeadEvent::Converted { .. }
                    | LeadEvent::Lost { .. }
                    | LeadEvent::SpamMarked { .. }
                    | LeadEvent::SpamUnmarked { .. }
                    | LeadEvent::Tagged { .. }
                    | LeadEvent::Untagged { .. }
                    | LeadEvent::NoteAdded { .. }
                    | LeadEvent::CompanySet { .. }
                    | LeadEvent::AttributeSet { .. }
                    | LeadEvent::Transferred { .. },
                ) => {}
            }
        }
        page
    }

    fn contact(&mut self, recorded: &RecordedEvent, event: &ContactEvent) {
        let contact = self.contacts.of(recorded);
        match event {
            ContactEvent::IntroducedByPhone { phone, .. } => {
                contact.introduced_at = Some(recorded.recorded_at);
                contact.phone = phone.known().map(|phone| phone.as_str().to_owned());
            }
            ContactEvent::IntroducedByUserId { user_id: value, .. } => {
                contact.introduced_at = Some(recorded.recorded_at);
                contact.user_id = value.known().cloned();
            }
            ContactEvent::Introduced { kind, value, .. } => {
                contact.introduced_at = Some(recorded.recorded_at);
                contact.known_by(*kind, value);
            }
            ContactEvent::IdentifierAdded { kind, value, .. } | ContactEvent::IdentifierChanged { kind, value, .. } => {
                contact.known_by(*kind, value);
            }
            ContactEvent::IdentifierConflicted { kind, holder, .. } => {
                self.persons.conflicted(recorded, *kind, *holder);
            }
            ContactEvent::Merged { into, .. } => self.persons.merged(recorded, *into),
            ContactEvent::Unmerged { from, .. } => self.persons.unmerged(recorded, *from),
            ContactEvent::ToldApart { from } => self.persons.told_apart(recorded, *from),
            ContactEvent::Erased { .. } => self.erased.push(recorded.stream.as_uuid()),
            ContactEvent::MarketingPreferenceTold { preference, .. } => {
                self.preferences.put(recorded.stream, preference);
            }
            ContactEvent::Listed { channel, name, telling, .. } => {
                self.listings.put(recorded, *channel, telling.told_at, name.known().map(String::as_str));
            }
            ContactEvent::Unlisted { channel, telling } => {
                self.listings.put(recorded, *channel, telling.told_at, None);
            }
        }
    }

    fn conversation(&mut self, recorded: &RecordedEvent, event: &ConversationEvent) {
        let thread = self.threads.entry(recorded.stream).or_default();
        thread.version = recorded.version;
        match event {
            ConversationEvent::Opened { contact, channel } => {
                let with = Counterpart::Contact(*contact);
                self.opened.put(recorded.tenant, recorded.stream, with, channel.as_uuid());
            }
            ConversationEvent::OpenedWithGroup { group, channel } => {
                self.opened.put(recorded.tenant, recorded.stream, Counterpart::Group(*group), channel.as_uuid());
            }
            ConversationEvent::MessageReceived { contact, message, .. } => {
                thread.unread += i32::from(message.is_written());
                if message.is_written() {
                    thread.turns.asked(message.sent_at);
                }
                self.inbound(recorded, *contact, message, Telling::of(&message.content, Telling::Live));
            }
            ConversationEvent::Reacted { contact, reaction, .. } => {
                let Occasion { sent_at, received_at, .. } = reaction.occasion;
                thread.window_until = thread.window_until.max(Some(service_window(sent_at, received_at)));
                self.act(
                    recorded,
                    Place::inbound(recorded, *contact),
                    &reaction.occasion,
                    &reaction.to,
                    Shown::reaction(reaction),
                );
            }
            ConversationEvent::MessageEdited { contact, edit, .. } => {
                self.act(
                    recorded,
                    Place::inbound(recorded, *contact),
                    &edit.occasion,
                    &edit.original,
                    Shown::edit(&edit.content),
                );
            }
            ConversationEvent::MessageRevoked { contact, revocation, .. } => {
                self.act(
                    recorded,
                    Place::inbound(recorded, *contact),
                    &revocation.occasion,
                    &revocation.original,
                    Shown::revocation(),
                );
            }
            ConversationEvent::Read {} => (thread.read, thread.unread) = (true, 0),
            ConversationEvent::Resolved {} => {
                thread.standing = Some(Standing::Resolved);
                thread.team = Some(None);
                thread.turns.resolved(recorded.version);
            }
            ConversationEvent::Reopened {} | ConversationEvent::Woken {} => thread.standing = Some(Standing::Open),
            ConversationEvent::Snoozed { until } => thread.standing = Some(Standing::Snoozed(*until)),
            ConversationEvent::PrioritySet { priority } => thread.priority = Some(priority.word()),
            ConversationEvent::MessageCorrected { correction, .. } => self.corrections.put(correction),
            ConversationEvent::MessageImported { contact, message, .. } => {
                self.inbound(recorded, *contact, message, Telling::of(&message.content, Telling::Imported));
            }
            ConversationEvent::Called { contact, call, .. } => self.called(recorded, *contact, call),
            ConversationEvent::SubmissionReceived { submitted_at, .. } => {
                thread.unread += 1;
                thread.submitted_at = thread.submitted_at.max(Some(*submitted_at));
            }
            ConversationEvent::Assigned { member } => thread.falls_to(Some(*member), None),
            ConversationEvent::Unassigned {} => thread.falls_to(None, None),
            ConversationEvent::AssignedToTeam { team } => thread.falls_to(None, Some(*team)),
            ConversationEvent::NoteAdded { about, text } => self.notes.put(recorded, *about, text),
            ConversationEvent::Labelled { label } => self.labels.put(recorded.stream, label, true),
            ConversationEvent::Unlabelled { label } => self.labels.put(recorded.stream, label, false),
            // Its message tells more.
            ConversationEvent::Answered { .. } => {}
        }
    }
}

impl<'a> Page<'a> {
    /// What the customer wrote.
    fn inbound(&mut self, recorded: &RecordedEvent, contact: ContactId, message: &InboundMessage, telling: Telling) {
        let id = provider_id(&message.provider_message_id);
        let thread = self.threads.entry(recorded.stream).or_default();
        thread.window_until = thread.window_until.max(message.opens_window_until());
        let row = Row {
            place: Place::inbound(recorded, contact),
            telling,
            provider_id: id.clone(),
            sent_at: message.sent_at,
            shown: Shown::message(&message.content),
            replies_to: message.replies_to.as_ref().and_then(Personal::known).cloned(),
            about: None,
            is_turn: telling == Telling::Live && message.is_written(),
            is_by_member: false,
        };
        self.written(recorded, row);
        self.named((recorded.tenant, contact), message.sent_at, id, message.sender_name.as_ref());
    }

    /// A message, unless it was imported and its person erased.
    fn written(&mut self, recorded: &RecordedEvent, row: Row) {
        if row.telling < Telling::Live && row.provider_id.is_empty() {
            return;
        }
        self.happened(recorded, row);
    }

    /// What is activity in its thread.
    fn happened(&mut self, recorded: &RecordedEvent, row: Row) {
        let event = recorded.id.as_uuid();
        let thread = self.threads.entry(row.place.conversation).or_default();
        thread.happened(row.sent_at, row.mark(event), event);
        thread.is_answered |= row.is_by_member;
        self.messages.put(recorded, row);
    }

    /// What the business wrote or did is activity, and nothing to be read.
    fn outbound(&mut self, recorded: &'a RecordedEvent, event: &'a OutboundMessageEvent) {
        match event {
            OutboundMessageEvent::Echoed { contact, conversation, message, .. } => {
                let place = Place::outbound(*conversation, *contact, Some(recorded));
                self.of_business(recorded, place, *contact, message, Telling::of(&message.content, Telling::Live));
            }
            OutboundMessageEvent::Reacted { contact, conversation, reaction, .. } => {
                let place = Place::outbound(*conversation, *contact, Some(recorded));
                self.act(recorded, place, &reaction.occasion, &reaction.to, Shown::reaction(reaction));
            }
            OutboundMessageEvent::Edited { contact, conversation, edit, .. } => {
                let place = Place::outbound(*conversation, *contact, None);
                self.act(recorded, place, &edit.occasion, &edit.original, Shown::edit(&edit.content));
            }
            OutboundMessageEvent::Revoked { contact, conversation, revocation, .. } => {
                let place = Place::outbound(*conversation, *contact, None);
                self.act(recorded, place, &revocation.occasion, &revocation.original, Shown::revocation());
            }
            OutboundMessageEvent::StatusReported { superseded: true, .. } => {}
            OutboundMessageEvent::StatusReported { report, attempt, .. } => {
                self.statuses.put(recorded, report);
                if attempt.is_some() {
                    self.sendings.put(recorded, event);
                }
            }
            OutboundMessageEvent::Queued { contact, conversation, message, .. } => {
                let place = Place::outbound(*conversation, *contact, Some(recorded));
                self.sent_from_here(recorded, place, message);
                self.sendings.put(recorded, event);
            }
            OutboundMessageEvent::Requeued { .. } => {
                self.statuses.begin_anew(recorded);
                self.sendings.put(recorded, event);
            }
            OutboundMessageEvent::Attempted { .. }
            | OutboundMessageEvent::Accepted { .. }
            | OutboundMessageEvent::SendingRefused { .. }
            | OutboundMessageEvent::NotSent { .. }
            | OutboundMessageEvent::OutcomeUnknown { .. }
            | OutboundMessageEvent::SendingFailed { .. }
            | OutboundMessageEvent::Cancelled { .. } => self.sendings.put(recorded, event),
            OutboundMessageEvent::Corrected { correction, .. } => self.corrections.put(correction),
            OutboundMessageEvent::Imported { contact, conversation, message, status, .. } => {
                let place = Place::outbound(*conversation, *contact, Some(recorded));
                self.of_business(recorded, place, *contact, message, Telling::of(&message.content, Telling::Imported));
                if let Some(status) = status.as_ref().and_then(ReportedStatus::reached) {
                    self.statuses.put_without_time(recorded, status);
                }
            }
        }
    }

    /// What the business wrote.
    fn of_business(
        &mut self,
        recorded: &RecordedEvent,
        place: Place,
        contact: ContactId,
        message: &EchoedMessage,
        telling: Telling,
    ) {
        let (id, sent_at) = (provider_id(&message.occasion.provider_message_id), message.occasion.sent_at);
        let is_answer = telling == Telling::Live && message.via != Via::Bot;
        if is_answer {
            self.threads.entry(place.conversation).or_default().turns.answered(sent_at);
        }
        let row = Row {
            place,
            telling,
            provider_id: id.clone(),
            sent_at,
            shown: Shown::message(&message.content),
            replies_to: message.replies_to.as_ref().and_then(Personal::known).cloned(),
            about: None,
            is_turn: is_answer,
            is_by_member: message.via != Via::Bot,
        };
        self.written(recorded, row);
        self.named((recorded.tenant, contact), sent_at, id, message.recipient_name.as_ref());
    }

    /// What somebody of the business wrote here. It answers from when she wrote it, whatever becomes of it.
    fn sent_from_here(&mut self, recorded: &RecordedEvent, place: Place, message: &OutgoingMessage) {
        let sent_at = recorded.recorded_at;
        let about = match &message.content {
            OutgoingContent::Reaction { to, .. } => Some(to),
            OutgoingContent::Text { .. }
            | OutgoingContent::Media { .. }
            | OutgoingContent::Location { .. }
            | OutgoingContent::Contacts { .. }
            | OutgoingContent::Buttons { .. }
            | OutgoingContent::List { .. }
            | OutgoingContent::Product { .. }
            | OutgoingContent::Products { .. }
            | OutgoingContent::Catalog { .. }
            | OutgoingContent::Template { .. } => None,
        };
        let is_answer = about.is_none();
        if is_answer {
            self.threads.entry(place.conversation).or_default().turns.answered(sent_at);
        }
        let row = Row {
            place,
            telling: Telling::Live,
            provider_id: if message.content.is_erased() { String::new() } else { pending(recorded) },
            sent_at,
            shown: Shown::outgoing(&message.content),
            replies_to: message.replies_to.as_ref().and_then(Personal::known).cloned(),
            about: about.and_then(Personal::known).cloned(),
            is_turn: is_answer,
            is_by_member: is_answer,
        };
        self.happened(recorded, row);
    }

    /// What is told of a call is activity. A customer's own call is to be seen to, and no call opens a window.
    fn called(&mut self, recorded: &RecordedEvent, contact: ContactId, call: &Call) {
        let (id, sent_at) = (provider_id(&call.occasion.provider_message_id), call.occasion.sent_at);
        let thread = self.threads.entry(recorded.stream).or_default();
        thread.unread += i32::from(call.is_from_customer());
        let row = Row {
            place: Place::of_call(recorded, contact, &call.report.direction),
            telling: Telling::Live,
            provider_id: id.clone(),
            sent_at,
            shown: Shown::call(&call.report),
            replies_to: None,
            about: None,
            is_turn: false,
            is_by_member: false,
        };
        self.happened(recorded, row);
        self.named((recorded.tenant, contact), sent_at, id, call.customer_name.as_ref());
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
        let row = Row {
            place,
            telling: Telling::Live,
            provider_id: provider_id(&occasion.provider_message_id),
            sent_at: occasion.sent_at,
            shown,
            replies_to: None,
            about: about.known().cloned(),
            is_turn: false,
            is_by_member: false,
        };
        self.happened(recorded, row);
    }

    /// What a contact called herself, if a message says so.
    fn named(
        &mut self,
        (tenant, contact): (TenantId, ContactId),
        at: Timestamp,
        provider_id: String,
        name: Option<&Personal<String>>,
    ) {
        // What an erased person called herself is nobody's name, also where it comes after her erasure.
        let Some(name) = name.and_then(Personal::known).cloned() else { return };
        let named = Named { at, provider_id, name };
        let (_, latest) = self.names.entry(contact).or_insert((tenant, None));
        *latest = latest.take().max(Some(named));
    }
}

/// The provider's id of a message; empty when the person was erased.
fn provider_id(id: &Personal<String>) -> String {
    id.known().cloned().unwrap_or_default()
}
