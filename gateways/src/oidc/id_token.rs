//! ID tokens (Core 1.0, 2 and 3.1.3.7): what an issuer says of somebody, and when it is believed.

use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;

use super::failure::Failure;
use super::issuer_url::GOOGLE;

/// What one may be signed with: what every issuer has to offer, and what is better. None of them takes what both sides know.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 60;

/// Who is to have said it to whom, and when that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// Seconds since 1970.
    pub(super) now: i64,
}

/// What is said.
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    hd: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Whether it is said to `client_id`. Where others are told too, it must be us who asked.
    fn is(&self, client_id: &str, asked_by: Option<&str>) -> bool {
        match self {
            Self::One(one) => one == client_id,
            Self::Several(several) => match &several[..] {
                [one] => one == client_id,
                several => several.iter().any(|one| one == client_id) && asked_by == Some(client_id),
            },
        }
    }
}

/// The header of `token`, if it may be signed as it says.
pub(super) fn header(token: &str) -> Result<Header, Failure> {
    let header = decode_header(token).map_err(|_| Failure::Unproven("can't be read, or is not signed"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Failure::Unproven("is signed by an algorithm that is not taken"));
    }
    if header.crit.is_some() {
        return Err(Failure::Unproven("asks for what is not known here"));
    }
    Ok(header)
}

/// Whether `token` is signed with this key.
pub(super) fn is_signed_with(token: &str, header: &Header, key: &DecodingKey) -> bool {
    let parts = token.rsplit_once('.');
    parts.is_some_and(|(said, signature)| verify(signature, said.as_bytes(), key, header.alg).unwrap_or(false))
}

/// The address of whom `token` names, if all of it is as it has to be.
pub(super) fn address(
    token: &str,
    header: &Header,
    key: &DecodingKey,
    expected: Expected<'_>,
) -> Result<String, Failure> {
    let mut validation = Validation::new(header.alg);
    // What it says is judged below, by the clock that is passed in.
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let claims = decode::<Claims>(token, key, &validation)
        .map_err(|_| Failure::Unproven("is not signed with the issuer's key, or does not say all that it has to"))?
        .claims;
    claims.judged(expected)?;
    claims.address()
}

impl Claims {
    fn judged(&self, expected: Expected<'_>) -> Result<(), Failure> {
        let Expected { issuer, client_id, nonce, now } = expected;
        let by = self.azp.as_deref();
        for (holds, reason) in [
            (self.iss == issuer, "is another issuer's"),
            (self.aud.is(client_id, by) && by.is_none_or(|by| by == client_id), "is meant for somebody else"),
            (self.exp > now.saturating_sub(LEEWAY), "is over"),
            (self.iat < now.saturating_add(LEEWAY), "is of the future"),
            (self.nonce.as_deref() == Some(nonce), "answers another question"),
        ] {
            if !holds {
                return Err(Failure::Unproven(reason));
            }
        }
        Ok(())
    }

    fn address(self) -> Result<String, Failure> {
        let Some(address) = self.email else { return Err(Failure::NoAddress("it names none")) };
        if self.email_verified != Some(true) {
            return Err(Failure::NoAddress("it is not verified"));
        }
        // Google once saw that she reads the mailbox; whether she still does, it knows of those alone that it has.
        if self.iss == GOOGLE && self.hd.is_none() && !address.to_lowercase().ends_with("@gmail.com") {
            return Err(Failure::NoAddress("Google does not have the mailbox"));
        }
        Ok(address)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn judged(issuer: &str, changes: &[(&str, Value)]) -> Result<String, Failure> {
        let mut claims = json!({
            "iss": issuer, "aud": "us", "sub": "1", "exp": NOW + 300, "iat": NOW, "nonce": "n",
            "email": "ada@example.com", "email_verified": true,
        });
        for (name, value) in changes {
            claims[*name] = value.clone();
        }
        let claims: Claims = serde_json::from_value(claims).map_err(|_| Failure::Unproven("can't be read"))?;
        claims.judged(Expected { issuer: "https://id.example", client_id: "us", nonce: "n", now: NOW })?;
        claims.address()
    }

    fn judged_here(changes: &[(&str, Value)]) -> Result<String, Failure> {
        judged("https://id.example", changes)
    }

    #[test]
    fn what_is_said_to_us_now_is_believed() {
        for fine in [
            &[][..],
            &[("aud", json!(["us"]))],
            &[("aud", json!(["others", "us"])), ("azp", json!("us"))],
            &[("azp", json!("us"))],
            &[("exp", json!(NOW - 59))],
            &[("iat", json!(NOW + 59))],
        ] {
            assert_eq!(judged_here(fine).as_deref(), Ok("ada@example.com"), "{fine:?}");
        }
    }

    #[test]
    fn what_is_said_to_others_at_another_time_or_to_another_question_is_not() {
        for wrong in [
            ("iss", json!("https://id.example/")),
            ("iss", json!(["https://id.example"])),
            ("aud", json!("others")),
            ("aud", json!([])),
            ("aud", json!(["us", "others"])),
            ("aud", Value::Null),
            ("azp", json!("others")),
            ("exp", json!(NOW - 60)),
            ("exp", Value::Null),
            ("iat", json!(NOW + 60)),
            ("iat", Value::Null),
            ("nonce", json!("m")),
            ("nonce", Value::Null),
        ] {
            assert!(matches!(judged_here(std::slice::from_ref(&wrong)), Err(Failure::Unproven(_))), "{wrong:?}");
        }
    }

    #[test]
    fn an_address_is_hers_once_the_issuer_has_seen_so() {
        for wrong in [("email", Value::Null), ("email_verified", json!(false)), ("email_verified", Value::Null)] {
            assert!(matches!(judged_here(std::slice::from_ref(&wrong)), Err(Failure::NoAddress(_))), "{wrong:?}");
        }
        assert!(judged_here(&[("email_verified", json!("true"))]).is_err(), "a text is not true");
    }

    #[test]
    fn google_is_believed_about_mailboxes_that_it_has() {
        let judged_of_google = |changes: &[(&str, Value)]| {
            let mut claims = json!({
                "iss": GOOGLE, "aud": "us", "exp": NOW + 300, "iat": NOW, "nonce": "n", "email_verified": true,
            });
            for (name, value) in changes {
                claims[*name] = value.clone();
            }
            serde_json::from_value::<Claims>(claims).unwrap().address()
        };
        assert!(judged_of_google(&[("email", json!("Ada@Gmail.com"))]).is_ok());
        assert!(judged_of_google(&[("email", json!("ada@example.com")), ("hd", json!("example.com"))]).is_ok());
        for address in ["ada@example.com", "ada@gmail.com.evil.example", "ada@notgmail.com"] {
            assert!(judged_of_google(&[("email", json!(address))]).is_err(), "{address}");
        }
    }
}
