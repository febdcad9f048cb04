//! Sessions: where a member is signed in. Each is renewed by a token that counts once; one that comes a second time is stolen,
//! or the first time was, so the session ends.

use std::time::Duration;

use jiff::Timestamp;
use leadflow_domain::{MemberId, TenantId};
use leadflow_event_store::entropy;
use leadflow_projections::people::SCHEMA;
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use super::secret_token;

/// Marks tokens that renew a session.
const PREFIX: &str = "lfr_";

/// How long a session lives without being renewed. A cookie with its token lives as long.
pub(super) const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Sessions of one member; the oldest makes room for one more.
const MOST: i64 = 50;

/// Characters that are kept of what a program calls itself.
const LONGEST_CLIENT: usize = 200;

/// What ended a session before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// She signed out.
    SignedOut,
    /// She ended it from another one, or was put out.
    Revoked,
    /// A token came that had been used.
    TokenReused,
    /// Her password is another one.
    PasswordChanged,
}

impl EndedBy {
    fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "SIGNED_OUT",
            Self::Revoked => "REVOKED",
            Self::TokenReused => "TOKEN_REUSED",
            Self::PasswordChanged => "PASSWORD_CHANGED",
        }
    }
}

/// A session that was just begun or renewed.
#[derive(Debug)]
pub(super) struct Renewed {
    /// Whose it is.
    pub(super) member: MemberId,
    /// Its id.
    pub(super) session: Uuid,
    /// What renews it next.
    pub(super) refresh: SecretString,
    /// When, by the database's clock.
    pub(super) at: Timestamp,
}

/// What a token that was to renew a session came to.
#[derive(Debug)]
pub(super) enum Renewal {
    /// It did.
    Done(Renewed),
    /// It had been used, and its session has ended.
    Reused(Uuid),
    /// There is no such session, or not any more, or its member was put out.
    Invalid,
}

/// A session, as its member sees it.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// What the program that she signed in with calls itself.
    pub client: Option<String>,
    /// When she signed in.
    pub created_at: Timestamp,
    /// When it was renewed last.
    pub last_used_at: Timestamp,
    /// When it ends unless it is renewed.
    pub expires_at: Timestamp,
}

/// Begins a session of `member`, signed in with a program that calls itself `client`.
pub(super) async fn begin(
    tx: &mut PgConnection,
    (tenant, member): (TenantId, MemberId),
    client: Option<&str>,
) -> Result<Renewed, sqlx::Error> {
    let (session, refresh) = (entropy::uuid(), secret_token::new(PREFIX));
    let client: Option<String> = client.map(|client| client.chars().take(LONGEST_CLIENT).collect());
    let at: jiff_sqlx::Timestamp = sqlx::query_scalar(
        "with oldest as (delete from sessions where id in \
             (select id from sessions where member_id = $2 order by created_at desc, id offset $5)), \
         begun as (insert into sessions (id, member_id, tenant_id, client, expires_at) \
                   values ($1, $2, $3, $4, clock_timestamp() + $6) returning id, created_at), \
         issued as (insert into refresh_tokens (token_hash, session_id) select $7, id from begun) \
         select created_at from begun",
    )
    .bind(session)
    .bind(member.as_uuid())
    .bind(tenant.as_uuid())
    .bind(client)
    .bind(MOST - 1)
    .bind(LIFETIME)
    .bind(secret_token::hash(&refresh))
    .fetch_one(tx)
    .await?;
    Ok(Renewed { member, session, refresh, at: at.to_jiff() })
}

/// Renews the session that `presented` belongs to.
pub(super) async fn renew(pool: &PgPool, presented: &SecretString) -> Result<Renewal, sqlx::Error> {
    if !secret_token::has_form(PREFIX, presented.expose_secret()) {
        return Ok(Renewal::Invalid);
    }
    let hash = secret_token::hash(presented);
    let mut tx = pool.begin().await?;
    // Of two that come with the same token at once, one waits here, and finds it used.
    let sql = format!(
        "select s.id, s.member_id, t.used_at is not null as used \
         from refresh_tokens t join sessions s on s.id = t.session_id \
         where t.token_hash = $1 and s.ended_at is null and s.expires_at > clock_timestamp() \
           and exists (select from {SCHEMA}.members m \
                       where m.member_id = s.member_id and m.tenant_id = s.tenant_id and m.state = 'ACTIVE') for update"
    );
    let Some(row) = sqlx::query(&sql).bind(&hash).fetch_optional(&mut *tx).await? else {
        return Ok(Renewal::Invalid);
    };
    let session: Uuid = row.try_get("id")?;
    if row.try_get("used")? {
        sqlx::query("update sessions set ended_at = clock_timestamp(), ended_by = $2 where id = $1")
            .bind(session)
            .bind(EndedBy::TokenReused.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        return Ok(Renewal::Reused(session));
    }
    let refresh = secret_token::new(PREFIX);
    let at: jiff_sqlx::Timestamp = sqlx::query_scalar(
        "with used as (update refresh_tokens set used_at = clock_timestamp() where token_hash = $2), \
         issued as (insert into refresh_tokens (token_hash, session_id) values ($3, $1)) \
         update sessions set last_used_at = clock_timestamp(), expires_at = clock_timestamp() + $4 where id = $1 \
         returning last_used_at",
    )
    .bind(session)
    .bind(hash)
    .bind(secret_token::hash(&refresh))
    .bind(LIFETIME)
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    let member = MemberId::from_uuid(row.try_get("member_id")?);
    Ok(Renewal::Done(Renewed { member, session, refresh, at: at.to_jiff() }))
}

/// Where `member` is signed in, the latest first.
pub(super) async fn list(pool: &PgPool, member: MemberId) -> Result<Vec<Session>, sqlx::Error> {
    let rows = sqlx::query(
        "select id, client, created_at, last_used_at, expires_at from sessions \
         where member_id = $1 and ended_at is null and expires_at > clock_timestamp() order by created_at desc, id",
    )
    .bind(member.as_uuid())
    .fetch_all(pool)
    .await?;
    let time = |row: &PgRow, name| row.try_get(name).map(jiff_sqlx::Timestamp::to_jiff);
    rows.iter()
        .map(|row| {
            Ok(Session {
                id: row.try_get("id")?,
                client: row.try_get("client")?,
                created_at: time(row, "created_at")?,
                last_used_at: time(row, "last_used_at")?,
                expires_at: time(row, "expires_at")?,
            })
        })
        .collect()
}

/// Ends a session of `member`. False when she has none such; one that has ended has.
pub(super) async fn end(pool: &PgPool, member: MemberId, session: Uuid, by: EndedBy) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query(
        "update sessions set ended_at = coalesce(ended_at, clock_timestamp()), ended_by = coalesce(ended_by, $3) \
         where id = $1 and member_id = $2",
    )
    .bind(session)
    .bind(member.as_uuid())
    .bind(by.as_str())
    .execute(pool)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends all sessions of `member` but one that is to stay.
pub(super) async fn end_all(
    tx: &mut PgConnection,
    member: MemberId,
    but: Option<Uuid>,
    by: EndedBy,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update sessions set ended_at = clock_timestamp(), ended_by = $3 \
         where member_id = $1 and id is distinct from $2 and ended_at is null",
    )
    .bind(member.as_uuid())
    .bind(but)
    .bind(by.as_str())
    .execute(tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use leadflow_event_store::database;
    use leadflow_projections::testing;

    use super::*;

    const ADA: (TenantId, MemberId) =
        (TenantId::from_uuid(Uuid::from_u128(1)), MemberId::from_uuid(Uuid::from_u128(2)));

    /// Where Ada works.
    async fn pool() -> PgPool {
        let pool = database::app_pool(testing::database().await.connect_options(), 4).await.unwrap();
        let sql = format!(
            "insert into {SCHEMA}.members (member_id, tenant_id, state, role, joined_at, version) \
             values ($1, $2, 'ACTIVE', 'AGENT', clock_timestamp(), 1)"
        );
        sqlx::query(&sql).bind(ADA.1.as_uuid()).bind(ADA.0.as_uuid()).execute(&pool).await.unwrap();
        pool
    }

    async fn begun(pool: &PgPool) -> Renewed {
        begin(&mut pool.acquire().await.unwrap(), ADA, Some("Firefox")).await.unwrap()
    }

    async fn renewed(pool: &PgPool, token: &SecretString) -> Renewed {
        match renew(pool, token).await.unwrap() {
            Renewal::Done(renewed) => renewed,
            other @ (Renewal::Reused(_) | Renewal::Invalid) => panic!("{other:?}"),
        }
    }

    async fn is_invalid(pool: &PgPool, token: &SecretString) -> bool {
        matches!(renew(pool, token).await.unwrap(), Renewal::Invalid)
    }

    #[tokio::test]
    async fn each_token_renews_its_session_once() {
        let pool = pool().await;
        let first = begun(&pool).await;
        let second = renewed(&pool, &first.refresh).await;
        let third = renewed(&pool, &second.refresh).await;
        assert_eq!((third.session, third.member), (first.session, ADA.1));
        assert_ne!(second.refresh.expose_secret(), third.refresh.expose_secret());
        let [session] = &list(&pool, ADA.1).await.unwrap()[..] else { panic!("one session") };
        assert_eq!((session.id, session.client.as_deref()), (first.session, Some("Firefox")));
        assert!(session.last_used_at > session.created_at);
    }

    #[tokio::test]
    async fn whoever_was_put_out_renews_nothing() {
        let pool = pool().await;
        let first = begun(&pool).await;
        let sql = format!("update {SCHEMA}.members set state = 'DEACTIVATED'");
        sqlx::query(&sql).execute(&pool).await.unwrap();
        assert!(is_invalid(&pool, &first.refresh).await);
    }

    #[tokio::test]
    async fn a_token_that_comes_twice_ends_its_session_for_whoever_has_it() {
        let pool = pool().await;
        let (stolen, other) = (begun(&pool).await, begun(&pool).await);
        let hers = renewed(&pool, &stolen.refresh).await;
        let thief = renew(&pool, &stolen.refresh).await.unwrap();
        assert!(matches!(thief, Renewal::Reused(session) if session == stolen.session), "{thief:?}");
        assert!(is_invalid(&pool, &hers.refresh).await && is_invalid(&pool, &stolen.refresh).await);
        renewed(&pool, &other.refresh).await;
        assert_eq!(list(&pool, ADA.1).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn of_two_at_once_with_one_token_one_at_most_goes_on() {
        let pool = pool().await;
        let session = begun(&pool).await;
        let (one, other) = tokio::join!(renew(&pool, &session.refresh), renew(&pool, &session.refresh));
        let both = [one.unwrap(), other.unwrap()];
        assert_eq!(both.iter().filter(|came| matches!(came, Renewal::Done(_))).count(), 1, "{both:?}");
        assert_eq!(both.iter().filter(|came| matches!(came, Renewal::Reused(_))).count(), 1, "{both:?}");
    }

    #[tokio::test]
    async fn what_has_ended_or_run_out_or_never_was_is_not_renewed() {
        let pool = pool().await;
        let (ended, over, left) = (begun(&pool).await, begun(&pool).await, begun(&pool).await);
        assert!(end(&pool, ADA.1, ended.session, EndedBy::Revoked).await.unwrap());
        assert!(end(&pool, ADA.1, ended.session, EndedBy::SignedOut).await.unwrap(), "doing it twice is fine");
        assert!(!end(&pool, MemberId::from_uuid(Uuid::nil()), left.session, EndedBy::Revoked).await.unwrap());
        sqlx::query("update sessions set expires_at = clock_timestamp() where id = $1")
            .bind(over.session)
            .execute(&pool)
            .await
            .unwrap();
        for token in [&ended.refresh, &over.refresh, &secret_token::new(PREFIX), &"lfr_x".to_owned().into()] {
            assert!(is_invalid(&pool, token).await);
        }
        let ids: Vec<_> = list(&pool, ADA.1).await.unwrap().into_iter().map(|session| session.id).collect();
        assert_eq!(ids, [left.session]);
        let mut tx = pool.acquire().await.unwrap();
        end_all(&mut tx, ADA.1, Some(left.session), EndedBy::PasswordChanged).await.unwrap();
        renewed(&pool, &left.refresh).await;
        end_all(&mut tx, ADA.1, None, EndedBy::PasswordChanged).await.unwrap();
        assert!(list(&pool, ADA.1).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn there_are_only_so_many_and_the_oldest_makes_room() {
        let pool = pool().await;
        let oldest = begun(&pool).await;
        for _ in 1..=MOST {
            begun(&pool).await;
        }
        let kept: i64 = sqlx::query_scalar("select count(*) from sessions").fetch_one(&pool).await.unwrap();
        assert_eq!(kept, MOST);
        assert!(is_invalid(&pool, &oldest.refresh).await);
    }
}
