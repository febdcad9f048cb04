//! From events to people. Each row is written by one stream alone, in its order; what belongs to somebody who is not there
//! yet is a row of its own.

use leadflow_domain::Event;
use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::group::GroupEvent;
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::outbound_message::OutboundMessageEvent;
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

use super::DEFINITION;
use super::api_keys::api_key;
use super::members::member;
use super::words::words;
use crate::{Definition, PageError, Projector};

/// Keeps the people.
#[derive(Debug, Clone, Copy)]
pub struct PeopleProjector;

impl Projector for PeopleProjector {
    fn definition(&self) -> Definition {
        DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        // Names and addresses.
        PersonalValues::OpenedOf(&["member.registered", "member.invited", "member.joined", "member.renamed"])
    }

    /// People change seldom: a statement for each event.
    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        for recorded in events {
            match &recorded.event {
                Event::Member(event) => member(rows, recorded, event).await?,
                Event::Role(event) => role(rows, recorded, event).await?,
                Event::Team(event) => team(rows, recorded, event).await?,
                Event::ApiKey(event) => api_key(rows, recorded, event).await?,
                Event::Tenant(TenantEvent::SettingsSet { settings }) => {
                    let sql = "insert into tenants (tenant_id, unassigned_visible) values ($1, $2) \
                               on conflict (tenant_id) do update set unassigned_visible = excluded.unassigned_visible";
                    let write = sqlx::query(sql).bind(recorded.tenant.as_uuid()).bind(settings.unassigned_visible);
                    write.execute(&mut *rows).await?;
                }
                // Nothing of who may do what.
                Event::Template(
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
                | Event::Tenant(
                    TenantEvent::Registered { .. }
                    | TenantEvent::ScheduleSet { .. }
                    | TenantEvent::ScheduleRemoved {}
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
                ) => {}
            }
        }
        Ok(())
    }
}

async fn role(rows: &mut PgConnection, recorded: &RecordedEvent, event: &RoleEvent) -> Result<(), PageError> {
    let id = recorded.stream.as_uuid();
    let write = match event {
        RoleEvent::Defined { name, permissions } => sqlx::query(
            "insert into roles (role_id, tenant_id, name, permissions, defined_at, version) \
             values ($1, $2, $3, $4, $5, $6) \
             on conflict (role_id) do update set name = excluded.name, permissions = excluded.permissions, \
                 version = excluded.version",
        )
        .bind(id)
        .bind(recorded.tenant.as_uuid())
        .bind(name.as_str())
        .bind(words(*permissions))
        .bind(jiff_sqlx::Timestamp::from(recorded.recorded_at))
        .bind(recorded.version),
        RoleEvent::Changed { before: _, name, permissions } => {
            sqlx::query("update roles set name = $2, permissions = $3, version = $4 where role_id = $1")
                .bind(id)
                .bind(name.as_str())
                .bind(words(*permissions))
                .bind(recorded.version)
        }
        RoleEvent::Removed { .. } => sqlx::query("delete from roles where role_id = $1").bind(id),
    };
    write.execute(rows).await?;
    Ok(())
}

async fn team(rows: &mut PgConnection, recorded: &RecordedEvent, event: &TeamEvent) -> Result<(), PageError> {
    let id = recorded.stream.as_uuid();
    let write = match event {
        TeamEvent::Formed { name } => sqlx::query(
            "insert into teams (team_id, tenant_id, name, formed_at, version) values ($1, $2, $3, $4, $5) \
             on conflict (team_id) do update set name = excluded.name, version = excluded.version",
        )
        .bind(id)
        .bind(recorded.tenant.as_uuid())
        .bind(name.as_str())
        .bind(jiff_sqlx::Timestamp::from(recorded.recorded_at))
        .bind(recorded.version),
        TeamEvent::Renamed { before: _, name } => {
            sqlx::query("update teams set name = $2, version = $3 where team_id = $1")
                .bind(id)
                .bind(name.as_str())
                .bind(recorded.version)
        }
        TeamEvent::Disbanded { .. } => sqlx::query("delete from teams where team_id = $1").bind(id),
    };
    write.execute(rows).await?;
    Ok(())
}
