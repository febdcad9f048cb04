//! What merging two contacts takes: how the other one stands, why it is done, and by what losers are found.

use serde::{Deserialize, Serialize};

use crate::{ContactId, Reservation, Scope, ShortText};

/// Why two contacts are one person, or are two after all: 1 to 500 characters, about them.
pub type MergeReason = ShortText<1, 500>;

/// How another contact stands, for what is decided about both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nobody was introduced.
    Unknown,
    /// She stands for herself, and for whoever was merged into her.
    Herself,
    /// Another one stands for her.
    Merged,
    /// She was erased.
    Erased,
}

/// What kind of fact it is that somebody stands for somebody else.
pub const STANDS_FOR: &str = "contact.stands_for";

/// The fact that `winner` stands for `loser`, which the loser's stream owns: the losers of a winner are the owners of the facts
/// whose value begins with her id.
#[must_use]
pub fn stands_for(winner: ContactId, loser: ContactId) -> Reservation {
    Reservation { scope: Scope::Tenant, kind: STANDS_FOR, value: format!("{winner}/{loser}") }
}
