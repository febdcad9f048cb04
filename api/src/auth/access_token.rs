//! Access tokens: JWTs (RFC 7519, as RFC 9068 profiles them) that say who somebody was a quarter of an hour ago at most. What
//! she may do now is asked with each request.

use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use leadflow_domain::MemberId;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::signing_keys::{Ring, Signer};

/// How long one is valid.
pub const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// For whom they are meant.
const AUDIENCE: &str = "leadflow";

/// The media type of an access token, which no other JWT has (RFC 9068, 2.1).
const TYPE: &str = "at+jwt";

/// The one algorithm. A token that names another is none of ours, whatever it is signed with.
const ALGORITHM: Algorithm = Algorithm::EdDSA;

/// What it says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
}

/// Whom a token names whose signature is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) member: MemberId,
    pub(super) session: Uuid,
    /// The second in which it runs out, counted from 1970. Whether it has is for the database's clock to say.
    pub(super) expires: i64,
}

/// A token of `issuer` for a member in her session.
pub(super) fn sign(
    signer: &Signer,
    issuer: &str,
    (member, session): (MemberId, Uuid),
    now: Timestamp,
) -> Result<SecretString, jsonwebtoken::errors::Error> {
    let header = Header { typ: Some(TYPE.to_owned()), kid: Some(signer.kid.clone()), ..Header::new(ALGORITHM) };
    let iat = now.as_second();
    let claims = Claims {
        iss: issuer.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: member.as_uuid(),
        sid: session,
        iat,
        exp: iat.saturating_add_unsigned(LIFETIME.as_secs()),
    };
    encode(&header, &claims, &signer.key).map(SecretString::from)
}

/// Whom `token` names, if it is one of ours.
pub(super) fn verify(ring: &Ring, issuer: &str, token: &str) -> Option<Named> {
    let header = decode_header(token).ok()?;
    let key = ring.find(header.kid.as_deref()?)?;
    if header.typ.as_deref() != Some(TYPE) {
        return None;
    }
    let mut validation = Validation::new(ALGORITHM);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    // By the database's clock, with the session.
    validation.validate_exp = false;
    let Claims { sub, sid, exp, .. } = decode::<Claims>(token, key, &validation).ok()?.claims;
    Some(Named { member: MemberId::from_uuid(sub), session: sid, expires: exp })
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::EncodingKey;
    use leadflow_event_store::testing;
    use secrecy::ExposeSecret;
    use serde_json::{Value, json};

    use super::*;
    use crate::auth::signing_keys::SigningKeys;

    const ISSUER: &str = "https://desk.example/";
    const ADA: (MemberId, Uuid) = (MemberId::from_uuid(Uuid::from_u128(1)), Uuid::from_u128(2));

    async fn ring() -> std::sync::Arc<Ring> {
        SigningKeys::new(testing::pool().await, testing::keys()).ring().await.unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn claims() -> Value {
        json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": ADA.0, "sid": ADA.1, "iat": 1_800_000_000, "exp": 1_800_000_900,
        })
    }

    fn header(signer: &Signer) -> Header {
        Header { typ: Some(TYPE.to_owned()), kid: Some(signer.kid.clone()), ..Header::new(ALGORITHM) }
    }

    fn part(value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    #[tokio::test]
    async fn a_token_names_whom_it_was_signed_for() {
        let ring = ring().await;
        let token = sign(ring.signer(), ISSUER, ADA, now()).unwrap();
        let named = Named { member: ADA.0, session: ADA.1, expires: 1_800_000_900 };
        assert_eq!(verify(&ring, ISSUER, token.expose_secret()), Some(named));
        // The control of all below: made as they are, and nothing is wrong with it.
        let alike = encode(&header(ring.signer()), &claims(), &ring.signer().key).unwrap();
        assert_eq!(verify(&ring, ISSUER, &alike), Some(named));
    }

    #[tokio::test]
    async fn what_is_said_otherwise_is_refused() {
        let ring = ring().await;
        for (claim, wrong) in [
            ("aud", json!("another")),
            ("aud", json!(["another"])),
            ("aud", Value::Null),
            ("iss", json!("https://evil.example/")),
            ("iss", Value::Null),
            ("sub", json!("ada")),
            ("sid", Value::Null),
            ("exp", json!("soon")),
            ("exp", Value::Null),
        ] {
            let mut said = claims();
            said[claim] = wrong.clone();
            let token = encode(&header(ring.signer()), &said, &ring.signer().key).unwrap();
            assert_eq!(verify(&ring, ISSUER, &token), None, "{claim}: {wrong}");
            said.as_object_mut().unwrap().remove(claim);
            let token = encode(&header(ring.signer()), &said, &ring.signer().key).unwrap();
            assert_eq!(verify(&ring, ISSUER, &token), None, "without {claim}");
        }
    }

    #[tokio::test]
    async fn what_is_signed_otherwise_is_refused() {
        let (ring, other) = (ring().await, ring().await);
        let signer = ring.signer();
        let right = encode(&header(signer), &claims(), &signer.key).unwrap();
        let (said, signature) = right.rsplit_once('.').unwrap();
        let kid = json!(signer.kid);
        let public = ring.jwks()["keys"][0]["x"].as_str().unwrap().to_owned();
        let by_public_key = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(public).unwrap());
        let by_mac = Header { alg: Algorithm::HS256, ..header(signer) };
        let with = |header: Value, signature: &str| format!("{}.{}.{signature}", part(&header), part(&claims()));
        let mut another = claims();
        another["sub"] = json!(Uuid::from_u128(9));
        let payload = part(&another);
        for (what, token) in [
            ("another's key", encode(&header(signer), &claims(), &other.signer().key).unwrap()),
            ("an unknown key", encode(&header(other.signer()), &claims(), &other.signer().key).unwrap()),
            ("our public key as a secret", encode(&by_mac, &claims(), &by_public_key).unwrap()),
            ("none", with(json!({ "alg": "none", "typ": TYPE, "kid": kid }), "")),
            ("none, with a signature", with(json!({ "alg": "none", "typ": TYPE, "kid": kid }), signature)),
            ("None", with(json!({ "alg": "None", "typ": TYPE, "kid": kid }), "")),
            ("another algorithm's name", with(json!({ "alg": "ES256", "typ": TYPE, "kid": kid }), signature)),
            ("another kind of token", {
                encode(&Header { typ: Some("JWT".to_owned()), ..header(signer) }, &claims(), &signer.key).unwrap()
            }),
            ("no key's name", encode(&Header { kid: None, ..header(signer) }, &claims(), &signer.key).unwrap()),
            ("no signature", format!("{said}.")),
            ("another's name", format!("{}.{payload}.{signature}", said.split('.').next().unwrap())),
            ("two parts", said.to_owned()),
            ("four parts", format!("{right}.x")),
            ("nothing", String::new()),
        ] {
            assert_eq!(verify(&ring, ISSUER, &token), None, "{what}");
        }
    }
}
