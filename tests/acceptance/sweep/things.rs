//! Somebody's things, as arguments name them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The day on which all of it was written, by the provider's clock.
pub(super) const DAY: &str = "2026-11-06";
const THE_DAY_AFTER: &str = "2026-11-07";

/// What a conversation is marked as, and a mutation marks it as again.
pub(super) const LABEL: &str = "saffron";

#[derive(Debug, Clone)]
pub(super) struct Things {
    /// Global ids, by what they name.
    pub(super) ids: BTreeMap<String, String>,
    /// What else arguments name, by kind or argument, and is no secret: the cell of a number, a line of usage; and people, who
    /// have no global ids.
    pub(super) others: BTreeMap<String, String>,
    /// The customer's number.
    pub(super) phone: String,
}

impl Things {
    /// Ids of the same kinds, which name nothing.
    pub(super) fn nothing(&self) -> Result<Self> {
        let mut ids = self.ids.clone();
        for (kind, id) in &mut ids {
            let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(&*id)?)?;
            anyhow::ensure!(decoded.starts_with(&format!("{kind}:")), "{decoded} does not name a {kind}");
            *id = another(id)?;
        }
        Ok(Self { ids, phone: "+15005550006".to_owned(), ..self.clone() })
    }

    /// Whether an argument can name such a thing.
    pub(super) fn knows(&self, kind: &str) -> bool {
        self.ids.contains_key(kind) || self.others.contains_key(kind)
    }

    /// All ids, with commas between them.
    pub(super) fn all_ids(&self) -> String {
        let quoted: Vec<String> = self.ids.values().map(|id| quoted(id)).collect();
        quoted.join(", ")
    }

    /// What the scalar argument `name` at `at` is given. `kind` is what it names, where its field says so.
    pub(super) fn literal(&self, at: &str, name: &str, scalar: &str, kind: Option<&str>) -> Result<String> {
        Ok(match (scalar, name) {
            // Nobody who asks here has signed in.
            ("ID", "sessionId") => quoted(&self.others["Member"]),
            // A form of ours; what is a source elsewhere is a program.
            ("ID", "sourceId") if at.starts_with("SetWalkInForm") || at.starts_with("Query.walkIn") => {
                quoted(&self.others["WalkIn"])
            }
            // One and the same: what it comes to is told, and nobody is merged.
            ("ID", "winnerId" | "loserId" | "oneId" | "otherId") => quoted(&self.ids["Contact"]),
            ("ID", "customRoleId") => quoted(&self.others["Role"]),
            // What it answers with has no id.
            ("ID", "id") if at.starts_with("Query.renderResponseTemplate") => quoted(&self.others["ResponseTemplate"]),
            ("ID", _) => {
                let kind = kind.map_or_else(|| kind_of(name), str::to_owned);
                let id = self.ids.get(&kind).or_else(|| self.others.get(&kind));
                quoted(id.with_context(|| format!("{at} names a {kind}: the story has none, see story.rs"))?)
            }
            // Hers, which nobody else can connect.
            ("String", "phoneNumberId") => quoted(&self.others[name]),
            // Its own: a customer's would be the owner's to know.
            ("String", "phone") if at.starts_with("SetBusinessProfile") => quoted("+390212345678"),
            ("String", "phone") => quoted(&self.phone),
            ("String", "timeZone") => quoted("UTC"),
            ("String", "hours") => quoted("09:00-17:00"),
            ("String", "networks") => quoted("203.0.113.0/24"),
            ("String", "label") => quoted(LABEL),
            ("String", "email") if at.starts_with("InviteMember") => quoted("swept@example.com"),
            // What another is called already would be taken.
            ("String", "name")
                if ["RenameTeam", "ChangeRole", "RenameLeadStage", "RenameLostReason", "ChangeLeadAttribute"]
                    .iter()
                    .any(|of| at.starts_with(of)) =>
            {
                quoted("swept again")
            }
            ("String", "title") if at.starts_with("ChangeResponseTemplate") => quoted("swept again"),
            ("String", _) => quoted("swept"),
            ("Date", _) => quoted(DAY),
            // Conversations are set aside until then, and people go away.
            ("DateTime", "until")
                if ["Snooze", "PlanMemberLeave", "CancelMemberLeave", "RoutingBacktest"]
                    .iter()
                    .any(|of| at.starts_with(of)) =>
            {
                quoted("2100-01-01T00:00:00Z")
            }
            ("DateTime", "until" | "to") => quoted(&format!("{THE_DAY_AFTER}T00:00:00Z")),
            ("DateTime", _) => quoted(&format!("{DAY}T00:00:00Z")),
            ("Int" | "Float" | "Position", _) => "1".to_owned(),
            ("Boolean", _) => "true".to_owned(),
            ("JSON", _) => "{}".to_owned(),
            _ => bail!("{at} is a {scalar}, which this sweep has never met: see things.rs"),
        })
    }

    /// Which value of an enum is asked for, where the first one would be answered with nothing.
    pub(super) fn choice(&self, of: &str) -> Option<&'static str> {
        match of {
            "ConversationPriority" => Some("HIGH"),
            "MemberRole" => Some("AGENT"),
            "Metric" => Some("MESSAGES_IN"),
            "RoutingSourceKind" => Some("EVERYTHING"),
            _ => None,
        }
    }
}

/// An id of the same kind, which names nothing.
pub(super) fn another(id: &str) -> Result<String> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(id)?)?;
    let (known, _) = decoded.split_at_checked(decoded.len() - 12).context("an id ends with a uuid")?;
    Ok(URL_SAFE_NO_PAD.encode(format!("{known}{:012x}", 0xbad)))
}

/// `conversationId` names a `Conversation`.
fn kind_of(argument: &str) -> String {
    let name = argument.strip_suffix("Id").unwrap_or(argument);
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
