//! What a refusal means beyond its message, whether Meta answers so or tells it later by a status.

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::{Fault, Status};
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::desk::{Desk, token};
use super::templates::filled;

/// How Meta says no.
const BOTH: [How; 2] = [How::Answers, How::TellsLater];

#[derive(Debug, Clone, Copy, PartialEq)]
enum How {
    Answers,
    TellsLater,
}

impl Desk {
    /// An agent sends it, and Meta says no with this code: the message that failed.
    async fn is_refused(&self, said: Value, code: i64, how: How) -> Result<Value> {
        if how == How::Answers {
            self.shared.meta.plan(Fault::refused(code).to(&self.customer));
        }
        let sent = self.sends(said).await?;
        ensure!(sent["userErrors"] == json!([]), "{sent}");
        let id = sent["messages"][0]["id"].as_str().with_context(|| format!("{sent}"))?;
        if how == How::TellsLater {
            self.becomes(id, "ACCEPTED").await?;
            let accepted = self.shared.meta.accepted();
            let last = accepted.iter().rev().find(|one| one.to == self.customer).context("Meta took it")?;
            self.shared.meta.tell(&last.wamid, Status::Failed(code)).await?;
        }
        let failed = self.becomes(id, "FAILED").await?;
        ensure!(failed["failure"]["code"] == code.to_string().as_str(), "{failed}");
        Ok(failed)
    }

    async fn marketing(&self) -> Result<Value> {
        let document = "query ($id: ID!) { conversation(id: $id) { contact { marketing marketingToldAt } } }";
        Ok(self.ask(document, json!({ "id": self.conversation })).await?["conversation"]["contact"].take())
    }

    async fn wants_no_marketing(&self) -> Result<()> {
        eventually("she wants no more marketing", async || {
            let told = self.marketing().await?;
            ensure!(told["marketing"] == "STOPPED" && told["marketingToldAt"].is_string(), "{told}");
            Ok(())
        })
        .await
    }

    async fn stopped(&self) -> Result<Value> {
        let found =
            self.ask("{ channels(first: 1) { edges { node { sendingStopped { code } } } } }", json!({})).await?;
        Ok(found["channels"]["edges"][0]["node"]["sendingStopped"].clone())
    }

    async fn is_stopped_by(&self, code: i64) -> Result<()> {
        eventually("the number is stopped", async || {
            let stopped = self.stopped().await?;
            ensure!(stopped["code"] == code, "{stopped}");
            Ok(())
        })
        .await
    }
}

#[tokio::test]
async fn who_stopped_marketing_is_sent_no_more_of_it() -> Result<()> {
    for how in BOTH {
        let desk = Desk::open().await?;
        assert_eq!(desk.marketing().await?["marketing"], "UNKNOWN", "{how:?}");
        desk.is_refused(json!({ "text": "Look at this" }), 131_050, how).await?;
        desk.wants_no_marketing().await.with_context(|| format!("{how:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_template_that_is_paused_or_disabled_is_known_to_be_so() -> Result<()> {
    for (code, status) in [(132_015, "PAUSED"), (132_016, "DISABLED")] {
        for how in BOTH {
            let desk = Desk::open().await?;
            let (template, _) = desk.template().await?;
            let said = filled(&template, &["Ada", "77"]);
            desk.is_refused(said.clone(), code, how).await?;
            desk.template_becomes(&template, status).await.with_context(|| format!("{how:?}"))?;
            let refused = desk.sends(said).await?;
            assert_eq!(refused["userErrors"][0]["code"], "TEMPLATE_NOT_SENDABLE", "{code}, {how:?}: {refused}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn where_our_list_of_templates_is_not_meta_s_it_is_asked_for_again() -> Result<()> {
    for how in BOTH {
        let desk = Desk::open().await?;
        let number = &desk.journey.business.number;
        // Somebody makes one in Meta's own pages.
        let made = reqwest::Client::new()
            .post(format!("{}/v24.0/{}/message_templates", desk.shared.meta.url(), number.waba_id))
            .bearer_auth(token(&number.phone_number_id))
            .json(&json!({ "name": "made_elsewhere", "language": "it", "category": "UTILITY",
                "components": [{ "type": "BODY", "text": "Your order is ready." }] }))
            .send()
            .await?;
        ensure!(made.status().is_success(), "{}", made.text().await?);
        desk.is_refused(json!({ "text": "Good day" }), 132_001, how).await?;
        eventually("it is known here", async || {
            let found =
                desk.ask("{ templates(first: 5) { edges { node { name language status } } } }", json!({})).await?;
            let expected = json!([{ "node": { "name": "made_elsewhere", "language": "it", "status": "PENDING" } }]);
            ensure!(found["templates"]["edges"] == expected, "{found}");
            Ok(())
        })
        .await
        .with_context(|| format!("{how:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_status_stops_the_number_unless_somebody_has_seen_to_it_since() -> Result<()> {
    let desk = Desk::open().await?;
    let number = desk.journey.business.number.clone();
    for (nth, code) in [(1, 131_042), (2, 131_031)] {
        let failed = desk.is_refused(json!({ "text": format!("Message {nth}") }), code, How::TellsLater).await?;
        assert_eq!(failed["failure"]["class"], "STOP");
        desk.is_stopped_by(code).await?;
        let refused = desk.sends(json!({ "text": "And another" })).await?;
        assert_eq!(refused["userErrors"][0]["code"], "NUMBER_NOT_READY", "{refused}");
        // Somebody pays, and says so; or enters another token.
        if nth == 1 {
            let document = "mutation ($id: ID!) { resumeSending(input: { channelId: $id }) { userErrors { code } } }";
            let done = desk.ask(document, json!({ "id": desk.channel().await? })).await?;
            assert_eq!(done["resumeSending"]["userErrors"], json!([]));
        } else {
            let other = format!("{}b", token(&number.phone_number_id));
            desk.shared.meta.reaches(&other, number.clone(), "A shop");
            desk.enter_credentials(&other).await?;
        }
        assert_eq!(desk.stopped().await?, Value::Null);
    }

    // What is told of messages of before changes nothing now: what comes after it in the log is done, and the number goes on.
    let taken = desk.taken(2).await?;
    for (message, code) in [(&taken[0], 131_031), (&taken[1], 131_042), (&taken[1], 131_050)] {
        desk.shared.meta.tell(&message.wamid, Status::Failed(code)).await?;
    }
    desk.wants_no_marketing().await?;
    assert_eq!(desk.stopped().await?, Value::Null);
    let id = desk.writes("Message 3").await?;
    desk.becomes(&id, "ACCEPTED").await?;
    Ok(())
}
