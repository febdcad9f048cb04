//! From events to usage. What was imported from before the number was connected is no use of it, and what was done to
//! messages (reactions, edits, calls) is not charged by.

use jiff::Timestamp;
use leadflow_domain::api_key::ApiKeyEvent;
use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::group::GroupEvent;
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::member::MemberEvent;
use leadflow_domain::outbound_message::OutboundMessageEvent;
use leadflow_domain::pipeline::PipelineEvent;
use leadflow_domain::response_template::ResponseTemplateEvent;
use leadflow_domain::role::RoleEvent;
use leadflow_domain::routing::RoutingEvent;
use leadflow_domain::source::SourceEvent;
use leadflow_domain::team::TeamEvent;
use leadflow_domain::template::TemplateEvent;
use leadflow_domain::tenant::TenantEvent;
use leadflow_domain::{ContactId, Event};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::PgConnection;
use uuid::Uuid;

use super::DEFINITION;
use super::counted::{Additions, Counted};
use super::pricing::category;
use super::sent::{Sent, Told};
use super::words::UsageItem;
use crate::{Definition, PageError, Projector};

/// Keeps the usage.
#[derive(Debug, Clone, Copy)]
pub struct UsageProjector;

impl Projector for UsageProjector {
    fn definition(&self) -> Definition {
        DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let (mut additions, mut sent) = (Additions::default(), Sent::default());
        for recorded in events {
            match &recorded.event {
                Event::Conversation(ConversationEvent::MessageReceived { contact, message, .. }) => {
                    if message.is_written() {
                        let (at, id) = (message.sent_at, recorded.id.as_uuid());
                        additions.put(id, UsageItem::MessageReceived, 0, Counted::once(recorded, at));
                        active(&mut additions, recorded, recorded.stream.as_uuid(), *contact, at);
                    }
                }
                Event::OutboundMessage(OutboundMessageEvent::Echoed { contact, conversation, message, .. }) => {
                    let at = message.occasion.sent_at;
                    sent.put(recorded, Told::Sent { at });
                    active(&mut additions, recorded, conversation.as_uuid(), *contact, at);
                }
                Event::OutboundMessage(OutboundMessageEvent::Accepted { contact, conversation, at, .. }) => {
                    sent.put(recorded, Told::Sent { at: *at });
                    active(&mut additions, recorded, conversation.as_uuid(), *contact, *at);
                }
                Event::OutboundMessage(OutboundMessageEvent::StatusReported { report, .. }) => {
                    if let Some(category) = category(report.pricing.as_deref()) {
                        sent.put(recorded, Told::Priced { at: report.at, category });
                    }
                }
                // Nothing that is charged by.
                Event::Tenant(
                    TenantEvent::Registered { .. }
                    | TenantEvent::ScheduleSet { .. }
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
                    | ConversationEvent::Reacted { .. }
                    | ConversationEvent::MessageEdited { .. }
                    | ConversationEvent::MessageRevoked { .. }
                    | ConversationEvent::Read {}
                    | ConversationEvent::Resolved {}
                    | ConversationEvent::Reopened {}
                    | ConversationEvent::PrioritySet { .. }
                    | ConversationEvent::MessageCorrected { .. }
                    | ConversationEvent::MessageImported { .. }
                    | ConversationEvent::SubmissionReceived { .. }
                    | ConversationEvent::Called { .. }
                    | ConversationEvent::OpenedWithGroup { .. }
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
                | Event::OutboundMessage(
                    OutboundMessageEvent::Reacted { .. }
                    | OutboundMessageEvent::Edited { .. }
                    | OutboundMessageEvent::Revoked { .. }
                    | OutboundMessageEvent::Corrected { .. }
                    | OutboundMessageEvent::Imported { .. }
                    | OutboundMessageEvent::Queued { .. }
                    | OutboundMessageEvent::Attempted { .. }
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
                ) => {}
            }
        }
        sent.write(rows, &mut additions).await?;
        additions.write(rows).await?;
        Ok(())
    }
}

/// Somebody wrote in `conversation`, which makes it and the contact active that day.
fn active(additions: &mut Additions, recorded: &RecordedEvent, conversation: Uuid, contact: ContactId, at: Timestamp) {
    let row = Counted::once(recorded, at);
    additions.put(conversation, UsageItem::ConversationActive, 0, row.clone());
    additions.put(contact.as_uuid(), UsageItem::ContactActive, 0, row);
}
