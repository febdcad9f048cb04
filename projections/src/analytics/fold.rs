//! From events to what matters to conversations' times. What was imported from before the number was connected is no traffic,
//! and is not measured.

use std::collections::HashMap;

use leadflow_domain::Event;
use leadflow_domain::api_key::ApiKeyEvent;
use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::group::GroupEvent;
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::member::MemberEvent;
use leadflow_domain::outbound_message::{OutboundMessageEvent, Via};
use leadflow_domain::pipeline::PipelineEvent;
use leadflow_domain::response_template::ResponseTemplateEvent;
use leadflow_domain::role::RoleEvent;
use leadflow_domain::routing::RoutingEvent;
use leadflow_domain::source::SourceEvent;
use leadflow_domain::team::TeamEvent;
use leadflow_domain::template::TemplateEvent;
use leadflow_domain::tenant::TenantEvent;
use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::PgConnection;
use uuid::Uuid;

use super::leads::{Leads, told_of};
use super::point::{Happening, Moment, Point};
use super::schedules::NewSchedules;
use super::sendings::Sendings;
use super::told::Told;
use super::{DEFINITION, conversations};
use crate::{Definition, PageError, Projector};

/// Keeps the analytics.
#[derive(Debug, Clone, Copy)]
pub struct AnalyticsProjector;

/// What a page tells.
#[derive(Default)]
struct Page<'a> {
    conversations: HashMap<Uuid, Told>,
    leads: Leads,
    sendings: Sendings,
    schedules: NewSchedules<'a>,
}

impl Projector for AnalyticsProjector {
    fn definition(&self) -> Definition {
        DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let mut page = Page::default();
        for recorded in events {
            page.put(recorded);
        }
        page.leads.write(rows, &mut page.conversations).await?;
        page.sendings.write(rows, &mut page.conversations).await?;
        let ledger = conversations::tell(rows, &page.conversations).await?;
        page.schedules.write(rows).await?;
        ledger.write(rows).await?;
        page.schedules.measure_again(rows).await?;
        Ok(())
    }
}

impl<'a> Page<'a> {
    fn put(&mut self, recorded: &'a RecordedEvent) {
        match &recorded.event {
            Event::Conversation(event) => self.conversation(recorded, event),
            Event::OutboundMessage(event) => self.outbound_message(recorded, event),
            Event::Lead(event) => self.lead(recorded, event),
            Event::Tenant(TenantEvent::ScheduleSet { schedule }) => self.schedules.valid(recorded, Some(schedule)),
            Event::Tenant(TenantEvent::ScheduleRemoved {}) => self.schedules.valid(recorded, None),
            // Nothing that is measured or counted.
            Event::Tenant(
                TenantEvent::Registered { .. }
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
            | Event::Contact(
                ContactEvent::IntroducedByPhone { .. }
                | ContactEvent::IntroducedByUserId { .. }
                | ContactEvent::Introduced { .. }
                | ContactEvent::IdentifierAdded { .. }
                | ContactEvent::IdentifierChanged { .. }
                | ContactEvent::IdentifierConflicted { .. }
                | ContactEvent::Erased { .. }
                | ContactEvent::MarketingPreferenceTold { .. }
                | ContactEvent::Listed { .. }
                | ContactEvent::Unlisted { .. }
                | ContactEvent::Merged { .. }
                | ContactEvent::Unmerged { .. }
                | ContactEvent::ToldApart { .. },
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

    /// What the page tells of the conversation whose stream `recorded` is in.
    fn stream(&mut self, recorded: &RecordedEvent) -> &mut Told {
        told_of(&mut self.conversations, recorded.stream.as_uuid(), recorded.tenant.as_uuid())
    }

    fn conversation(&mut self, recorded: &RecordedEvent, event: &ConversationEvent) {
        let (what, done_at) = match event {
            ConversationEvent::Opened { contact, channel } => {
                self.stream(recorded).opened(recorded, Some(*contact), *channel);
                return;
            }
            ConversationEvent::OpenedWithGroup { channel, .. } => {
                self.stream(recorded).opened(recorded, None, *channel);
                return;
            }
            ConversationEvent::MessageReceived { message, .. } => {
                (message.is_written().then_some(Happening::CustomerWrote), Some(message.sent_at))
            }
            // No points, but they may be what opened or reopened it.
            ConversationEvent::Reacted { reaction, .. } => (None, Some(reaction.occasion.sent_at)),
            ConversationEvent::MessageEdited { edit, .. } => (None, Some(edit.occasion.sent_at)),
            ConversationEvent::MessageRevoked { revocation, .. } => (None, Some(revocation.occasion.sent_at)),
            ConversationEvent::Called { call, .. } => (None, Some(call.occasion.sent_at)),
            ConversationEvent::Reopened {} => (Some(Happening::Reopened), None),
            ConversationEvent::Resolved {} => (Some(Happening::Resolved), None),
            ConversationEvent::Snoozed { .. } => (Some(Happening::Snoozed), None),
            ConversationEvent::Woken {} => (Some(Happening::Woken), None),
            ConversationEvent::Assigned { member } => (Some(Happening::Assigned(member.as_uuid())), None),
            // A team is nobody in particular.
            ConversationEvent::Unassigned {} | ConversationEvent::AssignedToTeam { .. } => {
                (Some(Happening::Unassigned), None)
            }
            // Nothing that is measured or counted.
            ConversationEvent::Read {}
            | ConversationEvent::PrioritySet { .. }
            | ConversationEvent::MessageCorrected { .. }
            | ConversationEvent::MessageImported { .. }
            | ConversationEvent::SubmissionReceived { .. }
            | ConversationEvent::NoteAdded { .. }
            | ConversationEvent::Labelled { .. }
            | ConversationEvent::Unlabelled { .. }
            | ConversationEvent::Answered { .. } => return,
        };
        self.stream(recorded).happened(recorded, what, done_at);
    }

    fn outbound_message(&mut self, recorded: &RecordedEvent, event: &OutboundMessageEvent) {
        match event {
            OutboundMessageEvent::Echoed { channel, conversation, message, .. } => {
                let what = match message.via {
                    Via::Bot => Happening::BotWrote,
                    Via::BusinessApp | Via::Other(_) => Happening::HumanWrote,
                };
                let moment = Moment { at: message.occasion.sent_at, event: recorded.id.as_uuid() };
                let told = told_of(&mut self.conversations, conversation.as_uuid(), recorded.tenant.as_uuid());
                told.channel = Some(*channel);
                told.answers.push(Point { moment, version: recorded.version, what });
            }
            OutboundMessageEvent::Queued { message, .. } if message.content.is_written() => {
                self.sendings.written(recorded);
            }
            OutboundMessageEvent::Accepted { channel, conversation, at, .. } => {
                self.sendings.taken(recorded, *conversation, *channel, *at);
            }
            // Nothing that answers.
            OutboundMessageEvent::Reacted { .. }
            | OutboundMessageEvent::Edited { .. }
            | OutboundMessageEvent::Revoked { .. }
            | OutboundMessageEvent::StatusReported { .. }
            | OutboundMessageEvent::Corrected { .. }
            | OutboundMessageEvent::Imported { .. }
            | OutboundMessageEvent::Queued { .. }
            | OutboundMessageEvent::Attempted { .. }
            | OutboundMessageEvent::SendingRefused { .. }
            | OutboundMessageEvent::NotSent { .. }
            | OutboundMessageEvent::OutcomeUnknown { .. }
            | OutboundMessageEvent::SendingFailed { .. }
            | OutboundMessageEvent::Requeued { .. }
            | OutboundMessageEvent::Cancelled { .. } => {}
        }
    }

    fn lead(&mut self, recorded: &RecordedEvent, event: &LeadEvent) {
        match event {
            LeadEvent::Captured(capture) | LeadEvent::CaptureCorrected(capture) => {
                self.leads.captured(recorded, capture);
            }
            // When her interest began is told beside it.
            LeadEvent::Submitted(_)
            // How its owner works it is not counted yet.
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
            | LeadEvent::Transferred { .. } => {}
            LeadEvent::Qualified(_) => self.leads.judged(recorded, Happening::Qualified),
            LeadEvent::Disqualified(_) => self.leads.judged(recorded, Happening::Disqualified),
        }
    }
}
