//! From events to members. Each row is written by her own stream alone, whose first event makes it.

use leadflow_domain::member::{MemberEvent, MemberName};
use leadflow_domain::role::MemberRole;
use leadflow_domain::{EmailAddress, Personal, TeamId};
use leadflow_event_store::RecordedEvent;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres};

use super::words::{MemberState, RoleKind};
use crate::PageError;
use crate::word::Word;

/// Changes these columns of the member to whom the event happened, whose values are bound from `$3` on.
macro_rules! update {
    ($recorded:expr, $columns:literal) => {
        sqlx::query(concat!("update members set version = $2, ", $columns, " where member_id = $1"))
            .bind($recorded.stream.as_uuid())
            .bind($recorded.version)
    };
}

/// What an event says of a member, besides that there was one more.
pub(super) async fn member(
    rows: &mut PgConnection,
    recorded: &RecordedEvent,
    event: &MemberEvent,
) -> Result<(), PageError> {
    let write = match event {
        MemberEvent::Registered { name, email, .. } => registered(recorded, name, email),
        MemberEvent::Invited { email, role, team } => invited(recorded, email, *role, *team),
        MemberEvent::Joined { name, email, role, team, .. } => update!(
            recorded,
            "state = $3, name = $4, email = $5, role = $6, role_id = $7, team_id = $8, joined_at = $9"
        )
        .bind(MemberState::Active.word())
        .bind(name.known().map(MemberName::as_str))
        .bind(email.known().map(EmailAddress::as_str))
        .bind(RoleKind::of(*role).word())
        .bind(RoleKind::own(*role))
        .bind(team.map(TeamId::as_uuid))
        .bind(jiff_sqlx::Timestamp::from(recorded.recorded_at)),
        MemberEvent::InvitationWithdrawn {} => update!(recorded, "state = $3").bind(MemberState::Withdrawn.word()),
        MemberEvent::Renamed { name } => update!(recorded, "name = $3").bind(name.known().map(MemberName::as_str)),
        MemberEvent::RoleChanged { role } => {
            update!(recorded, "role = $3, role_id = $4").bind(RoleKind::of(*role).word()).bind(RoleKind::own(*role))
        }
        MemberEvent::TeamChanged { team } => update!(recorded, "team_id = $3").bind(team.map(TeamId::as_uuid)),
        MemberEvent::Deactivated {} => update!(recorded, "state = $3, deactivated_at = $4")
            .bind(MemberState::Deactivated.word())
            .bind(jiff_sqlx::Timestamp::from(recorded.recorded_at)),
        MemberEvent::Reactivated { role } => {
            update!(recorded, "state = $3, role = $4, role_id = $5, deactivated_at = null")
                .bind(MemberState::Active.word())
                .bind(RoleKind::of(*role).word())
                .bind(RoleKind::own(*role))
        }
        MemberEvent::SecondFactorEnabled {} => update!(recorded, "second_factor = true"),
        MemberEvent::SecondFactorDisabled {} => update!(recorded, "second_factor = false"),
        // Which password she has, and what she was refused, shows nowhere.
        MemberEvent::PasswordSet {} | MemberEvent::Denied { .. } => update!(recorded, "member_id = member_id"),
    };
    write.execute(rows).await?;
    Ok(())
}

type Write<'q> = Query<'q, Postgres, PgArguments>;

/// Who begins a business is in it at once.
fn registered<'q>(
    recorded: &RecordedEvent,
    name: &'q Personal<MemberName>,
    email: &'q Personal<EmailAddress>,
) -> Write<'q> {
    sqlx::query(
        "insert into members (member_id, tenant_id, version, state, role, name, email, joined_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) \
         on conflict (member_id) do update set version = excluded.version, state = excluded.state, \
             role = excluded.role, role_id = null, team_id = null, name = excluded.name, email = excluded.email, \
             second_factor = false, joined_at = excluded.joined_at, deactivated_at = null",
    )
    .bind(recorded.stream.as_uuid())
    .bind(recorded.tenant.as_uuid())
    .bind(recorded.version)
    .bind(MemberState::Active.word())
    .bind(RoleKind::Owner.word())
    .bind(name.known().map(MemberName::as_str))
    .bind(email.known().map(EmailAddress::as_str))
    .bind(jiff_sqlx::Timestamp::from(recorded.recorded_at))
}

fn invited<'q>(
    recorded: &RecordedEvent,
    email: &'q Personal<EmailAddress>,
    role: MemberRole,
    team: Option<TeamId>,
) -> Write<'q> {
    sqlx::query(
        "insert into members (member_id, tenant_id, version, state, role, role_id, team_id, email, invited_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         on conflict (member_id) do update set version = excluded.version, state = excluded.state, \
             role = excluded.role, role_id = excluded.role_id, team_id = excluded.team_id, name = null, \
             email = excluded.email, second_factor = false, invited_at = excluded.invited_at, joined_at = null, \
             deactivated_at = null",
    )
    .bind(recorded.stream.as_uuid())
    .bind(recorded.tenant.as_uuid())
    .bind(recorded.version)
    .bind(MemberState::Invited.word())
    .bind(RoleKind::of(role).word())
    .bind(RoleKind::own(role))
    .bind(team.map(TeamId::as_uuid))
    .bind(email.known().map(EmailAddress::as_str))
    .bind(jiff_sqlx::Timestamp::from(recorded.recorded_at))
}
