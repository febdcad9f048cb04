//! Somebody who asked for something that is done while she is away: who she is, and what she may do as she stands now.

use leadflow_domain::role::Permissions;
use leadflow_domain::{ApiKeyId, MemberId, TenantId};
use leadflow_event_store::{Actor, ActorKind, RecordedActor};
use leadflow_projections::people::SCHEMA;
use leadflow_projections::{Sight, TenantContext};
use sqlx::PgPool;
use uuid::Uuid;

use super::authenticate::{program, role, sees_unassigned, team};

/// What somebody may do and see who is not here to show it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// Whose rows she may see, and how much of them.
    pub(crate) context: TenantContext,
    /// What she may do.
    pub(crate) permissions: Permissions,
}

/// Whoever acted, by her name in the log; none where that is nobody who asks for anything.
pub(crate) fn named(recorded: &str) -> Option<Actor> {
    let RecordedActor { kind, id } = RecordedActor::parse(recorded)?;
    let id = id.and_then(|id| id.parse::<Uuid>().ok());
    match (kind, id) {
        (ActorKind::Token, Some(id)) => Some(Actor::Token(id)),
        (ActorKind::Member, Some(id)) => Some(Actor::Member(MemberId::from_uuid(id))),
        (ActorKind::ApiKey, Some(id)) => Some(Actor::ApiKey(ApiKeyId::from_uuid(id))),
        (ActorKind::CommandLine, None) => Some(Actor::CommandLine),
        _ => None,
    }
}

/// How somebody of `tenant` stands who has shown who she is before; none where she is nobody there any more: who was put out, a key or
/// a token that was revoked or is over. Nobody stays signed in for it.
///
/// # Errors
/// The database's.
pub(crate) async fn standing(pool: &PgPool, tenant: TenantId, actor: &Actor) -> Result<Option<Standing>, sqlx::Error> {
    match actor {
        Actor::Token(token) => of_token(pool, tenant, *token).await,
        Actor::Member(member) => of_member(pool, tenant, *member).await,
        Actor::ApiKey(key) => of_key(pool, tenant, *key).await,
        Actor::Provider(_) | Actor::Reactor(_) | Actor::CommandLine => Ok(None),
    }
}

async fn of_token(pool: &PgPool, tenant: TenantId, token: Uuid) -> Result<Option<Standing>, sqlx::Error> {
    let is_valid: bool = sqlx::query_scalar(
        "select exists (select from tokens where id = $1 and tenant_id = $2 \
                                            and expires_at > clock_timestamp() and revoked_at is null)",
    )
    .bind(token)
    .bind(tenant.as_uuid())
    .fetch_one(pool)
    .await?;
    #[expect(clippy::disallowed_methods, reason = "the token was shown before, and has just been checked")]
    let context = TenantContext::proven(tenant, Sight::Everything);
    Ok(is_valid.then_some(Standing { context, permissions: Permissions::ALL }))
}

async fn of_member(pool: &PgPool, tenant: TenantId, member: MemberId) -> Result<Option<Standing>, sqlx::Error> {
    let sql = format!(
        "select m.role, m.role_id, g.team_id, r.permissions, t.unassigned_visible \
         from {SCHEMA}.members m \
         left join {SCHEMA}.teams g on g.team_id = m.team_id and g.tenant_id = m.tenant_id \
         left join {SCHEMA}.roles r on r.role_id = m.role_id and r.tenant_id = m.tenant_id \
         left join {SCHEMA}.tenants t on t.tenant_id = m.tenant_id \
         where m.member_id = $1 and m.tenant_id = $2 and m.state = 'ACTIVE'"
    );
    let row = sqlx::query(&sql).bind(member.as_uuid()).bind(tenant.as_uuid()).fetch_optional(pool).await?;
    let Some(row) = row else { return Ok(None) };
    let (_, permissions) = role(&row)?;
    let sight = Sight::of(permissions, member, team(&row)?, sees_unassigned(&row)?);
    #[expect(clippy::disallowed_methods, reason = "she showed who she is before, and is looked up as she stands")]
    let context = TenantContext::proven(tenant, sight);
    Ok(Some(Standing { context, permissions }))
}

async fn of_key(pool: &PgPool, tenant: TenantId, key: ApiKeyId) -> Result<Option<Standing>, sqlx::Error> {
    let sql = format!(
        "select k.api_key_id as id, k.tenant_id, k.role, k.role_id, k.scope, r.permissions, t.unassigned_visible \
         from {SCHEMA}.api_keys k \
         left join {SCHEMA}.roles r on r.role_id = k.role_id and r.tenant_id = k.tenant_id \
         left join {SCHEMA}.tenants t on t.tenant_id = k.tenant_id \
         where k.api_key_id = $1 and k.tenant_id = $2 and k.revoked_at is null \
               and (k.expires_at is null or k.expires_at > clock_timestamp())"
    );
    let row = sqlx::query(&sql).bind(key.as_uuid()).bind(tenant.as_uuid()).fetch_optional(pool).await?;
    let Some(row) = row else { return Ok(None) };
    let (_, viewer) = program(&row)?;
    Ok(Some(Standing { context: viewer.context(), permissions: viewer.permissions() }))
}
