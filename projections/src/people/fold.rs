//! From events to people. Each row is written by one stream alone, in its order; what belongs to somebody who is not there
//! yet is a row of its own.

use leadflow_domain::Event;
use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::group::GroupEvent;
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::member::MemberEvent;
use leadflow_domain::outbound_message::OutboundMessageEvent;
use leadflow_domain::role::{MemberRole, Permission, Permissions, RoleEvent};
use leadflow_domain::team::TeamEvent;
use leadflow_domain::tenant::TenantEvent;
use leadflow_domain::{EmailAddress, Personal, TeamId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::PgConnection;
use uuid::Uuid;

use super::DEFINITION;
use crate::{Definition, PageError, Projector};

/// Keeps the people.
#[derive(Debug, Clone, Copy)]
pub struct PeopleProjector;

impl Projector for PeopleProjector {
    fn definition(&self) -> Definition {
        DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        // Addresses.
        PersonalValues::OpenedOf(&["member.registered", "member.invited", "member.joined"])
    }

    /// People change seldom: a statement for each event.
    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        for recorded in events {
            match &recorded.event {
                Event::Member(event) => member(rows, recorded, event).await?,
                Event::Role(event) => role(rows, recorded, event).await?,
                Event::Team(event) => team(rows, recorded, event).await?,
                Event::Tenant(TenantEvent::SettingsSet { settings }) => {
                    let sql = "insert into tenants (tenant_id, unassigned_visible) values ($1, $2) \
                               on conflict (tenant_id) do update set unassigned_visible = excluded.unassigned_visible";
                    let write = sqlx::query(sql).bind(recorded.tenant.as_uuid()).bind(settings.unassigned_visible);
                    write.execute(&mut *rows).await?;
                }
                // Nothing of who may do what.
                Event::Tenant(
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
                    | ChannelEvent::WhatsAppCredentialsRemoved { .. },
                )
                | Event::Contact(
                    ContactEvent::IntroducedByPhone { .. }
                    | ContactEvent::IntroducedByUserId { .. }
                    | ContactEvent::IdentifierAdded { .. }
                    | ContactEvent::IdentifierChanged { .. }
                    | ContactEvent::IdentifierConflicted { .. }
                    | ContactEvent::Erased { .. }
                    | ContactEvent::MarketingPreferenceTold { .. }
                    | ContactEvent::Listed { .. }
                    | ContactEvent::Unlisted { .. },
                )
                | Event::Conversation(
                    ConversationEvent::Opened { .. }
                    | ConversationEvent::OpenedWithGroup { .. }
                    | ConversationEvent::MessageReceived { .. }
                    | ConversationEvent::MessageImported { .. }
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
                    | ConversationEvent::NoteAdded { .. }
                    | ConversationEvent::Labelled { .. }
                    | ConversationEvent::Unlabelled { .. }
                    | ConversationEvent::Snoozed { .. }
                    | ConversationEvent::Woken {},
                )
                | Event::OutboundMessage(
                    OutboundMessageEvent::Echoed { .. }
                    | OutboundMessageEvent::Imported { .. }
                    | OutboundMessageEvent::Reacted { .. }
                    | OutboundMessageEvent::Edited { .. }
                    | OutboundMessageEvent::Revoked { .. }
                    | OutboundMessageEvent::StatusReported { .. }
                    | OutboundMessageEvent::Corrected { .. },
                )
                | Event::Lead(
                    LeadEvent::Captured(_)
                    | LeadEvent::CaptureCorrected(_)
                    | LeadEvent::Qualified(_)
                    | LeadEvent::Disqualified(_),
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

/// A member, as an event has her begin or join.
struct Row<'a> {
    state: &'static str,
    role: MemberRole,
    team: Option<TeamId>,
    email: &'a Personal<EmailAddress>,
}

async fn member(rows: &mut PgConnection, recorded: &RecordedEvent, event: &MemberEvent) -> Result<(), PageError> {
    match event {
        MemberEvent::Registered { email, .. } => {
            put(rows, recorded, Row { state: "ACTIVE", role: MemberRole::Owner, team: None, email }).await
        }
        MemberEvent::Invited { email, role, team } => {
            put(rows, recorded, Row { state: "INVITED", role: *role, team: *team, email }).await
        }
        MemberEvent::Joined { email, role, team, .. } => {
            put(rows, recorded, Row { state: "ACTIVE", role: *role, team: *team, email }).await
        }
        MemberEvent::InvitationWithdrawn {} => stands(rows, recorded, "WITHDRAWN").await,
        MemberEvent::Deactivated {} => stands(rows, recorded, "DEACTIVATED").await,
        MemberEvent::Reactivated { role } => {
            stands(rows, recorded, "ACTIVE").await?;
            has(rows, recorded, *role).await
        }
        MemberEvent::RoleChanged { role } => has(rows, recorded, *role).await,
        MemberEvent::TeamChanged { team } => {
            let sql = "update members set team_id = $2 where member_id = $1";
            let write = sqlx::query(sql).bind(recorded.stream.as_uuid()).bind(team.map(TeamId::as_uuid));
            write.execute(rows).await?;
            Ok(())
        }
        // What she proves herself with is no read model's; and what she was refused changes nothing.
        MemberEvent::Renamed { .. }
        | MemberEvent::PasswordSet {}
        | MemberEvent::SecondFactorEnabled {}
        | MemberEvent::SecondFactorDisabled {}
        | MemberEvent::Denied { .. } => Ok(()),
    }
}

async fn put(rows: &mut PgConnection, recorded: &RecordedEvent, row: Row<'_>) -> Result<(), PageError> {
    let (role, own) = words(row.role);
    sqlx::query(
        "insert into members (member_id, tenant_id, state, role, role_id, team_id, email) \
         values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (member_id) do update set state = excluded.state, role = excluded.role, \
             role_id = excluded.role_id, team_id = excluded.team_id, email = excluded.email",
    )
    .bind(recorded.stream.as_uuid())
    .bind(recorded.tenant.as_uuid())
    .bind(row.state)
    .bind(role)
    .bind(own)
    .bind(row.team.map(TeamId::as_uuid))
    .bind(row.email.known().map(EmailAddress::as_str))
    .execute(rows)
    .await?;
    Ok(())
}

async fn stands(rows: &mut PgConnection, recorded: &RecordedEvent, state: &str) -> Result<(), PageError> {
    let sql = "update members set state = $2 where member_id = $1";
    sqlx::query(sql).bind(recorded.stream.as_uuid()).bind(state).execute(rows).await?;
    Ok(())
}

async fn has(rows: &mut PgConnection, recorded: &RecordedEvent, role: MemberRole) -> Result<(), PageError> {
    let (role, own) = words(role);
    let sql = "update members set role = $2, role_id = $3 where member_id = $1";
    sqlx::query(sql).bind(recorded.stream.as_uuid()).bind(role).bind(own).execute(rows).await?;
    Ok(())
}

/// A role as it is stored: its word, and which of the business's own it is.
fn words(role: MemberRole) -> (&'static str, Option<Uuid>) {
    match role {
        MemberRole::Owner => ("OWNER", None),
        MemberRole::TeamLead => ("TEAM_LEAD", None),
        MemberRole::Agent => ("AGENT", None),
        MemberRole::BillingAdmin => ("BILLING_ADMIN", None),
        MemberRole::Custom(own) => ("CUSTOM", Some(own.as_uuid())),
    }
}

async fn role(rows: &mut PgConnection, recorded: &RecordedEvent, event: &RoleEvent) -> Result<(), PageError> {
    match event {
        RoleEvent::Defined { permissions, .. } | RoleEvent::Changed { permissions, .. } => {
            let words: Vec<&str> = Permissions::iter(*permissions).map(Permission::as_str).collect();
            sqlx::query(
                "insert into roles (role_id, tenant_id, permissions) values ($1, $2, $3) \
                 on conflict (role_id) do update set permissions = excluded.permissions",
            )
            .bind(recorded.stream.as_uuid())
            .bind(recorded.tenant.as_uuid())
            .bind(words)
            .execute(rows)
            .await?;
        }
        RoleEvent::Removed { .. } => {
            sqlx::query("delete from roles where role_id = $1").bind(recorded.stream.as_uuid()).execute(rows).await?;
        }
    }
    Ok(())
}

async fn team(rows: &mut PgConnection, recorded: &RecordedEvent, event: &TeamEvent) -> Result<(), PageError> {
    match event {
        TeamEvent::Formed { .. } => {
            let sql = "insert into teams (team_id, tenant_id) values ($1, $2) on conflict do nothing";
            let write = sqlx::query(sql).bind(recorded.stream.as_uuid()).bind(recorded.tenant.as_uuid());
            write.execute(rows).await?;
        }
        TeamEvent::Disbanded { .. } => {
            sqlx::query("delete from teams where team_id = $1").bind(recorded.stream.as_uuid()).execute(rows).await?;
        }
        TeamEvent::Renamed { .. } => {}
    }
    Ok(())
}
