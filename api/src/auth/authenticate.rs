//! The one place where a [`TenantContext`] and an [`OperatorContext`] are made.

use axum::http::{HeaderMap, header};
use leadflow_domain::role::{MemberRole, Permission, Permissions};
use leadflow_domain::{TeamId, TenantId};
use leadflow_projections::people::{self, SCHEMA};
use leadflow_projections::{OperatorContext, Sight, TenantContext};
use secrecy::ExposeSecret;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use thiserror::Error;
use uuid::Uuid;

use super::access_token::{self, Named};
use super::caller::{Caller, Operator, Shown, Viewer};
use super::signing_keys::SigningKeysError;
use super::{Bearer, Doors, cookies, token};

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
        by_token(&doors.pool, presented).await?
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
async fn by_token(pool: &PgPool, presented: &str) -> Result<Option<Caller>, Unauthenticated> {
    let Some(valid) = token::find_valid(pool, presented).await? else { return Ok(None) };
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
    let sql = format!(
        "select s.tenant_id, m.role, m.role_id, g.team_id, r.permissions, t.unassigned_visible \
         from sessions s \
         join {SCHEMA}.members m on m.member_id = s.member_id and m.tenant_id = s.tenant_id \
         left join {SCHEMA}.teams g on g.team_id = m.team_id and g.tenant_id = s.tenant_id \
         left join {SCHEMA}.roles r on r.role_id = m.role_id and r.tenant_id = s.tenant_id \
         left join {SCHEMA}.tenants t on t.tenant_id = s.tenant_id \
         where s.id = $1 and s.member_id = $2 and s.ended_at is null and s.expires_at > clock_timestamp() \
               and m.state = 'ACTIVE' and to_timestamp($3) > clock_timestamp()"
    );
    let row = sqlx::query(&sql)
        .bind(named.session)
        .bind(named.member.as_uuid())
        .bind(named.expires as f64)
        .fetch_optional(&doors.pool)
        .await?;
    Ok(row.map(|row| viewer(named, &row)).transpose()?.map(Caller::Viewer))
}

fn viewer(named: Named, row: &PgRow) -> Result<Viewer, sqlx::Error> {
    let tenant = TenantId::from_uuid(row.try_get("tenant_id")?);
    let team = row.try_get::<Option<Uuid>, _>("team_id")?.map(TeamId::from_uuid);
    let role = people::read_role(row, "role", "role_id")?;
    // A role that was removed lets nobody do anything.
    let of_its_own = row.try_get::<Option<Vec<String>>, _>("permissions")?.unwrap_or_default();
    let permissions = role.permissions().unwrap_or_else(|| {
        // A permission that only a newer program knows gives nothing here.
        of_its_own.iter().filter_map(|word| Permission::parse(word)).collect()
    });
    let unassigned = row.try_get::<Option<bool>, _>("unassigned_visible")?.unwrap_or(true);
    let sight = Sight::of(permissions, named.member, team, unassigned);
    #[expect(clippy::disallowed_methods, reason = "the one place: the token and the session have just been checked")]
    let context = TenantContext::proven(tenant, sight);
    let shown = Shown::Session { member: named.member, session: named.session };
    Ok(Viewer { context, shown, role, permissions })
}
