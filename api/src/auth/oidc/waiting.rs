//! Sign-ins that were begun: each belongs to the browser that began it, counts once, and is over after some minutes.

use std::time::Duration;

use jiff::Timestamp;
use leadflow_domain::{MemberId, TenantId};
use leadflow_event_store::{Door, Keys, entropy};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use super::super::doors::Shut;
use super::super::secret_token;

/// Marks what goes to a provider and comes back, and what the browser keeps to itself.
const STATE: &str = "lfo_";
const BROWSER: &str = "lfb_";

/// How long somebody may take at a provider, and to find her second factor after that.
pub(in crate::auth) const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// What shows that who comes back is who went away.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) state: SecretString,
    pub(super) browser: SecretString,
}

/// What she was sent away with, but for the state.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) provider: String,
    pub(super) nonce: SecretString,
    pub(super) verifier: SecretString,
}

/// The same, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    provider: String,
    nonce: String,
    verifier: String,
}

/// How far somebody has come.
#[derive(Debug)]
pub(super) enum Stage {
    /// She is at the provider, which was asked this.
    Away(Question),
    /// The provider has said who she is, and a code of her second factor is needed.
    Proven(MemberId),
}

/// A sign-in that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) id: Uuid,
    pub(super) stage: Stage,
    /// Seconds since 1970, by the database's clock.
    pub(super) now: i64,
    /// From when on it is over.
    pub(super) expires_at: Timestamp,
}

impl Pair {
    pub(super) fn new() -> Self {
        Self { state: secret_token::new(STATE), browser: secret_token::new(BROWSER) }
    }

    /// What can be no such pair costs no question to the database.
    fn has_form(&self) -> bool {
        secret_token::has_form(STATE, self.state.expose_secret())
            && secret_token::has_form(BROWSER, self.browser.expose_secret())
    }
}

impl Question {
    /// One that nobody has asked before.
    pub(super) fn new(provider: &str) -> Self {
        let (nonce, verifier) = (secret_token::new(""), secret_token::new(""));
        Self { provider: provider.to_owned(), nonce, verifier }
    }

    fn seal(&self, keys: &Keys, id: Uuid) -> Result<Vec<u8>, Shut> {
        let Self { provider, nonce, verifier } = self;
        let (nonce, verifier) = (nonce.expose_secret().to_owned(), verifier.expose_secret().to_owned());
        let plain = serde_json::to_vec(&Sealed { provider: provider.clone(), nonce, verifier })?;
        Ok(keys.seal_door(Door::OidcSignIn, id, &plain))
    }

    fn open(keys: &Keys, id: Uuid, sealed: &[u8]) -> Result<Self, Shut> {
        let Sealed { provider, nonce, verifier } =
            serde_json::from_slice(&keys.open_door(Door::OidcSignIn, id, sealed)?)?;
        Ok(Self { provider, nonce: nonce.into(), verifier: verifier.into() })
    }
}

/// Puts down what somebody is sent away with.
pub(super) async fn begin(pool: &PgPool, keys: &Keys, pair: &Pair, question: &Question) -> Result<(), Shut> {
    let id = entropy::uuid();
    sqlx::query(
        "insert into oidc_sign_ins (id, state_hash, browser_hash, content, expires_at) \
         values ($1, $2, $3, $4, clock_timestamp() + $5)",
    )
    .bind(id)
    .bind(secret_token::hash(&pair.state))
    .bind(secret_token::hash(&pair.browser))
    .bind(question.seal(keys, id)?)
    .bind(LIFETIME)
    .execute(pool)
    .await?;
    Ok(())
}

/// What was begun with this pair, and is not over.
pub(super) async fn find(pool: &PgPool, keys: &Keys, pair: &Pair) -> Result<Option<Waiting>, Shut> {
    if !pair.has_form() {
        return Ok(None);
    }
    let row = sqlx::query(
        "select id, content, member_id, expires_at, floor(extract(epoch from clock_timestamp()))::bigint as now \
         from oidc_sign_ins where state_hash = $1 and browser_hash = $2 and expires_at > clock_timestamp()",
    )
    .bind(secret_token::hash(&pair.state))
    .bind(secret_token::hash(&pair.browser))
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let id = row.try_get("id")?;
    let stage = match row.try_get::<Option<Uuid>, _>("member_id")? {
        Some(member) => Stage::Proven(MemberId::from_uuid(member)),
        None => Stage::Away(Question::open(keys, id, row.try_get("content")?)?),
    };
    let expires_at: jiff_sqlx::Timestamp = row.try_get("expires_at")?;
    Ok(Some(Waiting { id, stage, now: row.try_get("now")?, expires_at: expires_at.to_jiff() }))
}

/// Uses one up. False when somebody else has meanwhile.
pub(super) async fn use_up(tx: &mut PgConnection, id: Uuid) -> Result<bool, sqlx::Error> {
    let used = sqlx::query("delete from oidc_sign_ins where id = $1").bind(id).execute(tx).await?;
    Ok(used.rows_affected() == 1)
}

/// Lets whoever has come back with `pair`, and was used up, come with a code of her second factor, until it would have been over
/// anyway: what that waits as.
pub(super) async fn wait_for_code(
    pool: &PgPool,
    pair: &Pair,
    (tenant, member): (TenantId, MemberId),
    expires_at: Timestamp,
) -> Result<Uuid, sqlx::Error> {
    let id = entropy::uuid();
    sqlx::query(
        "insert into oidc_sign_ins (id, state_hash, browser_hash, tenant_id, member_id, expires_at) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(secret_token::hash(&pair.state))
    .bind(secret_token::hash(&pair.browser))
    .bind(tenant.as_uuid())
    .bind(member.as_uuid())
    .bind(jiff_sqlx::Timestamp::from(expires_at))
    .execute(pool)
    .await?;
    Ok(id)
}

/// Deletes what is over.
pub(in crate::auth) async fn forget_old(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query("delete from oidc_sign_ins where expires_at < clock_timestamp()").execute(pool).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use leadflow_event_store::testing;

    use super::*;

    const ADA: (TenantId, MemberId) =
        (TenantId::from_uuid(Uuid::from_u128(1)), MemberId::from_uuid(Uuid::from_u128(2)));

    #[tokio::test]
    async fn what_was_begun_is_finished_once_and_in_its_browser() {
        let (pool, keys) = (testing::pool().await, testing::keys());
        let (hers, others) = (Pair::new(), Pair::new());
        let asked = Question::new("google");
        begin(&pool, &keys, &hers, &asked).await.unwrap();
        begin(&pool, &keys, &others, &Question::new("google")).await.unwrap();
        let mixed = Pair { state: hers.state.clone(), browser: others.browser.clone() };
        assert!(find(&pool, &keys, &mixed).await.unwrap().is_none(), "another browser");
        assert!(find(&pool, &keys, &Pair::new()).await.unwrap().is_none(), "what was never begun");
        let waiting = find(&pool, &keys, &hers).await.unwrap().unwrap();
        let Stage::Away(question) = waiting.stage else { panic!("{waiting:?}") };
        assert_eq!(question.provider, "google");
        assert_eq!(question.verifier.expose_secret(), asked.verifier.expose_secret());
        assert_eq!(question.verifier.expose_secret().len(), 43, "as RFC 7636 has it");
        let mut tx = pool.acquire().await.unwrap();
        assert!(use_up(&mut tx, waiting.id).await.unwrap());
        assert!(!use_up(&mut tx, waiting.id).await.unwrap(), "of two at once, one");
        assert!(find(&pool, &keys, &hers).await.unwrap().is_none());

        wait_for_code(&pool, &hers, ADA, waiting.expires_at).await.unwrap();
        let until = waiting.expires_at;
        let waiting = find(&pool, &keys, &hers).await.unwrap().unwrap();
        assert_eq!(waiting.expires_at, until, "ten minutes in all");
        assert!(matches!(waiting.stage, Stage::Proven(member) if member == ADA.1));
    }

    #[tokio::test]
    async fn it_is_over_after_some_minutes_and_deleted() {
        let (pool, keys) = (testing::pool().await, testing::keys());
        let (late, early) = (Pair::new(), Pair::new());
        begin(&pool, &keys, &late, &Question::new("google")).await.unwrap();
        sqlx::query("update oidc_sign_ins set expires_at = clock_timestamp()").execute(&pool).await.unwrap();
        begin(&pool, &keys, &early, &Question::new("google")).await.unwrap();
        assert!(find(&pool, &keys, &late).await.unwrap().is_none());
        forget_old(&pool).await.unwrap();
        let left: i64 = sqlx::query_scalar("select count(*) from oidc_sign_ins").fetch_one(&pool).await.unwrap();
        assert_eq!(left, 1);
        assert!(find(&pool, &keys, &early).await.unwrap().is_some());
    }
}
