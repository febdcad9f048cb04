//! What was sent and what was promised, held against what is there (RELIABILITY.md: V1, V8).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use leadflow_gateways::whatsapp::simulator::Text;

use crate::export::{CanonicalExport, Conversation, Message};

/// Every text that was sent, and whether somebody promised to keep it.
#[derive(Debug, Default)]
pub struct Ledger {
    sent: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    text: Text,
    acknowledged: bool,
}

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// A text was answered 200 and is not there.
    Lost(String),
    /// A text is there more than once.
    Doubled(String),
    /// A text is there that nobody sent.
    Unknown(String),
    /// A text is there, and not as it was sent.
    Altered(String),
    /// A person has more than one conversation.
    ConversationDoubled(String),
    /// A person with a conversation has another number of leads than one.
    Leads {
        /// The person.
        phone: String,
        /// How many leads she has.
        count: usize,
    },
    /// A person's lead was not captured at her earliest message.
    LeadMistimed(String),
    /// A conversation counts another number of unread messages than it holds.
    Miscounted(String),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(id) => write!(f, "{id} was acknowledged and is lost"),
            Self::Doubled(id) => write!(f, "{id} is there more than once"),
            Self::Unknown(id) => write!(f, "{id} is there and was never sent"),
            Self::Altered(id) => write!(f, "{id} is not as it was sent"),
            Self::ConversationDoubled(phone) => write!(f, "{phone} has more than one conversation"),
            Self::Leads { phone, count } => write!(f, "{phone} has {count} leads"),
            Self::LeadMistimed(phone) => write!(f, "{phone}'s lead was not captured at her earliest message"),
            Self::Miscounted(phone) => write!(f, "{phone}'s unread count is not her number of messages"),
        }
    }
}

impl Ledger {
    /// Notes a text that was sent; `acknowledged` when it was answered 200.
    pub fn note(&mut self, text: Text, acknowledged: bool) {
        let entry = self.sent.entry(text.id.clone()).or_insert(Entry { text, acknowledged });
        entry.acknowledged |= acknowledged;
    }

    /// How many texts were sent.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.sent.len()
    }

    /// The texts nobody promised to keep.
    #[must_use]
    pub fn unacknowledged(&self) -> Vec<Text> {
        self.sent.values().filter(|entry| !entry.acknowledged).map(|entry| entry.text.clone()).collect()
    }

    /// How many texts are there although nobody promised to keep them: stored, and killed before the answer.
    #[must_use]
    pub fn kept_without_promise(&self, export: &CanonicalExport) -> usize {
        let there: BTreeSet<&str> = ids(export).collect();
        self.sent.iter().filter(|(id, entry)| !entry.acknowledged && there.contains(id.as_str())).count()
    }

    /// Everything that is wrong with `export`: an acknowledged text must be there exactly once, any other text that
    /// was sent at most once, and each person must have one conversation, one lead and a right count.
    #[must_use]
    pub fn violations(&self, export: &CanonicalExport) -> Vec<Violation> {
        let mut violations = self.lost(export);
        let mut messages = BTreeSet::new();
        let mut people = BTreeSet::new();
        for conversation in &export.conversations {
            for message in &conversation.messages {
                if !messages.insert(&message.provider_message_id) {
                    violations.push(Violation::Doubled(message.provider_message_id.clone()));
                }
                violations.extend(self.untrue(conversation, message));
            }
            if conversation.unread != conversation.messages.len() as u64 {
                violations.push(Violation::Miscounted(conversation.phone.clone()));
            }
            if !people.insert(&conversation.phone) {
                violations.push(Violation::ConversationDoubled(conversation.phone.clone()));
            }
        }
        violations.extend(wrong_leads(export));
        violations
    }

    fn lost(&self, export: &CanonicalExport) -> Vec<Violation> {
        let there: BTreeSet<&str> = ids(export).collect();
        self.sent
            .iter()
            .filter(|(id, entry)| entry.acknowledged && !there.contains(id.as_str()))
            .map(|(id, _)| Violation::Lost(id.clone()))
            .collect()
    }

    fn untrue(&self, conversation: &Conversation, message: &Message) -> Option<Violation> {
        let id = &message.provider_message_id;
        let Some(Entry { text, .. }) = self.sent.get(id) else { return Some(Violation::Unknown(id.clone())) };
        let as_sent = conversation.phone.strip_prefix('+') == Some(&text.from)
            && message.sent_at.as_second() == text.timestamp
            && message.text.as_ref() == Some(&text.body);
        (!as_sent).then(|| Violation::Altered(id.clone()))
    }
}

fn ids(export: &CanonicalExport) -> impl Iterator<Item = &str> {
    export.conversations.iter().flat_map(|one| &one.messages).map(|message| message.provider_message_id.as_str())
}

fn wrong_leads(export: &CanonicalExport) -> Vec<Violation> {
    let mut captured = BTreeMap::<&str, Vec<_>>::new();
    for conversation in &export.conversations {
        captured.entry(&conversation.phone).or_default();
    }
    for lead in &export.leads {
        captured.entry(&lead.phone).or_default().push(lead.captured_at);
    }
    let mut violations: Vec<Violation> = captured
        .iter()
        .filter(|(_, times)| times.len() != 1)
        .map(|(phone, times)| Violation::Leads { phone: (*phone).to_owned(), count: times.len() })
        .collect();
    for conversation in &export.conversations {
        let earliest = conversation.messages.iter().map(|message| message.sent_at).min();
        if let Some([at]) = captured.get(conversation.phone.as_str()).map(Vec::as_slice)
            && Some(*at) != earliest
        {
            violations.push(Violation::LeadMistimed(conversation.phone.clone()));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Trace;

    fn texts() -> Vec<Text> {
        Trace::new(11, 6).take(60).collect()
    }

    /// All of [`texts`] sent, all but the last two acknowledged.
    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for (index, text) in texts().into_iter().enumerate() {
            ledger.note(text, index < 58);
        }
        ledger
    }

    fn stored(count: usize) -> CanonicalExport {
        CanonicalExport::after("+1", &texts()[..count]).unwrap()
    }

    fn doctored(change: impl FnOnce(&mut CanonicalExport)) -> Vec<Violation> {
        let mut export = stored(60);
        change(&mut export);
        ledger().violations(&export)
    }

    #[test]
    fn what_was_not_acknowledged_may_be_there_or_not() {
        for count in 58..=60 {
            assert_eq!(ledger().violations(&stored(count)), []);
            assert_eq!(ledger().kept_without_promise(&stored(count)), count - 58);
        }
    }

    #[test]
    fn an_acknowledged_text_that_is_missing_is_lost() {
        let lost = texts()[57].id.clone();
        assert_eq!(ledger().violations(&stored(57)), [Violation::Lost(lost)]);
    }

    #[test]
    fn a_text_that_was_acknowledged_at_the_second_attempt_must_be_there_too() {
        let mut ledger = ledger();
        let unacknowledged = ledger.unacknowledged();
        assert_eq!(unacknowledged.len(), 2);
        for text in unacknowledged {
            ledger.note(text, true);
        }
        assert_eq!((ledger.sent(), ledger.unacknowledged().len()), (60, 0));
        assert_eq!(ledger.violations(&stored(60)), []);
        assert_eq!(ledger.violations(&stored(58)).len(), 2);
    }

    #[test]
    fn a_doubled_text_is_found_in_one_conversation_and_across_two() {
        let within = doctored(|export| {
            let conversation = &mut export.conversations[0];
            conversation.messages.push(conversation.messages[0].clone());
            conversation.unread += 1;
        });
        assert!(matches!(within[..], [Violation::Doubled(_)]), "{within:?}");
        let across = doctored(|export| {
            let message = export.conversations[0].messages[1].clone();
            export.conversations[1].messages.push(message);
            export.conversations[1].unread += 1;
        });
        assert!(across.iter().any(|violation| matches!(violation, Violation::Doubled(_))), "{across:?}");
        assert!(across.iter().any(|violation| matches!(violation, Violation::Altered(_))), "{across:?}");
    }

    #[test]
    fn an_unknown_and_an_altered_text_are_found() {
        let unknown =
            doctored(|export| export.conversations[0].messages[0].provider_message_id = "wamid.forged".into());
        assert!(unknown.contains(&Violation::Unknown("wamid.forged".into())), "{unknown:?}");
        let altered = doctored(|export| export.conversations[0].messages[0].text = Some("forged".into()));
        assert!(matches!(altered[..], [Violation::Altered(_)]), "{altered:?}");
    }

    #[test]
    fn conversations_leads_and_counts_are_checked() {
        let conversation = doctored(|export| export.conversations[1].phone = export.conversations[0].phone.clone());
        assert!(conversation.iter().any(|violation| matches!(violation, Violation::ConversationDoubled(_))));
        let doubled = doctored(|export| export.leads.push(export.leads[0].clone()));
        assert!(matches!(doubled[..], [Violation::Leads { count: 2, .. }]), "{doubled:?}");
        let missing = doctored(|export| drop(export.leads.remove(0)));
        assert!(matches!(missing[..], [Violation::Leads { count: 0, .. }]), "{missing:?}");
        let mistimed = doctored(|export| export.leads[0].captured_at = jiff::Timestamp::MIN);
        assert!(matches!(mistimed[..], [Violation::LeadMistimed(_)]), "{mistimed:?}");
        let miscounted = doctored(|export| export.conversations[0].unread += 1);
        assert!(matches!(miscounted[..], [Violation::Miscounted(_)]), "{miscounted:?}");
    }
}
