//! Codes: what each was given for, and for whom it is exchanged.

use std::collections::HashMap;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use super::Played;
use super::claims::id_token;

/// What a code was given for.
#[derive(Debug)]
pub(super) struct Grant {
    redirect_uri: String,
    challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) address: String,
}

fn pairs(form: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(form).into_owned().collect()
}

impl Grant {
    /// What is asked for at `url`, and where it is answered.
    pub(super) fn asked_for(played: &Played, url: &Url, address: &str, code: &str) -> Result<(Self, Url), String> {
        let asked = pairs(url.query().unwrap_or_default().as_bytes());
        let said = |name: &str| asked.get(name).map(String::as_str);
        let is_ours = url.as_str().starts_with(&format!("{}/authorize?", played.url));
        for (holds, what) in [
            (is_ours, "where it is asked"),
            (said("response_type") == Some("code"), "response_type"),
            (said("client_id") == Some(&played.client_id), "client_id"),
            (said("scope").is_some_and(|scope| scope.split(' ').any(|part| part == "openid")), "scope"),
            (said("code_challenge_method") == Some("S256"), "code_challenge_method"),
        ] {
            if !holds {
                return Err(format!("{what} is wrong"));
            }
        }
        let needed = |name: &str| asked.get(name).cloned().ok_or(format!("{name} is missing"));
        let (redirect_uri, challenge) = (needed("redirect_uri")?, needed("code_challenge")?);
        let mut back = Url::parse(&redirect_uri).map_err(|error| error.to_string())?;
        back.query_pairs_mut().append_pair("code", code).append_pair("state", &needed("state")?);
        let nonce = asked.get("nonce").cloned();
        Ok((Self { redirect_uri, challenge, nonce, address: address.to_owned() }, back))
    }
}

/// What a code is exchanged for, once; or what it is called when it is not.
pub(super) fn exchanged(played: &Played, headers: &HeaderMap, body: &[u8]) -> Result<String, &'static str> {
    let form = pairs(body);
    let said = |name: &str| form.get(name).map(String::as_str);
    let takes_basic = played.seen().takes_basic;
    let client = if takes_basic { in_header(headers) } else { said("client_id").zip(said("client_secret")).map(owned) };
    if client != Some((played.client_id.clone(), played.client_secret.clone())) {
        return Err("invalid_client");
    }
    if said("grant_type") != Some("authorization_code") {
        return Err("unsupported_grant_type");
    }
    let verifier = said("code_verifier").unwrap_or_default();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    // It counts once, whatever comes of it.
    let grant = said("code").and_then(|code| played.seen().grants.remove(code)).ok_or("invalid_grant")?;
    if said("redirect_uri") != Some(&grant.redirect_uri) || grant.challenge != challenge {
        return Err("invalid_grant");
    }
    id_token(played, &grant)
}

fn owned((one, other): (&str, &str)) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

/// Who asks, as a header says it.
fn in_header(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let both = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = both.split_once(':')?;
    let decoded = |text: &str| pairs(format!("={text}").as_bytes()).remove("");
    Some((decoded(id)?, decoded(secret)?))
}
