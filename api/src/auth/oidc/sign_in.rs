//! Going to a provider, and coming back.

use leadflow_domain::EmailAddress;
use leadflow_gateways::oidc::{Asked, Failure};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::super::doors::{Doors, Known, Shut, Tokens};
use super::super::session;
use super::providers::{Provider, Providers};
use super::waiting::{self, Pair, Question, Stage};
use crate::config::OidcKey;

/// Most characters of what a provider gives. It is one of its own making, and no provider's comes near.
const LONGEST_CODE: usize = 2048;

/// A sign-in that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Where her browser goes.
    pub authorization_url: Url,
    /// What her browser keeps to itself until she is back.
    pub browser: SecretString,
}

/// What somebody comes back with.
pub struct CameBack<'a> {
    /// From whom.
    pub provider: &'a str,
    /// What she was sent away with.
    pub state: SecretString,
    /// What her browser kept; none where it kept nothing.
    pub browser: Option<SecretString>,
    /// What the provider gave her.
    pub code: SecretString,
    /// What only she has, or one of her recovery codes.
    pub second_factor: Option<SecretString>,
    /// What her program calls itself.
    pub client: Option<&'a str>,
}

impl Doors {
    /// Whom members may prove themselves to.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.providers
    }

    /// Sends somebody to a provider.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn begin_oidc_sign_in(&self, provider: &str) -> Result<Begun, Shut> {
        let (key, provider) = self.providers.find(provider).ok_or(Shut::NoProvider)?;
        let (pair, question) = (Pair::new(), Question::new(key.as_str()));
        let asked = question.asked(provider, &pair);
        let url = provider.issuer.authorization_url(&asked).await.map_err(|failure| shut(key, failure))?;
        waiting::begin(&self.pool, &self.keys, &pair, &question).await?;
        Ok(Begun { authorization_url: url, browser: pair.browser })
    }

    /// Lets in whoever has the address that the provider says. With a second factor she comes twice: it is not known before
    /// that she has one, and the provider's code counts once.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn finish_oidc_sign_in(&self, back: CameBack<'_>) -> Result<Tokens, Shut> {
        let CameBack { provider, state, browser, code, second_factor, client } = back;
        let (key, provider) = self.providers.find(provider).ok_or(Shut::NoProvider)?;
        if !is_code(code.expose_secret()) {
            return Err(Shut::BeginAgain);
        }
        let pair = Pair { state, browser: browser.ok_or(Shut::BeginAgain)? };
        let waiting = waiting::find(&self.pool, &self.keys, &pair).await?.ok_or(Shut::BeginAgain)?;
        let (known, waits) = match waiting.stage {
            // What was asked of one provider is not answered by another.
            Stage::Away(question) if question.provider != key.as_str() => return Err(Shut::BeginAgain),
            Stage::Away(question) => {
                if !waiting::use_up(&mut *self.pool.acquire().await?, waiting.id).await? {
                    return Err(Shut::BeginAgain);
                }
                let asked = question.asked(provider, &pair);
                let said = provider.issuer.address(&code, &asked, waiting.now).await;
                let known = self.proven(provider, &said.map_err(|failure| shut(key, failure))?).await?;
                let waits = if known.has_second_factor {
                    let member = (known.tenant, known.member);
                    Some(waiting::wait_for_code(&self.pool, &pair, member, waiting.expires_at).await?)
                } else {
                    None
                };
                (known, waits)
            }
            Stage::Proven(member) => (self.known(member).await?.ok_or(Shut::Wrong)?, Some(waiting.id)),
        };
        if known.has_second_factor {
            self.prove_second_factor(known.member, &second_factor.ok_or(Shut::CodeNeeded)?).await?;
        }
        let mut tx = self.pool.begin().await?;
        if let Some(id) = waits
            && !waiting::use_up(&mut tx, id).await?
        {
            return Err(Shut::BeginAgain);
        }
        let begun = session::begin(&mut tx, (known.tenant, known.member), client).await?;
        tx.commit().await?;
        self.tokens(begun).await
    }

    /// Whoever signs in with the address that `provider` says. One that it has no say about is nobody's.
    async fn proven(&self, provider: &Provider, said: &str) -> Result<Known, Shut> {
        let address = EmailAddress::parse(said).map_err(|_| Shut::NotVouchedFor)?;
        if !provider.domains.have(&address) {
            return Err(Shut::NotVouchedFor);
        }
        self.with_address(&address).await?.ok_or(Shut::Wrong)
    }
}

impl Question {
    fn asked<'a>(&'a self, provider: &'a Provider, pair: &'a Pair) -> Asked<'a> {
        let Self { nonce, verifier, .. } = self;
        Asked { state: &pair.state, nonce, verifier, redirect_uri: &provider.redirect_uri }
    }
}

/// Whether a provider can have given this (RFC 6749, appendix A.11: what can be printed). Asked about anything else, it would
/// refuse us, and the log would say that nobody can sign in with it.
fn is_code(text: &str) -> bool {
    (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// What a provider's answer means for whoever stands before the door. Why is for the operator.
fn shut(key: &OidcKey, failure: Failure) -> Shut {
    match failure {
        Failure::Unavailable(_) => {
            tracing::error!(provider = %key, error = %failure, "auth.oidc: nobody can sign in with {key} now");
            Shut::ProviderUnavailable
        }
        Failure::Unproven(_) => {
            tracing::warn!(provider = %key, error = %failure, "auth.oidc: what {key} says of somebody is not believed");
            Shut::NotVouchedFor
        }
        Failure::NoAddress(_) => {
            tracing::info!(provider = %key, error = %failure, "auth.oidc: {key} does not vouch for somebody's address");
            Shut::NotVouchedFor
        }
        Failure::CodeNotGood => Shut::BeginAgain,
    }
}
