//! What commands answer with `--json`, as far as the harness needs it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One row of `projections status --json` or `reactors status --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct FollowerStatus {
    /// The projector or reactor.
    pub name: String,
    /// Up to where it has folded.
    pub position: u64,
    /// Where the log ends.
    pub head: u64,
    /// What it is doing.
    pub state: String,
    /// Whether each event up to its position was dealt with or is parked.
    pub complete: bool,
    /// Events it has set aside.
    pub parked: u64,
}

/// `events verify --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Verified {
    /// Whether all is well.
    pub ok: bool,
    /// Events in the log.
    pub events: u64,
    /// Commands that appended them.
    pub commands: u64,
    /// Transactions that appended them.
    pub commits: u64,
    /// What is wrong.
    pub problems: Vec<Value>,
}

/// How far a delivery has come. A state that is not named here is an error, lest waiting for the others stop early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Somebody still has to look at it.
    Waiting,
    /// All its items have an outcome.
    Translated,
    /// Set aside whole.
    Parked,
}

/// One row of `webhooks list --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Delivery {
    /// How far it has come.
    pub state: DeliveryState,
    /// How many of its items ended how.
    #[serde(default)]
    pub items: BTreeMap<String, u64>,
}

impl Delivery {
    /// Items that became commands.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.items.get("applied").copied().unwrap_or(0)
    }

    /// Items that were kept and did not become commands, for whatever reason.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.items.values().sum::<u64>() - self.applied()
    }
}
