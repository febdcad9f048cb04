//! The one place where a [`TenantContext`] and an [`OperatorContext`] are made.

use axum::http::{HeaderMap, header};
use leadflow_domain::role::{MemberRole, Permissions};
use leadflow_domain::{ApiKeyId, MemberId, TeamId, TenantId};
use leadflow_event_store::database::KeptPool;
use leadflow_projections::people::{self, SCHEMA};
use leadflow_projections::{OperatorContext, Sight, TenantContext};
use secrecy::{ExposeSecret, SecretString};
use sqlx::Row;
use sqlx::postgres::PgRow;
use thiserror::Error;
use uuid::Uuid;

use super::access_token::{self, Named};
use super::caller::{Caller, Operator, Shown, Viewer};
use super::signing_keys::SigningKeysError;
use super::uses::Used;
use super::{Bearer, Doors, api_key, cookies, secret_token, token};

/// Why a caller is nobody.
#[derive(Debug, Error)]
pub enum Unauthenticated {
    /// No bearer token that is valid now.
    #[error("a valid bearer token is needed")]
    NoValidToken,
    /// It can't be said now.
    #[error("the token can't be checked now")]
    Unavailable(#[from] sqlx::Error),
    /// It can't be said now.
    #[error("the token can't be checked now")]
    NoKeys(#[from] SigningKeysError),
}

/// Proves the caller by what she shows: a bearer token, or an access token that her browser keeps. Nobody is whoever shows
/// neither; and whoever's browser shows what is over, for it does so by itself.
///
/// # Errors
/// [`Unauthenticated`]: she shows a bearer token that is none. Unknown, expired and revoked ones are told apart by nobody.
pub async fn authenticate(doors: &Doors, headers: &HeaderMap) -> Result<Option<Caller>, Unauthenticated> {
    if !headers.contains_key(header::AUTHORIZATION) {
        return match cookies::access_token(headers) {
            Some(token) => by_access_token(doors, token.expose_secret()).await,
            None => Ok(None),
        };
    }
    let presented = bearer(headers).ok_or(Unauthenticated::NoValidToken)?;
    let caller = if token::has_form(presented) {
        by_token(&doors.callers, presented).await?
    } else if secret_token::has_form(api_key::PREFIX, presented) {
        by_api_key(doors, presented).await?
    } else {
        by_access_token(doors, presented).await?
    };
    caller.map(Some).ok_or(Unauthenticated::NoValidToken)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whoever shows a token of the command line's.
async fn by_token(callers: &KeptPool, presented: &str) -> Result<Option<Caller>, Unauthenticated> {
    let Some(valid) = token::find_valid(callers, presented).await? else { return Ok(None) };
    #[expect(clippy::disallowed_methods, reason = "the one place: the token has just been checked")]
    Ok(Some(match valid.bearer {
        Bearer::Owner(tenant) => Caller::Viewer(Viewer {
            context: TenantContext::proven(tenant, Sight::Everything),
            shown: Shown::Token(valid.id),
            role: MemberRole::Owner,
            permissions: Permissions::ALL,
        }),
        Bearer::Operator => Caller::Operator(Operator { context: OperatorContext::proven(), token: valid.id }),
    }))
}

/// Whoever shows an access token, as she stands now. Its signature is checked first: what is none of ours costs no question
/// to the database.
async fn by_access_token(doors: &Doors, presented: &str) -> Result<Option<Caller>, Unauthenticated> {
    let ring = doors.signing_keys.ring().await?;
    let Some(named) = access_token::verify(&ring, doors.issuer(), presented) else { return Ok(None) };
    let due = Used::SESSION_IS_DUE;
    let sql = format!(
        "select s.tenant_id, m.role, m.role_id, g.team_id, r.permissions, t.unassigned_visible, {due} as is_use_due \
         from sessions s \
         join {SCHEMA}.members m on m.member_id = s.member_id and m.tenant_id = s.tenant_id \
         left join {SCHEMA}.teams g on g.team_id = m.team_id and g.tenant_id = s.tenant_id \
         left join {SCHEMA}.roles r on r.role_id = m.role_id and r.tenant_id = s.tenant_id \
         left join {SCHEMA}.tenants t on t.tenant_id = s.tenant_id \
         where s.id = $1 and s.member_id = $2 and s.ended_at is null and s.expires_at > clock_timestamp() \
               and m.state = 'ACTIVE' and to_timestamp($3) > clock_timestamp()"
    );
    let query = sqlx::query(&sql).bind(named.session).bind(named.member.as_uuid()).bind(named.expires as f64);
    let Some(row) = doors.callers.fetch_optional(query).await? else { return Ok(None) };
    if row.try_get("is_use_due")? {
        doors.uses.note(&doors.pool, Used::Session(named.session));
    }
    Ok(Some(Caller::Viewer(viewer(named, &row)?)))
}

fn viewer(named: Named, row: &PgRow) -> Result<Viewer, sqlx::Error> {
    let tenant = TenantId::from_uuid(row.try_get("tenant_id")?);
    let (role, permissions) = role(row)?;
    let sight = Sight::of(permissions, named.member, team(row)?, sees_unassigned(row)?);
    #[expect(clippy::disallowed_methods, reason = "the one place: the token and the session have just been checked")]
    let context = TenantContext::proven(tenant, sight);
    let shown = Shown::Session { member: named.member, session: named.session };
    Ok(Viewer { context, shown, role, permissions })
}

/// Whoever shows an API key, as it stands now.
async fn by_api_key(doors: &Doors, presented: &str) -> Result<Option<Caller>, Unauthenticated> {
    let (due, secret) = (Used::KEY_IS_DUE, SecretString::from(presented));
    let sql = format!(
        "select s.id, s.tenant_id, k.role, k.role_id, k.scope, r.permissions, t.unassigned_visible, {due} as is_use_due \
         from api_key_secrets s \
         join {SCHEMA}.api_keys k on k.api_key_id = s.id and k.tenant_id = s.tenant_id \
         left join {SCHEMA}.roles r on r.role_id = k.role_id and r.tenant_id = s.tenant_id \
         left join {SCHEMA}.tenants t on t.tenant_id = s.tenant_id \
         where s.secret_hash = $1 and k.revoked_at is null \
               and (k.expires_at is null or k.expires_at > clock_timestamp())"
    );
    let query = sqlx::query(&sql).bind(secret_token::hash(&secret));
    let Some(row) = doors.callers.fetch_optional(query).await? else { return Ok(None) };
    let (key, viewer) = program(&row)?;
    if row.try_get("is_use_due")? {
        doors.uses.note(&doors.pool, Used::Key(key));
    }
    Ok(Some(Caller::Viewer(viewer)))
}

pub(super) fn program(row: &PgRow) -> Result<(ApiKeyId, Viewer), sqlx::Error> {
    let (key, tenant) = (ApiKeyId::from_uuid(row.try_get("id")?), TenantId::from_uuid(row.try_get("tenant_id")?));
    let (role, may) = role(row)?;
    let scope = row.try_get::<Option<Vec<String>>, _>("scope")?.map(|words| people::read_permissions(&words));
    let permissions = scope.map_or(may, |scope| may.within(scope));
    // Nothing is assigned to a key, and it is in no team: it sees what is nobody's, or everything.
    let sight = Sight::of(permissions, MemberId::from_uuid(key.as_uuid()), None, sees_unassigned(row)?);
    #[expect(clippy::disallowed_methods, reason = "the one place: the key has just been checked")]
    let context = TenantContext::proven(tenant, sight);
    Ok((key, Viewer { context, shown: Shown::ApiKey(key), role, permissions }))
}

/// The role in a row, and what it lets do. One that was removed lets nobody do anything.
pub(super) fn role(row: &PgRow) -> Result<(MemberRole, Permissions), sqlx::Error> {
    let role = people::read_role(row, "role", "role_id")?;
    let of_its_own = row.try_get::<Option<Vec<String>>, _>("permissions")?.unwrap_or_default();
    Ok((role, role.permissions().unwrap_or_else(|| people::read_permissions(&of_its_own))))
}

/// The team in a row.
pub(super) fn team(row: &PgRow) -> Result<Option<TeamId>, sqlx::Error> {
    Ok(row.try_get::<Option<Uuid>, _>("team_id")?.map(TeamId::from_uuid))
}

/// Whether those who see a part of the conversations see those, too, that are nobody's.
pub(super) fn sees_unassigned(row: &PgRow) -> Result<bool, sqlx::Error> {
    Ok(row.try_get::<Option<bool>, _>("unassigned_visible")?.unwrap_or(true))
}
