//! An issuer, from our side: where people are sent, and what their code is exchanged for.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::Header;
use reqwest::{RequestBuilder, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use thiserror::Error;
use url::{Url, form_urlencoded};

use super::answer::{ask, published};
use super::cached::Cached;
use super::failure::Failure;
use super::id_token::{self, Expected};
use super::issuer_url::IssuerUrl;
use super::key_set::KeySet;
use super::metadata::Metadata;
use crate::wire;

/// How long one answer may take, and all that one call asks for. Whoever signs in waits for it.
const ONE_ANSWER: Duration = Duration::from_secs(4);
const ALL_ANSWERS: Duration = Duration::from_secs(8);

/// What is asked for: who she is, and her address.
const SCOPE: &str = "openid email";

/// What we are to an issuer.
#[derive(Debug)]
pub struct Client {
    /// What it calls us.
    pub id: String,
    /// What shows that it is we who exchange a code.
    pub secret: SecretString,
}

/// What somebody is sent away with, and comes back to.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Comes back with her, so that she finishes what she began.
    pub state: &'a SecretString,
    /// Comes back in the ID token, so that it was made for this question.
    pub nonce: &'a SecretString,
    /// Whoever exchanges the code has it, and nobody on the way (RFC 7636, 4.1: 43 to 128 unreserved characters).
    pub verifier: &'a SecretString,
    /// Where she comes back to.
    pub redirect_uri: &'a Url,
}

/// This machine's certificates can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("TLS can't be had on this machine")]
pub struct NoTls;

/// Somebody to whom people prove who they are.
#[derive(Debug)]
pub struct Issuer {
    url: IssuerUrl,
    client: Client,
    http: reqwest::Client,
    metadata: Cached<Metadata>,
    keys: Cached<KeySet>,
    patience: Duration,
}

/// What a code is exchanged for.
#[derive(Deserialize)]
struct Exchanged {
    id_token: String,
}

/// What comes with a refusal (RFC 6749, 5.2).
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Issuer {
    /// The issuer at `url`, to which we are `client`. Nothing is asked yet.
    ///
    /// # Errors
    /// [`NoTls`].
    pub fn new(url: IssuerUrl, client: Client) -> Result<Self, NoTls> {
        let http = wire::client(url.configuration())
            .timeout(ONE_ANSWER)
            .user_agent(concat!("leadflow/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| NoTls)?;
        Ok(Self { url, client, http, metadata: Cached::empty(), keys: Cached::empty(), patience: ALL_ANSWERS })
    }

    /// Where somebody is sent to prove who she is.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn authorization_url(&self, asked: &Asked<'_>) -> Result<Url, Failure> {
        let metadata = self.in_time(self.metadata()).await?;
        let mut url = metadata.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", asked.redirect_uri.as_str())
            .append_pair("scope", SCOPE)
            .append_pair("state", asked.state.expose_secret())
            .append_pair("nonce", asked.nonce.expose_secret())
            .append_pair("code_challenge", &challenge(asked.verifier))
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// The address of whoever came back with `code`. It is `now` so many seconds since 1970.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn address(&self, code: &SecretString, asked: &Asked<'_>, now: i64) -> Result<String, Failure> {
        self.in_time(async {
            let token = self.exchange(code, asked).await?;
            let token = token.expose_secret();
            let header = id_token::header(token)?;
            let keys = self.keys_for(token, &header).await?;
            let key =
                keys.find(&header).ok_or(Failure::Unproven("is signed with a key that the issuer does not have"))?;
            let (issuer, client_id, nonce) = (self.url.as_str(), &*self.client.id, asked.nonce.expose_secret());
            id_token::address(token, &header, key, Expected { issuer, client_id, nonce, now })
        })
        .await
    }

    async fn in_time<T>(&self, asking: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let elapsed = |_| Failure::unavailable("there was no answer in time");
        tokio::time::timeout(self.patience, asking).await.map_err(elapsed)?
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, Failure> {
        if let Some(known) = self.metadata.get(Instant::now()) {
            return Ok(known);
        }
        let read = published(self.http.get(self.url.configuration().clone())).await?;
        Ok(self.metadata.put(Instant::now(), Metadata::read(&self.url, &read)?))
    }

    /// The keys, with the one that `token` is signed with if there is one: a key that is not known may be newer than what is.
    /// Where none is named, that which there was may be another by now, and the signature tells.
    async fn keys_for(&self, token: &str, header: &Header) -> Result<Arc<KeySet>, Failure> {
        let is_known = |known: &Arc<KeySet>| {
            let key = known.find(header);
            key.is_some_and(|key| header.kid.is_some() || id_token::is_signed_with(token, header, key))
        };
        if let Some(known) = self.keys.get(Instant::now()).filter(is_known) {
            return Ok(known);
        }
        let at = self.metadata().await?.jwks_uri.clone();
        Ok(self.keys.put(Instant::now(), KeySet::read(&published(self.http.get(at)).await?)?))
    }

    /// What `code` is exchanged for.
    async fn exchange(&self, code: &SecretString, asked: &Asked<'_>) -> Result<SecretString, Failure> {
        let metadata = self.metadata().await?;
        let (status, body) = ask(self.exchange_of(&metadata, code, asked)?).await?;
        if status == StatusCode::OK {
            let exchanged: Exchanged = serde_json::from_slice(&body)
                .map_err(|_| Failure::unavailable("it does not answer with an ID token"))?;
            return Ok(exchanged.id_token.into());
        }
        Err(refusal(status, &body))
    }

    /// The request to exchange `code` (RFC 6749, 4.1.3).
    fn exchange_of(
        &self,
        metadata: &Metadata,
        code: &SecretString,
        asked: &Asked<'_>,
    ) -> Result<RequestBuilder, Failure> {
        let request = self
            .http
            .post(metadata.token_endpoint.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json");
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code.expose_secret())
            .append_pair("redirect_uri", asked.redirect_uri.as_str())
            .append_pair("code_verifier", asked.verifier.expose_secret());
        if metadata.takes_basic() {
            return Ok(request.header(header::AUTHORIZATION, self.client.basic()?).body(form.finish()));
        }
        form.append_pair("client_id", &self.client.id).append_pair("client_secret", self.client.secret.expose_secret());
        Ok(request.body(form.finish()))
    }
}

impl Client {
    /// What we are, in a header (RFC 6749, 2.3.1: each part is encoded first).
    fn basic(&self) -> Result<header::HeaderValue, Failure> {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let both = format!("{}:{}", encoded(&self.id), encoded(self.secret.expose_secret()));
        let mut value = header::HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(both)))
            .map_err(|_| Failure::unavailable("what we are can't be said in a header"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// What an issuer is shown of the verifier before (RFC 7636, 4.2).
fn challenge(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes()))
}

/// What a refusal means. All but one are for an operator to see to.
fn refusal(status: StatusCode, body: &[u8]) -> Failure {
    let word = serde_json::from_slice(body).ok().map(|Refusal { error }| error);
    match word.as_deref() {
        Some("invalid_grant") => Failure::CodeNotGood,
        Some(word @ ("invalid_request" | "invalid_client" | "unauthorized_client" | "unsupported_grant_type")) => {
            Failure::unavailable(format!("it answered {} {word}", status.as_u16()))
        }
        Some(_) | None => Failure::unavailable(format!("it answered {}", status.as_u16())),
    }
}
