//! Registering a business: nothing is in the log before whoever registers has shown that the address is hers.

use leadflow_domain::member::{MemberCommand, MemberName};
use leadflow_domain::tenant::{TenantCommand, TenantName};
use leadflow_domain::{EmailAddress, MemberId, TenantId};
use leadflow_event_store::{Door, entropy};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::doors::{Asked, Doors, Joined, Shut};
use super::link::{self, About, Link, Purpose};
use super::password::NewPassword;
use super::session;
use crate::limits::{LimitKey, LimitKind};
use crate::mail::{self, Letter, LetterKind};

/// Who registers what.
pub struct Registrant {
    /// What the business is called.
    pub business: TenantName,
    /// What she is called.
    pub name: MemberName,
    /// What is to be shown to be hers.
    pub address: EmailAddress,
    /// What she is to sign in with.
    pub password: NewPassword,
}

/// The same, as it waits.
#[derive(Serialize, Deserialize)]
struct Waiting {
    business: TenantName,
    name: MemberName,
    address: EmailAddress,
    password_hash: String,
}

impl Doors {
    /// Sends a link to whoever registers; to whoever signs in with that address already, where to do so. Who asks is not
    /// told which.
    ///
    /// # Errors
    /// [`Shut`], for no reason of the address.
    pub async fn register(&self, registrant: Registrant) -> Result<(), Shut> {
        let Registrant { business, name, address, password } = registrant;
        // One mailbox is not to be filled from many networks.
        self.limits.check(LimitKind::Register, LimitKey::Hash(self.keys.email_hash(&address))).await?;
        let password_hash = self.passwords.hash(password).await?;
        let is_taken = self.owner_of(&address).await?.is_some();
        let id = entropy::uuid();
        let waiting = Waiting { business, name, address: address.clone(), password_hash };
        let sealed = self.keys.seal_door(Door::Registration, id, &serde_json::to_vec(&waiting)?);
        let mut tx = self.pool.begin().await?;
        let what = if is_taken {
            LetterKind::AlreadyRegistered { sign_in_link: self.public_url.page("sign-in") }
        } else {
            let token =
                link::make(&mut tx, Purpose::Registration, &Link { id, about: About::Nobody { sealed } }).await?;
            LetterKind::VerifyAddress { link: self.public_url.page_with_token("verify-email", token.expose_secret()) }
        };
        mail::send(&mut tx, &self.keys, &Letter { to: address, what }).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes the business and its first owner of what was written by whoever brings `token` back, and lets her in. She shows
    /// the password that was written then: whoever reads the mailbox may not be who registered, and would make a business that
    /// somebody else can open.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn verify_address(
        &self,
        (token, password): (&SecretString, SecretString),
        client: Option<&str>,
        asked: Asked<'_>,
    ) -> Result<Joined, Shut> {
        let link = link::find(&self.pool, Purpose::Registration, token).await?.ok_or(Shut::NoLink)?;
        let About::Nobody { sealed } = &link.about else { return Err(Shut::NoLink) };
        let opened = self.keys.open_door(Door::Registration, link.id, sealed)?;
        let Waiting { business, name, address, password_hash } = serde_json::from_slice(&opened)?;
        if !self.passwords.proves(password, Some(password_hash.clone())).await? {
            return Err(Shut::Wrong);
        }
        // What was begun and not finished is the same once more.
        let tenant = TenantId::from_uuid(Uuid::new_v5(&link.id, b"tenant"));
        let member = MemberId::from_uuid(Uuid::new_v5(&link.id, b"member"));
        let context = |what| self.by_herself((tenant, member), &["register", what], asked);
        let email_hash = self.keys.email_hash(&address);
        // She comes first: if her address was taken meanwhile, there is no business without anybody.
        let command = MemberCommand::Register { name, email: address, email_hash };
        let joined = self.record(member, command, context("member")).await?;
        let command = TenantCommand::Register { name: business };
        let registered = self.commands.tenants.execute(tenant, command, context("tenant")).await;
        let registered = registered.map_err(|error| Shut::Tenant(Box::new(error)))?.position;
        let mut tx = self.pool.begin().await?;
        if !link::use_up(&mut tx, &link).await? {
            return Err(Shut::NoLink);
        }
        self.give_password(&mut tx, (tenant, member), &password_hash).await?;
        let begun = session::begin(&mut tx, (tenant, member), client).await?;
        tx.commit().await?;
        Ok(Joined { tenant, position: joined.max(registered), tokens: self.tokens(begun).await? })
    }
}
