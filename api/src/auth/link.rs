//! Links that are sent by mail: who brings one back reads the mailbox. Each is good once, for a time, and for one thing.

use std::time::Duration;

use leadflow_domain::{MemberId, TenantId};
use leadflow_event_store::entropy;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use super::secret_token;

/// Marks what stands in a link.
const PREFIX: &str = "lfl_";

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To show that an address is hers who registers a business.
    Registration,
    /// To join a business.
    Invitation,
    /// To choose another password.
    PasswordReset,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "REGISTRATION",
            Self::Invitation => "INVITATION",
            Self::PasswordReset => "PASSWORD_RESET",
        }
    }

    fn lifetime(self) -> Duration {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        match self {
            Self::Registration => 24 * HOUR,
            Self::Invitation => 7 * 24 * HOUR,
            Self::PasswordReset => HOUR,
        }
    }
}

/// Whom or what a link is about.
#[derive(Debug)]
pub(super) enum About {
    /// A member, who may not have joined yet.
    Member(TenantId, MemberId),
    /// What somebody wrote who registers, sealed beside the link's id.
    Nobody { sealed: Vec<u8> },
}

/// A link that somebody brought back.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: Uuid,
    pub(super) about: About,
}

/// A new link, and what stands in it.
pub(super) async fn make(tx: &mut PgConnection, purpose: Purpose, link: &Link) -> Result<SecretString, sqlx::Error> {
    let token = secret_token::new(PREFIX);
    let (member, content) = match &link.about {
        About::Member(tenant, member) => (Some((*tenant, *member)), None),
        About::Nobody { sealed } => (None, Some(sealed)),
    };
    sqlx::query(
        "insert into mailed_links (id, token_hash, purpose, tenant_id, member_id, content, expires_at) \
         values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7)",
    )
    .bind(link.id)
    .bind(secret_token::hash(&token))
    .bind(purpose.as_str())
    .bind(member.map(|(tenant, _)| tenant.as_uuid()))
    .bind(member.map(|(_, member)| member.as_uuid()))
    .bind(content)
    .bind(purpose.lifetime())
    .execute(tx)
    .await?;
    Ok(token)
}

/// A new link for a member.
pub(super) async fn make_for(
    tx: &mut PgConnection,
    purpose: Purpose,
    (tenant, member): (TenantId, MemberId),
) -> Result<SecretString, sqlx::Error> {
    make(tx, purpose, &Link { id: entropy::uuid(), about: About::Member(tenant, member) }).await
}

/// The link that `token` stood in, if it is good for `purpose` now.
pub(super) async fn find(pool: &PgPool, purpose: Purpose, token: &SecretString) -> Result<Option<Link>, sqlx::Error> {
    if !secret_token::has_form(PREFIX, token.expose_secret()) {
        return Ok(None);
    }
    let row = sqlx::query(
        "select id, tenant_id, member_id, content from mailed_links \
         where token_hash = $1 and purpose = $2 and expires_at > clock_timestamp()",
    )
    .bind(secret_token::hash(token))
    .bind(purpose.as_str())
    .fetch_optional(pool)
    .await?;
    row.map(|row| {
        let member = row.try_get::<Option<Uuid>, _>("member_id")?.map(MemberId::from_uuid);
        let tenant = row.try_get::<Option<Uuid>, _>("tenant_id")?.map(TenantId::from_uuid);
        let about = match tenant.zip(member) {
            Some((tenant, member)) => About::Member(tenant, member),
            None => About::Nobody { sealed: row.try_get("content")? },
        };
        Ok(Link { id: row.try_get("id")?, about })
    })
    .transpose()
}

/// Whether `member` was sent a link that is good for `purpose` now.
pub(super) async fn is_out(pool: &PgPool, purpose: Purpose, member: MemberId) -> Result<bool, sqlx::Error> {
    let sql = "select exists (select from mailed_links \
                              where member_id = $1 and purpose = $2 and expires_at > clock_timestamp())";
    sqlx::query_scalar(sql).bind(member.as_uuid()).bind(purpose.as_str()).fetch_one(pool).await
}

/// Uses a link up. False when somebody else has meanwhile.
pub(super) async fn use_up(tx: &mut PgConnection, link: &Link) -> Result<bool, sqlx::Error> {
    let used = sqlx::query("delete from mailed_links where id = $1").bind(link.id).execute(tx).await?;
    Ok(used.rows_affected() == 1)
}

/// Takes all links for `purpose` back that `member` was sent.
pub(super) async fn take_back(tx: &mut PgConnection, purpose: Purpose, member: MemberId) -> Result<(), sqlx::Error> {
    sqlx::query("delete from mailed_links where member_id = $1 and purpose = $2")
        .bind(member.as_uuid())
        .bind(purpose.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use leadflow_event_store::testing;

    use super::*;

    const ADA: (TenantId, MemberId) =
        (TenantId::from_uuid(Uuid::from_u128(1)), MemberId::from_uuid(Uuid::from_u128(2)));

    #[tokio::test]
    async fn a_link_is_good_once_for_what_it_was_made_for() {
        let pool = testing::pool().await;
        let mut tx = pool.acquire().await.unwrap();
        let token = make_for(&mut tx, Purpose::PasswordReset, ADA).await.unwrap();
        for other in [Purpose::Registration, Purpose::Invitation] {
            assert!(find(&pool, other, &token).await.unwrap().is_none(), "{other:?}");
        }
        let link = find(&pool, Purpose::PasswordReset, &token).await.unwrap().unwrap();
        assert!(matches!(link.about, About::Member(tenant, member) if (tenant, member) == ADA));
        assert!(use_up(&mut tx, &link).await.unwrap());
        assert!(!use_up(&mut tx, &link).await.unwrap(), "of two at once, one");
        assert!(find(&pool, Purpose::PasswordReset, &token).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn what_was_never_made_or_was_taken_back_or_is_over_is_good_for_nothing() {
        let pool = testing::pool().await;
        let mut tx = pool.acquire().await.unwrap();
        assert!(!is_out(&pool, Purpose::Invitation, ADA.1).await.unwrap());
        let taken_back = make_for(&mut tx, Purpose::Invitation, ADA).await.unwrap();
        assert!(is_out(&pool, Purpose::Invitation, ADA.1).await.unwrap());
        assert!(!is_out(&pool, Purpose::PasswordReset, ADA.1).await.unwrap());
        take_back(&mut tx, Purpose::Invitation, ADA.1).await.unwrap();
        let over = make_for(&mut tx, Purpose::Invitation, ADA).await.unwrap();
        sqlx::query("update mailed_links set expires_at = clock_timestamp()").execute(&pool).await.unwrap();
        assert!(!is_out(&pool, Purpose::Invitation, ADA.1).await.unwrap());
        for token in [taken_back, over, secret_token::new(PREFIX), "lfl_".to_owned().into()] {
            assert!(find(&pool, Purpose::Invitation, &token).await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn a_registration_s_link_brings_back_what_was_sealed() {
        let pool = testing::pool().await;
        let link = Link { id: Uuid::from_u128(7), about: About::Nobody { sealed: b"sealed".to_vec() } };
        let token = make(&mut pool.acquire().await.unwrap(), Purpose::Registration, &link).await.unwrap();
        let found = find(&pool, Purpose::Registration, &token).await.unwrap().unwrap();
        assert_eq!(found.id, link.id);
        assert!(matches!(found.about, About::Nobody { sealed } if sealed == b"sealed"));
    }
}
