//! What opens a door is in no line of the log, however closely it is watched, and in no event.

use serde_json::json;
use tracing::Level;

use super::oidc::Desk;
use super::{PASSWORD, mutation};
use crate::testing::Log;

const ADA: &str = "ada.lovelace@desk.example";

/// All of the process is on this thread, but for what hashes passwords.
#[tokio::test]
async fn no_password_token_or_code_is_written_anywhere() {
    let log = Log::watch(Level::TRACE);

    let desk = Desk::new().await;
    let bed = &desk.bed;
    bed.register(ADA).await;
    let link = bed.link_to(ADA).await;
    let first = bed.verify(&link).await.tokens();
    let (totp, recovery) = bed.enable_second_factor(&first.access).await;
    let code = bed.code(&totp, 1).await;
    let second = bed.sign_in(ADA, PASSWORD, Some(&code)).await.tokens();
    bed.sign_in(ADA, "a password that is wrong", Some(&recovery[0])).await;
    bed.sign_in(ADA, PASSWORD, Some("918273")).await;
    let third = bed.refresh(&second.refresh).await.tokens();
    bed.refresh(&second.refresh).await;
    bed.viewer(&third.access).await;
    bed.viewer("forged.token.here").await;
    let forgotten = mutation("requestPasswordReset", "userErrors { code }");
    bed.ask(None, &forgotten, &json!({ "email": ADA })).await;
    let reset_link = bed.link_to(ADA).await;
    let reset = mutation("resetPassword", "userErrors { code }");
    bed.ask(None, &reset, &json!({ "token": reset_link, "password": "a password that is new" })).await;
    let back = desk.been_away(ADA).await;
    desk.finish(&back).await;
    let mut with_code = back.clone();
    with_code["secondFactorCode"] = serde_json::Value::from(recovery[1].as_str());
    let fourth = desk.finish(&with_code).await.tokens();
    let said = |name: &str| back[name].as_str().unwrap().to_owned();
    let (state, browser, oidc_code) = (said("state"), said("browserToken"), said("code"));
    let events: Vec<String> =
        sqlx::query_scalar("select payload::text || metadata::text from events").fetch_all(&bed.owner).await.unwrap();
    desk.bed.stop().await;

    let written = log.text();
    assert!(written.contains("auth.renew") && written.lines().count() > 100, "the log was watched: {written}");
    let secret = totp.get_secret_base32();
    let secrets = [
        PASSWORD,
        "a password that is wrong",
        "a password that is new",
        &link,
        &reset_link,
        &first.access,
        &first.refresh,
        &second.access,
        &second.refresh,
        &third.access,
        &third.refresh,
        &secret,
        &code,
        "918273",
        &recovery[0],
        &recovery[1],
        &fourth.access,
        &fourth.refresh,
        &state,
        &browser,
        &oidc_code,
        "s3cret of id",
        "forged.token.here",
    ];
    for secret in secrets {
        let line = written.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is in the log: {line:?}");
        assert!(!events.iter().any(|event| event.contains(secret)), "{secret} is in an event");
    }
    assert!(!written.contains(ADA), "nor is her address");
}
