//! A contact who writes to the business shows interest: her earliest message captures her lead. What she writes in a group
//! does not: it is said to everybody there.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::try_join_all;
use leadflow_domain::api_key::ApiKeyEvent;
use leadflow_domain::channel::{Channel, ChannelEvent, SocialNetwork};
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::group::GroupEvent;
use leadflow_domain::lead::{Capture, Lead, LeadCommand, LeadEvent, LeadRefusal, LeadSource};
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
use leadflow_domain::{ChannelId, CommandId, ContactId, ConversationId, Event, LeadId};
use leadflow_event_store::{Actor, CommandContext, ExecuteError, Executor, LogReader, PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

pub(super) const CONSUMER: &str = "reactor/capture_lead";

/// Dispatches [`LeadCommand::Capture`] for the earliest message of each contact in a page. The lead itself knows
/// whether that is earlier than what it has.
pub struct CaptureLead {
    leads: Executor<Lead>,
    log: LogReader,
    /// What channels are never changes.
    sources: Mutex<HashMap<ChannelId, LeadSource>>,
}

impl CaptureLead {
    /// Decides through `leads`; `log` knows what channels are.
    #[must_use]
    pub fn new(leads: Executor<Lead>, log: LogReader) -> Self {
        Self { leads, log, sources: Mutex::default() }
    }

    /// What whoever writes by a channel comes from.
    async fn source(&self, channel: ChannelId) -> Result<LeadSource, PageError> {
        if let Some(known) = self.sources.lock().unwrap_or_else(PoisonError::into_inner).get(&channel) {
            return Ok(*known);
        }
        let channel_state = self.log.load::<Channel>(channel.into()).await;
        let channel_state = channel_state.map_err(|error| PageError::Later(error.to_string()))?.state;
        let source = match channel_state.account().map(|account| account.network) {
            None => LeadSource::WhatsApp,
            Some(SocialNetwork::Messenger) => LeadSource::Messenger,
            Some(SocialNetwork::Instagram) => LeadSource::Instagram,
        };
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).insert(channel, source);
        Ok(source)
    }

    async fn capture(&self, cause: &RecordedEvent, capture: Capture) -> Result<(), PageError> {
        let event = cause.id.to_string();
        let id = CommandId::derive(cause.tenant, CONSUMER, &[&event, "0"]);
        let context = CommandContext::new(cause.tenant, id, Actor::Reactor("capture_lead"), cause.correlation.clone())
            .caused_by(event);
        match self.leads.execute(LeadId::of(capture.contact), LeadCommand::Capture(capture), context).await {
            Ok(_) => Ok(()),
            Err(error) => Err(page_error(&error)),
        }
    }
}

impl Consumer for CaptureLead {
    fn consumer(&self) -> String {
        CONSUMER.to_owned()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, events: &[RecordedEvent]) -> Result<(), PageError> {
        let earliest = earliest_per_contact(events);
        try_join_all(earliest.into_values().map(async |Seen { cause, channel, capture }| {
            let source = self.source(channel).await?;
            self.capture(cause, Capture { source, ..capture }).await
        }))
        .await?;
        Ok(())
    }

    async fn write(&self, _rows: &mut PgConnection, _events: &[RecordedEvent]) -> Result<(), PageError> {
        Ok(())
    }
}

/// A contact's earliest message of a page.
struct Seen<'a> {
    cause: &'a RecordedEvent,
    /// By which it came.
    channel: ChannelId,
    /// As if that were a WhatsApp number.
    capture: Capture,
}

fn earliest_per_contact(events: &[RecordedEvent]) -> HashMap<ContactId, Seen<'_>> {
    let mut earliest: HashMap<ContactId, Seen<'_>> = HashMap::new();
    for recorded in events {
        match &recorded.event {
            Event::Conversation(ConversationEvent::MessageReceived { contact, channel, group: None, message })
                if message.is_written() =>
            {
                let capture = Capture::by_message(
                    *contact,
                    LeadSource::WhatsApp,
                    ConversationId::from_uuid(recorded.stream.as_uuid()),
                    message.sent_at,
                );
                let known =
                    earliest.get(contact).map(|Seen { capture, .. }| (capture.captured_at, capture.conversation));
                if known.is_none_or(|known| (capture.captured_at, capture.conversation) < known) {
                    earliest.insert(*contact, Seen { cause: recorded, channel: *channel, capture });
                }
            }
            // Nothing that shows a contact's interest.
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
            | Event::Conversation(
                ConversationEvent::Opened { .. }
                | ConversationEvent::MessageReceived { .. }
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
                OutboundMessageEvent::Echoed { .. }
                | OutboundMessageEvent::Reacted { .. }
                | OutboundMessageEvent::Edited { .. }
                | OutboundMessageEvent::Revoked { .. }
                | OutboundMessageEvent::StatusReported { .. }
                | OutboundMessageEvent::Corrected { .. }
                | OutboundMessageEvent::Imported { .. }
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
    earliest
}

fn page_error(error: &ExecuteError<LeadRefusal>) -> PageError {
    match error {
        ExecuteError::Unavailable { .. } | ExecuteError::Contended | ExecuteError::Stopping(_) => {
            PageError::Later(error.to_string())
        }
        ExecuteError::Refused(_)
        | ExecuteError::RefusedBefore(_)
        | ExecuteError::Reserved { .. }
        | ExecuteError::NotHeld
        | ExecuteError::AnotherVersion { .. }
        | ExecuteError::ForeignStream
        | ExecuteError::Erased
        | ExecuteError::KeyReused
        | ExecuteError::Unstorable { .. }
        | ExecuteError::Unreadable(_) => PageError::Refused(format!("a lead can't be captured: {error}")),
    }
}
