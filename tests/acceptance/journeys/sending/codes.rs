//! Each of Meta's codes ends where it should: a table of its own, beside the product's.

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

const CODES: &[(Ends, &[i64])] = &[
    (
        Ends::Stops,
        &[
            0, 190, 3, 10, 200, 299, 131_048, 33, 131_005, 131_031, 131_037, 131_042, 131_045, 133_005, 133_006,
            133_008, 133_009, 133_010, 133_015, 368,
        ],
    ),
    (Ends::Waits, &[1, 2, 4, 80_007, 130_429, 131_056, 131_057, 131_000, 131_016, 132_069, 133_000, 133_004, 999_999]),
    (
        Ends::Failed,
        &[
            100, 131_008, 131_009, 130_472, 130_497, 131_021, 131_026, 131_047, 131_049, 131_050, 131_051, 131_062,
            132_000, 132_001, 132_005, 132_007, 132_012, 132_015, 132_016, 132_068, 134_011, 135_000, 131_020, 131_041,
            131_059, 131_201, 131_215,
        ],
    ),
];

#[tokio::test]
async fn each_code_ends_where_it_should() -> Result<()> {
    let desk = Desk::open().await?;
    let mut wrong = Vec::new();
    for (ends, code) in CODES.iter().flat_map(|(ends, codes)| codes.iter().map(move |code| (*ends, *code))) {
        desk.shared.meta.plan(Fault::refused(code).to(&desk.customer));
        let id = desk.writes(&format!("Code {code}")).await?;
        let told = eventually("it is refused", async || {
            let message = desk.message(&id).await?;
            ensure!(message["sending"]["error"]["code"] == code.to_string(), "{message}");
            Ok(message)
        })
        .await?;
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
