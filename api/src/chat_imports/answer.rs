use jiff::Timestamp;
use leadflow_domain::{ConversationId, Zone};
use leadflow_gateways::whatsapp::export::DateOrder;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::graphql;

/// Messages that were not taken of which it is kept why.
pub(super) const MOST_SHOWN: usize = 20;

/// What became of a file.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Which import it was: what it told has `import:ID` as its correlation.
    pub import: Uuid,
    /// Whether it was only looked what would become of it.
    pub is_dry_run: bool,
    /// The conversation, if somebody is known by the number, or is by now.
    pub conversation: Option<ConversationId>,
    /// Which name in the file is the customer's.
    pub customer_name: Option<String>,
    /// And which the business's.
    pub business_name: Option<String>,
    /// In which order it writes days.
    pub order: DateOrder,
    /// In which time zone it was read.
    pub zone: Zone,
    /// Since when LeadFlow has the conversation by other means, if it has.
    pub here_since: Option<Timestamp>,
    /// When the first message of the file was written.
    pub first_at: Option<Timestamp>,
    /// And the last.
    pub last_at: Option<Timestamp>,
    /// How many came to what.
    pub counts: Counts,
    /// The first that were not taken.
    pub not_taken: Vec<NotTaken>,
}

/// How many messages came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All that somebody wrote.
    pub messages: u64,
    /// Of these, those that are imported now; in a dry run, that would be.
    pub imported: u64,
    /// Those that an import told before.
    pub known: u64,
    /// Those from the time since when LeadFlow has the conversation by other means.
    pub here_already: u64,
    /// Those from before the number was given up by the erasure of whoever had it.
    pub before_erasure: u64,
    /// Those that were taken back.
    pub deleted: u64,
    /// Those that the log did not take.
    pub not_taken: u64,
    /// Besides: what WhatsApp said itself.
    pub notices: u64,
}

/// A message that the log did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTaken {
    /// Its first line in the file, from 1.
    pub line: u64,
    /// Why, with nothing that is in it.
    pub reason: String,
}

/// As JSON.
pub(crate) fn told(imported: &Imported) -> Value {
    let counts = imported.counts;
    let not_taken =
        imported.not_taken.iter().map(|NotTaken { line, reason }| json!({ "line": line, "reason": reason }));
    json!({
        "id": imported.import,
        "dryRun": imported.is_dry_run,
        "conversationId": imported.conversation.map(graphql::id_of_conversation),
        "customerName": imported.customer_name,
        "businessName": imported.business_name,
        "dateOrder": imported.order.as_str(),
        "timeZone": imported.zone.name(),
        "hereSince": imported.here_since,
        "firstMessageAt": imported.first_at,
        "lastMessageAt": imported.last_at,
        "messages": counts.messages,
        "messagesImported": counts.imported,
        "messagesKnown": counts.known,
        "messagesHereAlready": counts.here_already,
        "messagesBeforeErasure": counts.before_erasure,
        "messagesDeleted": counts.deleted,
        "messagesNotTaken": counts.not_taken,
        "notices": counts.notices,
        "firstNotTaken": not_taken.collect::<Vec<_>>(),
    })
}
