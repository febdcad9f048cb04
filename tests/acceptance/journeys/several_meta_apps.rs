//! One installation, several Meta apps: each has its path, its secrets and its numbers.

use std::fs;

use anyhow::{Result, ensure};
use leadflow_gateways::whatsapp::signature;
use leadflow_tests::business::Business;
use leadflow_tests::installation::{APP_SECRET, Installation};
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::connection;
use leadflow_tests::server::Server;
use reqwest::StatusCode;
use serde_json::Value;

use super::begin::{Journey, text};

const ASHA: &str = "919820012346";

const CONFIGURATION: &str = r#"
webhook_aliases = true

[meta_apps.shop]
app_secret = "the shop's new secret"
app_secret_previous = "the shop's old secret"
verify_token = "the shop's token"
"#;

/// Posts `body` to `path`, signed with `secret`.
async fn post(server: &Server, path: &str, secret: &str, body: Vec<u8>) -> Result<StatusCode> {
    let signature = signature::sign(secret.as_bytes(), &body);
    let request = connection()?.post(server.url(path)).header(signature::HEADER, signature).body(body);
    Ok(request.send().await?.status())
}

async fn parked(installation: &Installation) -> Result<Vec<String>> {
    let deliveries: Vec<Value> = installation.json(&["webhooks", "list", "--only", "not-applied"]).await?;
    let notes = deliveries.iter().flat_map(|delivery| delivery["notes"].as_array().into_iter().flatten());
    Ok(notes.filter_map(Value::as_str).map(str::to_owned).collect())
}

#[tokio::test]
async fn a_number_takes_messages_from_its_own_app_alone() -> Result<()> {
    let installation = Installation::new()?;
    fs::create_dir_all(installation.data_dir())?;
    fs::write(installation.data_dir().join("leadflow.toml"), CONFIGURATION)?;
    let server = Server::start(&installation).await?;
    let of_default = Journey::begin_on(&installation, &server).await?;
    let of_shop = Journey::of(&server, Business::register(&installation).await?)?;
    move_to_shop(&installation, &of_shop.business).await?;

    let (default, shop) = ("/webhooks/whatsapp", "/webhooks/whatsapp/shop");
    let to_default = |id: &str| of_default.business.webhook(&text(ASHA, id, 0, "Hi!"));
    let to_shop = |id: &str, second| of_shop.business.webhook(&text(ASHA, id, second, "Ciao!"));

    // What another app signed is authentic, and says nothing about this number.
    assert_eq!(post(&server, shop, "the shop's new secret", to_default("strange")).await?, StatusCode::OK);
    assert_eq!(post(&server, default, APP_SECRET, to_shop("strange-too", 0)).await?, StatusCode::OK);
    eventually("both are parked", async || {
        let parked = parked(&installation).await?;
        ensure!(parked == ["messages.text: number belongs to another app"; 2], "{parked:?}");
        Ok(())
    })
    .await?;

    let foreseen: Value =
        installation.json(&["webhooks", "reprocess", "--since", "2020-01-01T00:00:00Z", "--state", "parked"]).await?;
    assert_eq!((&foreseen["deliveries"], &foreseen["changes"]), (&2.into(), &serde_json::json!([])), "{foreseen}");

    // Its own app's is taken, signed with either secret, also where another product had it.
    assert_eq!(post(&server, default, APP_SECRET, to_default("honest")).await?, StatusCode::OK);
    assert_eq!(post(&server, shop, "the shop's new secret", to_shop("new", 1)).await?, StatusCode::OK);
    assert_eq!(post(&server, shop, "the shop's old secret", to_shop("old", 2)).await?, StatusCode::OK);
    assert_eq!(
        post(&server, "/api/webhooks/meta/shop", "the shop's new secret", to_shop("alias", 3)).await?,
        StatusCode::OK
    );
    of_default.shows(&[text(ASHA, "honest", 0, "Hi!")]).await?;
    let texts = [("new", 1), ("old", 2), ("alias", 3)].map(|(id, second)| text(ASHA, id, second, "Ciao!"));
    of_shop.shows(&texts).await?;

    // Nobody else's secret, and no app that there is not.
    assert_eq!(post(&server, shop, APP_SECRET, to_shop("forged", 4)).await?, StatusCode::UNAUTHORIZED);
    assert_eq!(post(&server, "/webhooks/whatsapp/other", APP_SECRET, to_shop("lost", 4)).await?, StatusCode::NOT_FOUND);
    let refused: Value = connection()?.get(server.url("/health")).send().await?.json().await?;
    assert_eq!(refused["refusedWebhooks"], serde_json::json!({"signature": 1, "unknownApp": 1}));
    server.stop().await
}

/// Connects the business's number anew, under the app `shop`.
async fn move_to_shop(installation: &Installation, business: &Business) -> Result<()> {
    let display = format!("+{}", business.number.display_phone);
    let arguments = ["channel", "add-whatsapp", "--app", "shop", "--tenant", &business.tenant];
    let number = ["--phone-number-id", &business.number.phone_number_id, "--waba-id", &business.number.waba_id];
    let again = [&arguments[..], &number, &["--display-phone", &display]].concat();
    let connected: Value = installation.json(&again).await?;
    assert_eq!(connected["channelId"], business.channel, "a number that moves keeps its channel");
    let channels: Vec<Value> = installation.json(&["channel", "list", "--tenant", &business.tenant]).await?;
    assert_eq!(channels[0]["app"], "shop");
    Ok(())
}

#[tokio::test]
async fn a_key_that_nobody_configured_is_told_and_one_that_can_t_be_is_refused() -> Result<()> {
    let installation = Installation::new()?;
    let tenant: Value = installation.json(&["tenant", "create", "--name", "Shop"]).await?;
    let tenant = tenant["tenantId"].as_str().unwrap_or_default().to_owned();
    let add = ["channel", "add-whatsapp", "--tenant", &tenant, "--phone-number-id", "1", "--waba-id", "2"];
    let under = |app| [&add[..], &["--display-phone", "+39 02 1", "--app", app]].concat();
    let told = installation.leadflow(&under("shop")).await?.succeeded()?;
    assert!(told.stderr.contains("[meta_apps.shop] is not in this configuration"), "{}", told.stderr);
    let refused = installation.leadflow(&under("Shop 2")).await?.refused()?;
    assert!(refused.stderr.contains("the key of a Meta app"), "{}", refused.stderr);
    Ok(())
}
