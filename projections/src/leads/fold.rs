//! From events to leads and timelines. A page is folded in memory and written by a few set-based statements.
//!
//! Whoever was erased is cleared last of a page: what came before it in the same page is in the rows by then, and what
//! is folded after it was read after it, without her values.

use leadflow_domain::api_key::ApiKeyEvent;
use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::contact::{ContactEvent, Marketing};
use leadflow_domain::conversation::{CallDirection, CallNews, ConversationEvent};
use leadflow_domain::group::GroupEvent;
use leadflow_domain::lead::{LeadEvent, LeadStatus};
use leadflow_domain::member::MemberEvent;
use leadflow_domain::outbound_message::{DeliveryStatus, OutboundMessageEvent};
use leadflow_domain::response_template::ResponseTemplateEvent;
use leadflow_domain::role::RoleEvent;
use leadflow_domain::routing::RoutingEvent;
use leadflow_domain::team::TeamEvent;
use leadflow_domain::template::TemplateEvent;
use leadflow_domain::tenant::TenantEvent;
use leadflow_domain::{ContactId, ConversationId, Event, LeadId, OutboundMessageId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::PgConnection;
use uuid::Uuid;

use super::DEFINITION;
use super::pipelines::Pipelines;
use super::sources::Sources;
use super::standing::{Standings, forget};
use super::submissions::Submissions;
use super::timeline::{Entry, Timeline};
use super::words::TimelineKind;
use super::work::{Work, settle};
use crate::{Definition, PageError, Projector};

/// Keeps the leads, and the timelines of their contacts.
#[derive(Debug, Clone, Copy)]
pub struct LeadsProjector;

impl Projector for LeadsProjector {
    fn definition(&self) -> Definition {
        DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        // Reasons, forms and what is put down. Nearly all other events are messages, which would cost the most to open.
        PersonalValues::OpenedOf(&[
            "lead.submitted",
            "lead.qualified",
            "lead.disqualified",
            "lead.note_added",
            "lead.company_set",
            "lead.attribute_set",
        ])
    }

    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let page = Page::of(events);
        page.leads.write(rows).await?;
        page.submissions.write(rows).await?;
        page.work.write(rows).await?;
        page.pipelines.write(rows).await?;
        settle(rows, &page.leads_that_stand(), &page.pipelines.shortened()).await?;
        page.sources.write(rows).await?;
        page.timeline.write(rows).await?;
        forget(rows, &page.erased).await?;
        Ok(())
    }
}

/// What a page changes.
#[derive(Default)]
struct Page<'a> {
    leads: Standings<'a>,
    submissions: Submissions<'a>,
    work: Work<'a>,
    pipelines: Pipelines<'a>,
    sources: Sources<'a>,
    timeline: Timeline<'a>,
    erased: Vec<ContactId>,
}

impl<'a> Page<'a> {
    fn of(events: &'a [RecordedEvent]) -> Self {
        let mut page = Self::default();
        for recorded in events {
            match &recorded.event {
                Event::Contact(event) => page.contact(recorded, event),
                Event::Conversation(event) => page.conversation(recorded, event),
                Event::OutboundMessage(event) => page.outbound(recorded, event),
                Event::Lead(event) => page.lead(recorded, event),
                Event::Source(event) => page.sources.put(recorded, event),
                Event::Pipeline(event) => page.pipelines.put(recorded, event),
                Event::Tenant(TenantEvent::Registered { .. }) => page.pipelines.begin(recorded.tenant),
                // Nothing that happened with one contact.
                Event::Tenant(
                    TenantEvent::ScheduleSet { .. }
                    | TenantEvent::ScheduleRemoved {}
                    | TenantEvent::ProfileSet { .. }
                    | TenantEvent::BrandingSet { .. }
                    | TenantEvent::SettingsSet { .. }
                    | TenantEvent::OnboardingStepCompleted { .. },
                )
                | Event::Member(
                    MemberEvent::Registered { .. }
                    | MemberEvent::Invited { .. }
                    | MemberEvent::Joined { .. }
                    | MemberEvent::InvitationWithdrawn {}
                    | MemberEvent::Renamed { .. }
                    | MemberEvent::RoleChanged { .. }
                    | MemberEvent::TeamChanged { .. }
                    | MemberEvent::Deactivated {}
                    | MemberEvent::Reactivated { .. }
                    | MemberEvent::PasswordSet {}
                    | MemberEvent::SecondFactorEnabled {}
                    | MemberEvent::SecondFactorDisabled {}
                    | MemberEvent::Denied { .. },
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
                | Event::Channel(
                    ChannelEvent::WhatsAppNumberConnected(_)
                    | ChannelEvent::WhatsAppNumberDisconnected { .. }
                    | ChannelEvent::WhatsAppCredentialsEntered { .. }
                    | ChannelEvent::WhatsAppCredentialsRotated { .. }
                    | ChannelEvent::WhatsAppCredentialsRemoved { .. }
                    | ChannelEvent::SendingStopped { .. }
                    | ChannelEvent::SendingResumed {}
                    | ChannelEvent::HealthTold { .. }
                    | ChannelEvent::SocialAccountConnected { .. }
                    | ChannelEvent::SocialAccountDisconnected { .. },
                )
                | Event::Group(
                    GroupEvent::Introduced { .. }
                    | GroupEvent::Created { .. }
                    | GroupEvent::Deleted { .. }
                    | GroupEvent::ParticipantJoined { .. }
                    | GroupEvent::ParticipantLeft { .. }
                    | GroupEvent::JoinRequested { .. }
                    | GroupEvent::JoinRequestWithdrawn { .. }
                    | GroupEvent::ParticipantKept { .. }
                    | GroupEvent::Described { .. }
                    | GroupEvent::Suspended { .. }
                    | GroupEvent::Reinstated { .. }
                    | GroupEvent::RequestFailed { .. }
                    | GroupEvent::Remarked { .. },
                ) => {}
            }
        }
        page
    }

    fn contact(&mut self, recorded: &'a RecordedEvent, event: &ContactEvent) {
        let contact = ContactId::from_uuid(recorded.stream.as_uuid());
        let recorded_at = recorded.recorded_at;
        let (kind, at) = match event {
            ContactEvent::IntroducedByPhone { .. }
            | ContactEvent::IntroducedByUserId { .. }
            | ContactEvent::Introduced { .. } => (TimelineKind::Introduced, recorded_at),
            ContactEvent::IdentifierAdded { .. } => (TimelineKind::IdentifierAdded, recorded_at),
            ContactEvent::IdentifierChanged { .. } => (TimelineKind::IdentifierChanged, recorded_at),
            ContactEvent::IdentifierConflicted { .. } => (TimelineKind::IdentifierConflicted, recorded_at),
            ContactEvent::Merged { .. } => (TimelineKind::Merged, recorded_at),
            ContactEvent::Unmerged { .. } => (TimelineKind::Unmerged, recorded_at),
            ContactEvent::ToldApart { .. } => (TimelineKind::ToldApart, recorded_at),
            ContactEvent::Erased { .. } => {
                self.erased.push(contact);
                (TimelineKind::Erased, recorded_at)
            }
            ContactEvent::MarketingPreferenceTold { preference, .. } => {
                let kind = match preference.marketing() {
                    Some(Marketing::Wanted) => TimelineKind::MarketingWanted,
                    Some(Marketing::Stopped) => TimelineKind::MarketingStopped,
                    None => return,
                };
                (kind, preference.telling.told_at)
            }
            ContactEvent::Listed { telling, .. } => (TimelineKind::Listed, telling.told_at),
            ContactEvent::Unlisted { telling, .. } => (TimelineKind::Unlisted, telling.told_at),
        };
        self.timeline.put(recorded, contact, Entry::new(kind, at));
    }

    fn conversation(&mut self, recorded: &'a RecordedEvent, event: &ConversationEvent) {
        let conversation = ConversationId::from_uuid(recorded.stream.as_uuid());
        let recorded_at = recorded.recorded_at;
        let (contact, kind, at) = match event {
            ConversationEvent::Opened { contact, .. } => {
                (Some(*contact), TimelineKind::ConversationOpened, recorded_at)
            }
            ConversationEvent::MessageReceived { contact, message, .. } => {
                (Some(*contact), TimelineKind::MessageReceived, message.sent_at)
            }
            ConversationEvent::MessageImported { contact, message, .. } => {
                (Some(*contact), TimelineKind::ReceivedMessageImported, message.sent_at)
            }
            ConversationEvent::Reacted { contact, reaction, .. } => {
                (Some(*contact), TimelineKind::ReactionReceived, reaction.occasion.sent_at)
            }
            ConversationEvent::MessageEdited { contact, edit, .. } => {
                (Some(*contact), TimelineKind::EditReceived, edit.occasion.sent_at)
            }
            ConversationEvent::MessageRevoked { contact, revocation, .. } => {
                (Some(*contact), TimelineKind::RevocationReceived, revocation.occasion.sent_at)
            }
            ConversationEvent::Called { contact, call, .. } => {
                let kind = match (&call.report.told, &call.report.direction) {
                    (CallNews::Connect, CallDirection::FromBusiness) => TimelineKind::CallMade,
                    (CallNews::Connect, CallDirection::FromCustomer | CallDirection::Other(_)) => {
                        TimelineKind::CallReceived
                    }
                    (CallNews::Terminate, _) => TimelineKind::CallEnded,
                    (CallNews::Reported(_), _) => return,
                };
                (Some(*contact), kind, call.occasion.sent_at)
            }
            ConversationEvent::Resolved {} => (None, TimelineKind::ConversationResolved, recorded_at),
            ConversationEvent::Reopened {} => (None, TimelineKind::ConversationReopened, recorded_at),
            ConversationEvent::PrioritySet { .. } => (None, TimelineKind::PrioritySet, recorded_at),
            ConversationEvent::Assigned { .. } => (None, TimelineKind::ConversationAssigned, recorded_at),
            ConversationEvent::Unassigned {} => (None, TimelineKind::ConversationUnassigned, recorded_at),
            ConversationEvent::AssignedToTeam { .. } => (None, TimelineKind::ConversationAssignedToTeam, recorded_at),
            ConversationEvent::NoteAdded { .. } => (None, TimelineKind::NoteAdded, recorded_at),
            ConversationEvent::Labelled { .. } => (None, TimelineKind::ConversationLabelled, recorded_at),
            ConversationEvent::Unlabelled { .. } => (None, TimelineKind::ConversationUnlabelled, recorded_at),
            ConversationEvent::Snoozed { .. } => (None, TimelineKind::ConversationSnoozed, recorded_at),
            ConversationEvent::Woken {} => (None, TimelineKind::ConversationWoken, recorded_at),
            // That she told of her interest, her lead's stream tells.
            ConversationEvent::SubmissionReceived { submission, .. } => {
                self.submissions.answered(recorded, *submission);
                return;
            }
            // A group's thread is nobody's. That something was read, or is understood otherwise now, did not happen with
            // the contact; what she is answered, its message tells.
            ConversationEvent::OpenedWithGroup { .. }
            | ConversationEvent::Read {}
            | ConversationEvent::Answered { .. }
            | ConversationEvent::MessageCorrected { .. } => return,
        };
        let entry = Entry::new(kind, at);
        match contact {
            Some(contact) => self.timeline.put(recorded, contact, entry.in_conversation(conversation)),
            None => self.timeline.put_in_thread(recorded, conversation, entry),
        }
    }

    fn outbound(&mut self, recorded: &'a RecordedEvent, event: &OutboundMessageEvent) {
        let (contact, conversation, kind, at) = match event {
            OutboundMessageEvent::Echoed { contact, conversation, message, .. } => {
                (contact, conversation, TimelineKind::MessageSent, message.occasion.sent_at)
            }
            OutboundMessageEvent::Imported { contact, conversation, message, .. } => {
                (contact, conversation, TimelineKind::SentMessageImported, message.occasion.sent_at)
            }
            OutboundMessageEvent::Reacted { contact, conversation, reaction, .. } => {
                (contact, conversation, TimelineKind::ReactionSent, reaction.occasion.sent_at)
            }
            OutboundMessageEvent::Edited { contact, conversation, edit, .. } => {
                (contact, conversation, TimelineKind::EditSent, edit.occasion.sent_at)
            }
            OutboundMessageEvent::Revoked { contact, conversation, revocation, .. } => {
                (contact, conversation, TimelineKind::RevocationSent, revocation.occasion.sent_at)
            }
            OutboundMessageEvent::Queued { contact, conversation, message, .. } => {
                let is_written = message.content.is_written();
                let kind = if is_written { TimelineKind::MessageSent } else { TimelineKind::ReactionSent };
                (contact, conversation, kind, recorded.recorded_at)
            }
            OutboundMessageEvent::SendingFailed { contact, conversation, .. } => {
                (contact, conversation, TimelineKind::MessageFailed, recorded.recorded_at)
            }
            OutboundMessageEvent::SendingRefused { contact, conversation, again_at: None, at, .. } => {
                (contact, conversation, TimelineKind::MessageFailed, *at)
            }
            // On its way, or not yet; and what is told of an attempt that counts no more.
            OutboundMessageEvent::Attempted { .. }
            | OutboundMessageEvent::Accepted { .. }
            | OutboundMessageEvent::SendingRefused { .. }
            | OutboundMessageEvent::NotSent { .. }
            | OutboundMessageEvent::OutcomeUnknown { .. }
            | OutboundMessageEvent::Requeued { .. }
            | OutboundMessageEvent::Cancelled { .. }
            | OutboundMessageEvent::StatusReported { superseded: true, .. } => return,
            OutboundMessageEvent::StatusReported { contact, conversation, report, .. } => {
                let kind = match report.reached() {
                    Some(DeliveryStatus::Failed) => TimelineKind::MessageFailed,
                    Some(DeliveryStatus::Delivered) => TimelineKind::MessageDelivered,
                    Some(DeliveryStatus::Read) => TimelineKind::MessageRead,
                    Some(DeliveryStatus::Played) => TimelineKind::MessagePlayed,
                    // That it was on its way says no more than the message.
                    Some(
                        DeliveryStatus::Queued
                        | DeliveryStatus::Cancelled
                        | DeliveryStatus::Attempted
                        | DeliveryStatus::Unknown
                        | DeliveryStatus::Accepted
                        | DeliveryStatus::Sent,
                    )
                    | None => return,
                };
                (contact, conversation, kind, report.at)
            }
            // It is understood otherwise now, which did not happen with the contact.
            OutboundMessageEvent::Corrected { .. } => return,
        };
        let message = OutboundMessageId::from_uuid(recorded.stream.as_uuid());
        let entry = Entry::new(kind, at).in_conversation(*conversation).of_message(message);
        self.timeline.put(recorded, *contact, entry);
    }

    /// Leads of which it tells where they began or stand, by what they may stand where there is no stage any more.
    fn leads_that_stand(&self) -> Vec<Uuid> {
        let mut leads = self.leads.captured_leads();
        leads.extend(self.work.leads());
        leads
    }

    fn lead(&mut self, recorded: &'a RecordedEvent, event: &'a LeadEvent) {
        let lead = LeadId::from_uuid(recorded.stream.as_uuid());
        let (contact, entry) = match event {
            LeadEvent::Captured(capture) => {
                self.leads.created(recorded, capture);
                (capture.contact, Entry::captured(TimelineKind::LeadCaptured, capture))
            }
            LeadEvent::CaptureCorrected(capture) => {
                self.leads.captured(recorded, capture);
                (capture.contact, Entry::captured(TimelineKind::LeadCaptureCorrected, capture))
            }
            LeadEvent::Submitted(form) => {
                self.submissions.put(recorded, form);
                (form.contact, Entry::new(TimelineKind::LeadSubmitted, form.submitted_at))
            }
            LeadEvent::Qualified(assessment) => {
                self.leads.assessed(recorded, LeadStatus::Qualified, assessment);
                (assessment.contact, Entry::new(TimelineKind::LeadQualified, recorded.recorded_at))
            }
            LeadEvent::Disqualified(assessment) => {
                self.leads.assessed(recorded, LeadStatus::Disqualified, assessment);
                (assessment.contact, Entry::new(TimelineKind::LeadDisqualified, recorded.recorded_at))
            }
            LeadEvent::Moved { contact, .. } => self.worked(recorded, event, *contact, TimelineKind::LeadMoved),
            LeadEvent::Converted { contact, .. } => self.worked(recorded, event, *contact, TimelineKind::LeadConverted),
            LeadEvent::Lost { contact, .. } => self.worked(recorded, event, *contact, TimelineKind::LeadLost),
            LeadEvent::SpamMarked { contact, .. } => {
                self.worked(recorded, event, *contact, TimelineKind::LeadSpamMarked)
            }
            LeadEvent::SpamUnmarked { contact, .. } => {
                self.worked(recorded, event, *contact, TimelineKind::LeadSpamUnmarked)
            }
            LeadEvent::Tagged { contact, .. } => self.worked(recorded, event, *contact, TimelineKind::LeadTagged),
            LeadEvent::Untagged { contact, .. } => self.worked(recorded, event, *contact, TimelineKind::LeadUntagged),
            LeadEvent::NoteAdded { contact, .. } => self.worked(recorded, event, *contact, TimelineKind::LeadNoteAdded),
            LeadEvent::CompanySet { contact, .. } => {
                self.worked(recorded, event, *contact, TimelineKind::LeadCompanySet)
            }
            LeadEvent::AttributeSet { contact, .. } => {
                self.worked(recorded, event, *contact, TimelineKind::LeadAttributeSet)
            }
            LeadEvent::Transferred { contact, .. } => {
                self.worked(recorded, event, *contact, TimelineKind::LeadTransferred)
            }
        };
        self.timeline.put(recorded, contact, entry.of_lead(lead));
    }

    /// Something is done with a lead.
    fn worked(
        &mut self,
        recorded: &'a RecordedEvent,
        event: &'a LeadEvent,
        contact: ContactId,
        kind: TimelineKind,
    ) -> (ContactId, Entry) {
        self.work.put(recorded, event);
        (contact, Entry::new(kind, recorded.recorded_at))
    }
}
