//! Bots decide for a while, and humans may be faster: who decided on what is not so any more sends nothing.

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::{self, Seen};
use leadflow_tests::patience::{PATIENCE, eventually};
use leadflow_tests::sender::Sender;
use serde_json::{Value, json};

use super::desk::Desk;

impl Desk {
    /// The conversation's version, as a bot reads it before it decides.
    async fn version(&self) -> Result<i64> {
        let found = self
            .ask("query ($id: ID!) { conversation(id: $id) { version } }", json!({ "id": self.conversation }))
            .await?;
        found["conversation"]["version"].as_i64().context("a version")
    }

    /// Waits until the conversation is at another version than this, and tells which.
    async fn version_after(&self, before: i64) -> Result<i64> {
        eventually("something happens in the conversation", async || {
            let now = self.version().await?;
            ensure!(now > before, "it is still at {now}");
            Ok(now)
        })
        .await
    }

    async fn unread(&self) -> Result<i64> {
        let found = self
            .ask("query ($id: ID!) { conversation(id: $id) { unreadCount } }", json!({ "id": self.conversation }))
            .await?;
        found["conversation"]["unreadCount"].as_i64().context("a count")
    }

    /// A bot answers what it decided on this version.
    async fn bot_answers(&self, text: &str, version: i64) -> Result<Value> {
        let said =
            json!({ "text": text, "expectedVersion": version, "idempotencyKey": format!("bot {text} {version}") });
        Ok(self.sends(said).await?["userErrors"].clone())
    }
}

/// That it was refused as decided on what is not so any more.
fn is_refused(errors: &Value) -> bool {
    let [error] = errors.as_array().map(Vec::as_slice).unwrap_or_default() else { return false };
    error["code"] == "CONVERSATION_CHANGED" && error["field"] == "expectedVersion"
}

#[tokio::test]
async fn a_bot_never_talks_over_a_human() -> Result<()> {
    let desk = Desk::open().await?;
    let version = desk.version().await?;
    // Colleagues read and mark the conversation meanwhile: its answer is still one.
    let label = "mutation ($id: ID!) { labelConversation(input: { conversationId: $id, label: \"VIP\" }) { userErrors { code } } }";
    desk.ask(label, json!({ "id": desk.conversation })).await?;
    assert_eq!(desk.bot_answers("It is.", version).await?, json!([]));
    let version = desk.version_after(version + 1).await?;
    // An agent is faster.
    desk.writes("I have just sold it, sorry.").await?;
    let refused = desk.bot_answers("Shall I reserve it?", version).await?;
    assert!(is_refused(&refused), "{refused}");
    assert_eq!(desk.bot_answers("Shall I reserve it?", version).await?, refused, "asked again, told the same");
    // The customer is.
    let version = desk.version().await?;
    desk.customer_writes("And the green one?").await?;
    let newer = desk.version_after(version).await?;
    assert!(is_refused(&desk.bot_answers("There is a red one.", version).await?));
    assert_eq!(desk.bot_answers("The green one is there.", newer).await?, json!([]));
    let taken = desk.taken(3).await?;
    let texts: Vec<&str> = taken.iter().filter_map(|one| one.body["text"]["body"].as_str()).collect();
    assert_eq!(texts, ["It is.", "I have just sold it, sorry.", "The green one is there."]);
    Ok(())
}

#[tokio::test]
async fn nor_over_one_who_answers_on_her_phone() -> Result<()> {
    let desk = Desk::open().await?;
    let version = desk.version().await?;
    let number = &desk.journey.business.number;
    let echo = json!({ "from": number.display_phone, "to": desk.customer, "id": format!("wamid.echo{}", desk.customer),
                       "timestamp": "1794000600", "type": "text", "text": { "body": "Call me." } });
    let contacts = json!([{ "wa_id": desk.customer, "profile": { "name": "Ada" } }]);
    let echoes = json!({ "contacts": contacts, "message_echoes": [echo] });
    let delivery = simulator::changes(number, &[("smb_message_echoes", echoes)]);
    Sender::new(desk.address(), 1)?.deliver(&[delivery]).await?;
    desk.version_after(version).await?;
    assert!(is_refused(&desk.bot_answers("It is.", version).await?));
    Ok(())
}

#[tokio::test]
async fn a_customer_sees_that_an_answer_is_being_written() -> Result<()> {
    let desk = Desk::open().await?;
    let last = desk.customer_writes("Hello?").await?;
    eventually("both are there", async || {
        ensure!(desk.messages().await?.len() == 2);
        Ok(())
    })
    .await?;
    let shows = "mutation ($id: ID!) { showTyping(input: { conversationId: $id }) { shownUntil userErrors { code } } }";
    let shown = desk.ask(shows, json!({ "id": desk.conversation })).await?;
    assert!(shown["showTyping"]["shownUntil"].is_string(), "{shown}");
    let number = desk.journey.business.number.phone_number_id.clone();
    let is_shown =
        |seen: &Seen| seen.reads().iter().any(|mark| mark.number == number && mark.message_id == last && mark.typing);
    desk.shared.meta.until(PATIENCE, is_shown).await?;
    assert_eq!(desk.unread().await?, 2, "that is the customer's to know: here it is unread");
    Ok(())
}
