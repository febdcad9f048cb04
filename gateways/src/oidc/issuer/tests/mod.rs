//! An issuer is asked over HTTP, as it is played.

mod hostile;
mod keys;

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::{Asked, Cached, Client, Issuer};
use crate::oidc::simulator::{Answer, CONFIGURATION, IssuerSimulator, KEYS, TOKEN};
use crate::oidc::{Failure, IssuerUrl};

const NOW: i64 = 1_800_000_000;
const ADA: &str = "ada@example.com";

/// What would be another one, if it were not encoded.
const SECRET: &str = "s3cret:+ %&=";

/// An issuer, and what we ask it for.
struct Bed {
    simulator: IssuerSimulator,
    issuer: Issuer,
    state: SecretString,
    nonce: SecretString,
    verifier: SecretString,
    redirect_uri: Url,
}

impl Bed {
    async fn new() -> Self {
        let simulator = IssuerSimulator::start("desk", SECRET, NOW).await.unwrap();
        let client = Client { id: "desk".to_owned(), secret: SECRET.into() };
        let issuer = Issuer::new(IssuerUrl::parse(simulator.url()).unwrap(), client).unwrap();
        Self {
            simulator,
            issuer,
            state: "state".into(),
            nonce: "nonce".into(),
            // Of RFC 7636, appendix B, as is its challenge below.
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into(),
            redirect_uri: Url::parse("https://desk.example/sign-in/with/id").unwrap(),
        }
    }

    fn asked(&self) -> Asked<'_> {
        let Self { state, nonce, verifier, redirect_uri, .. } = self;
        Asked { state, nonce, verifier, redirect_uri }
    }

    /// What Ada comes back with.
    async fn code(&self) -> SecretString {
        let url = self.issuer.authorization_url(&self.asked()).await.unwrap();
        let back = self.simulator.signs_in(&url, ADA).unwrap();
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned().into()
    }

    async fn address(&self) -> Result<String, Failure> {
        self.issuer.address(&self.code().await, &self.asked(), NOW).await
    }
}

fn other(status: u16, body: &str, location: Option<String>) -> Answer {
    Answer::Other { status, body: body.to_owned(), location }
}

fn is_unavailable(answer: &Result<String, Failure>) -> bool {
    matches!(answer, Err(Failure::Unavailable(_)))
}

#[tokio::test]
async fn whoever_signs_in_there_is_known_by_her_address() {
    let bed = Bed::new().await;
    assert_eq!(bed.address().await.as_deref(), Ok(ADA));
    assert_eq!(bed.address().await.as_deref(), Ok(ADA));
    let asked_for = [CONFIGURATION, KEYS, TOKEN].map(|place| bed.simulator.requests(place));
    assert_eq!(asked_for, [1, 1, 2], "what is published is read once");
    let bed = Bed::new().await;
    bed.simulator.takes_no_basic();
    assert_eq!(bed.address().await.as_deref(), Ok(ADA), "we say who we are as it wants");
}

#[tokio::test]
async fn she_is_sent_away_with_all_that_protects_her() {
    let bed = Bed::new().await;
    let url = bed.issuer.authorization_url(&bed.asked()).await.unwrap();
    let said: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(
        said,
        [
            ("response_type", "code"),
            ("client_id", "desk"),
            ("redirect_uri", "https://desk.example/sign-in/with/id"),
            ("scope", "openid email"),
            ("state", "state"),
            ("nonce", "nonce"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ]
    );
}

#[tokio::test]
async fn a_code_counts_once_and_for_whoever_asked() {
    let bed = Bed::new().await;
    let code = bed.code().await;
    assert_eq!(bed.issuer.address(&code, &bed.asked(), NOW).await.as_deref(), Ok(ADA));
    assert_eq!(bed.issuer.address(&code, &bed.asked(), NOW).await, Err(Failure::CodeNotGood));
    let another = "another-verifier-of-43-characters-or-longer".into();
    let asked = Asked { verifier: &another, ..bed.asked() };
    assert_eq!(bed.issuer.address(&bed.code().await, &asked, NOW).await, Err(Failure::CodeNotGood));
    let elsewhere = Url::parse("https://evil.example/").unwrap();
    let asked = Asked { redirect_uri: &elsewhere, ..bed.asked() };
    assert_eq!(bed.issuer.address(&bed.code().await, &asked, NOW).await, Err(Failure::CodeNotGood));
    let asked = Asked { nonce: &another, ..bed.asked() };
    assert_eq!(
        bed.issuer.address(&bed.code().await, &asked, NOW).await,
        Err(Failure::Unproven("answers another question"))
    );
    assert_eq!(bed.issuer.address(&"made up".into(), &bed.asked(), NOW).await, Err(Failure::CodeNotGood));
}

#[tokio::test]
async fn who_does_not_know_us_is_for_an_operator_to_see_to() {
    let mut bed = Bed::new().await;
    bed.issuer.client.secret = "another".into();
    let told = bed.address().await;
    assert_eq!(told, Err(Failure::Unavailable("it answered 401 invalid_client".to_owned())));
}

#[tokio::test]
async fn an_issuer_that_is_not_there_is_said_to_be_so() {
    let mut bed = Bed::new().await;
    bed.issuer.patience = Duration::from_millis(200);
    for place in [CONFIGURATION, TOKEN, KEYS] {
        for answer in [Answer::Silence, other(503, "", None), other(200, "<html>Sign in</html>", None)] {
            (bed.issuer.metadata, bed.issuer.keys) = (Cached::empty(), Cached::empty());
            let code = bed.code().await;
            (bed.issuer.metadata, bed.issuer.keys) = (Cached::empty(), Cached::empty());
            bed.simulator.answers(place, answer.clone());
            let told = bed.issuer.address(&code, &bed.asked(), NOW).await;
            assert!(is_unavailable(&told), "{place} {answer:?}: {told:?}");
        }
    }
    assert_eq!(bed.address().await.as_deref(), Ok(ADA), "and it is asked again");
}
