//! A member's second factor, from her side: begun, confirmed, given up.

use leadflow_domain::MemberId;
use leadflow_domain::member::MemberCommand;
use leadflow_event_store::entropy;
use secrecy::SecretString;

use super::doors::{Asked, Doors, Shut};
use super::second_factor::{self, Offer};
use crate::limits::{LimitKey, LimitKind};

const HAS_ONE: &str = "there is a second factor already: disable it first";

impl Doors {
    /// The secret that `member`'s codes will be made from, once she has shown one.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn begin_second_factor(&self, member: MemberId, password: SecretString) -> Result<Offer, Shut> {
        let known = self.prove_again(member, password).await?;
        let offer = second_factor::begin(&self.pool, &self.keys, (member, &known.address)).await?;
        offer.ok_or(Shut::WrongStatus(HAS_ONE))
    }

    /// Asks `member` for codes from now on, if she shows one: her recovery codes.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn confirm_second_factor(
        &self,
        member: MemberId,
        code: &SecretString,
        asked: Asked<'_>,
    ) -> Result<Vec<SecretString>, Shut> {
        self.limits.check(LimitKind::SecondFactor, LimitKey::Id(member.as_uuid())).await?;
        let known = self.known(member).await?.ok_or(Shut::Wrong)?;
        let codes = second_factor::confirm(&self.pool, &self.keys, member, code).await?.ok_or(Shut::Wrong)?;
        let context = self.by_herself((known.tenant, member), &["enable", &entropy::uuid().to_string()], asked);
        if let Err(error) = self.record(member, MemberCommand::EnableSecondFactor, context).await {
            // Without its event it is not so.
            second_factor::disable(&self.pool, member).await?;
            return Err(error);
        }
        Ok(codes)
    }

    /// Asks `member` for no more codes. She shows her password, and a code once more.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn disable_second_factor(
        &self,
        member: MemberId,
        (password, code): (SecretString, SecretString),
        asked: Asked<'_>,
    ) -> Result<(), Shut> {
        let known = self.prove_again(member, password).await?;
        self.prove_second_factor(member, &code).await?;
        let context = self.by_herself((known.tenant, member), &["disable", &entropy::uuid().to_string()], asked);
        self.record(member, MemberCommand::DisableSecondFactor, context).await?;
        Ok(second_factor::disable(&self.pool, member).await?)
    }
}
