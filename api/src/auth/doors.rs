//! All that stands between a stranger and a member: what signing in, in all its ways, works with.

use std::net::IpAddr;
use std::sync::Arc;

use leadflow_domain::member::{MemberCommand, MemberRefusal, email_reservation};
use leadflow_domain::tenant::TenantRefusal;
use leadflow_domain::{CommandId, EmailAddress, MemberId, TenantId};
use leadflow_event_store::database::KeptPool;
use leadflow_event_store::{Actor, BrokenSeal, CommandContext, ExecuteError, Keys, reservation_owners};
use leadflow_projections::people::SCHEMA;
use secrecy::SecretString;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row};
use thiserror::Error;
use uuid::Uuid;

use super::access_token;
use super::oidc::Providers;
use super::password::{BadPassword, HashError, Passwords};
use super::second_factor::SecondFactorError;
use super::session::Renewed;
use super::signing_keys::{SigningKeys, SigningKeysError};
use super::uses::Uses;
use crate::commands::Commands;
use crate::config::PublicUrl;
use crate::limits::{Limited, Limits};

/// What signing in works with. Cheap to clone.
#[derive(Clone)]
pub struct Doors {
    pub(super) pool: PgPool,
    pub(super) callers: KeptPool,
    pub(super) keys: Arc<Keys>,
    pub(super) commands: Commands,
    pub(super) limits: Limits,
    pub(super) passwords: Passwords,
    pub(super) signing_keys: Arc<SigningKeys>,
    pub(super) uses: Uses,
    /// Where links lead, and who issues access tokens.
    pub(super) public_url: PublicUrl,
    pub(super) providers: Arc<Providers>,
}

/// What [`Doors`] are made of.
pub struct Hinges {
    /// Connections that may write.
    pub pool: PgPool,
    /// Connections that find out who calls, and do nothing else: neither work nor slow reads hold that up.
    pub callers: KeptPool,
    /// The installation's keys.
    pub keys: Arc<Keys>,
    /// The one door to aggregates.
    pub commands: Commands,
    /// How often somebody may try.
    pub limits: Limits,
    /// Where people reach the dashboard.
    pub public_url: PublicUrl,
    /// Whom members may prove themselves to.
    pub providers: Providers,
    /// Passwords that are hashed at once.
    pub hashes_at_once: usize,
}

/// Why a door stays shut: what whoever stands before it did wrong, or what went wrong behind it.
#[derive(Debug, Error)]
pub enum Shut {
    /// Which of them is not told.
    #[error("there is no such address, or the password or the code is not right")]
    Wrong,
    /// The password is right, and not enough.
    #[error("a code of the second factor is needed, or a recovery code")]
    CodeNeeded,
    /// It was used, is over, was taken back, or never was one.
    #[error("the link is not good any more: ask for another")]
    NoLink,
    /// It has ended, or never was one.
    #[error("the session has ended: sign in again")]
    Ended,
    /// No such provider is configured.
    #[error("is none of those that there are")]
    NoProvider,
    /// It does not answer, or not as it should.
    #[error("the provider can't be asked now")]
    ProviderUnavailable,
    /// Nothing was begun so, or it is over, was finished, or was begun elsewhere.
    #[error("what was begun with the provider is over, or was begun elsewhere: begin again")]
    BeginAgain,
    /// What it says of her address can't be believed, or it has no say about it.
    #[error("the provider does not vouch for an address that somebody here may have")]
    NotVouchedFor,
    /// An address signs in to one business.
    #[error("somebody signs in with this address already")]
    Taken,
    /// Where she stands, that can't be done.
    #[error("{0}")]
    WrongStatus(&'static str),
    /// It can't be a password.
    #[error("the password {0}")]
    BadPassword(#[from] BadPassword),
    /// It was tried too often lately.
    #[error("it was tried too often lately")]
    Limited(#[from] Limited),
    /// The database did not answer.
    #[error("what members prove themselves with can't be read or written")]
    Database(#[from] sqlx::Error),
    /// See there.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// See there.
    #[error(transparent)]
    SigningKeys(#[from] SigningKeysError),
    /// See there.
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorError),
    /// No token can be made.
    #[error("an access token can't be signed")]
    Unsigned(#[from] jsonwebtoken::errors::Error),
    /// A row was tampered with, or is another installation's.
    #[error("what was written by whoever registers can't be opened")]
    Sealed(#[from] BrokenSeal),
    /// Nothing of ours is written so.
    #[error("what was written by whoever registers can't be read")]
    Unreadable(#[from] serde_json::Error),
    /// The log did not take it.
    #[error("the event can't be recorded")]
    Member(#[source] Box<ExecuteError<MemberRefusal>>),
    /// The log did not take it.
    #[error("the business can't be registered")]
    Tenant(#[source] Box<ExecuteError<TenantRefusal>>),
}

/// What shows that somebody is signed in.
#[derive(Debug)]
pub struct Tokens {
    /// Shown with each request.
    pub access: SecretString,
    /// Renews the session, once.
    pub refresh: SecretString,
}

/// Somebody who was just let in for the first time.
#[derive(Debug)]
pub struct Joined {
    /// For whom she works.
    pub tenant: TenantId,
    /// Where it stands in the log: `people` has to show it before she is answered anything else.
    pub position: i64,
    /// What shows that she is signed in.
    pub tokens: Tokens,
}

/// The request in which somebody does something of herself.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its id.
    pub request: &'a str,
    /// The network address that it comes from.
    pub address: Option<IpAddr>,
}

/// A member who can prove herself.
pub(super) struct Known {
    pub(super) member: MemberId,
    pub(super) tenant: TenantId,
    pub(super) address: EmailAddress,
    /// None while what she joined with was not put down, as it broke off before that: a link makes up for it.
    pub(super) password_hash: Option<String>,
    pub(super) has_second_factor: bool,
}

impl Known {
    /// What she proved herself with is hers still, until the transaction ends: hashing takes its time, and meanwhile she, or
    /// whoever she gets rid of, may have chosen another.
    pub(super) async fn still_proves(&self, tx: &mut PgConnection) -> Result<(), Shut> {
        let sql = "select true from credentials where member_id = $1 and password_hash = $2 for update";
        let hers: Option<bool> =
            sqlx::query_scalar(sql).bind(self.member.as_uuid()).bind(&self.password_hash).fetch_optional(tx).await?;
        hers.map(|_| ()).ok_or(Shut::Wrong)
    }
}

impl Doors {
    /// See [`Hinges`].
    #[must_use]
    pub fn new(hinges: Hinges) -> Self {
        let Hinges { pool, callers, keys, commands, limits, public_url, providers, hashes_at_once } = hinges;
        Self {
            signing_keys: Arc::new(SigningKeys::new(pool.clone(), Arc::clone(&keys))),
            passwords: Passwords::new(hashes_at_once),
            uses: Uses::default(),
            pool,
            callers,
            keys,
            commands,
            limits,
            public_url,
            providers: Arc::new(providers),
        }
    }

    /// Connections that find out who calls.
    #[must_use]
    pub fn callers(&self) -> &PgPool {
        self.callers.pool()
    }

    /// Hashes passwords.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// How often somebody may try.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The keys that access tokens are signed with.
    #[must_use]
    pub fn signing_keys(&self) -> &SigningKeys {
        &self.signing_keys
    }

    /// Who issues access tokens.
    pub(super) fn issuer(&self) -> &str {
        self.public_url.as_str()
    }

    /// What shows that somebody is signed in whose session was just begun or renewed.
    pub(super) async fn tokens(&self, renewed: Renewed) -> Result<Tokens, Shut> {
        let ring = self.signing_keys.ring().await?;
        let Renewed { member, session, refresh, at } = renewed;
        let access = access_token::sign(ring.signer(), self.issuer(), (member, session), at)?;
        Ok(Tokens { access, refresh })
    }

    /// Whoever signs in with `address` now. It is asked for as much where there is nobody.
    pub(super) async fn with_address(&self, address: &EmailAddress) -> Result<Option<Known>, Shut> {
        let owner = self.owner_of(address).await?;
        self.known(owner.unwrap_or(MemberId::from_uuid(Uuid::nil()))).await
    }

    /// Whose `address` is, active or not.
    pub(super) async fn owner_of(&self, address: &EmailAddress) -> Result<Option<MemberId>, Shut> {
        let reservation = email_reservation(&self.keys.email_hash(address));
        // It is unique in the installation, so whose tenant asks plays no part.
        let nobody = TenantId::from_uuid(Uuid::nil());
        let owners = reservation_owners(&self.pool, &[(nobody, reservation)]).await?;
        Ok(owners.into_iter().flatten().next().map(|owner| MemberId::from_uuid(owner.stream.as_uuid())))
    }

    /// A member who has joined, and is active.
    pub(super) async fn known(&self, member: MemberId) -> Result<Option<Known>, Shut> {
        let sql = format!(
            "select m.member_id, m.tenant_id, c.password_hash, c.second_factor_since is not null as has_second_factor, \
                    m.email \
             from {SCHEMA}.members m left join credentials c on c.member_id = m.member_id and c.tenant_id = m.tenant_id \
             where m.member_id = $1 and m.state = 'ACTIVE'"
        );
        let row = sqlx::query(&sql).bind(member.as_uuid()).fetch_optional(&self.pool).await?;
        row.map(|row| {
            Ok(Known {
                member: MemberId::from_uuid(row.try_get("member_id")?),
                tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
                address: address(&row)?,
                password_hash: row.try_get("password_hash")?,
                has_second_factor: row.try_get("has_second_factor")?,
            })
        })
        .transpose()
    }

    /// The context of a command that `member` gives about herself. What is to be done once is named by `key`.
    pub(super) fn by_herself(
        &self,
        (tenant, member): (TenantId, MemberId),
        key: &[&str],
        asked: Asked<'_>,
    ) -> CommandContext {
        let id = CommandId::derive(tenant, "sign-in", key);
        CommandContext::new(tenant, id, Actor::Member(member), asked.request).from_address(asked.address)
    }

    /// Records what `member` does of herself.
    pub(super) async fn record(
        &self,
        member: MemberId,
        command: MemberCommand,
        context: CommandContext,
    ) -> Result<i64, Shut> {
        match self.commands.members.execute(member, command, context).await {
            Ok(receipt) => Ok(receipt.position),
            Err(ExecuteError::Reserved { .. }) => Err(Shut::Taken),
            Err(error) => Err(Shut::Member(Box::new(error))),
        }
    }
}

/// A member's address. The read model has it for as long as she is not erased.
pub(super) fn address(row: &PgRow) -> Result<EmailAddress, sqlx::Error> {
    EmailAddress::parse(row.try_get("email")?).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
