//! Choosing another password: by a link, for whoever has forgotten hers, or with the one before.

use leadflow_domain::member::MemberCommand;
use leadflow_domain::{EmailAddress, MemberId, TenantId};
use leadflow_event_store::entropy;
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgConnection;
use uuid::Uuid;

use super::doors::{Asked, Doors, Known, Shut};
use super::link::{self, About, Purpose};
use super::password::NewPassword;
use super::session::{self, EndedBy};
use crate::limits::{LimitKey, LimitKind};
use crate::mail::{self, Letter, LetterKind};

impl Doors {
    /// Sends a link to whoever signs in with `address`, and to nobody where nobody does. Who asks is not told which, and it
    /// takes as long.
    ///
    /// # Errors
    /// [`Shut`], for no reason of the address.
    pub async fn request_password_reset(&self, address: EmailAddress) -> Result<(), Shut> {
        self.limits.check(LimitKind::Recovery, LimitKey::Hash(self.keys.email_hash(&address))).await?;
        let known = self.with_address(&address).await?;
        let whose = match &known {
            Some(known) => (known.tenant, known.member),
            // A link that nobody is ever told.
            None => (TenantId::from_uuid(entropy::uuid()), MemberId::from_uuid(entropy::uuid())),
        };
        let mut tx = self.pool.begin().await?;
        let token = link::make_for(&mut tx, Purpose::PasswordReset, whose).await?;
        if let Some(known) = &known {
            let link = self.public_url.page_with_token("reset-password", token.expose_secret());
            // To where she said, and not to how who asks has spelt it.
            let letter = Letter { to: known.address.clone(), what: LetterKind::PasswordReset { link } };
            mail::send(&mut tx, &self.keys, &letter).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Gives whoever brings `token` back the password she chooses, and signs her out everywhere.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn reset_password(
        &self,
        token: &SecretString,
        password: SecretString,
        asked: Asked<'_>,
    ) -> Result<(), Shut> {
        let link = link::find(&self.pool, Purpose::PasswordReset, token).await?.ok_or(Shut::NoLink)?;
        let About::Member(_, member) = link.about else { return Err(Shut::NoLink) };
        let known = self.known(member).await?.ok_or(Shut::NoLink)?;
        let password = NewPassword::parse(password, Some(&known.address))?;
        let hash = self.passwords.hash(password).await?;
        let context = self.by_herself((known.tenant, member), &["reset", &link.id.to_string()], asked);
        self.record(member, MemberCommand::SetPassword, context).await?;
        let mut tx = self.pool.begin().await?;
        if !link::use_up(&mut tx, &link).await? {
            return Err(Shut::NoLink);
        }
        self.change(&mut tx, known, &hash, None).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives `member` another password instead of the one she shows, and signs her out everywhere but in `session`.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn change_password(
        &self,
        (member, session): (MemberId, Uuid),
        (before, password): (SecretString, SecretString),
        asked: Asked<'_>,
    ) -> Result<(), Shut> {
        let known = self.prove_again(member, before).await?;
        let password = NewPassword::parse(password, Some(&known.address))?;
        let hash = self.passwords.hash(password).await?;
        let context = self.by_herself((known.tenant, member), &["change", &entropy::uuid().to_string()], asked);
        self.record(member, MemberCommand::SetPassword, context).await?;
        let mut tx = self.pool.begin().await?;
        known.still_proves(&mut tx).await?;
        self.change(&mut tx, known, &hash, Some(session)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A member who is signed in and shows her password once more, so that whoever sits down at her desk can't change what
    /// she signs in with.
    pub(super) async fn prove_again(&self, member: MemberId, password: SecretString) -> Result<Known, Shut> {
        self.limits.check(LimitKind::Login, LimitKey::Id(member.as_uuid())).await?;
        let known = self.known(member).await?;
        self.prove(known, password).await
    }

    async fn change(
        &self,
        tx: &mut PgConnection,
        known: Known,
        hash: &str,
        but: Option<Uuid>,
    ) -> Result<(), sqlx::Error> {
        let Known { member, tenant, address, .. } = known;
        self.give_password(tx, (tenant, member), hash).await?;
        link::take_back(tx, Purpose::PasswordReset, member).await?;
        session::end_all(tx, member, but, EndedBy::PasswordChanged).await?;
        mail::send(tx, &self.keys, &Letter { to: address, what: LetterKind::PasswordChanged }).await
    }
}
