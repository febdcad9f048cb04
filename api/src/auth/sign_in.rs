//! Coming in, staying in, going out.

use leadflow_domain::{EmailAddress, MemberId};
use secrecy::SecretString;
use uuid::Uuid;

use super::doors::{Doors, Known, Shut, Tokens};
use super::second_factor;
use super::session::{self, EndedBy, Renewal, Session};
use crate::limits::{LimitKey, LimitKind};

/// What somebody shows who wants to come in.
pub struct Shown<'a> {
    /// Whom she says she is.
    pub address: &'a EmailAddress,
    /// What only she knows.
    pub password: SecretString,
    /// What only she has, or one of her recovery codes.
    pub code: Option<SecretString>,
    /// What her program calls itself.
    pub client: Option<&'a str>,
}

impl Doors {
    /// Lets a member in. An address that nobody has costs as much, and is answered as a wrong password is.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn sign_in(&self, shown: Shown<'_>) -> Result<Tokens, Shut> {
        let Shown { address, password, code, client } = shown;
        self.limits.check(LimitKind::Account, LimitKey::Hash(self.keys.email_hash(address))).await?;
        let known = self.with_address(address).await?;
        let known = self.prove(known, password).await?;
        if known.has_second_factor {
            let code = code.ok_or(Shut::CodeNeeded)?;
            self.prove_second_factor(known.member, &code).await?;
        }
        let mut tx = self.pool.begin().await?;
        known.still_proves(&mut tx).await?;
        let begun = session::begin(&mut tx, (known.tenant, known.member), client).await?;
        tx.commit().await?;
        self.tokens(begun).await
    }

    /// A member whose password it is.
    pub(super) async fn prove(&self, known: Option<Known>, password: SecretString) -> Result<Known, Shut> {
        let stored = known.as_ref().and_then(|known| known.password_hash.clone());
        let proven = self.passwords.proves(password, stored).await?;
        known.filter(|_| proven).ok_or(Shut::Wrong)
    }

    /// Whoever knows the password can't try all codes.
    pub(super) async fn prove_second_factor(&self, member: MemberId, code: &SecretString) -> Result<(), Shut> {
        self.limits.check(LimitKind::SecondFactor, LimitKey::Id(member.as_uuid())).await?;
        let proven = second_factor::proves(&self.pool, &self.keys, member, code).await?;
        if proven { Ok(()) } else { Err(Shut::Wrong) }
    }

    /// Renews the session that `refresh` belongs to, once.
    ///
    /// # Errors
    /// [`Shut::Ended`]: whoever brings a token that was used hears the same as with one that never was.
    pub async fn renew(&self, refresh: &SecretString) -> Result<Tokens, Shut> {
        match session::renew(&self.pool, refresh).await? {
            Renewal::Done(renewed) => self.tokens(renewed).await,
            Renewal::Reused(session) => {
                tracing::warn!(%session, "auth.renew: session {session} has ended, as a token came that had been used");
                Err(Shut::Ended)
            }
            Renewal::Invalid => Err(Shut::Ended),
        }
    }

    /// Where `member` is signed in, the latest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn sessions(&self, member: MemberId) -> Result<Vec<Session>, Shut> {
        Ok(session::list(&self.pool, member).await?)
    }

    /// Ends a session of `member`. False when she has none such.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_session(&self, member: MemberId, session: Uuid, by: EndedBy) -> Result<bool, Shut> {
        Ok(session::end(&self.pool, member, session, by).await?)
    }

    /// Ends all sessions of `member`, who was put out.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_sessions(&self, member: MemberId) -> Result<(), Shut> {
        let mut connection = self.pool.acquire().await?;
        Ok(session::end_all(&mut connection, member, None, EndedBy::Revoked).await?)
    }
}
