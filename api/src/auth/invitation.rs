//! Joining a business that asks for somebody.

use leadflow_domain::member::{MemberCommand, MemberName, MemberRefusal};
use leadflow_domain::{EmailAddress, MemberId, TenantId};
use leadflow_event_store::ExecuteError;
use leadflow_projections::people::SCHEMA;
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgConnection;

use super::doors::{Asked, Doors, Joined, Shut, address};
use super::link::{self, About, Purpose};
use super::password::NewPassword;
use super::session;
use crate::mail::{self, Letter, LetterKind};

/// Who is asked by whom.
pub struct Invited {
    /// The business.
    pub tenant: TenantId,
    /// She, who has not joined yet.
    pub member: MemberId,
    /// Where the link goes.
    pub address: EmailAddress,
    /// What the business is called.
    pub business: String,
    /// What whoever asks her is called.
    pub inviter: String,
}

impl Doors {
    /// Sends somebody a link to join by. Those she was sent before are good no more.
    ///
    /// # Errors
    /// The database's.
    pub async fn send_invitation(&self, invited: Invited) -> Result<(), Shut> {
        let Invited { tenant, member, address, business, inviter } = invited;
        let mut tx = self.pool.begin().await?;
        link::take_back(&mut tx, Purpose::Invitation, member).await?;
        let token = link::make_for(&mut tx, Purpose::Invitation, (tenant, member)).await?;
        let link = self.public_url.page_with_token("join", token.expose_secret());
        let what = LetterKind::Invitation { business, inviter, link };
        mail::send(&mut tx, &self.keys, &Letter { to: address, what }).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether somebody has a link to join by.
    ///
    /// # Errors
    /// The database's.
    pub async fn has_invitation(&self, member: MemberId) -> Result<bool, Shut> {
        Ok(link::is_out(&self.pool, Purpose::Invitation, member).await?)
    }

    /// Takes whoever brings `token` back into the business, and lets her in.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn accept_invitation(
        &self,
        token: &SecretString,
        (name, password): (MemberName, SecretString),
        client: Option<&str>,
        asked: Asked<'_>,
    ) -> Result<Joined, Shut> {
        let link = link::find(&self.pool, Purpose::Invitation, token).await?.ok_or(Shut::NoLink)?;
        let About::Member(tenant, member) = link.about else { return Err(Shut::NoLink) };
        let sql = format!("select email from {SCHEMA}.members where member_id = $1 and tenant_id = $2");
        let row = sqlx::query(&sql).bind(member.as_uuid()).bind(tenant.as_uuid()).fetch_optional(&self.pool).await?;
        let address = address(&row.ok_or(Shut::NoLink)?)?;
        let password = NewPassword::parse(password, Some(&address))?;
        let password_hash = self.passwords.hash(password).await?;
        let email_hash = self.keys.email_hash(&address);
        let command = MemberCommand::Join { name, email: address, email_hash };
        let context = self.by_herself((tenant, member), &["join", &link.id.to_string()], asked);
        let position = match self.record(member, command, context).await {
            Err(Shut::Member(error)) if is_over(&error) => return Err(Shut::NoLink),
            answered => answered?,
        };
        let mut tx = self.pool.begin().await?;
        if !link::use_up(&mut tx, &link).await? {
            return Err(Shut::NoLink);
        }
        // Who joins once more makes up for a joining that broke off, and not for a password: that has links of its own.
        if !self.give_first_password(&mut tx, (tenant, member), &password_hash).await? {
            return Err(Shut::NoLink);
        }
        link::take_back(&mut tx, Purpose::Invitation, member).await?;
        let begun = session::begin(&mut tx, (tenant, member), client).await?;
        tx.commit().await?;
        Ok(Joined { tenant, position, tokens: self.tokens(begun).await? })
    }

    /// What somebody proves herself with who has just joined. False when she has something already.
    async fn give_first_password(
        &self,
        tx: &mut PgConnection,
        (tenant, member): (TenantId, MemberId),
        hash: &str,
    ) -> Result<bool, sqlx::Error> {
        let sql =
            "insert into credentials (member_id, tenant_id, password_hash) values ($1, $2, $3) on conflict do nothing";
        let given = sqlx::query(sql).bind(member.as_uuid()).bind(tenant.as_uuid()).bind(hash).execute(tx).await?;
        Ok(given.rows_affected() == 1)
    }

    /// What somebody proves herself with from now on.
    pub(super) async fn give_password(
        &self,
        tx: &mut PgConnection,
        (tenant, member): (TenantId, MemberId),
        hash: &str,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "insert into credentials (member_id, tenant_id, password_hash) values ($1, $2, $3) \
             on conflict (member_id) do update set password_hash = excluded.password_hash",
        )
        .bind(member.as_uuid())
        .bind(tenant.as_uuid())
        .bind(hash)
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// Whether nobody asks for her any more, or she has come.
fn is_over(error: &ExecuteError<MemberRefusal>) -> bool {
    matches!(error, ExecuteError::Refused(_) | ExecuteError::RefusedBefore(_))
}
