//! The second factor: codes of thirty seconds (TOTP, RFC 6238) from a secret that she and we alone have, and codes to write down
//! for when she has lost it. Each code counts once.

use jiff::Timestamp;
use leadflow_domain::{EmailAddress, MemberId};
use leadflow_event_store::{BrokenSeal, Door, Keys, entropy};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{PgConnection, PgPool, Row};
use subtle::ConstantTimeEq;
use thiserror::Error;
use totp_rs::{Algorithm, TOTP, TotpUrlError};

/// Bytes of a secret: as many as SHA-1 gives, as RFC 4226 recommends (section 4, R6).
const SECRET: usize = 20;

/// What every app for such codes takes. The hash's weakness plays no part in HMAC.
const ALGORITHM: Algorithm = Algorithm::SHA1;
const DIGITS: usize = 6;
const STEP: u8 = 30;

/// Steps before and after this one whose codes are taken: clocks differ, and people type slowly (RFC 6238, 5.2).
const SKEW: u8 = 1;

/// How it is called in the app.
const ISSUER: &str = "LeadFlow";

/// Recovery codes of one member, and characters of each.
const RECOVERY_CODES: usize = 10;
const RECOVERY_CODE: usize = 10;

/// Letters and digits that are not taken for each other; 32 of them, so each stands for five bits.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Why a second factor can't be dealt with.
#[derive(Debug, Error)]
pub enum SecondFactorError {
    /// The database did not answer.
    #[error("the second factor can't be read or written")]
    Database(#[from] sqlx::Error),
    /// The row was tampered with, or is another installation's.
    #[error("the second factor's secret can't be opened")]
    Sealed(#[from] BrokenSeal),
    /// Nothing of ours makes such a secret.
    #[error("the second factor's secret is not one")]
    Unusable(#[from] TotpUrlError),
}

/// A secret that somebody is shown, to put it into her app.
#[derive(Debug)]
pub struct Offer {
    /// In base 32, to be typed.
    pub secret: SecretString,
    /// As `otpauth` URL, to be shown as a picture.
    pub url: SecretString,
}

/// Makes a secret for `member`, who has no second factor yet. None if she has one, or no password.
pub(super) async fn begin(
    pool: &PgPool,
    keys: &Keys,
    (member, address): (MemberId, &EmailAddress),
) -> Result<Option<Offer>, SecondFactorError> {
    let secret = entropy::bytes::<SECRET>().to_vec();
    let begun = sqlx::query(
        "update credentials set second_factor = $2, second_factor_begun_at = clock_timestamp(), second_factor_step = null \
         where member_id = $1 and second_factor_since is null",
    )
    .bind(member.as_uuid())
    .bind(keys.seal_door(Door::SecondFactor, member.as_uuid(), &secret))
    .execute(pool)
    .await?;
    if begun.rows_affected() == 0 {
        return Ok(None);
    }
    let totp = totp(secret, address.as_str().to_owned())?;
    Ok(Some(Offer { secret: totp.get_secret_base32().into(), url: totp.get_url().into() }))
}

/// Begins to ask `member` for codes, if `code` is one of the secret that she was shown within the last hour: her recovery
/// codes, which are shown this once. None if it is not.
pub(super) async fn confirm(
    pool: &PgPool,
    keys: &Keys,
    member: MemberId,
    code: &SecretString,
) -> Result<Option<Vec<SecretString>>, SecondFactorError> {
    let mut tx = pool.begin().await?;
    let row = sqlx::query(
        "select second_factor, clock_timestamp() as now from credentials \
         where member_id = $1 and second_factor_since is null \
               and second_factor_begun_at > clock_timestamp() - interval '1 hour' for update",
    )
    .bind(member.as_uuid())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let secret = keys.open_door(Door::SecondFactor, member.as_uuid(), row.try_get("second_factor")?)?;
    let now = row.try_get::<jiff_sqlx::Timestamp, _>("now")?.to_jiff();
    let Some(step) = step_of(&totp(secret, String::new())?, &plain(code), now) else { return Ok(None) };
    sqlx::query(
        "update credentials set second_factor_since = clock_timestamp(), second_factor_step = $2 where member_id = $1",
    )
    .bind(member.as_uuid())
    .bind(step)
    .execute(&mut *tx)
    .await?;
    let codes: Vec<SecretString> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash(keys, member, &plain(code))).collect();
    forget_recovery_codes(&mut tx, member).await?;
    sqlx::query("insert into recovery_codes (member_id, code_hash) select $1, unnest($2::bytea[])")
        .bind(member.as_uuid())
        .bind(hashes)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(Some(codes))
}

/// Whether `code` proves that `member` has her second factor, or is one of her recovery codes. One that does counts no more.
pub(super) async fn proves(
    pool: &PgPool,
    keys: &Keys,
    member: MemberId,
    code: &SecretString,
) -> Result<bool, SecondFactorError> {
    let code = plain(code);
    if code.expose_secret().len() != DIGITS {
        let used = sqlx::query(
            "update recovery_codes set used_at = clock_timestamp() \
             where member_id = $1 and code_hash = $2 and used_at is null",
        )
        .bind(member.as_uuid())
        .bind(hash(keys, member, &code))
        .execute(pool)
        .await?;
        return Ok(used.rows_affected() == 1);
    }
    let row = sqlx::query(
        "select second_factor, clock_timestamp() as now from credentials \
         where member_id = $1 and second_factor_since is not null",
    )
    .bind(member.as_uuid())
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let secret = keys.open_door(Door::SecondFactor, member.as_uuid(), row.try_get("second_factor")?)?;
    let now = row.try_get::<jiff_sqlx::Timestamp, _>("now")?.to_jiff();
    let Some(step) = step_of(&totp(secret, String::new())?, &code, now) else { return Ok(false) };
    // Of two that come with the same code at once, one moves it on.
    let moved_on = sqlx::query(
        "update credentials set second_factor_step = $2 \
         where member_id = $1 and second_factor_since is not null and (second_factor_step < $2 or second_factor_step is null)",
    )
    .bind(member.as_uuid())
    .bind(step)
    .execute(pool)
    .await?;
    Ok(moved_on.rows_affected() == 1)
}

/// Asks `member` for no more codes. Doing it twice is fine.
pub(super) async fn disable(pool: &PgPool, member: MemberId) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query(
        "update credentials set second_factor = null, second_factor_begun_at = null, second_factor_since = null, \
                                second_factor_step = null where member_id = $1",
    )
    .bind(member.as_uuid())
    .execute(&mut *tx)
    .await?;
    forget_recovery_codes(&mut tx, member).await?;
    tx.commit().await
}

async fn forget_recovery_codes(tx: &mut PgConnection, member: MemberId) -> Result<(), sqlx::Error> {
    sqlx::query("delete from recovery_codes where member_id = $1").bind(member.as_uuid()).execute(tx).await?;
    Ok(())
}

fn totp(secret: Vec<u8>, account: String) -> Result<TOTP, TotpUrlError> {
    TOTP::new(ALGORITHM, DIGITS, SKEW, u64::from(STEP), secret, Some(ISSUER.to_owned()), account)
}

/// The step whose code it is, of those around `now`.
fn step_of(totp: &TOTP, code: &SecretString, now: Timestamp) -> Option<i64> {
    let this = now.as_second().div_euclid(i64::from(STEP));
    let steps = this - i64::from(SKEW)..=this + i64::from(SKEW);
    // All are tried, so that how long it takes says nothing.
    steps.filter(|step| is_code_of(totp, *step, code)).max()
}

fn is_code_of(totp: &TOTP, step: i64, code: &SecretString) -> bool {
    let Ok(at) = u64::try_from(step * i64::from(STEP)) else { return false };
    bool::from(totp.generate(at).as_bytes().ct_eq(code.expose_secret().as_bytes()))
}

/// As it is compared: however it was spaced, and in capitals.
fn plain(code: &SecretString) -> SecretString {
    let typed = code.expose_secret().chars().filter(char::is_ascii_alphanumeric);
    typed.map(|character| character.to_ascii_uppercase()).collect::<String>().into()
}

fn recovery_code() -> SecretString {
    let letters = entropy::bytes::<RECOVERY_CODE>().map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
    let (one, other) = letters.split_at(RECOVERY_CODE / 2);
    format!("{}-{}", one.iter().collect::<String>(), other.iter().collect::<String>()).into()
}

fn hash(keys: &Keys, member: MemberId, code: &SecretString) -> Vec<u8> {
    keys.recovery_code_hash(member.as_uuid(), code.expose_secret()).to_vec()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use leadflow_event_store::testing;
    use uuid::Uuid;

    use super::*;

    const ADA: MemberId = MemberId::from_uuid(Uuid::from_u128(2));

    struct Bed {
        pool: PgPool,
        keys: Arc<Keys>,
    }

    impl Bed {
        /// Ada has a password.
        async fn new() -> Self {
            let pool = testing::pool().await;
            sqlx::query("insert into credentials (member_id, tenant_id, password_hash) values ($1, $1, '')")
                .bind(ADA.as_uuid())
                .execute(&pool)
                .await
                .unwrap();
            Self { pool, keys: testing::keys() }
        }

        async fn begin(&self) -> Option<Offer> {
            let address = EmailAddress::parse("ada@example.com").unwrap();
            begin(&self.pool, &self.keys, (ADA, &address)).await.unwrap()
        }

        /// The code of the step that is so many after this one.
        async fn code(&self, offer: &Offer, steps: i64) -> SecretString {
            let now: jiff_sqlx::Timestamp =
                sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.pool).await.unwrap();
            let at = now.to_jiff().as_second() + steps * i64::from(STEP);
            let secret = totp_rs::Secret::Encoded(offer.secret.expose_secret().to_owned()).to_bytes().unwrap();
            totp(secret, String::new()).unwrap().generate(at.try_into().unwrap()).into()
        }

        async fn confirm(&self, code: &SecretString) -> Option<Vec<SecretString>> {
            confirm(&self.pool, &self.keys, ADA, code).await.unwrap()
        }

        async fn proves(&self, code: &SecretString) -> bool {
            proves(&self.pool, &self.keys, ADA, code).await.unwrap()
        }
    }

    #[tokio::test]
    async fn codes_count_from_when_she_has_shown_one() {
        let bed = Bed::new().await;
        let offer = bed.begin().await.unwrap();
        let url = offer.url.expose_secret();
        assert!(url.starts_with("otpauth://totp/LeadFlow:ada%40example.com?secret="), "{url}");
        assert!(!bed.proves(&bed.code(&offer, 0).await).await, "it is not confirmed");
        assert!(bed.confirm(&"000000000".to_owned().into()).await.is_none());
        assert!(bed.confirm(&bed.code(&offer, 5).await).await.is_none(), "of another time");
        let codes = bed.confirm(&bed.code(&offer, 0).await).await.unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        assert!(bed.begin().await.is_none(), "she has one");
        assert!(bed.confirm(&bed.code(&offer, 1).await).await.is_none(), "recovery codes are shown once");
        let sealed: Vec<u8> =
            sqlx::query_scalar("select second_factor from credentials").fetch_one(&bed.pool).await.unwrap();
        assert_eq!(sealed.len(), 12 + SECRET + 16);
    }

    #[tokio::test]
    async fn a_code_counts_once_and_none_before_it_any_more() {
        let bed = Bed::new().await;
        let offer = bed.begin().await.unwrap();
        let shown = bed.code(&offer, 0).await;
        bed.confirm(&shown).await.unwrap();
        assert!(!bed.proves(&shown).await, "it was used to confirm");
        let next = bed.code(&offer, 1).await;
        let (one, other) = tokio::join!(bed.proves(&next), bed.proves(&next));
        assert!(one != other, "of two at once, one");
        assert!(!bed.proves(&next).await);
        assert!(!bed.proves(&shown).await && !bed.proves(&bed.code(&offer, 9).await).await);
    }

    #[tokio::test]
    async fn a_recovery_code_counts_once_however_it_is_typed() {
        let bed = Bed::new().await;
        let offer = bed.begin().await.unwrap();
        let codes = bed.confirm(&bed.code(&offer, 0).await).await.unwrap();
        assert!(bed.proves(&codes[0]).await && !bed.proves(&codes[0]).await);
        let typed = codes[1].expose_secret().to_lowercase().replace('-', " ");
        assert!(bed.proves(&typed.into()).await && !bed.proves(&codes[1]).await);
        let another = proves(&bed.pool, &bed.keys, MemberId::from_uuid(Uuid::nil()), &codes[2]).await.unwrap();
        assert!(!another && bed.proves(&codes[2]).await);
    }

    #[tokio::test]
    async fn without_it_no_code_proves_anything() {
        let bed = Bed::new().await;
        let offer = bed.begin().await.unwrap();
        let codes = bed.confirm(&bed.code(&offer, 0).await).await.unwrap();
        disable(&bed.pool, ADA).await.unwrap();
        disable(&bed.pool, ADA).await.unwrap();
        assert!(!bed.proves(&codes[0]).await && !bed.proves(&bed.code(&offer, 1).await).await);
        assert!(bed.begin().await.is_some(), "and she may begin anew");
    }

    /// RFC 6238, appendix B: the last six digits of SHA-1's.
    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = totp(b"12345678901234567890".to_vec(), String::new()).unwrap();
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            let at = Timestamp::from_second(second).unwrap();
            let (code, step) = (SecretString::from(code.to_owned()), second / i64::from(STEP));
            assert_eq!(step_of(&totp, &code, at), Some(step));
            for steps in [-1, 1] {
                let late = Timestamp::from_second(second + steps * i64::from(STEP)).unwrap();
                assert_eq!(step_of(&totp, &code, late), Some(step));
            }
            let too_late = Timestamp::from_second(second + 2 * i64::from(STEP)).unwrap();
            assert_eq!(step_of(&totp, &code, too_late), None);
        }
    }
}
