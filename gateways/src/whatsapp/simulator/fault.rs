//! What goes wrong, as it was planned.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a request is answered, in the place of what the simulator would do by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// As Meta refuses.
    Refused {
        /// The status.
        status: u16,
        /// What Meta counts it as.
        code: i64,
    },
    /// Something else answers than the API.
    Other {
        /// The status.
        status: u16,
        /// All that it says.
        body: String,
        /// Where it leads.
        location: Option<String>,
    },
    /// No answer comes.
    Silence,
}

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mishap {
    /// It is refused.
    Refused {
        /// With this code of Meta's.
        code: i64,
        /// And this HTTP status; the code's own where nothing is said.
        #[serde(default)]
        status: Option<u16>,
        /// What Meta says of it.
        #[serde(default)]
        details: Option<String>,
    },
    /// A page of HTML answers.
    Page {
        /// The HTTP status.
        status: u16,
    },
    /// JSON answers that says nothing of errors.
    Json {
        /// The HTTP status.
        status: u16,
        /// What it says.
        body: Value,
    },
    /// 200, with `messages` empty.
    NoMessages {
        /// Whether the message was accepted nevertheless.
        accepted: bool,
    },
    /// No answer comes, and nothing is done.
    Dropped,
    /// The connection is closed, and nothing is done.
    ClosedBefore,
    /// It is done, and no answer comes.
    SilentAfter,
    /// It is done, and the connection is closed without an answer.
    ClosedAfter,
    /// It is done, and a page of HTML answers.
    PageAfter {
        /// The HTTP status.
        status: u16,
    },
    /// It is done, and refused nevertheless.
    RefusedAfter {
        /// With this code of Meta's.
        code: i64,
    },
    /// It is accepted, and its `message_status` is this: `held_for_quality_assessment` or `paused`.
    MessageStatus {
        /// As Meta spells it.
        says: String,
    },
    /// It is done at once, and answered later.
    Slow {
        /// So many milliseconds later.
        millis: u64,
    },
    /// It is done, and answered once the other side has taken the message's `sent`, or refused it.
    SentFirst,
    /// It is accepted, told as sent, and fails later.
    FailsLater {
        /// With this code of Meta's.
        code: i64,
        /// So many milliseconds after it was sent.
        millis: u64,
    },
}

/// Which requests a mishap happens to: the next ones that match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Of this number, account or medium alone, by Meta's id.
    #[serde(default)]
    pub node: Option<String>,
    /// To this recipient alone: digits, or a user id.
    #[serde(default)]
    pub to: Option<String>,
    /// Of this kind alone, as [`Request::kind`](super::Request::kind) says.
    #[serde(default)]
    pub kind: Option<String>,
    /// How many that match are spared before.
    #[serde(default)]
    pub after: usize,
    /// How many it happens to.
    #[serde(default = "once")]
    pub times: usize,
    /// What happens.
    pub mishap: Mishap,
}

fn once() -> usize {
    1
}

impl Fault {
    /// To the next request, whatever it is.
    #[must_use]
    pub fn new(mishap: Mishap) -> Self {
        Self { node: None, to: None, kind: None, after: 0, times: 1, mishap }
    }

    /// The next requests are refused with this code.
    #[must_use]
    pub fn refused(code: i64) -> Self {
        Self::new(Mishap::Refused { code, status: None, details: None })
    }

    /// Only requests about this number, account or medium.
    #[must_use]
    pub fn at(mut self, node: &str) -> Self {
        self.node = Some(node.to_owned());
        self
    }

    /// Only messages to these digits, or to this user id.
    #[must_use]
    pub fn to(mut self, to: &str) -> Self {
        self.to = Some(to.to_owned());
        self
    }

    /// Only requests of this kind.
    #[must_use]
    pub fn of_kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self
    }

    /// After so many that match.
    #[must_use]
    pub fn after(mut self, spared: usize) -> Self {
        self.after = spared;
        self
    }

    /// So many times.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    fn matches(&self, node: &str, to: Option<&str>, kind: &str) -> bool {
        self.node.as_deref().is_none_or(|wanted| wanted == node)
            && self.to.as_deref().is_none_or(|wanted| Some(wanted) == to)
            && self.kind.as_deref().is_none_or(|wanted| wanted == kind)
    }
}

/// What happens to a request: the first that was planned for it. Each that matches counts it.
pub(super) fn next(faults: &mut Vec<Fault>, node: &str, to: Option<&str>, kind: &str) -> Option<Mishap> {
    let mut happens = None;
    for fault in faults.iter_mut().filter(|fault| fault.matches(node, to, kind)) {
        if fault.after > 0 {
            fault.after -= 1;
        } else if happens.is_none() && fault.times > 0 {
            fault.times -= 1;
            happens = Some(fault.mishap.clone());
        }
    }
    faults.retain(|fault| fault.times > 0);
    happens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_meet_what_they_are_planned_for() {
        let mut faults = vec![
            Fault::refused(1).at("1").to("2").of_kind("text").after(1).times(2),
            Fault::refused(2).of_kind("image"),
            Fault::refused(3).at("9"),
        ];
        let mut met = |node, to, kind| match next(&mut faults, node, Some(to), kind) {
            Some(Mishap::Refused { code, .. }) => Some(code),
            _ => None,
        };
        assert_eq!(met("1", "2", "text"), None, "the first is spared");
        for (node, to, kind) in [("8", "2", "text"), ("1", "3", "text"), ("1", "2", "video")] {
            assert_eq!(met(node, to, kind), None);
        }
        assert_eq!(met("1", "2", "image"), Some(2));
        assert_eq!(met("1", "2", "image"), None);
        assert_eq!((met("1", "2", "text"), met("1", "2", "text"), met("1", "2", "text")), (Some(1), Some(1), None));
        assert_eq!(met("9", "", "number"), Some(3));
        assert!(faults.is_empty());
    }

    #[test]
    fn what_is_documented_can_be_planned() {
        let documented = include_str!("../../../../docs/SIMULATOR.md");
        let (_, table) = documented.split_once("| mishap | what |").unwrap();
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        let spelled: Vec<&str> =
            rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2)).collect();
        for mishap in &spelled {
            let fault = format!("{{\"mishap\": {mishap}}}");
            assert!(serde_json::from_str::<Fault>(&fault).is_ok(), "{mishap}");
        }
        assert_eq!(spelled.len(), 14, "each is documented: {spelled:?}");
    }
}
