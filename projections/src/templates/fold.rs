//! From events to templates. Each row is written by one stream alone, in its order.

use leadflow_domain::Event;
use leadflow_domain::api_key::ApiKeyEvent;
use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::group::GroupEvent;
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::member::MemberEvent;
use leadflow_domain::outbound_message::OutboundMessageEvent;
use leadflow_domain::pipeline::PipelineEvent;
use leadflow_domain::role::RoleEvent;
use leadflow_domain::routing::RoutingEvent;
use leadflow_domain::source::SourceEvent;
use leadflow_domain::team::TeamEvent;
use leadflow_domain::tenant::TenantEvent;
use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::PgConnection;

use super::DEFINITION;
use super::responses::response;
use super::told::template;
use crate::{Definition, PageError, Projector};

/// Keeps the templates.
#[derive(Debug, Clone, Copy)]
pub struct TemplatesProjector;

impl Projector for TemplatesProjector {
    fn definition(&self) -> Definition {
        DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    /// Templates change seldom: a statement for each event.
    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        for recorded in events {
            match &recorded.event {
                Event::Template(event) => template(rows, recorded, event).await?,
                Event::ResponseTemplate(event) => response(rows, recorded, event).await?,
                // Nothing of what is kept ready.
                Event::Tenant(
                    TenantEvent::Registered { .. }
                    | TenantEvent::ScheduleSet { .. }
                    | TenantEvent::ScheduleRemoved {}
                    | TenantEvent::SettingsSet { .. }
                    | TenantEvent::ProfileSet { .. }
                    | TenantEvent::BrandingSet { .. }
                    | TenantEvent::OnboardingStepCompleted { .. },
                )
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
                | Event::Conversation(
                    ConversationEvent::Opened { .. }
                    | ConversationEvent::OpenedWithGroup { .. }
                    | ConversationEvent::MessageReceived { .. }
                    | ConversationEvent::MessageImported { .. }
                    | ConversationEvent::SubmissionReceived { .. }
                    | ConversationEvent::Reacted { .. }
                    | ConversationEvent::MessageEdited { .. }
                    | ConversationEvent::MessageRevoked { .. }
                    | ConversationEvent::MessageCorrected { .. }
                    | ConversationEvent::Called { .. }
                    | ConversationEvent::Read {}
                    | ConversationEvent::Resolved {}
                    | ConversationEvent::Reopened {}
                    | ConversationEvent::PrioritySet { .. }
                    | ConversationEvent::Assigned { .. }
                    | ConversationEvent::Unassigned {}
                    | ConversationEvent::AssignedToTeam { .. }
                    | ConversationEvent::NoteAdded { .. }
                    | ConversationEvent::Labelled { .. }
                    | ConversationEvent::Unlabelled { .. }
                    | ConversationEvent::Snoozed { .. }
                    | ConversationEvent::Woken {}
                    | ConversationEvent::Answered { .. },
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
                | Event::OutboundMessage(
                    OutboundMessageEvent::Echoed { .. }
                    | OutboundMessageEvent::Imported { .. }
                    | OutboundMessageEvent::Reacted { .. }
                    | OutboundMessageEvent::Edited { .. }
                    | OutboundMessageEvent::Revoked { .. }
                    | OutboundMessageEvent::StatusReported { .. }
                    | OutboundMessageEvent::Corrected { .. }
                    | OutboundMessageEvent::Queued { .. }
                    | OutboundMessageEvent::Attempted { .. }
                    | OutboundMessageEvent::Accepted { .. }
                    | OutboundMessageEvent::SendingRefused { .. }
                    | OutboundMessageEvent::NotSent { .. }
                    | OutboundMessageEvent::OutcomeUnknown { .. }
                    | OutboundMessageEvent::SendingFailed { .. }
                    | OutboundMessageEvent::Requeued { .. }
                    | OutboundMessageEvent::Cancelled { .. },
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
                | Event::Lead(
                    LeadEvent::Captured(_)
                    | LeadEvent::CaptureCorrected(_)
                    | LeadEvent::Submitted(_)
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
                | Event::ApiKey(ApiKeyEvent::Issued(_) | ApiKeyEvent::Revoked {} | ApiKeyEvent::Denied { .. }) => {}
            }
        }
        Ok(())
    }
}
