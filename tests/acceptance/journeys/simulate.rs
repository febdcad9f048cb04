use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::PATIENCE;
use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::begin::{Journey, shared};

#[tokio::test]
async fn without_meta_a_customer_writes_to_the_server_and_messages_are_taken() -> Result<()> {
    let shared = shared().await?;
    let number = Journey::begin().await?.business.number;
    let mut command = Command::from(shared.installation.command()?);
    command
        .args(["simulate", "--listen", "127.0.0.1:0", "--by-hand", "--webhook"])
        .arg(shared.server.url("/webhooks/whatsapp"))
        .args(["--number", &format!("{}:{}:{}", number.phone_number_id, number.waba_id, number.display_phone)])
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut simulator = command.spawn()?;
    let mut lines = BufReader::new(simulator.stdout.take().context("its output")?).lines();
    let mut printed = Vec::new();
    let ends = async {
        while let Some(line) = lines.next_line().await? {
            let is_last = line.starts_with("Stop");
            printed.push(line);
            if is_last {
                return Ok(());
            }
        }
        anyhow::bail!("it ended")
    };
    tokio::time::timeout(PATIENCE, ends).await.context("it says how it is used")??;
    let after = |heading: &str| -> Result<String> {
        let line = printed.iter().find_map(|line| line.strip_prefix(heading));
        let word = line.and_then(|line| line.split_whitespace().next());
        word.map(str::to_owned).with_context(|| format!("no {heading} in {printed:?}"))
    };
    let (url, token) = (after("Graph API")?, after("Access token")?);

    let client = Client::builder().no_proxy().build()?;
    let writes = json!({ "number": number.phone_number_id, "phone": "+16505551234", "name": "Ada", "text": "Hello" });
    let written = client.post(format!("{url}/_simulator/customers")).json(&writes).send().await?;
    let written: Value = written.error_for_status()?.json().await?;
    assert_eq!(written["posted"], json!({ "answered": 200 }), "the server takes what the simulator signs");

    let message =
        json!({ "messaging_product": "whatsapp", "to": "+16505551234", "type": "text", "text": { "body": "Hi" } });
    let at = format!("{url}/v24.0/{}/messages", number.phone_number_id);
    let sent = client.post(at).bearer_auth(token).json(&message).send().await?;
    ensure!(sent.status().is_success(), "{}", sent.text().await?);
    let accepted = client.get(format!("{url}/_simulator/accepted")).send().await?.json::<Value>().await?;
    assert_eq!(accepted[0]["body"], message);

    let pid = simulator.id().and_then(|id| Pid::from_raw(id.cast_signed())).context("it runs")?;
    kill_process(pid, Signal::INT)?;
    let ended = tokio::time::timeout(PATIENCE, simulator.wait()).await.context("it ends when it is asked to")??;
    assert!(ended.success(), "{ended}");
    Ok(())
}

#[tokio::test]
async fn what_can_not_be_simulated_is_refused_and_says_why() -> Result<()> {
    let installation = Installation::new()?;
    for (arguments, why) in [
        (&["--number", "1:2:3", "--listen", "0.0.0.0:0"][..], "listens on this machine alone"),
        (&["--number", "1:2"], "it is two ids in digits and a phone number"),
        (&["--number", "1:2:3", "--sent", "200-50"], "two numbers of milliseconds"),
        (&["--number", "1:2:3", "--lost", "1001"], "1001 is not in 0..=1000"),
        (&[], "--number"),
    ] {
        let mut command = installation.command()?;
        command.arg("simulate").args(arguments);
        let refused = leadflow_tests::cli::run(command).await?.refused()?;
        assert!(refused.stderr.contains(why), "{arguments:?}: {}", refused.stderr);
    }
    let mut unsigned = installation.command()?;
    unsigned.env_remove("LEADFLOW_META_APP_SECRET").args(["simulate", "--number", "1:2:3"]);
    let refused = leadflow_tests::cli::run(unsigned).await?.refused()?;
    assert!(refused.stderr.contains("meta_app_secret is not set"), "{}", refused.stderr);
    Ok(())
}
