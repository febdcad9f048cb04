//! Whoever tries to come in by another way.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{EncodingKey, decode_header, encode};
use leadflow_event_store::Door;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Bed, PASSWORD, mutation};
use crate::mail::LetterKind;

const ADA: &str = "ada@example.com";
const NOBODY: &str = "nobody@example.com";

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session_for_whoever_has_it() {
    let bed = Bed::new().await;
    let stolen = bed.owner_of_a_business(ADA).await;
    let hers = bed.refresh(&stolen.refresh).await.tokens();
    assert_eq!(bed.refresh(&stolen.refresh).await.code(), "SESSION_ENDED");
    assert_eq!(bed.refresh(&hers.refresh).await.code(), "SESSION_ENDED");
    assert!(!bed.is_in(&hers.access).await && !bed.is_in(&stolen.access).await, "access tokens end with it");
    assert_eq!(bed.refresh("lfr_made_up").await.code(), "SESSION_ENDED", "and hear the same as one that never was");
    bed.stop().await;
}

#[tokio::test]
async fn a_token_that_is_forged_expired_or_for_others_is_refused() {
    let bed = Bed::new().await;
    let ada = bed.owner_of_a_business(ADA).await;
    let [header, claims, signature] = ada.access.split('.').collect::<Vec<_>>()[..] else { panic!("no JWT") };
    let decoded: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let told: BTreeSet<_> = decoded.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(told, BTreeSet::from(["aud", "exp", "iat", "iss", "sid", "sub"]), "nothing of what she may do");
    let with = |name: &str, value: Value| {
        let mut said = decoded.clone();
        said[name] = value;
        URL_SAFE_NO_PAD.encode(said.to_string())
    };
    let none = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": "at+jwt" }).to_string());
    for (what, token) in [
        ("claims that were changed", format!("{header}.{}.{signature}", with("sub", json!(Uuid::nil())))),
        ("another audience", format!("{header}.{}.{signature}", with("aud", json!("another")))),
        ("a longer life", format!("{header}.{}.{signature}", with("exp", json!(4_000_000_000_i64)))),
        ("no algorithm", format!("{none}.{claims}.")),
        ("no signature", format!("{header}.{claims}.")),
        ("a refresh token", ada.refresh.clone()),
        ("nothing", String::new()),
    ] {
        let answer = bed.viewer(&token).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{what}");
        // Also for what nobody may ask: whoever shows something, shows what is right.
        let input = json!({ "email": ADA, "password": PASSWORD });
        let answer = bed.ask(Some(&token), &mutation("signIn", "userErrors { code }"), &input).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
    }
    assert!(bed.is_in(&ada.access).await);
    bed.stop().await;
}

/// The claims of `access`, of which one is another, signed with the installation's own key.
async fn signed(bed: &Bed, access: &str, (claim, value): (&str, Value)) -> String {
    let (kid, sealed): (Uuid, Vec<u8>) =
        sqlx::query_as("select kid, private_key from signing_keys").fetch_one(&bed.owner).await.unwrap();
    let secret: [u8; 32] = bed.keys().open_door(Door::SigningKey, kid, &sealed).unwrap().try_into().unwrap();
    let key = SigningKey::from_bytes(&secret).to_pkcs8_der().unwrap();
    let claims = access.split('.').nth(1).unwrap();
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims[claim] = value;
    let header = decode_header(access).unwrap();
    encode(&header, &claims, &EncodingKey::from_ed_der(key.as_bytes())).unwrap()
}

#[tokio::test]
async fn a_token_with_the_right_signature_is_refused_once_it_has_run_out_and_where_it_is_for_others() {
    let bed = Bed::new().await;
    let ada = bed.owner_of_a_business(ADA).await;
    let eve = bed.owner_of_a_business("eve@example.com").await;
    let now: i64 = sqlx::query_scalar("select floor(extract(epoch from clock_timestamp()))::bigint")
        .fetch_one(&bed.owner)
        .await
        .unwrap();
    // The control: signed as it was, it is as good.
    assert!(bed.is_in(&signed(&bed, &ada.access, ("exp", json!(now + 600))).await).await);
    let hers: Value = {
        let claims = eve.access.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
    };
    for (claim, value) in [
        ("exp", json!(now - 1)),
        ("exp", json!(now - 86_400)),
        ("aud", json!("another")),
        ("iss", json!("https://evil.example/")),
        ("sub", hers["sub"].clone()),
        ("sid", hers["sid"].clone()),
        ("sid", json!(Uuid::nil())),
    ] {
        let token = signed(&bed, &ada.access, (claim, value.clone())).await;
        assert!(!bed.is_in(&token).await, "{claim}: {value}");
    }
    bed.stop().await;
}

#[tokio::test]
async fn a_session_that_ran_out_lets_nobody_in() {
    let bed = Bed::new().await;
    let ada = bed.owner_of_a_business(ADA).await;
    sqlx::query("update sessions set expires_at = clock_timestamp()").execute(&bed.owner).await.unwrap();
    assert!(!bed.is_in(&ada.access).await);
    assert_eq!(bed.refresh(&ada.refresh).await.code(), "SESSION_ENDED");
    bed.stop().await;
}

/// Each from another network, so that what is counted is the account.
async fn guess(bed: &Bed, address: &str, (password, code): (&str, Option<&str>), nth: u32) -> String {
    let input = json!({ "email": address, "password": password, "secondFactorCode": code });
    let request = bed.request(None, &mutation("signIn", "userErrors { code }"), &input);
    bed.send(request.header("x-forwarded-for", format!("203.0.113.{nth}"))).await.code().to_owned()
}

const PROXY: (&str, &str) = ("LEADFLOW_TRUSTED_PROXIES", "127.0.0.1");

#[tokio::test]
async fn who_guesses_passwords_is_held_up_by_account_and_by_network() {
    let bed = Bed::with(&[PROXY, ("LEADFLOW_LIMITS__LOGIN", "3/1h"), ("LEADFLOW_LIMITS__ACCOUNT", "3/1h")]).await;
    bed.owner_of_a_business(ADA).await;
    for address in [ADA, NOBODY] {
        let mut codes = Vec::new();
        for nth in 1..=4 {
            codes.push(guess(&bed, address, (&format!("guess number {nth}"), None), nth).await);
        }
        assert_eq!(codes, ["WRONG_CREDENTIALS", "WRONG_CREDENTIALS", "WRONG_CREDENTIALS", "RATE_LIMITED"], "{address}");
    }
    assert_eq!(guess(&bed, ADA, (PASSWORD, None), 9).await, "RATE_LIMITED", "also with the right one");
    let mut codes = Vec::new();
    for nth in 0..4 {
        codes.push(guess(&bed, &format!("{nth}@example.com"), ("guess", None), 77).await);
    }
    assert_eq!(codes[2..], ["WRONG_CREDENTIALS", "RATE_LIMITED"], "and from one network");
    bed.stop().await;
}

#[tokio::test]
async fn who_knows_a_password_can_t_try_all_codes() {
    let bed = Bed::with(&[super::UNLIMITED[0], ("LEADFLOW_LIMITS__SECOND_FACTOR", "3/1h")]).await;
    let ada = bed.owner_of_a_business(ADA).await;
    // That takes one of three.
    let (totp, _) = bed.enable_second_factor(&ada.access).await;
    for expected in ["WRONG_CREDENTIALS", "WRONG_CREDENTIALS", "RATE_LIMITED"] {
        assert_eq!(bed.sign_in(ADA, PASSWORD, Some("000000")).await.code(), expected);
    }
    let right = bed.sign_in(ADA, PASSWORD, Some(&bed.code(&totp, 1).await)).await;
    assert_eq!(right.code(), "RATE_LIMITED", "also with the right one");
    assert!(right.body["errors"][0]["extensions"]["retryAfter"].as_u64().unwrap() > 0);
    bed.stop().await;
}

#[tokio::test]
async fn a_code_counts_once() {
    let bed = Bed::new().await;
    let ada = bed.owner_of_a_business(ADA).await;
    let (totp, recovery) = bed.enable_second_factor(&ada.access).await;
    let code = bed.code(&totp, 1).await;
    bed.sign_in(ADA, PASSWORD, Some(&code)).await.tokens();
    assert_eq!(bed.sign_in(ADA, PASSWORD, Some(&code)).await.code(), "WRONG_CREDENTIALS");
    bed.sign_in(ADA, PASSWORD, Some(&recovery[0])).await.tokens();
    assert_eq!(bed.sign_in(ADA, PASSWORD, Some(&recovery[0])).await.code(), "WRONG_CREDENTIALS");
    bed.stop().await;
}

#[tokio::test]
async fn nobody_learns_who_has_an_address() {
    let bed = Bed::new().await;
    bed.owner_of_a_business(ADA).await;
    let hashed = || bed.serving.doors().passwords().hashed();

    let before = hashed();
    let wrong = bed.sign_in(ADA, "something else entirely", None).await;
    let between = hashed();
    let unknown = bed.sign_in(NOBODY, "something else entirely", None).await;
    assert_eq!((between - before, hashed() - between), (1, 1), "both cost a hash");
    assert_eq!(wrong.body["data"], unknown.body["data"]);

    let before = hashed();
    let taken = bed.register(ADA).await;
    let between = hashed();
    let free = bed.register(NOBODY).await;
    assert_eq!((between - before, hashed() - between), (1, 1));
    assert_eq!((taken.body["data"].clone(), taken.code()), (free.body["data"].clone(), "none"));
    let kinds = async |address| bed.letters(address).await.iter().map(LetterKind::name).collect::<Vec<_>>();
    assert_eq!(kinds(ADA).await[0], "already_registered", "who reads the mailbox is told");
    assert_eq!(kinds(NOBODY).await, ["verify_address"]);

    let forgotten = mutation("requestPasswordReset", "userErrors { code }");
    let known = bed.ask(None, &forgotten, &json!({ "email": ADA })).await;
    let unknown = bed.ask(None, &forgotten, &json!({ "email": "else@example.com" })).await;
    assert_eq!((known.body["data"].clone(), known.code()), (unknown.body["data"].clone(), "none"));
    assert_eq!(kinds(ADA).await[0], "password_reset");
    assert!(kinds("else@example.com").await.is_empty());
    bed.stop().await;
}

#[tokio::test]
async fn whoever_reads_the_mailbox_makes_no_business_that_somebody_else_can_open() {
    let bed = Bed::new().await;
    bed.register(ADA).await;
    let link = bed.link_to(ADA).await;
    let another = json!({ "token": link, "password": "what she herself would choose" });
    let refused = bed.ask(None, &mutation("verifyEmail", "userErrors { code }"), &another).await;
    assert_eq!(refused.code(), "WRONG_CREDENTIALS");
    let events: i64 = sqlx::query_scalar("select count(*) from events").fetch_one(&bed.owner).await.unwrap();
    assert_eq!(events, 0);
    bed.verify(&link).await.tokens();
    bed.stop().await;
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_makes_no_second_business() {
    let bed = Bed::new().await;
    bed.register(ADA).await;
    let first = bed.link_to(ADA).await;
    bed.register(ADA).await;
    let second = bed.link_to(ADA).await;
    bed.verify(&first).await.tokens();
    assert_eq!(bed.verify(&second).await.code(), "TAKEN");
    let tenants: i64 =
        sqlx::query_scalar("select count(distinct tenant_id) from events").fetch_one(&bed.owner).await.unwrap();
    assert_eq!(tenants, 1);
    bed.stop().await;
}

#[tokio::test]
async fn what_a_form_gets_wrong_is_told_and_nothing_else_is_asked() {
    let bed = Bed::new().await;
    let input = json!({ "businessName": "x", "name": "", "email": "ada\r\nBcc: eve@example.com", "password": "short" });
    let told = bed.ask(None, &mutation("register", "userErrors { code field }"), &input).await;
    let fields: Vec<_> = told.payload()["userErrors"].as_array().unwrap().iter().map(|wrong| &wrong["field"]).collect();
    assert_eq!(fields, ["businessName", "name", "email", "password"]);
    let same = json!({ "businessName": "Sofas", "name": "Ada", "email": "a.lovelace@example.com", "password": "A.Lovelace@example.com" });
    let told = bed.ask(None, &mutation("register", "userErrors { code field }"), &same).await;
    assert_eq!(told.payload()["userErrors"][0]["field"], "password");
    bed.stop().await;
}

#[tokio::test]
async fn nobody_is_executed_but_what_leads_to_a_token() {
    let bed = Bed::new().await;
    let sign_in = "signIn(input: { email: \"ada@example.com\", password: \"x\" }) { userErrors { code } }";
    for document in [
        "{ viewer { id } }".to_owned(),
        "{ __typename }".to_owned(),
        "{ __schema { types { name } } }".to_owned(),
        "mutation { signOut { userErrors { code } } }".to_owned(),
        format!("mutation {{ {sign_in} signOut {{ userErrors {{ code }} }} }}"),
        format!("mutation {{ {sign_in} __typename }}"),
        format!("mutation A {{ {sign_in} }} query B {{ viewer {{ id }} }}"),
    ] {
        let answer = bed.ask(None, &document, &Value::Null).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{document}");
    }
    assert_eq!(bed.ask(None, &format!("mutation {{ {sign_in} }}"), &Value::Null).await.code(), "WRONG_CREDENTIALS");
    bed.stop().await;
}
