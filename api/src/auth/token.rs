//! Bearer tokens: 256 random bits, shown once, stored hashed, bound to a role, and a tenant unless that is an operator's,
//! for a time.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use leadflow_domain::TenantId;
use leadflow_event_store::database::KeptPool;
use leadflow_event_store::entropy;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::{Bearer, Role};

/// Marks our tokens, so that a leaked one can be recognised.
const PREFIX: &str = "lf_";

/// Random bytes of a token.
const LENGTH: usize = 32;

/// A token that was just made. Its text is shown this once.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedToken {
    /// Names it in lists and in the log.
    pub token_id: Uuid,
    /// What its bearer shows.
    pub token: String,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}

/// A token as lists show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSummary {
    /// Its id.
    pub token_id: Uuid,
    /// For whom its bearer acts; none for an operator.
    pub tenant_id: Option<TenantId>,
    /// What its bearer may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// `valid`, `expired` or `revoked`.
    pub state: String,
}

pub(super) struct ValidToken {
    pub(super) id: Uuid,
    pub(super) bearer: Bearer,
}

/// Makes a token for `bearer` that is valid for `lifetime`.
///
/// # Errors
/// The database's.
pub async fn issue(pool: &PgPool, bearer: Bearer, lifetime: Duration) -> Result<IssuedToken, sqlx::Error> {
    let token = new_token();
    let id = entropy::uuid();
    let expires_at: jiff_sqlx::Timestamp = sqlx::query_scalar(
        "insert into tokens (id, token_hash, tenant_id, role, expires_at) \
         values ($1, $2, $3, $4, clock_timestamp() + $5) returning expires_at",
    )
    .bind(id)
    .bind(hash(&token))
    .bind(bearer.tenant().map(TenantId::as_uuid))
    .bind(bearer.role().as_str())
    .bind(lifetime)
    .fetch_one(pool)
    .await?;
    Ok(IssuedToken { token_id: id, token, expires_at: expires_at.to_jiff() })
}

/// The text of a token that nobody has.
pub(crate) fn new_token() -> String {
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(entropy::bytes::<LENGTH>()))
}

/// Whether this may be a token of ours. What is not costs no question to the database.
pub(super) fn has_form(token: &str) -> bool {
    let random = token.strip_prefix(PREFIX).map(|encoded| URL_SAFE_NO_PAD.decode(encoded));
    matches!(random, Some(Ok(random)) if random.len() == LENGTH)
}

/// The token, if it is known, not expired and not revoked.
pub(super) async fn find_valid(callers: &KeptPool, token: &str) -> Result<Option<ValidToken>, sqlx::Error> {
    let sql = "select id, tenant_id, role from tokens \
               where token_hash = $1 and expires_at > clock_timestamp() and revoked_at is null";
    let row = callers.fetch_optional(sqlx::query(sql).bind(hash(token))).await?;
    row.map(|row| Ok(ValidToken { id: row.try_get("id")?, bearer: bearer(&row)? })).transpose()
}

fn bearer(row: &PgRow) -> Result<Bearer, sqlx::Error> {
    let role: &str = row.try_get("role")?;
    let role = Role::parse(role).ok_or_else(|| sqlx::Error::Decode(format!("`{role}` is no role").into()))?;
    let tenant = row.try_get::<Option<Uuid>, _>("tenant_id")?.map(TenantId::from_uuid);
    Bearer::new(role, tenant).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// All tokens, newest first; of one tenant, if asked.
///
/// # Errors
/// The database's.
pub async fn list(pool: &PgPool, tenant: Option<TenantId>) -> Result<Vec<TokenSummary>, sqlx::Error> {
    let rows = sqlx::query(
        "select id, tenant_id, role, created_at, expires_at, \
                case when revoked_at is not null then 'revoked' \
                     when expires_at <= clock_timestamp() then 'expired' else 'valid' end as state \
         from tokens where $1::uuid is null or tenant_id = $1 order by created_at desc, id",
    )
    .bind(tenant.map(TenantId::as_uuid))
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let bearer = bearer(row)?;
            Ok(TokenSummary {
                token_id: row.try_get("id")?,
                tenant_id: bearer.tenant(),
                role: bearer.role(),
                created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
                expires_at: row.try_get::<jiff_sqlx::Timestamp, _>("expires_at")?.to_jiff(),
                state: row.try_get("state")?,
            })
        })
        .collect()
}

/// Takes a token back. False when there is no such token; taking it back twice is fine.
///
/// # Errors
/// The database's.
pub async fn revoke(pool: &PgPool, id: Uuid) -> Result<bool, sqlx::Error> {
    let revoked = sqlx::query("update tokens set revoked_at = coalesce(revoked_at, clock_timestamp()) where id = $1")
        .bind(id)
        .execute(pool)
        .await?;
    Ok(revoked.rows_affected() == 1)
}

/// A random 256-bit value can't be guessed, so a plain hash keeps it as safe as a slow one.
fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_issued_has_a_token_s_form() {
        let token = new_token();
        assert!(has_form(&token), "{token}");
        let longer = format!("{token}A");
        for other in
            ["", "x", "lf_", "lf_x", &token[3..], &token[..token.len() - 1], &longer, &token.replace("lf_", "LF_")]
        {
            assert!(!has_form(other), "{other}");
        }
        assert!(!has_form(&format!("lf_{}", "+".repeat(43))) && !has_form(&format!("lf_{}", "é".repeat(21))));
    }
}
