//! Whoever comes in by what a provider says, or would like to.

use leadflow_gateways::oidc::simulator::{Answer as Plan, CONFIGURATION, IssuerSimulator, KEYS, Key, TOKEN};
use leadflow_projections::people::SCHEMA;
use reqwest::header::{COOKIE, ORIGIN};
use serde_json::{Value, json};
use url::Url;

use super::{Answer, Bed, TOKENS, UNLIMITED, mutation};

const ADA: &str = "ada@desk.example";
const NOBODY: &str = "nobody@desk.example";
const PAGE: &str = "https://desk.example";
const BEGUN: &str = "authorizationUrl browserToken userErrors { code field }";

/// What somebody has who is at a provider.
struct Away {
    url: Url,
    browser: Value,
}

/// A process whose people may sign in with two providers.
pub(super) struct Desk {
    pub(super) bed: Bed,
    issuer: IssuerSimulator,
    other: IssuerSimulator,
}

impl Desk {
    pub(super) async fn new() -> Self {
        Self::with(&[]).await
    }

    async fn with(more: &[(&'static str, &str)]) -> Self {
        let now = i64::try_from(jsonwebtoken::get_current_timestamp()).unwrap();
        let issuer = IssuerSimulator::start("desk", "s3cret of id", now).await.unwrap();
        let other = IssuerSimulator::start("desk", "s3cret of other", now).await.unwrap();
        let variables = [
            ("LEADFLOW_OIDC__ID__ISSUER", issuer.url()),
            ("LEADFLOW_OIDC__ID__CLIENT_ID", "desk"),
            ("LEADFLOW_OIDC__ID__CLIENT_SECRET", "s3cret of id"),
            ("LEADFLOW_OIDC__ID__DOMAINS", "desk.example"),
            ("LEADFLOW_OIDC__ID__NAME", "Desk ID"),
            ("LEADFLOW_OIDC__OTHER__ISSUER", other.url()),
            ("LEADFLOW_OIDC__OTHER__CLIENT_ID", "desk"),
            ("LEADFLOW_OIDC__OTHER__CLIENT_SECRET", "s3cret of other"),
            ("LEADFLOW_OIDC__OTHER__DOMAINS", "*"),
            ("LEADFLOW_PUBLIC_URL", PAGE),
            ("LEADFLOW_ALLOWED_ORIGINS", PAGE),
        ];
        let bed = Bed::with(&[UNLIMITED.as_slice(), &variables, more].concat()).await;
        Self { bed, issuer, other }
    }

    async fn begin(&self, provider: &str) -> Answer {
        self.bed.ask(None, &mutation("beginOidcSignIn", BEGUN), &json!({ "provider": provider })).await
    }

    async fn goes_to(&self, provider: &str) -> Away {
        let begun = self.begin(provider).await;
        let url = begun.payload()["authorizationUrl"].as_str().unwrap_or_else(|| panic!("not begun: {}", begun.body));
        Away { url: url.parse().unwrap(), browser: begun.payload()["browserToken"].clone() }
    }

    /// What the page says that a browser is sent back to.
    fn back(away: &Away, issuer: &IssuerSimulator, address: &str) -> Value {
        let back = issuer.signs_in(&away.url, address).unwrap();
        let provider = back.path().strip_prefix("/sign-in/with/").unwrap();
        let mut input = json!({ "provider": provider, "browserToken": away.browser });
        for (name, value) in back.query_pairs() {
            input[&*name] = json!(value);
        }
        input
    }

    /// What somebody says who has been at the first provider as `address`.
    pub(super) async fn been_away(&self, address: &str) -> Value {
        Self::back(&self.goes_to("id").await, &self.issuer, address)
    }

    pub(super) async fn finish(&self, input: &Value) -> Answer {
        self.bed.ask(None, &mutation("finishOidcSignIn", TOKENS), input).await
    }

    async fn signs_in(&self, address: &str) -> Answer {
        self.finish(&self.been_away(address).await).await
    }

    /// How many sign-ins wait.
    async fn waiting(&self) -> i64 {
        sqlx::query_scalar("select count(*) from oidc_sign_ins").fetch_one(&self.bed.owner).await.unwrap()
    }
}

fn with(input: &Value, (name, value): (&str, Value)) -> Value {
    let mut input = input.clone();
    input[name] = value;
    input
}

#[tokio::test]
async fn a_member_signs_in_by_what_a_provider_says_and_with_her_second_factor() {
    let desk = Desk::new().await;
    let ada = desk.bed.owner_of_a_business(ADA).await;
    let providers = desk.bed.ask(None, "query { oidcProviders { key name } }", &Value::Null).await;
    let expected = json!([{ "key": "id", "name": "Desk ID" }, { "key": "other", "name": "other" }]);
    assert_eq!(providers.payload(), &expected, "whoever has no token may ask");

    let back = desk.been_away("Ada@Desk.Example").await;
    let tokens = desk.finish(&back).await.tokens();
    assert!(desk.bed.is_in(&tokens.access).await);
    assert_eq!(desk.bed.refresh(&tokens.refresh).await.code(), "none", "it is a session like any other");
    assert_eq!(desk.finish(&back).await.code(), "BEGIN_AGAIN", "it counts once");

    let (totp, _) = desk.bed.enable_second_factor(&ada.access).await;
    let back = desk.been_away(ADA).await;
    assert_eq!(desk.finish(&back).await.code(), "SECOND_FACTOR_NEEDED");
    let with_code = |code: &str| with(&back, ("secondFactorCode", json!(code)));
    assert_eq!(desk.finish(&with_code("000000")).await.code(), "WRONG_CREDENTIALS");
    let elsewhere = with(&with_code("000000"), ("browserToken", desk.goes_to("id").await.browser));
    assert_eq!(desk.finish(&elsewhere).await.code(), "BEGIN_AGAIN", "nor does anybody else come to guess");
    let code = desk.bed.code(&totp, 1).await;
    assert!(desk.bed.is_in(&desk.finish(&with_code(&code)).await.tokens().access).await);
    assert_eq!(desk.finish(&with_code(&code)).await.code(), "BEGIN_AGAIN");
    assert_eq!(desk.issuer.requests(TOKEN), 2, "a provider's code is exchanged once");
    assert_eq!(desk.waiting().await, 1, "of all but one nothing is left");
    desk.bed.stop().await;
}

#[tokio::test]
async fn what_can_be_no_code_is_shown_to_no_provider_and_uses_nothing_up() {
    let desk = Desk::new().await;
    desk.bed.owner_of_a_business(ADA).await;
    let back = desk.been_away(ADA).await;
    for code in [String::new(), "x".repeat(2_049), "a\nb".to_owned(), "\u{e9}".to_owned()] {
        let refused = desk.finish(&with(&back, ("code", json!(code)))).await;
        assert_eq!((refused.code(), desk.waiting().await), ("BEGIN_AGAIN", 1), "{code:?}");
    }
    assert_eq!(desk.finish(&back).await.code(), "none");
    desk.bed.stop().await;
}

#[tokio::test]
async fn what_was_begun_is_finished_by_who_began_it_with_whom_it_was_begun() {
    let desk = Desk::new().await;
    desk.bed.owner_of_a_business(ADA).await;
    let (back, others) = (desk.been_away(ADA).await, desk.been_away(ADA).await);
    for wrong in [
        ("browserToken", others["browserToken"].clone()),
        ("browserToken", json!("lfb_made_up")),
        ("browserToken", Value::Null),
        ("state", others["state"].clone()),
        ("state", json!("lfo_made_up")),
        ("provider", json!("other")),
    ] {
        assert_eq!(desk.finish(&with(&back, wrong.clone())).await.code(), "BEGIN_AGAIN", "{wrong:?}");
    }
    assert_eq!((desk.issuer.requests(TOKEN), desk.other.requests(TOKEN)), (0, 0), "no provider is asked");
    // A code that was given in another browser, or by another provider, is put to what was begun here.
    let code = desk.finish(&with(&back, ("code", others["code"].clone()))).await;
    assert_eq!(code.code(), "BEGIN_AGAIN");
    assert_eq!(desk.finish(&back).await.code(), "BEGIN_AGAIN", "and what was begun is over");
    assert_eq!(desk.finish(&with(&back, ("provider", json!("nobody")))).await.code(), "INVALID");
    assert_eq!(desk.begin("nobody").await.code(), "INVALID");
    let late = desk.been_away(ADA).await;
    sqlx::query("update oidc_sign_ins set expires_at = clock_timestamp()").execute(&desk.bed.owner).await.unwrap();
    assert_eq!(desk.finish(&late).await.code(), "BEGIN_AGAIN", "it is over after a time");
    assert_eq!(desk.signs_in(ADA).await.code(), "none", "the control");
    desk.bed.stop().await;
}

#[tokio::test]
async fn whom_no_provider_vouches_for_or_nobody_knows_stays_outside() {
    let desk = Desk::new().await;
    desk.bed.owner_of_a_business(ADA).await;
    for claims in [
        json!({ "email_verified": false }),
        json!({ "email": null }),
        json!({ "email": "ada@elsewhere.example" }),
        json!({ "email": "no address" }),
        json!({ "aud": "others" }),
        json!({ "iss": desk.other.url() }),
        json!({ "exp": 1_700_000_000 }),
        json!({ "nonce": null }),
    ] {
        desk.issuer.says(&claims);
        assert_eq!(desk.signs_in(ADA).await.code(), "NOT_VOUCHED_FOR", "{claims}");
    }
    desk.issuer.says(&json!({}));
    for key in [None, Some(Key::ed25519(7).unwrap()), Some(Key::ed25519(7).unwrap().called("key-1"))] {
        desk.issuer.signs_with(key.clone());
        assert_eq!(desk.signs_in(ADA).await.code(), "NOT_VOUCHED_FOR", "{key:?}");
    }
    let newer = Key::ed25519(2).unwrap();
    desk.issuer.publishes([newer.clone()]);
    desk.issuer.signs_with(Some(newer));
    assert_eq!(desk.signs_in(ADA).await.code(), "none", "the control, with the issuer's next key");

    let unknown = desk.signs_in(NOBODY).await;
    assert_eq!(unknown.code(), "WRONG_CREDENTIALS");
    let sql = format!("update {SCHEMA}.members set state = 'DEACTIVATED'");
    sqlx::query(&sql).execute(&desk.bed.owner).await.unwrap();
    assert_eq!(desk.signs_in(ADA).await.payload(), unknown.payload(), "who was put out is nobody");
    desk.bed.stop().await;
}

#[tokio::test]
async fn a_provider_that_is_not_there_leaves_nothing_half_done() {
    let desk = Desk::with(&[("LEADFLOW_LIMITS__LOGIN", "5/1h")]).await;
    desk.bed.owner_of_a_business(ADA).await;
    let broken = || Plan::Other { status: 502, body: "<html>Bad gateway</html>".to_owned(), location: None };
    desk.issuer.answers(CONFIGURATION, broken());
    assert_eq!(desk.begin("id").await.code(), "PROVIDER_UNAVAILABLE");
    assert_eq!(desk.waiting().await, 0);
    for place in [TOKEN, KEYS] {
        desk.issuer.answers(place, broken());
        let back = desk.been_away(ADA).await;
        assert_eq!(desk.finish(&back).await.code(), "PROVIDER_UNAVAILABLE", "{place}");
        assert_eq!((desk.finish(&back).await.code(), desk.waiting().await), ("BEGIN_AGAIN", 0));
    }
    assert_eq!(desk.signs_in(ADA).await.code(), "none", "it is back");
    // Verifying her address was one, and beginning four times.
    assert_eq!(desk.begin("id").await.code(), "RATE_LIMITED", "one network begins so often");
    desk.bed.stop().await;
}

#[tokio::test]
async fn a_page_s_browser_keeps_what_shows_that_it_is_the_same() {
    let desk = Desk::new().await;
    desk.bed.owner_of_a_business(ADA).await;
    let page = |name: &str, selection: &str, input: &Value, cookies: &str| {
        let request = desk.bed.request(None, &mutation(name, selection), input);
        request.header(ORIGIN, PAGE).header("x-leadflow-session", "cookies").header(COOKIE, cookies)
    };
    let begun = desk.bed.send(page("beginOidcSignIn", BEGUN, &json!({ "provider": "id" }), "")).await;
    assert_eq!(begun.payload()["browserToken"], Value::Null, "no script sees it");
    let [cookie] = begun.cookies()[..] else { panic!("one cookie: {:?}", begun.cookies()) };
    assert!(cookie.starts_with("__Host-leadflow-browser=lfb_") && cookie.ends_with("SameSite=Strict; Max-Age=600"));
    let url = begun.payload()["authorizationUrl"].as_str().unwrap().parse().unwrap();
    let back = Desk::back(&Away { url, browser: Value::Null }, &desk.issuer, ADA);
    let elsewhere = desk.bed.send(page("finishOidcSignIn", TOKENS, &back, "__Host-leadflow-browser=lfb_x")).await;
    assert_eq!(elsewhere.code(), "BEGIN_AGAIN");
    let kept = cookie.split(';').next().unwrap();
    let finished = desk.bed.send(page("finishOidcSignIn", TOKENS, &back, kept)).await;
    assert_eq!((finished.code(), &finished.payload()["tokens"]), ("none", &Value::Null));
    let [over, access, refresh] = finished.cookies()[..] else { panic!("{:?}", finished.cookies()) };
    assert!(over.starts_with("__Host-leadflow-browser=;") && over.ends_with("Max-Age=0"));
    assert!(access.starts_with("__Host-leadflow-access=") && refresh.starts_with("__Host-leadflow-refresh="));
    desk.bed.stop().await;
}
