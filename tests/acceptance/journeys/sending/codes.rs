//! Each class of Meta's codes ends where it should.

use anyhow::{Result, ensure};
use leadflow_gateways::whatsapp::simulator::Fault;
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::desk::Desk;

/// What becomes of a message that is refused with a code.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ends {
    /// It is never sent.
    Failed,
    /// It waits to be sent again.
    Waits,
    /// It waits with all of its number.
    Stops,
}

/// Some of each class; all of them are in a table beside the gateway.
const CODES: &[(Ends, &[i64])] = &[
    (Ends::Stops, &[190, 10, 33, 131_031, 133_010]),
    (Ends::Waits, &[2, 130_429, 131_056, 131_000, 999_999]),
    (Ends::Failed, &[100, 131_026, 131_047, 131_049, 132_001]),
];

#[tokio::test]
async fn a_code_ends_where_its_class_does() -> Result<()> {
    let desk = Desk::open().await?;
    let mut wrong = Vec::new();
    for (ends, code) in CODES.iter().flat_map(|(ends, codes)| codes.iter().map(move |code| (*ends, *code))) {
        desk.shared.meta.plan(Fault::refused(code).to(&desk.customer));
        let id = desk.writes(&format!("Code {code}")).await?;
        let told = eventually("it is refused", async || {
            let message = desk.message(&id).await?;
            ensure!(message["sending"]["error"]["code"] == code.to_string().as_str(), "{message}");
            Ok(message)
        })
        .await?;
        if ends == Ends::Stops {
            // What became of the message is told first.
            eventually("the number is stopped", async || {
                ensure!(desk.is_stopped().await?, "{code}");
                Ok(())
            })
            .await?;
        }
        let found = if desk.is_stopped().await? {
            Ends::Stops
        } else if told["status"] == "FAILED" {
            Ends::Failed
        } else {
            Ends::Waits
        };
        if found != ends {
            wrong.push((code, found, ends));
        }
        if told["status"] != "FAILED" {
            assert_eq!(desk.asks("cancelMessage", &id).await?["userErrors"], json!([]), "{code}");
        }
        if found == Ends::Stops {
            desk.resume().await?;
        }
    }
    assert!(wrong.is_empty(), "code, where it ended, where it should: {wrong:?}");
    assert_eq!(desk.shared.meta.accepted().iter().filter(|one| one.to == desk.customer).count(), 0);
    desk.writes("After all").await?;
    assert_eq!(desk.taken(1).await?[0].body["text"]["body"], "After all", "nothing is stopped any more");
    Ok(())
}

impl Desk {
    async fn is_stopped(&self) -> Result<bool> {
        let found: Value =
            self.ask("{ channels(first: 1) { edges { node { sendingStopped { code } } } } }", json!({})).await?;
        Ok(found["channels"]["edges"][0]["node"]["sendingStopped"].is_object())
    }

    async fn resume(&self) -> Result<()> {
        let document = "mutation ($id: ID!) { resumeSending(input: { channelId: $id }) { userErrors { code } channel { sendingStopped { code } } } }";
        let done = self.ask(document, json!({ "id": self.channel().await? })).await?;
        ensure!(done["resumeSending"]["channel"]["sendingStopped"].is_null(), "{done}");
        Ok(())
    }
}
